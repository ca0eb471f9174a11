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

/** The status of every node by its operation's own conditions, "ok" where none holds. */
function ownStatuses(program, run) {
  return program.nodes.map((node, number) => {
    if (node.length === 0) return "ok";
    const operation = program.operations[node[0]];
    const first = 1 + operation.slopes.filter(Boolean).length;
    const holds = operation.statuses.findIndex((_, n) => run.found[number][first + n] === 1);
    return holds < 0 ? "ok" : operation.statuses[holds];
  });
}

/** Whether the branches of a choice that asks have one value. */
function meets(program, run, number) {
  const { slopes, statuses } = program.operations[program.nodes[number][0]];
  return run.found[number][1 + slopes.filter(Boolean).length + statuses.length] === 1;
}

/** For each node whether an input reaches it, be it through jumps alone. */
function reachedByInputs(program) {
  const reached = program.varying.slice();
  program.nodes.forEach((node, number) => {
    if (node.slice(1).some((arg) => reached[arg])) reached[number] = true;
  });
  return reached;
}

/**
 * For each node: the arguments that its value depends on, conditions apart; whether it is a tie, a
 * choice whose condition may change over here between branches of one value; whether it is still,
 * as none of its arguments moves.
 */
function taken(program, run, own, reached) {
  const { varying } = program;
  const [moving, over] = [[], []];
  return program.nodes.map((node, number) => {
    moving[number] = varying[number];
    over[number] = false;
    if (node.length === 0) return { args: [], conditions: [], tie: false, still: false };
    const [kind, ...args] = node;
    const { asks, chooses } = program.operations[kind];
    const conditions = args.slice(0, asks);
    const asked = asks > 0 ? conditions : args;
    const still = asked.some((arg) => varying[arg]) && !asked.some((arg) => moving[arg] || over[arg]);
    const turns = conditions.some((arg) => over[arg]);
    const same = asks > 0 && meets(program, run, number);
    const tie = asks > 0 && ((turns && same) || (own[number] === "kink" && !still));
    const takes = chooses ? chosen(program, run, number) : null;
    const used = args.filter((_, n) => n >= asks && (takes === null || takes[n] || tie));
    moving[number] = varying[number] && [...conditions, ...used].some((arg) => moving[arg]);
    const jumps = own[number] === "jump" && reached[number] && !still;
    over[number] = jumps || (turns && !same) || used.some((arg) => over[arg]);
    return { args: used, conditions, tie, still };
  });
}

/**
 * What takes part, and which kinks and jumps count: those of nodes that are used as numbers, and
 * jumps of what decides between branches of different values (autograd_graph/passes/conditions.py).
 */
function judged(program, run, own) {
  const reached = reachedByInputs(program);
  const ways = taken(program, run, own, reached);
  const [part, numbers, decides] = [0, 1, 2].map(() => program.nodes.map(() => false));
  part[program.output] = numbers[program.output] = true;
  for (let number = program.output; number >= 0; number--) {
    if (!part[number]) continue;
    const { args, conditions, tie } = ways[number];
    for (const arg of conditions) {
      part[arg] = true;
      decides[arg] ||= !tie && (numbers[number] || decides[number]);
    }
    for (const arg of args) for (const flags of [part, numbers, decides]) flags[arg] ||= flags[number];
  }
  const statuses = own.map((status, number) => {
    if (!part[number]) return "unused";
    const { tie, still } = ways[number];
    const dropped = still && Number.isFinite(run.values[number]) ? "ok" : status;
    const found = dropped === "ok" && tie ? "kink" : dropped;
    if (found === "kink") return numbers[number] ? "kink" : "ok";
    const decisive = numbers[number] || (decides[number] && reached[number]);
    return found === "jump" && !decisive ? "ok" : found;
  });
  return { part, statuses };
}

/** The status of every node. */
function statuses(program, run) {
  const { part, statuses: found } = judged(program, run, ownStatuses(program, run));
  program.nodes.forEach((node, number) => {
    if (!part[number]) return;
    const value = run.values[number];
    if (node.length > 0 && found[number] === "ok" && underflows(program, run, number)) {
      found[number] = "underflow";
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

/** Whether a node is at the kink of a condition between branches of one value. */
function atTie(program, run, number) {
  const [kind] = program.nodes[number];
  return run.statuses[number] === "kink" && program.operations[kind].asks > 0;
}

/**
 * The nodes that can move a kink, a jump or a worse place of the output, each with the worst one;
 * a tie of branches, which has a slope of its own, is the least bad kink.
 */
function underBreaks(program, run) {
  const breaks = run.statuses.map((status, number) => {
    const slips = ["unused", "ok", "underflow"].includes(status);
    return slips || (status === "kink" && !run.adjoints[number]) ? null : number;
  });
  const worst = (one, other) => {
    if (one === null || other === null) return one ?? other;
    const [mine, its] = [run.statuses[one], run.statuses[other]];
    if (mine === its) return atTie(program, run, one) ? other : one;
    return worse(mine, its) === its ? other : one;
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
