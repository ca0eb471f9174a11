/**
 * Both passes over a program's graph, as `autograd eval` runs them.
 *
 * A program is {nodes, operations, values, output}. A node is an array: the number of its operation
 * and then its arguments, which have smaller numbers; a leaf is empty. An operation has a function
 * `code` and says what that function's array holds: the value, the slopes by the arguments marked
 * in `slopes`, whether each of `statuses` holds, and the factors of a product.
 */

const TINY = 2.2250738585072014e-308;
const SEVERITY = ["unused", "ok", "kink", "jump", "underflow", "overflow", "singular", "domain"];

function worse(one, other) {
  return SEVERITY.indexOf(one) < SEVERITY.indexOf(other) ? other : one;
}

/** What every node's operation says, and the value of every node; `values` are those of leaves. */
function forward(program, values) {
  const found = new Array(program.nodes.length).fill(null);
  const all = values.slice();
  program.nodes.forEach((node, number) => {
    if (node.length === 0) return;
    const [operation, ...args] = node;
    found[number] = program.operations[operation].code(...args.map((arg) => all[arg]));
    all[number] = found[number][0];
  });
  return { values: all, found };
}

/** What a node hands back to each argument when its own adjoint is `adjoint`; null: nothing. */
function handed(program, run, number, adjoint) {
  const [kind, ...args] = program.nodes[number];
  const operation = program.operations[kind];
  let next = 1;
  return args.map((_, n) => {
    if (!operation.slopes[n]) return null;
    const slope = run.found[number][next++];
    if (!operation.flows[n] || (operation.chooses && slope === 0)) return null;
    return adjoint * slope;
  });
}

/** The adjoint of every node, null where nothing flows. */
function reverse(program, run) {
  const adjoints = new Array(program.nodes.length).fill(null);
  adjoints[program.output] = 1;
  for (let number = program.output; number >= 0; number--) {
    if (adjoints[number] === null || program.nodes[number].length === 0) continue;
    handed(program, run, number, adjoints[number]).forEach((share, n) => {
      const arg = program.nodes[number][n + 1];
      if (share !== null) adjoints[arg] = adjoints[arg] === null ? share : share + adjoints[arg];
    });
  }
  return adjoints;
}

/** What the nodes of one step, `seed` flowing back to its last, hand to what goes into the step. */
function handedBack(program, run, inner, seed) {
  const flows = new Map([[inner[inner.length - 1], seed]]);
  for (const number of [...inner].reverse()) {
    const adjoint = flows.get(number);
    flows.delete(number);
    if (adjoint === undefined || program.nodes[number].length === 0) continue;
    handed(program, run, number, adjoint).forEach((share, n) => {
      const arg = program.nodes[number][n + 1];
      if (share !== null) flows.set(arg, flows.has(arg) ? share + flows.get(arg) : share);
    });
  }
  return flows;
}

/** For each argument of a choice, whether its value depends on it at this point. */
function chosen(program, run, number) {
  const [kind, ...args] = program.nodes[number];
  const operation = program.operations[kind];
  let next = 1;
  return args.map((arg, n) => {
    const share = operation.slopes[n] ? run.found[number][next++] : 0;
    const ties = operation.asks === 0 && run.values[arg] === run.values[number];
    return n < operation.asks || share !== 0 || ties;
  });
}

/** For each node, whether the output depends on it at this point. */
function takingPart(program, run) {
  const part = new Array(program.nodes.length).fill(false);
  part[program.output] = true;
  for (let number = program.output; number >= 0; number--) {
    if (!part[number] || program.nodes[number].length === 0) continue;
    const [kind, ...args] = program.nodes[number];
    const takes = program.operations[kind].chooses ? chosen(program, run, number) : null;
    args.forEach((arg, n) => {
      if (takes === null || takes[n]) part[arg] = true;
    });
  }
  return part;
}

/** Whether the value of a product is 0 or subnormal only because it underflowed. */
function underflows(program, run, number) {
  const [kind, ...args] = program.nodes[number];
  const { factors } = program.operations[kind];
  const value = run.values[number];
  if (factors === 0 || !(Math.abs(value) < TINY)) return false;
  const given = args.map((arg) => run.values[arg]);
  const found = run.found[number].slice(-factors);
  const beside = [...given, ...found.slice(0, args.length)];
  if (given.includes(value) && beside.some((x) => Math.abs(x) === 1)) return false;
  return value !== 0 || found.every((x) => x !== 0 && Number.isFinite(x));
}

/** Whether an argument of a node moves with the inputs at this point, through branches taken. */
function moving(program, run) {
  const moves = program.nodes.map((node, number) => node.length === 0 && program.varying[number]);
  program.nodes.forEach((node, number) => {
    if (node.length === 0 || !program.varying[number]) return;
    const [kind, ...args] = node;
    const takes = program.operations[kind].chooses ? chosen(program, run, number) : null;
    moves[number] = args.some((arg, n) => moves[arg] && (takes === null || takes[n]));
  });
  return moves;
}

/** The status of every node. */
function statuses(program, run) {
  const part = takingPart(program, run);
  const moves = moving(program, run);
  const found = part.map((takes) => (takes ? "ok" : "unused"));
  program.nodes.forEach((node, number) => {
    if (!part[number]) return;
    const value = run.values[number];
    if (node.length > 0) {
      const [kind, ...args] = node;
      const operation = program.operations[kind];
      const first = 1 + operation.slopes.filter(Boolean).length;
      const holds = operation.statuses.findIndex((_, n) => run.found[number][first + n] === 1);
      const asked = args.slice(0, operation.asks || args.length);
      const still = asked.some((arg) => program.varying[arg]) && !asked.some((arg) => moves[arg]);
      if (holds >= 0 && !(still && Number.isFinite(value))) found[number] = operation.statuses[holds];
      else if (underflows(program, run, number)) found[number] = "underflow";
    }
    if (!Number.isFinite(value) && found[number] === "ok") {
      const carried = node.slice(1).filter((arg) => !Number.isFinite(run.values[arg]));
      if (carried.length > 0) found[number] = carried.map((arg) => found[arg]).reduce(worse, "ok");
      else if (Number.isNaN(value)) found[number] = "domain";
      else found[number] = node.length > 0 ? "overflow" : "singular";
    }
  });
  return found;
}

/** The nodes that can move a kink, a jump or a worse place of the output, each with the worst one. */
function underBreaks(program, run) {
  const breaks = run.statuses.map((status, number) => {
    const slips = ["unused", "ok", "underflow"].includes(status);
    return slips || (status === "kink" && !run.adjoints[number]) ? null : number;
  });
  const worst = (one, other) => {
    if (one === null || other === null) return one ?? other;
    const [mine, its] = [run.statuses[one], run.statuses[other]];
    return mine !== its && worse(mine, its) === its ? other : one;
  };
  const under = new Array(program.nodes.length).fill(null);
  for (let number = program.nodes.length - 1; number >= 0; number--) {
    const found = worst(under[number], breaks[number]);
    if (found === null) continue;
    for (const arg of program.nodes[number].slice(1)) {
      if (run.statuses[arg] !== "unused") under[arg] = worst(found, under[arg]);
    }
  }
  return under;
}

/** Everything at a point: values, adjoints and statuses of all nodes. */
function evaluate(program, values) {
  const passes = forward(program, values);
  const run = { ...passes, adjoints: reverse(program, passes), statuses: statuses(program, passes) };
  return { ...run, under: underBreaks(program, run) };
}
