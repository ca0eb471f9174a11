"""`autograd man`: what the help says, as pages that man reads without a complaint."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from support_cli import autograd

from autograd_cli import exit_status, roff
from autograd_cli.commands import NAMES as COMMANDS
from autograd_cli.line import environment

PAGES = [(), *((name,) for name in COMMANDS)]
RENDERERS = {
    "groff": ["groff", "-man", "-ww", "-Tutf8"],
    "mandoc": ["mandoc", "-Tlint", "-Wwarning"],
}
SIGNS = {"(rs": "\\", "-": "-", "(aq": "'", "(ga": "`", "(ha": "^", "(ti": "~", "(dq": '"', "&": ""}
MACROS = {".TH", ".SH", ".PP", ".TP", ".nf", ".fi"}


def page(*words: str) -> str:
    run = autograd("man", *words)
    assert (run.status, run.err) == (0, "")
    return run.out


def read(text: str) -> str:
    """Roff as it comes out, of the escapes that a page may have and no others."""

    def sign(found: re.Match[str]) -> str:
        name = found[1]
        if name.startswith("[u"):
            return chr(int(name[2:-1], 16))
        return "" if name in ("fB", "fI", "fR") else SIGNS[name]

    return re.sub(r"\\(\[u[0-9A-F]{4,6}\]|\(..|f.|.)", sign, text)


def sections(text: str) -> dict[str, str]:
    """A page's sections as they come out, without the macros within."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith(".SH "):
            name = line.removeprefix(".SH ")
            found[name] = ""
        elif not line.startswith("."):
            found[name] = found[name] + read(line) + "\n"
    return found


def unfolded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("words", PAGES)
def test_page_has_the_sections_that_readers_expect_in_their_order(words: tuple[str, ...]) -> None:
    expected = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS",
                "ENVIRONMENT", "SEE ALSO"]  # fmt: skip
    found = sections(page(*words))
    assert [name for name in found if name != "COMMANDS"] == expected
    assert ("COMMANDS" in found) == (words == ())
    title = "-".join(["autograd", *words])
    assert re.fullmatch(rf"{title} - [a-z][^\n]*[a-z?]\n", found["NAME"])
    assert found["SYNOPSIS"].startswith(" ".join(["autograd", *words]) + " [OPTIONS]")


@pytest.mark.parametrize("words", PAGES)
def test_page_says_what_the_help_says_and_nothing_of_it_is_lost(words: tuple[str, ...]) -> None:
    text = autograd(*words, "--help", env={"COLUMNS": "80"}).out
    found = {name: unfolded(body) for name, body in sections(page(*words)).items()}
    described, _, rest = text.partition("\n\n")[2].partition("\nOptions:\n")
    for paragraph in described.split("\n\n"):
        block = unfolded(paragraph)
        if block.startswith("Examples:"):
            assert found["EXAMPLES"] == block.removeprefix("Examples: ")
        else:
            assert block in found["DESCRIPTION"]
    for entry in re.split(r"\n(?=  -)", rest.partition("\nCommands:")[0]):
        assert unfolded(entry) in found["OPTIONS"]


@pytest.mark.parametrize("words", PAGES)
def test_page_has_every_status_and_variable(words: tuple[str, ...]) -> None:
    found = {name: unfolded(body) for name, body in sections(page(*words)).items()}
    for status, meaning in exit_status.MEANINGS.items():
        assert f"{status} {meaning}." in found["EXIT STATUS"]
    for name, meaning in environment.VARIABLES.items():
        assert f"{name} {meaning}" in found["ENVIRONMENT"]


def test_page_of_all_names_every_command_and_leads_to_its_page() -> None:
    found = sections(page())
    for name in COMMANDS:
        assert f"\n{name}\n" in "\n" + found["COMMANDS"]
        assert f"autograd-{name}(1)" in found["SEE ALSO"]
        assert sections(page(name))["SEE ALSO"] == "autograd(1)\n"


@pytest.mark.parametrize("words", PAGES)
def test_page_is_plain_ascii_with_no_macro_but_those_of_man(words: tuple[str, ...]) -> None:
    text = page(*words)
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert {line.split()[0] for line in text.splitlines() if line[0] in ".'"} <= MACROS
    assert "" not in text.splitlines()


@pytest.mark.parametrize("words", PAGES)
def test_page_is_rendered_without_a_complaint(words: tuple[str, ...]) -> None:
    text = page(*words)
    for name, command in RENDERERS.items():
        if shutil.which(name):
            done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
            complaint = done.stderr if name == "groff" else done.stdout
            assert (done.returncode, complaint) == (0, b"")


@pytest.mark.parametrize(
    "text",
    ["a\\b", "-x^2", "it's", "`ls`", "~/.bashrc", 'say "x"', "∂f/∂x · 𝛼", "\\n\\fB\\(rs", "%&@\\&"],
)
def test_text_comes_out_as_it_is(text: str) -> None:
    assert read(roff.escaped(text)) == text
    assert roff.escaped(text).isascii()


@pytest.mark.parametrize("line", [".ci", "'quoted'", "-", "...", "\\"])
def test_line_of_text_is_never_taken_for_a_macro(line: str) -> None:
    assert roff.literal([line])[4] not in ".'"
    assert read(roff.literal([line])) == f".nf\n{line}\n.fi\n"


def test_date_of_a_page_can_be_set_so_that_it_has_the_same_bytes_each_time() -> None:
    run = autograd("man", env={"SOURCE_DATE_EPOCH": "86400"})
    assert run.out.startswith(".TH AUTOGRAD 1 1970-01-02 ")


def test_page_of_no_command_is_an_error_with_a_suggestion() -> None:
    run = autograd("man", "evla")
    assert (run.status, run.out) == (2, "")
    assert "there is no command 'evla'" in run.err
    assert "did you mean autograd man eval?" in run.err
