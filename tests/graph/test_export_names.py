"""Generated code never meets a user's name: every word that exports write, as an input's name.

The words are taken from the exports of all operators themselves, so that a new helper, temporary
or module is among them as soon as it is written.
"""

from __future__ import annotations

import builtins
import keyword
import re
from functools import cache
from pathlib import Path

import pytest
from support_export import (
    EXECUTED,
    Case,
    code,
    mismatches,
    operator_programs,
    run_c,
)

from autograd_grammar import ProgramError, parse
from autograd_graph.export import find

GUARDED = (
    "relu(mod(x, 3) - 1) + where(x > 9, log(x)*atanh(x)*floor(x)*cosh(x)/(x - 1), 2*x^-2)"
    "+ max(atanh(x/9), -1/x, x^x, round(x), erf(x))"
)
"""What Python writes with each of its helpers."""

C_ONLY = [
    "M_PI",
    "M_LN2",
    "INFINITY",
    "NAN",
    "HUGE_VAL",
    "FP_NAN",
    "linux",
    "unix",
    "main",
    "errno",
    "y0",
    "y1",
    "yn",
    "j0",
    "j1",
    "jn",
    "gamma",
    "signgam",
    "isnan",
    "signbit",
    "_Bool",
    "_Complex",
    "__LINE__",
    "__FILE__",
    "__func__",
    "_Static_assert",
    "typeof",
    "asm",
    "nullptr",
]


@cache
def words_of(target: str) -> list[str]:
    """Every word in the exports of all operators that can be a name of the language."""
    reserved = {"python": keyword.kwlist, "numpy": dir(builtins), "c": C_ONLY}
    found: dict[str, None] = dict.fromkeys(reserved.get(target, []))
    found |= dict.fromkeys(find(target).reserved)
    programs = [case.program for case in operator_programs()]
    programs += ["relu(mod(x0, 3) - 1)", GUARDED, "sin(x)*exp(sin(x)) + cos(x)*exp(cos(x))"]
    for program in programs:
        try:
            text = code(program, target)
        except ProgramError:  # not every target has every operator
            continue
        found |= dict.fromkeys(re.findall(r"[^\W\d]\w*", text))
    return sorted(name for name in found if _is_name(name))


def _is_name(name: str) -> bool:
    try:
        return list(parse(f"{name} + 1").inputs) == [name]
    except ProgramError:
        return False


def hostile(name: str, other: str, target: str) -> Case:
    """A program in which a name stands wherever generated code could capture it."""
    product = f"{name}*{other}"
    program = f"sin({product})*exp(sin({product})) + floor({name})*{name}"
    if target != "sympy":  # which is slow, and has no helpers
        program += (
            f" + relu(mod({name}, 3) - 1)*{other} + where({name} > 9, log({name} - 9), {product})"
            f" + min({name}^{other}, 9, 1/({name} - 1)) + max(cosh({other}), -1/{name})"
        )
    program += f" + erf({name})"
    return Case(program, {name: 2.25, other: 0.625})


@pytest.mark.parametrize("target", EXECUTED)
def test_no_word_that_an_export_writes_is_met_by_an_inputs_name(
    target: str, tmp_path: Path
) -> None:
    found = words_of(target)
    cases = [hostile(word, "q" if word.lower() != "q" else "r", target) for word in found]
    wrong, asked = mismatches(cases, target, tmp_path)
    assert wrong == []
    assert asked == len(cases) > 40


@pytest.mark.parametrize("target", EXECUTED)
def test_all_those_words_together_stay_apart(target: str, tmp_path: Path) -> None:
    fold = find(target).fold
    found = list({fold(word): word for word in words_of(target)}.values())
    total = " + ".join(f"{n}*{word}^2" for n, word in enumerate(found, 1))
    point = {word: (1 + n) / (500 + len(found)) for n, word in enumerate(found)}
    scale = 1 / len(found) ** 2
    program = f"exp(sin({scale!r}*({total}))) + relu(mod({found[0]}, 3) - 1)"
    case = Case(total if target == "sympy" else program, point, 1e-9)
    wrong, asked = mismatches([case], target, tmp_path)
    assert wrong == []
    assert asked == 1


ALIKE = ["fi", "ﬁ", "a", "ª", "μ", "𝐭1", "t1", "𝑥", "x", "ſ", "s", "x₁", "x1", "θ", "theta",
         "é", "e_", "ñ", "n", "K", "Å"]  # fmt: skip
"""Names that are one to Python, or one when they are spelled in ASCII."""


@pytest.mark.parametrize("target", EXECUTED)
def test_names_that_a_target_takes_for_one_stay_two(target: str, tmp_path: Path) -> None:
    names = list(parse(" + ".join(ALIKE)).inputs)
    total = " + ".join(f"{n}*{name}^2" for n, name in enumerate(names, 1))
    case = Case(f"sin({total})^2", {name: 0.01 * n for n, name in enumerate(names, 1)}, 1e-9)
    wrong, asked = mismatches([case], target, tmp_path)
    assert wrong == []
    assert asked == 1


def test_names_that_c_keeps_for_itself_are_spelled_otherwise(tmp_path: Path) -> None:
    text = code("__LINE__^2*_X", "c")
    assert run_c([text], [{"__LINE__": 3.0, "_X": 2.0}], tmp_path) == [[18.0, 12.0, 9.0]]
