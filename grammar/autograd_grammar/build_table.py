"""Building the LALR(1) automaton of the grammar with Lark.

The only module that imports Lark. It runs when the grammar has changed (``python -m
autograd_grammar.build_table`` writes `table.json`), and at a start whose shipped table is missing
or damaged.
"""

from __future__ import annotations

import json
from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from autograd_grammar import files
from autograd_grammar.automaton import END, Table
from autograd_grammar.sealing import sealed


def build(grammar: bytes) -> Table:
    """Analyse the grammar with Lark, and convert its automaton to a :class:`Table`.

    Lark's numbers of states and rules depend on the order of its sets. Here states are numbered in
    the order of a walk from the start state and rules by name, so that a grammar always gives the
    same table.
    """
    parser = Lark(
        grammar.decode(), parser="lalr", start="program", keep_all_tokens=True, lexer="basic"
    )
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    automaton = data["parser"]["parser"]
    names: dict[int, str] = automaton["tokens"]
    states = {
        state: {names[symbol]: action for symbol, action in row.items()}
        for state, row in automaton["states"].items()
    }
    start = automaton["start_states"]["program"]
    numbers = _numbered(states, start)
    used = {action["@"] for row in states.values() for reduce, action in row.values() if reduce}
    rule_numbers = {key: n for n, key in enumerate(sorted(used, key=lambda key: _order(memo[key])))}

    rules = [_rule(memo[key]) for key in rule_numbers]
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in numbers:
        actions.append({})
        gotos.append({})
        for symbol, (is_reduce, target) in sorted(states[state].items()):
            if is_reduce:
                actions[-1][symbol] = ~rule_numbers[target["@"]]
            elif _is_terminal(symbol):
                actions[-1][symbol] = numbers[target]
            else:
                gotos[-1][symbol] = numbers[target]

    return Table(
        terminals=_terminals(parser),
        ignored=sorted(parser.ignore_tokens),
        rules=rules,
        actions=actions,
        gotos=gotos,
        start=numbers[start],
        accept=numbers[automaton["end_states"]["program"]],
    )


def _is_terminal(symbol: str) -> bool:
    return symbol.isupper() or symbol == END


def _numbered(states: dict[int, dict[str, Any]], start: int) -> dict[int, int]:
    """A number for each state, in the order of a breadth-first walk from the start."""
    numbers = {start: 0}
    for state in (waiting := [start]):
        for _, (is_reduce, target) in sorted(states[state].items(), key=lambda entry: entry[0]):
            if not is_reduce and target not in numbers:
                numbers[target] = len(numbers)
                waiting.append(target)
    return numbers


def _order(entry: dict[str, Any]) -> tuple[str, list[str]]:
    return entry["origin"]["name"], [symbol["name"] for symbol in entry["expansion"]]


def _rule(entry: dict[str, Any]) -> tuple[int, str, str]:
    return len(entry["expansion"]), entry["origin"]["name"], entry["alias"] or ""


def _terminals(parser: Any) -> dict[str, str]:
    """Each terminal's regular expression, ordered so that the longer spelling is tried first."""
    patterns = [(t.name, t.pattern) for t in parser.terminals if t.pattern is not None]
    patterns.sort(key=lambda entry: (-entry[1].max_width, entry[0]))
    return {name: pattern.to_regexp() for name, pattern in patterns}


def write() -> None:
    """Write the shipped table."""
    grammar = files.read(files.GRAMMAR)
    table = build(grammar)._asdict()
    body = json.dumps(table, ensure_ascii=True).removeprefix("{").encode()
    with open(files.TABLE, "wb") as file:
        file.write(b"%s,%s\n" % (sealed(grammar, body), body))


if __name__ == "__main__":
    write()
