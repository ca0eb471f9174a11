"""The shipped parsing table: made from the grammar, and never more than a matter of time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograd_grammar import automaton, build_table, files, parse, parser, table

ROOT = Path(__file__).parents[2]


@pytest.fixture
def fresh_language() -> Iterator[None]:
    """Make the next parse load its table anew, and the parses after the test as well."""
    parser._language.cache_clear()
    yield
    parser._language.cache_clear()


def built() -> automaton.Table:
    """The table as Lark makes it of the grammar now."""
    return build_table.build(files.read(files.GRAMMAR))


def plain(of: automaton.Table) -> Any:
    """A table as JSON sees it."""
    return json.loads(json.dumps(of._asdict()))


def test_the_shipped_table_is_what_lark_makes_of_the_grammar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = files.read(files.TABLE)
    monkeypatch.setattr(files, "TABLE", tmp_path / "table.json")
    build_table.write()
    assert (tmp_path / "table.json").read_bytes() == shipped


def test_building_the_table_again_gives_the_same_table() -> None:
    assert built() == built()


def test_the_shipped_table_is_loaded_without_building_one(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = plain(built())
    monkeypatch.setattr(build_table, "build", lambda grammar: pytest.fail("built anew"))
    assert plain(table.load()) == expected


WHOLE = files.read(files.TABLE)
HALF = len(WHOLE) // 2
SIX = WHOLE.index(b"6", HALF)
DAMAGED = {
    "empty": b"",
    "cut short": WHOLE[:HALF],
    "no json": b"\xff\xfe\x00",
    "not an object": b"[1, 2, 3]",
    "a number": b"7",
    "one digit changed": WHOLE[:SIX] + b"7" + WHOLE[SIX + 1 :],
    "the checksum changed": WHOLE.replace(b": ", b": 1", 1),
    "a field too few": WHOLE.replace(b'"ignored"', b'"ignorant"'),
    "deeply nested": b"[" * 200_000,
}


@pytest.mark.usefixtures("fresh_language")
@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_table_costs_time_and_nothing_else(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.json"
    path.write_bytes(DAMAGED[damage])
    monkeypatch.setattr(files, "TABLE", path)
    assert DAMAGED[damage] != WHOLE
    assert table.load() == built()
    assert len(parse("w*x + b")) == 5


@pytest.mark.usefixtures("fresh_language")
def test_a_table_of_another_grammar_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grammar = tmp_path / "expr.lark"
    changed = files.read(files.GRAMMAR).decode().replace('POWER: "^" |', 'POWER: "@" |')
    grammar.write_text(changed, encoding="utf-8")
    monkeypatch.setattr(files, "GRAMMAR", grammar)
    assert len(parse("x@2")) == 3


@pytest.mark.usefixtures("fresh_language")
@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_a_table_that_cannot_be_read_costs_time_and_nothing_else(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.json"
    if kind == "folder":
        path.mkdir()
    monkeypatch.setattr(files, "TABLE", path)
    assert len(parse("w*x + b")) == 5


def run(code: str) -> str:
    """What a fresh Python prints that sees the project's packages."""
    folders = [str(ROOT / part) for part in ("graph", "grammar")]
    start = f"import sys; sys.path[:0] = {folders!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_parsing_does_not_import_lark() -> None:
    code = """
from autograd_grammar import parse, ProgramError
parse("f(t) = silu(t)^2; f(w*x) + 1")
try:
    parse("2x")
except ProgramError:
    pass
print([name for name in sys.modules if name.split(".")[0] in
       ("lark", "click", "rich", "mpmath", "numpy")])
"""
    assert run(code) == "[]"


def test_what_explains_errors_is_imported_only_for_one() -> None:
    code = """
from autograd_grammar import parse, ProgramError
parse("w*x + b")
before = "autograd_grammar.messages" in sys.modules
try:
    parse("2x")
except ProgramError:
    pass
print(before, "autograd_grammar.messages" in sys.modules)
"""
    assert run(code) == "False True"


def test_the_prelude_is_read_only_when_a_program_calls_it() -> None:
    code = """
from autograd_grammar import parse, parser
parse("sin(x)*max(x, 2)")
before = parser.library.cache_info().currsize
parse("silu(x)")
print(before, parser.library.cache_info().currsize)
"""
    assert run(code) == "0 1"
