/** Elements of HTML and SVG. Text goes in as text; markup only where Python escaped its words. */

function text(tag, words, kind = "") {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.textContent = words;
  return element;
}

function html(tag, markup, kind = "") {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.innerHTML = markup;
  return element;
}

function svg(tag, attributes, words = null) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (words !== null) element.textContent = words;
  return element;
}

/** Words below a field that say what it takes; the function made shows them, or takes them away. */
function refusal(field, words) {
  const said = text("span", "", "refusal status");
  said.setAttribute("role", "status");
  said.hidden = true;
  return {
    said,
    refuse(wrong) {
      field.setAttribute("aria-invalid", String(wrong));
      said.hidden = !wrong;
      said.textContent = wrong ? words : "";
    },
  };
}

/** "a, b and c". */
function listed(words) {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A number as people type it: 0,5 and −2 too, and 1/3; NaN for anything else. */
function parsed(words) {
  const [top, bottom, more] = words.trim().replaceAll("−", "-").replace(",", ".").split("/");
  if (top.trim() === "" || more !== undefined || bottom?.trim() === "") return NaN;
  return bottom === undefined ? Number(top) : Number(top) / Number(bottom);
}

/** A number in a field, without the dust of rounding. */
function tidy(x) {
  return Number(x.toPrecision(12));
}
