"""Lark's own parser, fed with the same tokens, beside the loop: same acceptance, same tree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import pytest
from lark import Lark, Token, Tree, UnexpectedToken
from lark.lexer import Lexer as LarkLexer
from support_derivatives import FOLDER, corpora, corpus

from autograd_grammar import files, lalr, source
from autograd_grammar.automaton import END
from autograd_grammar.lexer import Lexer
from autograd_grammar.table import load

TABLE = load()
LEXER = Lexer(TABLE)
REJECTED = "rejected"


def ours(text: str) -> Any:
    """The tree that the loop's reductions make, as nested tuples."""
    made: list[Any] = []

    def handler(name: str) -> lalr.Handler:
        def handle(host: None, start: int, end: int, *children: Any) -> Any:
            made.append((name, *children))
            return made[-1]

        return handle

    handlers = [handler(name) if name else None for _, _, name in TABLE.rules]
    try:
        lalr.Parser(TABLE, handlers).run(LEXER.tokens(text), None)
    except lalr.UnexpectedTokenError:
        return REJECTED
    return made[-1]


class OurTokens(LarkLexer):
    """The project's lexer as one of Lark's."""

    def __init__(self, conf: Any) -> None:
        self.conf = conf

    def lex(self, data: Any) -> Iterator[Token]:
        text = getattr(data, "text", data)
        for kind, value, start, end in LEXER.tokens(getattr(text, "text", text)):
            if kind != END:
                yield Token(kind, value, start_pos=start, end_pos=end)


@cache
def _lark() -> Lark:
    return Lark(
        files.read(files.GRAMMAR).decode(),
        parser="lalr",
        start="program",
        keep_all_tokens=True,
        lexer=OurTokens,
    )


def larks(text: str) -> Any:
    """The tree that Lark makes."""
    try:
        return _plain(_lark().parse(text))
    except UnexpectedToken:
        return REJECTED


def _plain(tree: Any) -> Any:
    if not isinstance(tree, Tree):
        return str(tree)
    children = [_plain(child) for child in tree.children]
    if tree.data == "program" and len(children) == 1:
        return children[0]
    return (str(tree.data), *children)


WORDS = [
    *("x", "y", "f", "const", "sin", "2", "0.5", "1e-3", "(", "(", ")", ")", "+", "-", "*", "/"),
    *("^", "**", "²", "⁻¹", ",", "=", "+=", "<", "==", "!=", ";", "\n", "√", "∛", "−", "·", "π"),
]


def texts(seed: int, count: int) -> Iterator[str]:
    """Programs of the grammar, most of them mutilated, and words in any order."""
    draw = Random(seed)
    programs = [case["program"] for case in corpus("own")]
    for _ in range(count):
        if draw.random() < 0.5:
            yield " ".join(draw.choices(WORDS, k=draw.randint(1, 12)))
            continue
        text = draw.choice(programs)
        for _ in range(draw.choice((0, 1, 1, 2))):
            at = draw.randrange(len(text))
            end = at + draw.choice((0, 1, 3))
            text = text[:at] + draw.choice(["", *WORDS]) + text[end:]
        yield text


def assert_the_same(text: str) -> bool:
    """The two agree on a text. Whether it is a program."""
    read = source.read(text).text
    found = ours(read)
    assert found == larks(read), text
    return found != REJECTED


@pytest.mark.parametrize("name", corpora("own", "sympy_tests", "rubi", "symreg", "multi", "worked"))
def test_programs_of_the_corpora_have_the_tree_that_lark_gives_them(name: str) -> None:
    for case in corpus(name, step=1 if name == "own" else 4):
        assert assert_the_same(case["program"])


def test_texts_are_accepted_or_not_and_read_as_lark_does() -> None:
    accepted = sum(assert_the_same(text) for text in texts(7, 4_000))
    assert 500 < accepted < 3_500


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the corpora are not there")
def test_texts_of_other_parsers_are_read_as_lark_does() -> None:
    lines = (FOLDER / "parse_cases.jsonl").read_text("utf-8").splitlines()
    for line in lines:
        for key, text in json.loads(line).items():
            if key.startswith("program") and isinstance(text, str):
                assert_the_same(text)
