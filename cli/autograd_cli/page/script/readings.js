/** What a status and a gradient say at the present point, in words. */
function readings(view) {
  const { program, part, output, meaning, verdict, tie } = view;
  const CHOICE =
    "The slope is a choice of the rules here; move an input a little, and it is a prediction again.";
  const ALIKE = "on the side of that branch, and on the other one only if the branches go on alike";
  const NONE = "Nothing is predicted from here; give an input another value.";
  const ADVICE = { kink: CHOICE, jump: CHOICE, singular: NONE, domain: NONE, overflow: NONE };

  /** `x > 1 at x = 1 is at a jump`; null of what cannot be at one, or takes no part. */
  function where(node) {
    const found = program.breaks[node];
    const said = verdict[view.now.statuses[node]];
    if (found === undefined || said === undefined) return null;
    const { shown } = view.write;
    const points = found.names.map((n) => `${part.get(n).label} = ${shown(view.now.values[n])}`);
    const point = points.length > 0 ? ` at ${points.join(", ")}` : " here";
    return `${found.text}${point} ${said}`;
  }

  /** What a part's status means, where it comes from, and what to do about it. */
  function ofStatus(each) {
    const status = view.status(each);
    const cause = view.cause(each);
    const place = where(cause) ?? status;
    if (atTie(program, view.now, cause)) return `${place}: ${tie}. It predicts ${ALIKE}.`;
    const advice = ADVICE[status];
    return `${place}: ${meaning[status]}.${advice ? ` ${advice}` : ""}`;
  }

  /**
   * What the gradient says of raising `each`; where it is only the number that the rules give, that
   * it predicts nothing, and at a tie of branches where it predicts.
   */
  function ofGradient(each) {
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
      const told = where(place) ?? `${output.label} ${verdict[view.now.statuses[place]]}`;
      if (atTie(program, view.now, place)) {
        return `${told}: ${shown(slope)} is the slope of the branch taken. It predicts ${raising} ${ALIKE}.`;
      }
      return `${told}: ${shown(slope)} is the choice of the rules and does not predict ${raising}.`;
    }
    if (slope === 0) return `Raising ${each.label} a little does not change ${output.label}.`;
    const size = shown(Math.abs(slope));
    const much = size === "1" ? "by as much" : `by ${size} times as much`;
    return `Raising ${each.label} a little ${slope > 0 ? "raises" : "lowers"} ${output.label} ${much}.`;
  }

  /** Whether the gradient by an input is a prediction, and not only a number that the rules give. */
  function predicts(each) {
    const numbers = [
      view.now.values[each.node],
      view.now.values[output.node],
      view.gradient(each.node),
    ];
    return numbers.every(Number.isFinite) && view.now.under[each.node] === null;
  }

  return { ofStatus, ofGradient, predicts };
}
