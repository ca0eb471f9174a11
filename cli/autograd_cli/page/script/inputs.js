/** The panel of inputs: for each a slider, a field and its gradient. */
function inputPanel(view) {
  const { root, inputs, state } = view;
  const rows = root.querySelector(".rows");
  const refusals = new Map();
  const TAKES = "This box takes a number, such as 0.5, −2, 1e-3 or 1/3.";

  function row(each) {
    const element = text("div", "", "row");
    element.dataset.node = each.node;
    const slider = text("input", "");
    slider.type = "range";
    slider.step = "any";
    slider.setAttribute("aria-label", `${each.label}, slider`);
    slider.addEventListener("input", () => {
      const { step } = view.range(each.node);
      view.set(each.node, tidy(Math.round(Number(slider.value) / step) * step));
    });
    const field = text("input", "");
    field.type = "text";
    field.inputMode = "decimal";
    field.autocomplete = "off";
    field.setAttribute("aria-label", `value of ${each.label}`);
    const { said, refuse } = refusal(field, TAKES);
    refusals.set(each.node, refuse);
    const isRefused = () => field.getAttribute("aria-invalid") === "true";
    field.addEventListener("focus", () => {
      if (isRefused()) return;
      field.value = tidy(state.values[each.node]);
      field.select(); // as Tab does, which another text would undo
    });
    field.addEventListener("blur", () => {
      if (!isRefused()) field.value = view.write.narrow(state.values[each.node]);
    });
    field.addEventListener("change", () => {
      const number = parsed(field.value);
      refuse(!Number.isFinite(number));
      if (Number.isFinite(number)) view.set(each.node, number);
    });
    field.addEventListener("keydown", (event) => {
      const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (way === undefined) return;
      event.preventDefault();
      view.set(each.node, tidy(state.values[each.node] + way * view.range(each.node).step));
    });
    const name = html("span", view.write.formula(each.math));
    element.append(name, slider, field, text("span", "", "gradient"), said);
    return element;
  }

  function draw() {
    for (const element of rows.querySelectorAll(".row")) {
      const node = Number(element.dataset.node);
      const [slider, field] = element.querySelectorAll("input");
      const { low, high } = view.range(node);
      slider.min = low;
      slider.max = high;
      slider.value = state.values[node];
      const x = state.values[node];
      const typing = document.activeElement === field;
      field.title = tidy(x);
      if (!typing || field.getAttribute("aria-invalid") !== "true") {
        if (!typing) field.value = view.write.narrow(x);
        else if (parsed(field.value) !== x) field.value = tidy(x);
        refusals.get(node)(false);
      }
      const slope = view.isDifferentiated(node) && view.knowsGradient(node)
        ? `grad ${view.write.shown(view.gradient(node))}`
        : "";
      element.querySelector(".gradient").textContent = slope;
    }
  }

  rows.replaceChildren(...inputs.map(row));
  if (inputs.length === 0) rows.append(text("p", "This program has no inputs.", "quiet"));
  root.querySelector("[data-reset]").addEventListener("click", () => view.reset());
  return { draw };
}
