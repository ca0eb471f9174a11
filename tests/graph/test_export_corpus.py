"""Compiled exports of the structured programs, against their references in 50 digits."""

from __future__ import annotations

import json
import shutil
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from support_export import AT_ONCE, MISSING, arguments, at_once, code, placed

from autograd_grammar import ProgramError, parse

CORPUS = Path(__file__).parents[1] / "corpus" / "programs.jsonl"
PROGRAMS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
SLACK, SLACK_OF_SLOPES = 1e-12, 1e-11


def wrong(case: dict[str, Any], numbers: list[float]) -> list[str]:
    """What is not right to rounding: ``f64abs`` is what rounding in doubles does to each number."""
    noise = case["f64abs"]
    wanted = [(case["value"], SLACK, noise["value"])]
    wanted += [(s, SLACK_OF_SLOPES, noise["grad"][name]) for name, s in case["grad"].items()]
    return [
        f"{case['id']}: {got}, not {number}"
        for got, (number, slack, rounding) in zip(numbers, wanted, strict=True)
        if not abs(got - number) <= slack * abs(number) + 16 * rounding
    ]


@pytest.mark.parametrize("target", AT_ONCE)
def test_structured_programs_have_the_references_of_many_digits(
    target: str, tmp_path: Path
) -> None:
    if target in MISSING or (target == "c" and shutil.which("gcc") is None):
        pytest.skip(f"nothing here runs {target}")
    asked, jobs = [], []
    for case in PROGRAMS:
        names = list(case["grad"])
        if case["value"] is None or not all(map(isfinite, (case["value"], *case["grad"].values()))):
            continue
        if names != list(parse(case["program"]).inputs) or not names:
            continue
        try:
            text = code(case["program"], target, inputs=names)
        except ProgramError:  # test_every_operator_is_written_or_refused_by_name
            continue
        asked.append(case)
        jobs.append((text, [placed(target, text, arguments(case["program"], case["point"]))]))
    found = at_once(target, jobs, tmp_path)
    assert [each for case, got in zip(asked, found, strict=True) for each in wrong(case, got)] == []
    assert len(asked) > 400
