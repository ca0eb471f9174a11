"""A few thousand texts and command lines of each kind; hours are for the command."""

from __future__ import annotations

from random import Random

import pytest

from autograd_graph import ProgramError
from autograd_graph.errors import CODES

from . import checks
from .lines import Lines
from .seeds import seeds
from .texts import Texts

SEED = 20_261_129


def test_any_text_is_a_program_or_an_error_at_a_place_in_it() -> None:
    texts = Texts(Random(SEED), seeds())
    ends = [checks.check_text(texts.next()) for _ in range(4000)]
    assert ends.count("") > 200
    assert set(ends) <= {"", *CODES}
    assert len(set(ends)) > 6


def test_any_command_line_gives_a_result_or_an_error() -> None:
    draw = Random(SEED)
    lines = Lines(draw, Texts(draw, seeds()))
    ends = [checks.check_line(*lines.next()) for _ in range(600)]
    assert {0, 1, 2} <= set(ends)


def test_what_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def outside(text: str, **_: object) -> None:
        raise ProgramError("wrong", code="syntax", span=(5, 900), text=text)

    monkeypatch.setattr(checks, "parse", outside)
    with pytest.raises(AssertionError):
        checks.check_text("x + 1")
