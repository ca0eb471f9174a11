"""``autograd cost``: the command, and the network that shows why networks are trained backwards."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from support_cli import SAMPLES, autograd


def network(*sizes: str) -> str:
    words = [sys.executable, str(SAMPLES / "network.py"), *sizes]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_ten_thousand_nodes_and_a_hundred_thousand_parameters():
    run = autograd("cost", "-", "--format", "table", stdin=network())
    assert run.status == 0
    assert "n = 10,000 nodes, p = 100,000 inputs" in run.out
    assert "110,000 " in run.out
    assert "1,000,000,000 " in run.out
    assert "1,000,010,000 " in run.out


@pytest.mark.parametrize(("neurons", "width"), [(1, 1), (1, 3), (7, 3), (9, 3), (50, 4)])
def test_the_network_has_two_nodes_and_its_weights_for_each_neuron(neurons, width):
    run = autograd("cost", "-", "--format", "json", stdin=network(str(neurons), str(width)))
    told = json.loads(run.out)
    assert (told["nodes"], told["inputs"]) == (2 * neurons, neurons * width)


def test_formats_tell_the_same():
    words = ("cost", "sin(x*y) + exp(x)*z")
    objects = json.loads(autograd(*words, "--format", "json").out)["methods"]
    rows = autograd(*words).rows
    assert [row["method"] for row in rows] == [
        "evaluation", "reverse mode", "forward mode", "finite differences",
    ]  # fmt: skip
    for row, told in zip(rows, objects, strict=True):
        for key in ("passes", "visits", "operations"):
            assert int(row[key]) == told[key]
        assert row["seconds"] == ""
        assert told["seconds"] is None


def test_measure_times_every_method_and_says_what_is_estimated():
    stdin = network("40", "10")
    told = json.loads(autograd("cost", "-", "--measure", "--format", "json", stdin=stdin).out)
    for method in told["methods"]:
        assert method["seconds"] >= 0.0
        assert 1 <= method["timed_passes"] <= method["passes"]
    seconds = {method["method"]: method["seconds"] for method in told["methods"]}
    assert seconds["forward mode"] > 10 * seconds["reverse mode"]


def test_measuring_needs_values_and_counting_does_not():
    assert autograd("cost", "x*y").status == 0
    assert autograd("cost", "x*y", "--measure").status == 2


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.parametrize("program", ["x", "5", "x*y", "+".join(f"a{n}" for n in range(50))])
@pytest.mark.parametrize("extra", [(), ("--ascii",)])
def test_the_table_is_drawn_at_any_width(program, extra, width):
    run = autograd("cost", program, "--format", "table", *extra, env={"COLUMNS": str(width)})
    assert run.status == 0
    assert max(map(len, run.lines)) <= width
    assert not extra or run.out.isascii()


def test_program_without_inputs_can_be_timed_too() -> None:
    run = autograd("cost", "1 + 2", "--measure")
    assert (run.status, run.err) == (0, "")
    assert [row["timed_passes"] for row in run.rows] == ["1", "1", "0", "1"]


def test_a_number_alone_can_be_measured() -> None:
    run = autograd("cost", "1", "--measure", "--format", "json")
    assert run.status == 0
    assert {method["passes"] for method in json.loads(run.out)["methods"]} == {0, 1}
