"""Sums over parts: the same wherever these are, in whatever order they merge, once or twice.

The engine here has the manners of the worst of clusters, and none of their processes.
"""

from __future__ import annotations

import math
import pickle
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from support_cli import autograd

import autograd_cli as ag
from autograd_cli.engines import engine
from autograd_cli.engines.engine import ENGINES, merged
from autograd_cli.engines.task import Task
from autograd_cli.fitting import kept, reading
from autograd_cli.reports.fit import FitReport
from autograd_cli.tables import chunks
from autograd_graph import ProgramError

ROWS = 1000
DRAW = random.Random(21)
MODEL = "a*exp(k*x) + c"
LOSS = "z = a + k*x; softplus(z) - sigmoid(y)*z"


def far(thing: Any) -> Any:
    """A thing as another process gets it."""
    return pickle.loads(pickle.dumps(thing))


class Careless:
    """Parts that are worked on twice, by workers that are made anew, and merge in any order."""

    def __init__(self, items: Sequence[Any], draw: random.Random) -> None:
        self._items = items
        self._draw = draw

    def kept(self, make: Callable[[Any], Any]) -> Careless:
        return Careless([self._done(make, item) for item in self._items], self._draw)

    def total(self, work: Callable[[Any], Any]) -> Any:
        states = [self._done(work, item) for item in self._items]
        self._draw.shuffle(states)
        while len(states) > 1:
            pair = [states.pop(), states.pop()]
            before = pickle.dumps(pair)
            whole = merged(pair)
            assert pickle.dumps(pair) == before  # an engine may need them again
            states.insert(self._draw.randrange(len(states) + 1), far(whole))
        return states[0]

    def _done(self, work: Callable[[Any], Any], item: Any) -> Any:
        task = far(Task(work))
        task(far(item))
        return far(task(far(item)))


