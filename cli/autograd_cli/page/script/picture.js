/** The picture: what its boxes and wires show at a step, and dots that run along the wires. */
function picture(view) {
  const { root, part, backward, users, state } = view;
  const find = (selector) => root.querySelector(selector);
  const boxes = new Map(
    [...root.querySelectorAll(".graph .node")].map((box) => [Number(box.dataset.node), box]),
  );
  const locals = [...root.querySelectorAll(".graph .local")];
  const wire = (from, to) => find(`.graph .wire[data-from="${from}"][data-to="${to}"]`);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const DURATION = 750;
  let frame = 0;

  function draw() {
    const { shown } = view.write;
    const { pass, node } = view.activity();
    const sizes = backward.map((each) => Math.abs(view.gradient(each))).filter(Number.isFinite);
    const largest = Math.max(0, ...sizes);
    for (const [number, box] of boxes) {
      const hasValue = view.knowsValue(number);
      const hasGradient = view.knowsGradient(number);
      const status = view.status(part.get(number));
      const slope = view.gradient(number);
      line(box, "value", `= ${shown(view.now.values[number])} `, hasValue);
      line(box, "gradient", `grad ${shown(slope)} `, hasGradient);
      const room = box.querySelector(".box").width.baseVal.value - 20;
      const share = Number.isNaN(slope) || largest === 0 ? 0 : Math.abs(slope) / largest;
      const size = hasGradient ? Math.min(1, share) * room : 0;
      box.querySelector(".bar").setAttribute("width", size);
      const awkward = hasValue && !["ok", "unused"].includes(status);
      const badge = box.querySelector(".badge");
      badge.classList.toggle("hidden", !awkward);
      badge.querySelector("text").textContent = awkward ? status : "";
      box.classList.toggle("awkward", awkward);
      box.classList.toggle("unused", hasValue && status === "unused");
      box.classList.toggle("later", !hasValue);
      box.classList.toggle("now-forward", pass === "forward" && number === node);
      box.classList.toggle("now-backward", pass === "backward" && number === node);
      box.setAttribute("aria-pressed", String(number === state.node));
    }
    for (const label of locals) {
      const arg = Number(label.dataset.from);
      label.textContent = `×${shown(view.local(part.get(Number(label.dataset.to)), arg))}`;
      label.classList.toggle("hidden", !view.knowsGradient(arg));
    }
  }

  function line(box, kind, words, seen) {
    const element = box.querySelector(`text.${kind}`);
    element.textContent = words;
    element.classList.toggle("hidden", !seen);
  }

  /** Light up the wires of the present step, and let dots run along them if it is `moving`. */
  function flow(moving) {
    cancelAnimationFrame(frame);
    const layer = find(".flows");
    layer.replaceChildren();
    const { pass, node } = view.activity();
    if (node === null) return;
    const ends =
      pass === "forward"
        ? part.get(node).args.map((arg) => [arg, node])
        : users.get(node).map((step) => [node, step.node]);
    const paths = ends.map(([from, to]) => {
      const path = wire(from, to).cloneNode();
      path.setAttribute("class", `flow ${pass}`);
      layer.append(path);
      return path;
    });
    if (moving && !still.matches && paths.length > 0) run(layer, paths, pass);
  }

  function run(layer, paths, pass) {
    const dots = paths.map(() => svg("circle", { class: `dot ${pass}`, r: 5.5 }));
    layer.append(...dots);
    const lengths = paths.map((path) => path.getTotalLength());
    const began = performance.now();
    const tick = (time) => {
      const part = Math.min(1, Math.max(0, (time - began) / DURATION));
      const eased = part * part * (3 - 2 * part);
      dots.forEach((dot, n) => {
        const along = pass === "forward" ? eased : 1 - eased;
        const point = paths[n].getPointAtLength(along * lengths[n]);
        dot.setAttribute("cx", point.x);
        dot.setAttribute("cy", point.y);
      });
      if (part < 1) frame = requestAnimationFrame(tick);
      else dots.forEach((dot) => dot.remove());
    };
    tick(began);
  }

  /** Bring the box of the present step into view, moving nothing but the picture. */
  function follow() {
    const box = boxes.get(view.activity().node);
    const scroll = find(".scroll");
    if (!box) return;
    const inside = box.getBoundingClientRect();
    const outside = scroll.getBoundingClientRect();
    scroll.scrollBy({
      left: inside.left + inside.width / 2 - outside.left - outside.width / 2,
      top: inside.top + inside.height / 2 - outside.top - outside.height / 2,
      behavior: still.matches ? "auto" : "smooth",
    });
  }

  function setFit(fit) {
    find(".picture").classList.toggle("fit", fit);
    find("[data-fit]").setAttribute("aria-pressed", String(fit));
  }

  /** Show the whole picture if its text stays readable; else it scrolls. */
  function fit() {
    const scroll = find(".scroll");
    const { maxHeight, paddingTop } = getComputedStyle(scroll);
    const edges = 2 * parseFloat(paddingTop);
    const { width, height } = find("svg.graph").viewBox.baseVal;
    const tall = (parseFloat(maxHeight) - edges) / height;
    const scale = Math.min((scroll.clientWidth - edges) / width, tall);
    setFit(scale < 1 && scale >= 0.78);
  }

  for (const [node, box] of boxes) {
    box.addEventListener("click", () => view.pick(node));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      view.pick(node);
    });
  }
  find("[data-fit]").addEventListener("click", () => {
    setFit(!find(".picture").classList.contains("fit"));
  });
  fit();
  return { draw, flow, follow };
}
