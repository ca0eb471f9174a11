"""The README's examples: found, run, and written anew.

A block after ``<!-- screen -->`` is what a terminal of 80 columns shows; one after
``<!-- run -->`` is what a shell prints. ``python tests/readme.py`` runs them all and writes their
output into the README's place, and a picture of each kind into ``samples/screens``; a test holds
them to what is there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
SCREENS = ROOT / "samples" / "screens"

PICTURES = {
    "eval": 'autograd eval "J = 1/2*(w*x + b - y)^2" --x=-2 --w=2 --b=8 --y=2',
    "explain": 'autograd explain "c = w*x; a = c + b; d = a - y; J = 1/2*d^2" '
    "--w=2 --x=-2 --b=8 --y=2",
    "graph": 'autograd graph "c = w*x; a = c + b; d = a - y; J = 1/2*d^2" '
    "--w=2 --x=-2 --b=8 --y=2 --grad",
    "flow": "autograd flow -f samples/flow/sigmoid_chain.expr",
    "tanh": "autograd functions tanh",
    "tangents": 'autograd explain "c = w*x; a = c + b; d = a - y; J = 1/2*d^2" '
    "--w=2 --x=-2 --b=8 --y=2 --along w=1",
    "contours": "autograd plot '(x - 1)^2 + 3*y^2' --x=-3:3 --y=-2:2 "
    "--from x=-2.5 --from y=1.5 --lr 0.1",
}
"""Screens of the README as pictures, by the name of their file."""

WRITTEN = {
    "edges": 'autograd graph "c = w*x; a = c + b; d = a - y; J = 1/2*d^2" '
    "--w=2 --x=-2 --b=8 --y=2 --edges --to svg",
    "curve": "autograd plot 'max(sin(2*x), x/2) + abs(x - 1)' --x=-4:4 --to svg",
    "map": "autograd plot '100*(y - x^2)^2 + (1 - x)^2' --x=-2:2 --y=-1:3 "
    "--from x=-1.5 --from y=2 --steps 1000 --to svg",
}
"""Commands that write a picture themselves, by the name of its file."""

PAGES = {
    "page": ("autograd page -f samples/cost_function.expr", "#step=8", (1200, 660)),
    "handout": ("autograd explain -f samples/cost_function.expr --to html", "", (760, 1110)),
    "exercise": (
        "autograd explain -f samples/cost_function.expr --to html --blank --seed 3",
        "",
        (760, 1270),
    ),
}  # fmt: skip
"""Commands that write a page, the state in which it is opened, and the size of its picture."""

_COUNTING = ("NO_COLOR", "FORCE_COLOR", "AUTOGRAD_FORMAT", "AUTOGRAD_COLOR")
"""Variables that would change what commands print."""

_BLOCK = re.compile(r"<!-- (screen|run) -->\n```console\n(.*?)\n```", re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One block: how it is run, its commands, and the text of the whole block."""

    kind: str
    body: str

    @property
    def commands(self) -> list[str]:
        """The lines typed, continuation lines joined to theirs."""
        typed: list[str] = []
        for line in self.body.splitlines():
            if line.startswith("$ "):
                typed.append(line[2:])
            elif line.startswith("> "):
                typed[-1] += "\n" + line[2:]
        return typed

    def rendered(self) -> str:
        """The block's body with what its commands print now."""
        show = screen if self.kind == "screen" else printed
        typed = "\n".join(f"{_prompted(c)}\n{show(c)}".rstrip() for c in self.commands)
        return "\n".join(line.rstrip() for line in typed.splitlines())


def _prompted(command: str) -> str:
    """A command as a shell shows it being typed."""
    return "$ " + command.replace("\n", "\n> ")


def examples(text: str) -> Iterator[Example]:
    """The blocks of a Markdown text, in order."""
    for found in _BLOCK.finditer(text):
        yield Example(found[1], found[2])


def _environment(**extra: str) -> dict[str, str]:
    kept = {n: v for n, v in os.environ.items() if n not in _COUNTING}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path, "PYTHONUTF8": "1", "TERM": "xterm"} | extra


def printed(command: str) -> str:
    """What a shell prints for a command, errors among it."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    return done.stdout.decode()


def screen(command: str, columns: int = 80, colour: bool = False) -> str:
    """What a command shows on a terminal of that width."""
    from support_terminal import opened, shown

    environment = _environment(COLUMNS=str(columns), LINES="50")
    if not colour:
        environment["NO_COLOR"] = "1"
    ours, theirs = opened(columns)
    with subprocess.Popen(
        ["bash", "-c", command],
        cwd=ROOT,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        text = re.sub(r"[^\n]*\r\x1b\[2K", "", shown(ours))  # lines of progress, erased
    return text if colour else re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def picture(command: str) -> str:
    """A screen in colour as an SVG."""
    import io

    from rich.console import Console
    from rich.text import Text

    shown = screen(command, columns=100, colour=True)
    console = Console(
        record=True, width=100, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(Text.assemble(("$ ", "dim"), command))
    console.print(Text.from_ansi(shown))
    return console.export_svg(title="autograd", unique_id="screen")


def rendered(text: str) -> str:
    """A Markdown text with the output of all its examples as it is now."""
    return _BLOCK.sub(
        lambda found: (
            f"<!-- {found[1]} -->\n```console\n{Example(found[1], found[2]).rendered()}\n```"
        ),
        text,
    )


if __name__ == "__main__":
    README.write_text(rendered(README.read_text(encoding="utf-8")), encoding="utf-8")
    SCREENS.mkdir(exist_ok=True)
    for name, command in PICTURES.items():
        (SCREENS / f"{name}.svg").write_text(picture(command), encoding="utf-8")
    for name, command in WRITTEN.items():
        (SCREENS / f"{name}.svg").write_text(printed(command), encoding="utf-8")
    from support_page import photograph

    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        for name, (command, state, size) in PAGES.items():
            assert printed(f"{command} -o {page}") == ""
            photograph(page, state, SCREENS / f"{name}.png", *size)
