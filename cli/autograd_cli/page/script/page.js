/**
 * A page: what is shown is a function of the inputs' values and of the step of the two passes.
 *
 * `root` is the page's element and `data` what Python says of the program: `program` for the
 * engine; `parts`, its inputs and steps, with formulas as lists of MathML and of places [node,
 * within]; `backward`, the order in which gradients are found; `moves`, the inputs that descend.
 * The `view` made here is what the other files share: the program, the state, what follows from
 * both, and the ways to change it.
 */
function page(root, data) {
  const { program, parts, backward } = data;
  const part = new Map(parts.map((each) => [each.node, each]));
  const inputs = parts.filter((each) => each.kind === "input");
  const steps = parts.filter((each) => each.args);
  const output = part.get(program.output);
  const users = new Map(parts.map((each) => [each.node, []]));
  for (const step of [...steps].reverse()) {
    for (const arg of Object.keys(step.locals)) users.get(Number(arg)).push(step);
  }
  const last = steps.length + backward.length + 1;
  const initial = program.values.slice();
  const valueAt = new Map(steps.map((each, n) => [each.node, n + 1]));
  const gradientAt = new Map(backward.map((node, n) => [node, steps.length + 1 + n]));
  const able = inputs.filter((each) => gradientAt.has(each.node));
  const start = data.start === "first" ? 0 : last;
  const ranges = new Map();

  const state = {
    values: initial.slice(),
    step: start,
    /** Whether results may be shown that the passes have not come to: they have once been through. */
    told: start === last,
    node: output.node,
    nudged: (able.find((each) => data.moves.includes(each.node)) ?? able[0])?.node ?? null,
    nudge: 0.25,
    moves: new Set(data.moves),
    rate: null,
    ownRate: null,
    losses: [],
    past: [],
  };

  const view = {
    ...{ root, program, parts, part, inputs, steps, users, output, backward, start, last, initial, state },
    digits: data.digits,
    embedded: data.embedded,
    meaning: data.meaning,
    verdict: data.verdict,
    tie: data.tie,
    now: null,

    /** Which pass is at which node: "start", "forward", "backward" or "end". */
    activity() {
      const back = state.step - steps.length - 1;
      if (state.step === 0) return { pass: "start", node: null };
      if (back < 0) return { pass: "forward", node: steps[state.step - 1].node };
      if (back < backward.length) return { pass: "backward", node: backward[back] };
      return { pass: "end", node: null };
    },
    isDifferentiated: (node) => gradientAt.has(node),
    knowsValue: (node) => state.step >= (valueAt.get(node) ?? 0),
    knowsGradient: (node) => state.step >= (gradientAt.get(node) ?? Infinity),
    tellsValue: (node) => state.told || view.knowsValue(node),
    tellsGradient: (node) => state.told || view.knowsGradient(node),
    gradient: (node) => view.now.adjoints[node] ?? 0,
    /** A step's own derivative by one of its arguments. */
    local: (step, arg) => handedBack(program, view.now, step.inner, 1).get(arg) ?? 0,
    /** The worst status within a step, or that of a leaf. */
    ownStatus(each) {
      const found = view.now.statuses;
      if (found[each.node] === "unused" || !each.inner) return found[each.node];
      return each.inner.map((node) => found[node]).reduce(worse, "ok");
    },
    /** The status that is shown: the output's is the worst of the whole program. */
    status: (each) =>
      each === output ? view.now.statuses.reduce(worse, "ok") : view.ownStatus(each),
    /** The first node within a step, or before the output, that has the status that is shown. */
    cause(each) {
      const status = view.status(each);
      const nodes = each === output ? program.nodes.keys() : (each.inner ?? [each.node]);
      return [...nodes].find((node) => view.now.statuses[node] === status);
    },
    /** The output where one input has another value. */
    outputAt(node, x) {
      const values = state.values.slice();
      values[node] = x;
      return forward(program, values).values[output.node];
    },
    /** What an input's slider reaches, and how far apart its places are. */
    range(node) {
      const x = Number.isFinite(state.values[node]) ? state.values[node] : 0;
      const known = ranges.get(node);
      if (known && x >= known.low && x <= known.high) return known;
      const reach = Math.max(2 * Math.abs(x), 1);
      const power = 10 ** Math.floor(Math.log10(reach / 100));
      const digit = [5, 2, 1].find((each) => each * power <= (reach / 100) * 1.0000001);
      ranges.set(node, { low: x - reach, high: x + reach, step: digit * power });
      return ranges.get(node);
    },

    place(values) {
      state.values = values;
      view.now = evaluate(program, values);
    },
    set(node, x) {
      const values = state.values.slice();
      values[node] = x;
      forget();
      view.place(values);
      draw();
    },
    reset() {
      ranges.clear();
      forget();
      view.place(initial.slice());
      draw();
    },
    go(step, moving = true) {
      state.step = Math.min(Math.max(step, 0), last);
      state.told ||= state.step === last;
      const { node } = view.activity();
      if (node !== null) state.node = node;
      draw(moving);
      shown.picture.follow();
    },
    pick(node) {
      state.node = node;
      if (part.get(node).kind === "input" && gradientAt.has(node)) state.nudged = node;
      draw();
    },
    draw: () => draw(),
  };

  function forget() {
    state.losses = [];
    state.past = [];
  }

  let resting = 0;

  function draw(moving = false) {
    shown.picture.draw();
    shown.picture.flow(moving);
    for (const panel of shown.panels) panel.draw();
    clearTimeout(resting);
    resting = setTimeout(() => {
      drawTable();
      address?.write();
    }, 180);
  }

  /** The table is MathML throughout, so it waits until nothing moves. */
  function drawTable() {
    for (const row of root.querySelectorAll(".table tbody tr")) {
      const node = Number(row.dataset.node);
      const each = part.get(node);
      const seen = gradientAt.has(node);
      const told = { value: view.tellsValue(node), gradient: seen && view.tellsGradient(node) };
      const status = told.value ? view.status(each) : "ok";
      const cell = (kind) => row.querySelector(kind);
      cell(".of-value").innerHTML = view.write.ofValue(each);
      cell(".number.value").textContent = told.value
        ? view.write.shown(view.now.values[node])
        : "";
      cell(".of-gradient").innerHTML = seen ? view.write.ofGradient(node) : "";
      cell(".number.gradient").textContent = told.gradient ? view.write.shown(view.gradient(node)) : "";
      cell(".of-status").textContent = status === "ok" ? "" : status;
    }
  }

  root.querySelector("[data-theme-switch]").addEventListener("click", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = (root.dataset.theme ?? (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
    root.dataset.theme = theme;
    if (!data.embedded) document.documentElement.dataset.theme = theme;
  });
  const paper = sheets(root);
  addEventListener("beforeprint", () => {
    root.querySelector("details").open = true;
    drawTable();
    paper.cut();
  });
  addEventListener("afterprint", () => paper.join());

  for (const element of root.querySelectorAll("[data-live]")) element.hidden = false;
  const address = data.embedded ? null : addressOf(view);
  root.querySelector("[data-link]").hidden = data.embedded;
  address?.read();
  state.told ||= state.step === last;
  view.place(state.values);
  view.write = formulas(view);
  view.reading = readings(view);
  const shown = {
    picture: picture(view),
    panels: [player, inputPanel, derivationPanel, nudgePanel, descentPanel].map((make) => make(view)),
  };
  for (const kind of [".rows", ".updates"]) shown.panels.push(countBelow(root.querySelector(kind)));
  draw();
  drawTable(); // at once: what the document was written with may tell more than this step does
  shown.picture.follow();
}
