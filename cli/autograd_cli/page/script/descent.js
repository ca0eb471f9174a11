/** Steps down the gradient: each input that moves goes against it; the losses are kept. */
function descentPanel(view) {
  const { root, program, inputs, output, state } = view;
  const panel = root.querySelector(".descent");
  const find = (selector) => panel.querySelector(selector);
  const able = inputs.filter((each) => view.isDifferentiated(each.node));
  const field = find(".rate");
  const [WIDTH, HEIGHT, EDGE, MANY] = [440, 150, 24, 60];

  const moved = (node) => state.values[node] - state.rate * view.gradient(node);
  const canMove = () => [...state.moves].every((node) => Number.isFinite(view.gradient(node)));

  function descended() {
    const values = state.values.slice();
    for (const node of state.moves) values[node] = moved(node);
    return values;
  }

  /** The largest of 1, 0.3, 0.1, … with which a step lowers the output nearly as predicted. */
  function fittingRate() {
    const y = view.now.values[output.node];
    const norm = [...state.moves].reduce((sum, node) => sum + view.gradient(node) ** 2, 0);
    for (let power = 0; power > -6; power--) {
      for (const digit of [1, 0.3]) {
        state.rate = Number((digit * 10 ** power).toPrecision(2));
        const reached = forward(program, descended()).values[output.node];
        if (reached <= y - 0.4 * state.rate * norm) return state.rate;
      }
    }
    return 0.1;
  }

  function descend(times) {
    for (let n = 0; n < times && canMove(); n++) {
      state.past.push(state.values);
      state.losses.push(view.now.values[output.node]);
      view.place(descended());
    }
    view.draw();
  }

  function undo() {
    state.losses.pop();
    view.place(state.past.pop());
    view.draw();
  }

  function draw() {
    panel.hidden = !state.told || able.length === 0;
    if (able.length === 0) return;
    if (parsed(field.value) !== state.rate) field.value = String(state.rate);
    const some = state.moves.size > 0;
    const lines = [...state.moves].map((node) =>
      html("div", view.write.ofUpdate(node, state.rate, moved(node))),
    );
    const why = canMove()
      ? text("p", "No input is to move.", "quiet")
      : text("p", "There is no step from here: the gradient is no number.", "status");
    find(".updates").replaceChildren(...(some && canMove() ? lines : [why]));
    find("[data-undo]").disabled = state.past.length === 0;
    for (const button of panel.querySelectorAll("[data-descend]")) {
      button.disabled = !some || !canMove();
    }
    drawLosses([...state.losses, view.now.values[output.node]]);
  }

  function drawLosses(losses) {
    const { shown } = view.write;
    const count = losses.length - 1;
    find(".said").textContent =
      count === 0
        ? `${output.label} = ${shown(losses[0])} before the first step`
        : `${output.label} after ${count} step${count > 1 ? "s" : ""}: ` +
          `${shown(losses[0])} → ${shown(losses[count])}`;
    const plot = find("svg");
    plot.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    plot.replaceChildren();
    const seen = losses.filter(Number.isFinite);
    if (seen.length === 0) return;
    let [bottom, top] = [Math.min(...seen), Math.max(...seen)];
    if (top === bottom) [bottom, top] = [bottom - 1, top + 1];
    const x = (n) => EDGE + (n / Math.max(count, 5)) * (WIDTH - 2 * EDGE);
    const y = (v) => HEIGHT - EDGE - ((v - bottom) / (top - bottom)) * (HEIGHT - 2 * EDGE);
    const ground = { x1: EDGE, y1: HEIGHT - EDGE, x2: WIDTH - EDGE, y2: HEIGHT - EDGE };
    plot.append(svg("line", { class: "axis", ...ground }));
    let path = "";
    losses.forEach((v, n) => {
      if (!Number.isFinite(v)) return;
      path += `${Number.isFinite(losses[n - 1]) ? "L" : "M"}${x(n).toFixed(1)} ${y(v).toFixed(1)}`;
      const dot = { class: "on-curve", cx: x(n), cy: y(v), r: 3.5 };
      if (losses.length < MANY) plot.append(svg("circle", dot));
    });
    plot.append(svg("path", { class: "curve", d: path }));
    plot.append(svg("text", { x: EDGE, y: 12 }, output.label));
    const corner = { x: WIDTH - EDGE, y: HEIGHT - 7, "text-anchor": "end" };
    plot.append(svg("text", corner, "steps"));
  }

  /** A box to tick for an input that is to move. */
  function chip(each) {
    const label = text("label", "");
    const box = text("input", "");
    box.type = "checkbox";
    box.checked = state.moves.has(each.node);
    box.addEventListener("change", () => {
      if (box.checked) state.moves.add(each.node);
      else state.moves.delete(each.node);
      view.draw();
    });
    const name = html("span", view.write.formula(each.math));
    label.append(box, name, text("span", `${each.label} moves`, "unseen"));
    return label;
  }

  find(".chips").replaceChildren(...able.map(chip));
  const { said, refuse } = refusal(field, "The rate is a number above 0, such as 0.1 or 1/3.");
  field.closest(".tools").append(said);
  field.addEventListener("change", () => {
    const number = parsed(field.value);
    const fits = Number.isFinite(number) && number > 0;
    refuse(!fits);
    if (!fits) return;
    state.rate = number;
    view.draw();
  });
  for (const button of panel.querySelectorAll("[data-descend]")) {
    button.addEventListener("click", () => descend(Number(button.dataset.descend)));
  }
  find("[data-undo]").addEventListener("click", undo);
  const asked = state.rate;
  state.ownRate = fittingRate();
  state.rate = asked ?? state.ownRate;
  return { draw };
}
