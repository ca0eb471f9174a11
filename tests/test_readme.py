"""The README is true: its examples print what it shows, its pictures are of today's screens."""

from __future__ import annotations

import contextlib
import html
import importlib.util
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import readme

TEXT = readme.README.read_text(encoding="utf-8")
EXAMPLES = list(readme.examples(TEXT))
PIPELINE_TOOLS = ("jq", "awk", "xargs")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.commands[0][:60])
def test_an_example_prints_what_the_readme_shows(example: readme.Example) -> None:
    for tool in PIPELINE_TOOLS:
        if re.search(rf"\| {tool}\b", example.body) and shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    assert example.rendered() == example.body


def test_every_console_block_is_run_or_is_an_installation() -> None:
    blocks = re.findall(r"(<!-- \w+ -->\n)?```console", TEXT)
    kinds = [block.strip("<!-> \n") for block in blocks]
    assert set(kinds) == {"screen", "run", "install", "test"}
    assert kinds.count("install") == kinds.count("test") == 1


def shown(svg: str) -> list[str]:
    """The texts of an SVG, without where and how they are drawn."""
    texts = re.findall(r"<text[^>]*>(.*?)</text>", svg)
    return [html.unescape(text).replace("\xa0", " ") for text in texts]


@pytest.mark.parametrize("name", readme.PICTURES)
def test_a_picture_shows_what_its_command_shows_now(name: str) -> None:
    kept = (readme.SCREENS / f"{name}.svg").read_text(encoding="utf-8")
    assert f"samples/screens/{name}.svg" in TEXT
    assert shown(kept) == shown(readme.picture(readme.PICTURES[name]))


@pytest.mark.parametrize("name", readme.WRITTEN)
def test_a_picture_that_a_command_writes_is_todays(name: str) -> None:
    kept = (readme.SCREENS / f"{name}.svg").read_text(encoding="utf-8")
    assert f"samples/screens/{name}.svg" in TEXT
    assert kept == readme.printed(readme.WRITTEN[name])


@pytest.mark.parametrize("name", readme.PAGES)
def test_a_page_has_its_picture(name: str) -> None:
    assert f"samples/screens/{name}.png" in TEXT
    assert (readme.SCREENS / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_the_python_examples_print_what_the_readme_says() -> None:
    """One after the other, as a reader would type them; PyTorch's only where it is installed."""
    blocks = re.findall(r"```python\n(.*?)```\n```text\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) == TEXT.count("```python") == 6
    names: dict[str, object] = {}
    for code, said in blocks:
        if "import torch" in code and importlib.util.find_spec("torch") is None:
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), names)
        assert printed.getvalue() == said


def test_the_installation_runs_the_first_example() -> None:
    (install,) = re.findall(r"<!-- install -->\n```console\n\$ (.*)\n```", TEXT)
    assert install.endswith(EXAMPLES[0].commands[0].removeprefix("autograd "))


@pytest.mark.parametrize("engine", ["dask", "spark"])
def test_a_cluster_starts_as_the_readme_says(engine: str, tmp_path: Path) -> None:
    """Its commands as they stand, but for the machine, the port and the folder."""
    if engine == "spark" and (
        importlib.util.find_spec("pyspark") is None or shutil.which("java") is None
    ):
        pytest.skip("pyspark or Java (default-jre-headless) is not installed")
    (block,) = (b for b in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) if f"{engine}://" in b)
    *starting, using = block.splitlines()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    samples = readme.ROOT / "samples" / "tables"
    (tmp_path / "rows").mkdir()
    shutil.copy(samples / "line.csv", tmp_path / "rows")

    def here(line: str) -> str:
        for word, ours in (("8786", port), ("7077", port), ("/shared", str(tmp_path))):
            line = line.replace(word, ours)
        return re.sub(r"\bhead\b", "127.0.0.1", line.partition("  #")[0])

    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYSPARK_PYTHON": sys.executable}
    environment |= {"SPARK_WORKER_DIR": str(tmp_path / "work"), "SPARK_LOCAL_IP": "127.0.0.1"}
    for line in starting:
        assert line.partition("  #")[0].rstrip().endswith("&")
    script = "\n".join([*(f"{here(line).rstrip(' &')} >&2 &" for line in starting), "wait"])
    cluster = subprocess.Popen(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + 120
        while (tried := run(here(using), tmp_path, environment)).returncode == 3:
            assert time.monotonic() < end, tried.stderr
            time.sleep(0.5)
    finally:
        os.killpg(cluster.pid, signal.SIGKILL)
        cluster.wait()
    alone = here(using).partition(" --on ")[0]
    assert tried.returncode == 0, tried.stderr
    assert tried.stdout == run(alone, tmp_path, environment).stdout


def run(
    command: str, folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
