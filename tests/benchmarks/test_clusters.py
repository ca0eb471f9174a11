"""Two million rows in 16 files: plain, on two workers of Dask, and of Spark where it is found.

Seconds by the clock, as it is a matter of waiting: until a cluster is up, of a total, of a fit. The
digits have to be the same. Most of a fit is the first reading of the files.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import autograd_cli as ag

ROWS, PARTS = 2_000_000, 16
CLUSTERS = ["", "dask://local", "spark://local[2]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """CSV with two columns in use, and one that is not."""
    draw = np.random.default_rng(14)
    path = tmp_path_factory.mktemp("parts")
    for part in range(PARTS):
        x = draw.uniform(0, 3, ROWS // PARTS)
        y = 2 * np.exp(-0.8 * x) + 0.5 + 0.1 * draw.normal(size=x.size)
        note = [f"row {n % 100}" for n in range(x.size)]
        pl.DataFrame({"x": x, "y": y, "note": note}).write_csv(path / f"part-{part:02}.csv")
    return path


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


@pytest.mark.benchmark(group="clusters")
def test_totals_and_fits_on_clusters(folder: Path, benchmark, capsys) -> None:
    loss = ag.compile("(a*exp(-k*x) + c - y)^2").at(a=2, k=0.8, c=0.5)
    model, start = ag.compile("a*exp(-k*x) + c"), {"k": 0.5}
    found = {}

    def on(url: str) -> list[float]:
        """Seconds until it is up, of a first total, of a second one, and of a fit."""
        up, context = timed(lambda: ag.connected(url) if url else nullcontext())
        entered, cluster = timed(context.__enter__)
        try:
            first, _ = timed(lambda: loss.total(str(folder), on=cluster))
            again, total = timed(lambda: loss.total(str(folder), on=cluster))
            took, fit = timed(lambda: model.fit(str(folder), target="y", start=start, on=cluster))
        finally:
            context.__exit__(None, None, None)
        found[url] = total.total.text(), "".join(fit.json())
        return [up + entered, first, again, took]

    names = [url for url in CLUSTERS if not url.startswith("spark") or has_spark()]
    times = {url: on(url) for url in names}
    benchmark.pedantic(lambda: loss.total(str(folder)), rounds=1)
    with capsys.disabled():
        print(f"\n{ROWS:,} rows in {PARTS} files, s, {os.cpu_count()} processors")
        print(f"{'':18}{'up':>8}{'total':>8}{'again':>8}{'fit':>8}")
        for url in names:
            print(f"{url or 'plain':18}" + "".join(f"{seconds:8.2f}" for seconds in times[url]))
    assert len({*found.values()}) == 1


def has_spark() -> bool:
    return find_spec("pyspark") is not None and shutil.which("java") is not None
