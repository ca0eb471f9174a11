/** The player: buttons, the scrubber, and what happens at the present step in words. */
function player(view) {
  const { root, part, users, steps, backward, output, last, state } = view;
  const find = (selector) => root.querySelector(selector);
  const scrubber = find(".scrubber input");
  const caption = find(".caption");
  const PACE = 1500;
  const targets = {
    first: () => 0,
    back: () => state.step - 1,
    on: () => state.step + 1,
    last: () => last,
  };
  let playing = null;

  function draw() {
    const where = {
      start: "inputs",
      forward: `forward ${state.step} of ${steps.length}`,
      backward: `backward ${state.step - steps.length} of ${backward.length}`,
      end: "both passes done",
    }[view.activity().pass];
    scrubber.value = state.step;
    scrubber.setAttribute("aria-valuetext", where);
    find(".where").textContent = where;
    for (const button of root.querySelectorAll("[data-go]")) {
      const end = ["first", "back"].includes(button.dataset.go) ? 0 : last;
      button.disabled = state.step === end;
    }
    find(".play span").textContent = playing === null ? "Play" : "Pause";
    find(".play").setAttribute("aria-pressed", String(playing !== null));
  }

  function say() {
    const { formula, math, ofValue, ofGradient } = view.write;
    const { pass, node } = view.activity();
    const each = part.get(node);
    caption.className = `caption ${pass}`;
    if (pass === "start") {
      const words =
        "The inputs have their values. Forward, each step is computed from what goes into it; " +
        "then the gradient comes back.";
      caption.replaceChildren(text("p", words));
    } else if (pass === "forward") {
      const from = listed(each.args.map((arg) => part.get(arg).label)) || "numbers";
      caption.replaceChildren(
        text("p", `${each.label} is computed from ${from}:`),
        html("p", ofValue(each)),
      );
    } else if (pass === "backward") {
      caption.replaceChildren(text("p", backwards(each)), html("p", ofGradient(node)));
    } else {
      const result = math(view.now.values[output.node], "value");
      const words = "Both passes are done. Move an input, pick a box, or step through the passes.";
      caption.replaceChildren(
        html("p", formula(output.math, "<mo>=</mo>", result)),
        text("p", words, "quiet"),
      );
    }
  }

  function backwards(each) {
    if (each === output) return `Backward: ${each.label} changes by itself one to one.`;
    const through = users.get(each.node).map((step) => step.label);
    if (through.length === 0) return `${each.label} goes into nothing that hands a gradient back.`;
    const into = `${each.label} goes into ${listed(through)}.`;
    return through.length === 1
      ? `${into} What comes back from there, times the local derivative on the wire:`
      : `${into} What comes back from each, times the local derivative on its wire, is added up:`;
  }

  function pause() {
    clearInterval(playing);
    playing = null;
    caption.setAttribute("aria-live", "polite");
    draw();
  }

  function play() {
    if (playing !== null) {
      pause();
      return;
    }
    caption.setAttribute("aria-live", "off");
    if (state.step === last) view.go(0);
    playing = setInterval(() => {
      view.go(state.step + 1);
      if (state.step === last) pause();
    }, PACE);
    draw();
  }

  function press(name) {
    pause();
    view.go(targets[name]());
  }

  scrubber.max = last;
  scrubber.addEventListener("input", () => {
    const step = Number(scrubber.value);
    pause();
    view.go(step, false);
  });
  for (const button of root.querySelectorAll("[data-go]")) {
    button.addEventListener("click", () => press(button.dataset.go));
  }
  find(".play").addEventListener("click", play);
  /** Keys are a whole page's own; those of a fragment are only its own where it has the focus. */
  const heard = view.embedded ? root : document;
  heard.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { ArrowRight: "on", ArrowLeft: "back", Home: "first", End: "last" }[event.key];
    const scrolls = ["Home", "End"].includes(event.key) && !root.contains(event.target);
    if (way && !scrolls) {
      event.preventDefault();
      press(way);
    } else if (event.key.toLowerCase() === "p") {
      play();
    }
  });
  find(".halves").style.setProperty("--forward", `${Math.max(steps.length, 1)}fr`);
  find(".halves").style.setProperty("--backward", `${backward.length}fr`);
  return {
    draw() {
      draw();
      say();
    },
  };
}
