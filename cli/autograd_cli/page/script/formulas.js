/**
 * How the page writes numbers and formulas. `view` is what all files of the script share: see
 * page.js.
 */
function formulas(view) {
  const { program, part, users, output } = view;
  const upright = "<mtext>d</mtext>";
  const equals = "<mo>=</mo>";
  const plus = '<mo form="infix">+</mo>';
  const times = "<mo>·</mo>";
  const dots = "<mo>⋯</mo>";
  const MANY = 7;
  const ROOM = 8; // characters that a box shows

  /** Of many terms of a sum the first ones and the last, with null for those between. */
  const few = (terms) =>
    terms.length > MANY ? [...terms.slice(0, MANY - 1), null, terms.at(-1)] : terms;

  /** A number in ASCII with so many digits: "-1.5e-7"; "inf" or "nan" where it is none. */
  function plain(x, digits = view.digits) {
    if (Number.isNaN(x)) return "nan";
    if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
    if (x === 0) return "0";
    const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
    if (exponent < -4 || exponent >= digits) return `${Number(mantissa)}e${Number(exponent)}`;
    return String(Number(x.toPrecision(digits)));
  }

  /** A number in a box: without the dust of rounding, or with the digits that there is room for. */
  function narrow(x) {
    const whole = String(tidy(x));
    if (whole.length <= ROOM) return whole;
    const all = Array.from({ length: view.digits }, (_, n) => plain(x, view.digits - n));
    return all.find((each) => each.length <= ROOM) ?? all.at(-1);
  }

  /** A number in a line of text: "−1.5e−7", "∞". */
  function shown(x) {
    return plain(x).replaceAll("-", "−").replace("inf", "∞").replace("nan", "undefined");
  }

  /** A number as MathML, in parentheses where its place asks for them. */
  function math(x, kind, within = 0) {
    const text = plain(x);
    const [mantissa, exponent] = text.replace(/^-/, "").split("e");
    const minus = '<mo form="prefix">−</mo>';
    let written = `<mn>${{ inf: "∞", nan: "undefined" }[mantissa] ?? mantissa}</mn>`;
    if (exponent !== undefined) {
      const size = `<mn>${Math.abs(exponent)}</mn>`;
      const power = exponent < 0 ? `<mrow>${minus}${size}</mrow>` : size;
      written = `<mrow>${written}<mo>×</mo><msup><mn>10</mn>${power}</msup></mrow>`;
    }
    if (text.startsWith("-")) written = `<mrow>${minus}${written}</mrow>`;
    if ((within > 0 && text.startsWith("-")) || (within === 2 && exponent !== undefined)) {
      written = `<mo stretchy="false">(</mo>${written}<mo stretchy="false">)</mo>`;
    }
    return `<mrow class="${kind}">${written}</mrow>`;
  }

  const formula = (...pieces) => `<math>${pieces.join("")}</math>`;

  /** A formula in which Firefox breaks no line. */
  const unbroken = (piece) => formula("<mrow>", piece, "</mrow>");

  /** What is equal to `left`, each a list of addends; a line may end before any of them. */
  function equal(left, ...sides) {
    const signed = (side) => side.map((addend, n) => (n > 0 ? plus : equals) + addend);
    const [first = "", ...rest] = sides.flatMap(signed);
    return `<span class="equation">${[left + first, ...rest].map(unbroken).join("<wbr>")}</span>`;
  }

  const value = (node, within = 0) => math(view.now.values[node], "value", within);
  const gradient = (node, within = 0) => math(view.gradient(node), "gradient", within);
  const fraction = (d, of, by) => `<mfrac><mrow>${d}${of}</mrow><mrow>${d}${by}</mrow></mfrac>`;
  const total = (node) => fraction(upright, output.math, part.get(node).math);
  const partial = (step, arg) => fraction("<mi>∂</mi>", step.math, part.get(arg).math);

  /** A list of MathML and places, with names, or with numbers, in the places. */
  const named = (list) =>
    list.map((piece) => (typeof piece === "string" ? piece : part.get(piece[0]).math)).join("");
  const put = (list) =>
    list.map((piece) => (typeof piece === "string" ? piece : value(...piece))).join("");
  const hasPlaces = (list) => list.some((piece) => typeof piece !== "string");

  /** `c = w·x = 2·(−2) = −4`; as far as it is known. */
  function ofValue(each) {
    const sides = each.formula ? [[named(each.formula)]] : [];
    if (view.tellsValue(each.node)) {
      if (each.formula?.length > 1 && hasPlaces(each.formula)) sides.push([put(each.formula)]);
      sides.push([value(each.node)]);
    }
    return equal(each.math, ...sides);
  }

  /** `∂c/∂w = x = −2`; at a kink or a jump the slope that is used, without a formula. */
  function ofLocal(step, arg) {
    const known = step.locals[arg].formula;
    const sides = [];
    const smooth = !["kink", "jump"].includes(view.ownStatus(step));
    if (known && hasPlaces(known) && smooth) sides.push([named(known)]);
    if (view.tellsValue(step.node)) sides.push([math(view.local(step, arg), "value")]);
    return equal(partial(step, arg), ...sides);
  }

  /** Whether what a step hands back is the product of its factors: what was not chosen is not. */
  function flows(step, node) {
    const upstream = view.now.adjoints[step.node];
    const product = (upstream ?? 0) * view.local(step, node);
    if (Number.isFinite(product)) return true;
    if (upstream === null) return false;
    return (handedBack(program, view.now, step.inner, upstream).get(node) ?? 0) !== 0;
  }

  /** Why a step that hands back nothing does so. */
  function idle(step) {
    return view.now.adjoints[step.node] === null
      ? `nothing flows back to ${formula(step.math)}`
      : "what was not chosen hands back nothing";
  }

  /** `dJ/dw = dJ/dc · ∂c/∂w = 2·(−2) = −4`; as far as it is known. */
  function ofGradient(node) {
    const through = users.get(node);
    const cut = through.find((step) => !flows(step, node));
    const sides = [];
    if (node !== output.node && through.length > 0) {
      const shown = few(through);
      const products = shown.map((step) =>
        step === null ? dots : total(step.node) + times + partial(step, node),
      );
      const numbers = shown.map((step, n) => {
        if (step === null) return dots;
        if (!flows(step, node)) return math(0, "gradient");
        const upstream = gradient(step.node, n > 0 ? 1 : 0);
        return upstream + times + math(view.local(step, node), "value", 1);
      });
      sides.push(products);
      if (shown.length > 1 || cut === undefined) sides.push(numbers);
    }
    if (!view.tellsGradient(node)) return equal(total(node), ...sides.slice(0, 1));
    const why = cut === undefined ? "" : ` <span class="quiet">${idle(cut)}</span>`;
    return equal(total(node), ...sides, [gradient(node)]) + why;
  }

  /** `w ← 2 − 0.1·(−4) = 2.4`. */
  function ofUpdate(node, rate, after) {
    const product = `<mn>${rate}</mn>${times}${gradient(node, 1)}`;
    const before = `${part.get(node).math}<mo>←</mo>${value(node)}<mo>−</mo>`;
    return formula(before, product, equals, math(after, "value"));
  }

  /** `Δw = 0.1`. */
  function ofNudge(each, by) {
    return formula("<mi>Δ</mi>", each.math, equals, math(by, "value"));
  }

  return { plain, narrow, shown, math, formula, ofValue, ofLocal, ofGradient, ofUpdate, ofNudge };
}
