"""Programs that a stream holds again: one tape for each shape, and no difference to be seen."""

from __future__ import annotations

import json
import random
import re
import weakref
from typing import Any

import pytest
from corpus.test_corpus import CASES
from support_cli import Run, autograd

from autograd_cli.line import sources


def records(run: Run) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.lines]


def test_a_stream_without_repetitions_keeps_nothing() -> None:
    from autograd_cli.stream.programs import Programs
    from autograd_grammar import parse
    from autograd_graph import Tape

    made: list[Any] = []

    def bind(text: str) -> Tape:
        tape = Tape(parse(text))
        made.append(weakref.ref(tape))
        return tape

    programs = Programs(bind)
    for number in range(1_000):
        programs["+".join(["x"] * number) + "x"]
    assert sum(tape() is not None for tape in made) == 1


def test_programs_of_one_shape_are_parsed_twice_and_answered_as_if_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [f"a*{n / 7:.3g}^2 - log({n}e-1*x)/.{n}\n" for n in range(1, 40)]
    lines[7] = lines[7].replace("8e-1", "1e999")
    lines[9] = lines[9].replace("10e-1", "1e-999")
    lines[11] = lines[11].replace(".12", "0.0")
    words = ["batch", "--a=3", "--x=0.25"]
    alone = [
        json.loads(autograd(*words, stdin=line).out) | {"line": n}
        for n, line in enumerate(lines, start=1)
    ]
    parsed: list[str] = []
    plain = sources.parse
    monkeypatch.setattr(sources, "parse", lambda text, **o: parsed.append(text) or plain(text, **o))
    found = records(autograd(*words, stdin="".join(lines)))
    assert found == alone
    assert [record["line"] for record in found if "error" in record] == [8, 10]
    assert len([text for text in parsed if "a*" in text]) == 4


@pytest.mark.parametrize("at", range(5))
def test_numbers_that_are_exchanged_are_those_that_the_text_has(at: int) -> None:
    draw = random.Random(at)

    def other(found: re.Match[str]) -> str:
        return draw.choice([found[0], str(draw.randint(0, 9)), f"{draw.uniform(0, 3):.3g}", "1e2"])

    for case in CASES[at::5]:
        texts = [re.sub(r"(?<![\w.])\d+(\.\d+)?", other, case["program"]) for _ in range(4)]
        texts = [case["program"], *texts, case["program"]]
        given = [json.dumps({"program": text, "at": case["point"]}) + "\n" for text in texts]
        alone = [json.loads(autograd("batch", stdin=line).out) for line in given]
        found = records(autograd("batch", stdin="".join(given)))
        assert found == [reply | {"line": n} for n, reply in enumerate(alone, start=1)]


@pytest.mark.parametrize(
    "texts",
    [
        ["w = 2; w*x", "w = 3; w*x", "w = 4; w*x"],
        ["f(t) = t^2; f(x)", "f(t) = t^3; f(x)", "f(t) = t^4; f(x)"],
        ["x1*2 # 5", "x1*2 # 6", "x1*3 # 7", "x1*4 # 7"],
        ["elu(x)*2", "elu(x)*3", "elu(x, 2)*4", "elu(x)*5", "elu(x, 3)*6", "elu(x, 4)*7"],
        ["x²*2", "x²*3", "x³*4", "x²*5"],
        ["\0*x", "2*x", "3*x", "4*x", "\0*x"],
        ["x + µ*2", "x + µ*3", "x + μ*4", "x + µ*5"],
        ["2*x*y", "3*x*y", "4*x*y"],
        ["2*x +", "3*x +", "4*x +"],
        ["polygamma(1, x)", "polygamma(2, x)", "polygamma(3, x)", "polygamma(1.5, x)"],
    ],
)
def test_what_only_looks_like_one_shape_is_answered_as_if_alone(texts: list[str]) -> None:
    def answers(lines: list[str]) -> list[Any]:
        return records(autograd("batch", "--x=1.5", "--x1=2", "--set=μ=3", stdin="\n".join(lines)))

    texts = [text for text in texts for _ in (1, 2)]
    alone = [{**answers([text])[0], "line": n} for n, text in enumerate(texts, start=1)]
    assert answers(texts) == alone


def test_shapes_are_seldom_looked_for_where_none_repeats_and_again_where_they_do() -> None:
    from autograd_cli.stream.programs import Worth

    worth = Worth()

    def looks(asked: int, found: bool) -> int:
        taken = 0
        for _ in range(asked):
            if worth.worth_a_look():
                worth.looked(found)
                taken += 1
        return taken

    assert looks(100, found=False) == 100
    assert looks(10_000, found=False) < 700
    assert looks(1_000, found=True) > 400
    assert looks(1_000, found=True) == 1_000