class CarelessEngine:
    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)

    def spread(self, items: Sequence[Any], told: Any = None) -> Careless:
        return Careless(items, self._draw)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a table as a whole, and in parts, one of which has no rows."""
    monkeypatch.chdir(tmp_path)
    rows = []
    for _ in range(ROWS):
        x = DRAW.uniform(-2, 2)
        rows.append(f"{x!r},{1.5 * math.exp(0.7 * x) - 1 + 0.1 * DRAW.gauss(0, 1)!r}")
    for row in (10, 500, 999):
        rows[row] = rows[row].partition(",")[0] + ","
    cuts = [0, 1, 13, 13, 400, 1000]
    Path("parts").mkdir()
    for number, start, end in zip(range(9), cuts, cuts[1:], strict=False):
        Path(f"parts/{number}.csv").write_text("\n".join(["x,y", *rows[start:end]]) + "\n")
    Path("whole.csv").write_text("\n".join(["x,y", *rows]) + "\n")


def document(report: FitReport) -> str:
    return "".join(report.json())


def fitted(text: str, data: str, **more: Any) -> str:
    """All that a fit finds, as JSON: the trace, errors, statuses."""
    target = "y" if text == MODEL else None
    start = {"a": 1.0, "k": 0.1}
    return document(ag.compile(text).fit(data, target=target, start=start, **more))


@pytest.mark.parametrize("text", [MODEL, LOSS])
def test_a_fit_has_the_same_bits_from_parts_anywhere(text: str) -> None:
    whole = fitted(text, "whole.csv")
    assert '"missing": 3' in whole
    assert fitted(text, "parts") == whole
    for seed in range(3):
        assert fitted(text, "parts", on=CarelessEngine(seed)) == whole


@pytest.mark.parametrize("text", [MODEL, LOSS])
def test_a_fit_has_the_same_bits_from_a_file_beyond_the_memory(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fitted(text, "whole.csv")
    monkeypatch.setattr(chunks, "CHUNK", 900)
    monkeypatch.setattr(reading, "_ROWS", 50)
    assert fitted(text, "whole.csv") == whole
    for most in (0, 3000):
        monkeypatch.setattr(kept, "MOST", most)
        assert fitted(text, "whole.csv") == whole


def test_a_temporary_file_that_finds_no_room_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def close(self) -> None:
            """There is nothing to close."""

        def write(self, data: bytes) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept, "MOST", 0)
    monkeypatch.setattr(kept.tempfile, "TemporaryFile", lambda prefix: Full())
    with pytest.raises(ProgramError, match=r"nor into .*: No space left on device") as raised:
        fitted(MODEL, "whole.csv")
    assert (raised.value.code, "TMPDIR" in raised.value.hint) == ("io", True)


def test_a_descent_goes_over_the_same_rows_from_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["descend", "a=1;(a*x - y)^2", "--batch-size=7", "--steps=30", "--format=json"]
    alone = autograd(*words, "--data=whole.csv")
    assert alone.status == 0
    monkeypatch.setattr(reading, "_ROWS", 50)
    assert autograd(*words, "--data=parts") == alone


@pytest.mark.parametrize("target", ["nan", "-inf", "inf"])
def test_a_row_that_is_not_finite_has_the_same_number_from_parts(target: str) -> None:
    """``nan`` is a value that is missing; the row of an infinite one is counted with those."""
    for path in ("parts/4.csv", "whole.csv"):
        lines = Path(path).read_text().splitlines()
        row = 1 + (600 if path == "whole.csv" else 200)
        lines[row] = f"0.5,{target}"
        Path(path).write_text("\n".join(lines) + "\n")
    whole = fitted(MODEL, "whole.csv")
    assert ("in row 601 the target is" in whole) == (target != "nan")
    assert fitted(MODEL, "parts") == whole
    assert fitted(MODEL, "parts", on=CarelessEngine(4)) == whole
    text = "a*log(x - 0.25) + k*x"
    blamed = fitted(text, "whole.csv")
    assert fitted(text, "parts", on=CarelessEngine(5)) == blamed


def test_totals_and_maps_are_the_same_from_parts_anywhere() -> None:
    total = ag.compile("(w*x - y)^2").at(w=0.3)
    alone = total.total("whole.csv")
    found = total.total("parts", on=CarelessEngine(1))
    assert found.total.text() == alone.total.text()
    function = ag.compile("sqrt(x)*y")
    rows = function.map_files("whole.csv", status=True)
    rows.write("whole.out.csv")
    tally = function.map_on(CarelessEngine(2), "out", "parts", status=True)
    alone_tally = replace(rows.tally, first_awkward=None, first_undefined=None, part=0)
    assert replace(tally, first_awkward=None, first_undefined=None, part=0) == alone_tally
    assert tally.first_undefined is not None
    parts = [Path(f"out/{number}.csv").read_text().splitlines() for number in range(5)]
    lines = Path("whole.out.csv").read_text().splitlines()
    assert [line for part in parts for line in part[1:]] == lines[1:]
    assert {part[0] for part in parts} == {lines[0]}


def test_columns_are_not_for_workers() -> None:
    with pytest.raises(ProgramError, match="workers of a cluster read files, and no columns"):
        ag.compile("a*x").fit({"x": np.ones(3), "y": np.ones(3)}, target="y", on=CarelessEngine(0))


def test_another_engine_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def connected(address: str) -> Iterator[CarelessEngine]:
        assert address == "local[3]"
        yield CarelessEngine(9)

    monkeypatch.setitem(sys.modules, "careless", SimpleNamespace(connected=connected))
    row = replace_row(module="careless", extra="tables", local="local[3]", port=1)
    monkeypatch.setitem(ENGINES, "careless", row)
    words = ["eval", "w*x", "--w=2", "--reduce=sum", "--get=value,grad", "--data"]
    assert autograd(*words, "parts", "--on", "careless://local[3]") == autograd(*words, "whole.csv")
    assert "careless://HOST:1" in autograd(*words, "parts", "--on", "other://h:1").err


def replace_row(**fields: Any) -> Any:
    return ENGINES["dask"]._replace(**fields)


def test_every_engine_has_its_adapter_and_its_extra() -> None:
    from importlib.util import find_spec

    from autograd_cli.extras import EXTRAS

    for scheme, row in ENGINES.items():
        assert find_spec(row.module) is not None
        assert row.extra in EXTRAS
        assert engine.local_workers(row.local) is not None, scheme


def test_work_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from autograd_cli.engines import task

    packed = pickle.dumps(Task(len))
    monkeypatch.setattr(task, "installed", lambda: "9.9")
    with pytest.raises(ProgramError, match=r"a worker has autograd-cli 9\.9, and here is"):
        pickle.loads(packed)([])


def test_nothing_is_left_in_the_temporary_folder() -> None:
    """A file beyond the memory has no name."""
    before = set(Path(tempfile.gettempdir()).glob("autograd-*"))
    fitted(MODEL, "whole.csv")
    assert set(Path(tempfile.gettempdir()).glob("autograd-*")) <= before
