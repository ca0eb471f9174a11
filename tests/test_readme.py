"""The README is true: its examples print what it shows, its pictures are of today's screens."""

from __future__ import annotations

import contextlib
import html
import importlib.util
import io
import re
import shutil

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
