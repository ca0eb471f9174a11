/** The derivation of the box that was picked: its value, its local derivatives, the chain rule. */
function derivationPanel(view) {
  const { root, part, users, output, state } = view;
  const panel = root.querySelector(".derivation");
  function draw() {
    const { formula, ofValue, ofGradient } = view.write;
    const each = part.get(state.node);
    const heading = text("h2", "Derivation of ");
    heading.append(html("span", formula(each.math)));
    const found = [heading, html("p", ofValue(each))];
    if (view.tellsValue(each.node) && view.status(each) !== "ok") {
      found.push(text("p", view.reading.ofStatus(each), "status"));
    }
    if (!view.isDifferentiated(each.node)) {
      found.push(text("p", "Nothing is differentiated by this.", "quiet"));
    } else if (each === output) {
      found.push(text("p", "The output by itself:", "quiet"), html("p", ofGradient(each.node)));
    } else {
      for (const step of users.get(each.node)) found.push(...local(each, step));
      found.push(text("p", "Chain rule:", "quiet"), html("p", ofGradient(each.node)));
      if (view.tellsGradient(each.node)) found.push(text("p", view.reading.ofGradient(each), "quiet"));
    }
    panel.replaceChildren(...found);
  }

  /** One local derivative, and the rules that give it. */
  function local(each, step) {
    const status = view.ownStatus(step);
    const place = ["kink", "jump"].includes(status) ? `, at a ${status}` : "";
    const line = html("p", view.write.ofLocal(step, each.node));
    for (const rule of step.locals[each.node].rules) line.append(" ", text("span", rule, "rule"));
    const words = `${each.label} goes into ${step.label}. Local derivative${place}:`;
    return [text("p", words, "quiet"), line];
  }

  return { draw };
}
