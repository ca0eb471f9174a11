"""Lark's part: the analysis of the grammar into an LALR(1) automaton.

The only module that knows Lark. It runs when the grammar has changed
(``python -m autograd_grammar.build_table`` writes `table.json`), and at a start whose shipped
table is missing or damaged.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

from autograd_grammar.table import END, GRAMMAR, TABLE, Table


def build(grammar: bytes) -> Table:
    """Let Lark analyse the grammar, and flatten the automaton it makes."""
    parser = Lark(
        grammar.decode(), parser="lalr", start="program", keep_all_tokens=True, lexer="basic"
    )
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    automaton = data["parser"]["parser"]
    symbols: dict[int, str] = automaton["tokens"]
    numbers: dict[int, int] = {state: number for number, state in enumerate(automaton["states"])}

    rules: list[tuple[int, str, str]] = []
    rule_numbers: dict[int, int] = {}
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for row in automaton["states"].values():
        actions.append({})
        gotos.append({})
        for symbol_id, (is_reduce, target) in row.items():
            symbol = symbols[symbol_id]
            if is_reduce:
                key = target["@"]
                if key not in rule_numbers:
                    rule_numbers[key] = len(rules)
                    rules.append(_rule(memo[key]))
                actions[-1][symbol] = ~rule_numbers[key]
            elif symbol.isupper() or symbol == END:
                actions[-1][symbol] = numbers[target]
            else:
                gotos[-1][symbol] = numbers[target]

    return Table(
        checksum=zlib.crc32(grammar),
        terminals=_terminals(parser),
        ignored=list(parser.ignore_tokens),
        rules=rules,
        actions=actions,
        landings=_landings(rules, actions, gotos),
        start=numbers[automaton["start_states"]["program"]],
        accept=numbers[automaton["end_states"]["program"]],
    )


def _rule(entry: dict[str, Any]) -> tuple[int, str, str]:
    return len(entry["expansion"]), entry["origin"]["name"], entry["alias"] or ""


def _terminals(parser: Any) -> dict[str, str]:
    """Each terminal's regular expression, in an order in which the longer spelling wins."""
    patterns = [(t.name, t.pattern) for t in parser.terminals if t.pattern is not None]
    patterns.sort(key=lambda entry: (-entry[1].max_width, entry[0]))
    return {name: pattern.to_regexp() for name, pattern in patterns}


def _landings(
    rules: list[tuple[int, str, str]],
    actions: list[dict[str, int]],
    gotos: list[dict[str, int]],
) -> list[dict[str, dict[str, int]]]:
    terminals = {terminal for row in actions for terminal in row}

    def landing(below: int, nonterminal: str, terminal: str) -> int:
        state = gotos[below][nonterminal]
        action = actions[state].get(terminal, 0)
        while action < 0 and rules[~action][0] == 1 and not rules[~action][2]:
            state = gotos[below][rules[~action][1]]
            action = actions[state].get(terminal, 0)
        return state

    return [
        {
            nonterminal: {t: landing(below, nonterminal, t) for t in sorted(terminals)}
            for nonterminal in row
        }
        for below, row in enumerate(gotos)
    ]


if __name__ == "__main__":
    table = build(GRAMMAR.read_bytes())
    TABLE.write_text(json.dumps(asdict(table), ensure_ascii=True) + "\n", encoding="utf-8")
