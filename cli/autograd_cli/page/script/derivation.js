/** The derivation of the box that was picked: its value, its local derivatives, the chain rule. */
function derivationPanel(view) {
  const { root, part, users, output, state, meaning } = view;
  const panel = root.querySelector(".derivation");
  const PLACES = {
    kink: "At a kink",
    jump: "At a jump",
    singular: "At a singular point",
    domain: "At an undefined place",
    overflow: "At an overflow",
  };

  function draw() {
    const { formula, ofValue, ofGradient } = view.write;
    const each = part.get(state.node);
    const heading = text("h2", "Derivation of ");
    heading.append(html("span", formula(each.math)));
    const found = [heading, html("p", ofValue(each))];
    const status = view.tellsValue(each.node) ? view.status(each) : "ok";
    if (status !== "ok") {
      const what = view.program.breaks[view.cause(each)];
      const words = `${status}${what ? ` at ${what}` : ""}: ${meaning[status]}`;
      found.push(text("p", words, "status"));
    }
    if (!view.isDifferentiated(each.node)) {
      found.push(text("p", "Nothing is differentiated by this.", "quiet"));
    } else if (each === output) {
      found.push(text("p", "The output by itself:", "quiet"), html("p", ofGradient(each.node)));
    } else {
      for (const step of users.get(each.node)) found.push(...local(each, step));
      found.push(text("p", "Chain rule:", "quiet"), html("p", ofGradient(each.node)));
      if (view.tellsGradient(each.node)) found.push(text("p", reading(each), "quiet"));
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

  /**
   * What the gradient says of raising `each`; where it is only the number that the rules give, that
   * it predicts nothing.
   */
  function reading(each) {
    const { shown } = view.write;
    const slope = view.gradient(each.node);
    const raising = `what raising ${each.label} does to ${output.label}`;
    const lost = [each, output].find(({ node }) => !Number.isFinite(view.now.values[node]));
    if (lost !== undefined) {
      const value = shown(view.now.values[lost.node]);
      return `${lost.label} is ${value} here: no gradient predicts ${raising}.`;
    }
    if (Number.isNaN(slope)) return `What ${each.label} does to ${output.label} is undefined here.`;
    if (!Number.isFinite(slope)) return `A slope of ${shown(slope)} does not predict ${raising}.`;
    const place = view.now.under[each.node];
    if (place !== null) {
      const where = PLACES[view.now.statuses[place]];
      const what = view.program.breaks[place];
      return (
        `${where}${what ? `, ${what}` : ""}: ${shown(slope)} is the choice of the rules ` +
        `and does not predict ${raising}.`
      );
    }
    if (slope === 0) return `Raising ${each.label} a little does not change ${output.label}.`;
    const size = shown(Math.abs(slope));
    const much = size === "1" ? "by as much" : `by ${size} times as much`;
    return `Raising ${each.label} a little ${slope > 0 ? "raises" : "lowers"} ${output.label} ${much}.`;
  }

  return { draw };
}
