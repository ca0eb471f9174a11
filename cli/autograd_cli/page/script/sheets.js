/**
 * Paper: a picture that could not be read on the width of a sheet is cut into strips, which stand
 * below each other like the lines of a score. It is cut right of a box, where only wires run.
 */
function sheets(root) {
  const picture = root.querySelector(".picture");
  const graph = root.querySelector("svg.graph");
  const strips = picture.appendChild(text("div", "", "strips"));
  const [SHEET, READABLE, AFTER] = [1280, 0.78, 12];

  /** Where the picture may be cut: right of a box, where no other one stands. */
  function gaps() {
    const spans = [...graph.querySelectorAll(".node")].map((node) => {
      const left = node.transform.baseVal.consolidate().matrix.e;
      return [left, left + node.querySelector(".box").width.baseVal.value];
    });
    const ends = spans.map(([, right]) => right + AFTER).sort((one, other) => one - other);
    return ends.filter((at) => spans.every(([left, right]) => at <= left || right <= at));
  }

  function cut() {
    const { x, width } = graph.viewBox.baseVal;
    const isWide = width * READABLE > SHEET;
    picture.classList.toggle("cut", isWide);
    if (!isWide) return;
    const found = gaps();
    const end = x + width;
    for (let from = x; from < end; ) {
      const reach = found.filter((at) => at > from && at <= from + SHEET);
      const to = end - from <= SHEET ? end : (reach.at(-1) ?? from + SHEET);
      strips.append(strip(from, to));
      from = to;
    }
  }

  function strip(from, to) {
    const { y, height } = graph.viewBox.baseVal;
    const part = graph.cloneNode(true);
    part.setAttribute("viewBox", `${from} ${y} ${to - from} ${height}`);
    part.setAttribute("width", to - from);
    return part;
  }

  function join() {
    strips.replaceChildren();
    picture.classList.remove("cut");
  }

  return { cut, join };
}
