/** The state in the page's address: what differs from how it began, as `#w=2.4&step=6`. */
function addressOf(view) {
  const { root, parts, inputs, output, start, last, initial, state } = view;
  const RESERVED = ["step", "node", "lr"];
  const key = (label) => (RESERVED.includes(label) ? `input:${label}` : label);
  let written = "";

  function fields() {
    const found = new URLSearchParams();
    for (const { node, label } of inputs) {
      if (state.values[node] !== initial[node]) found.set(key(label), String(state.values[node]));
    }
    if (state.step !== start) found.set("step", String(state.step));
    if (state.node !== output.node) found.set("node", view.part.get(state.node).label);
    if (state.rate !== state.ownRate) found.set("lr", String(state.rate));
    return found.toString();
  }

  /** Take what is a number of an input, a step, a box or a rate; pass over anything else. */
  function read() {
    const found = new URLSearchParams(location.hash.slice(1));
    for (const { node, label } of inputs) {
      const number = parsed(found.get(key(label)) ?? "");
      if (Number.isFinite(number)) state.values[node] = number;
    }
    const step = Number(found.get("step") ?? NaN);
    if (Number.isInteger(step)) state.step = Math.min(Math.max(step, 0), last);
    const picked = parts.find((each) => each.label === found.get("node"));
    state.node = picked?.node ?? view.activity().node ?? output.node;
    const rate = parsed(found.get("lr") ?? "");
    if (rate > 0 && Number.isFinite(rate)) state.rate = rate;
  }

  /** A frame without an address of its own (`about:srcdoc`) cannot be given one. */
  function write() {
    written = fields();
    const place = written ? `#${written}` : location.href.split("#")[0];
    if (location.protocol !== "about:") history.replaceState(null, "", place);
  }

  const link = root.querySelector("[data-link]");
  link.addEventListener("click", async () => {
    write();
    const copied = await navigator.clipboard?.writeText(location.href).then(
      () => true,
      () => false,
    );
    const words = copied ? "The link is copied." : "The link is in the address bar.";
    root.querySelector(".linked").textContent = words;
  });
  addEventListener("hashchange", () => {
    if (location.hash.slice(1) === written) return;
    state.values = initial.slice();
    read();
    view.place(state.values);
    view.draw();
  });
  return { read, write };
}
