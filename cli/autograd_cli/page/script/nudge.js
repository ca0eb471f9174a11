/** A nudge of one input: what the gradient predicts, along the tangent, beside what happens. */
function nudgePanel(view) {
  const { root, part, inputs, output, state } = view;
  const panel = root.querySelector(".nudge");
  const find = (selector) => panel.querySelector(selector);
  const able = inputs.filter((each) => view.isDifferentiated(each.node));
  const [WIDTH, HEIGHT, EDGE, POINTS] = [440, 230, 26, 120];
  const HALVINGS = 24; // of the way between two points, after which a gap that is left is a jump

  function draw() {
    panel.hidden = !state.told || able.length === 0;
    if (able.length === 0) return;
    const each = part.get(state.nudged);
    const { low, high } = view.range(each.node);
    const reach = (high - low) / 4;
    const by = Number((state.nudge * reach).toPrecision(3));
    const x = state.values[each.node];
    const y = view.now.values[output.node];
    const slope = view.gradient(each.node);
    find("select").value = state.nudged;
    find("input").value = state.nudge;
    find("input").setAttribute("aria-valuetext", `${each.label} moves by ${view.write.plain(by)}`);
    find(".move").innerHTML = view.write.ofNudge(each, by);
    find(".reading").textContent = view.reading.predicts(each)
      ? "The gradient predicts along the tangent; the output goes along the curve."
      : view.reading.ofGradient(each);
    const known = Number.isFinite(y);
    compare(known ? slope * by : NaN, known ? view.outputAt(each.node, x + by) - y : NaN);
    curve(each, { x, y, by, slope, reach });
  }

  /** Two bars about a common middle. */
  function compare(predicted, actual) {
    const scale = Math.max(Math.abs(predicted), Math.abs(actual));
    for (const [kind, number] of Object.entries({ predicted, actual })) {
      const share = Math.abs(number) / scale;
      const size = Number.isFinite(share) ? 50 * share : 0;
      find(`.${kind} i`).style.width = `${size}%`;
      find(`.${kind} i`).style.left = number < 0 ? `${50 - size}%` : "50%";
      find(`.${kind}-number`).textContent = view.write.shown(number);
    }
  }

  /** The output over the input, its tangent at the point, and the gap that the nudge opens. */
  function curve(each, { x, y, by, slope, reach }) {
    const plot = find("svg");
    plot.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    plot.replaceChildren();
    const [low, high] = [x - 1.15 * reach, x + 1.15 * reach];
    const points = Array.from({ length: POINTS + 1 }, (_, n) => {
      const at = low + ((high - low) * n) / POINTS;
      return [at, view.outputAt(each.node, at)];
    });
    const tangent = (at) => y + slope * (at - x);
    const heights = [...points.map(([, v]) => v), y, tangent(x + by)].filter(Number.isFinite);
    if (heights.length < 2) {
      plot.append(svg("text", { x: EDGE, y: 40 }, "There is no value to draw here."));
      return;
    }
    const scale = scales(low, high, heights);
    const inside = svg("svg", { width: WIDTH, height: HEIGHT - EDGE }); // cuts off what runs out
    axes(plot);
    plot.append(inside);
    inside.append(svg("path", { class: "curve", d: traced(apart(each, points, heights), scale) }));
    const dot = (kind, at, v, r) => {
      if (Number.isFinite(v)) inside.append(svg("circle", { class: kind, ...scale.at(at, v), r }));
    };
    if (Number.isFinite(slope)) {
      const reached = view.outputAt(each.node, x + by);
      line(inside, "tangent", scale.at(low, tangent(low)), scale.at(high, tangent(high)));
      if (Number.isFinite(reached)) {
        line(inside, "gap", scale.at(x + by, tangent(x + by)), scale.at(x + by, reached));
      }
      dot("on-curve", x + by, reached, 5);
      dot("on-tangent", x + by, tangent(x + by), 5);
    }
    dot("here", x, y, 4.5);
    const middle = { x: scale.at(x, 0).cx, y: HEIGHT - 9, "text-anchor": "middle" };
    plot.append(svg("text", middle, `${each.label} = ${view.write.shown(x)}`));
    plot.append(svg("text", { x: EDGE + 6, y: 14 }, output.label));
  }

  /** The points, with a place without a value between the two sides of each jump. */
  function apart(each, points, heights) {
    const visible = (Math.max(...heights) - Math.min(...heights)) / HEIGHT;
    const gaps = points.slice(1).map(([, v], n) => Math.abs(v - points[n][1]));
    return points.flatMap((point, n) => {
      const around = Math.max(gaps[n - 1] || 0, gaps[n + 1] || 0);
      const steep = gaps[n] > Math.max(visible, 2 * around); // not so as its neighbours are
      const sides = steep ? jump(each, point, points[n + 1]) : [];
      return [point, ...sides];
    });
  }

  /** Both sides of a jump between two points; nothing if the output is continuous there. */
  function jump(each, [from, before], [to, after]) {
    const gap = Math.abs(after - before);
    for (let n = 0; n < HALVINGS; n += 1) {
      const middle = (from + to) / 2;
      const value = view.outputAt(each.node, middle);
      if (!Number.isFinite(value)) return [[middle, value]];
      if (Math.abs(value - before) < Math.abs(after - value)) [from, before] = [middle, value];
      else [to, after] = [middle, value];
      if (Math.abs(after - before) < gap / 2) return [];
    }
    return [[from, before], [from, NaN], [to, after]];
  }

  /** Where a point of the plane stands in the plot; far out, not too far for a path. */
  function scales(low, high, heights) {
    let [bottom, top] = [Math.min(...heights), Math.max(...heights)];
    if (top - bottom < 1e-12 * Math.max(1, Math.abs(top))) [bottom, top] = [bottom - 1, top + 1];
    const margin = 0.08 * (top - bottom);
    const across = (WIDTH - 2 * EDGE) / (high - low);
    const up = (HEIGHT - 2 * EDGE) / (top - bottom + 2 * margin);
    return {
      at(x, v) {
        const y = HEIGHT - EDGE - (v - bottom + margin) * up;
        return {
          cx: EDGE + (x - low) * across,
          cy: Math.min(Math.max(y, -10 * HEIGHT), 10 * HEIGHT),
        };
      },
    };
  }

  function axes(plot) {
    const [x, y] = [EDGE, HEIGHT - EDGE];
    line(plot, "axis", { cx: x, cy: y }, { cx: WIDTH - EDGE, cy: y });
    line(plot, "axis", { cx: x, cy: EDGE / 2 }, { cx: x, cy: y });
  }

  function line(layer, kind, from, to) {
    const ends = { x1: from.cx, y1: from.cy, x2: to.cx, y2: to.cy };
    layer.append(svg("line", { class: kind, ...ends }));
  }

  /** A path through the points, interrupted where there is no value. */
  function traced(points, scale) {
    let path = "";
    let pen = false;
    for (const [at, v] of points) {
      const { cx, cy } = scale.at(at, v);
      if (Number.isFinite(v)) path += `${pen ? "L" : "M"}${cx.toFixed(1)} ${cy.toFixed(1)}`;
      pen = Number.isFinite(v);
    }
    return path;
  }

  for (const each of able) {
    const option = text("option", each.label);
    option.value = each.node;
    find("select").append(option);
  }
  find("select").addEventListener("change", () => {
    state.nudged = Number(find("select").value);
    draw();
  });
  find("input").addEventListener("input", () => {
    state.nudge = Number(find("input").value);
    draw();
  });
  return { draw };
}
