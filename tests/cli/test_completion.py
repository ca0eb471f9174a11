"""`autograd completion`: the script a shell sources, and what the shell then completes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support_cli import autograd

from autograd_cli.commands import NAMES as COMMANDS
from autograd_cli.formats import FORMATS


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH on which ``autograd`` is this one."""
    command = tmp_path / "bin" / "autograd"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m autograd_cli "$@"\n')
    command.chmod(0o755)
    return f"{command.parent}:{os.environ['PATH']}"


def completed(path: str, *words: str) -> list[str]:
    """What bash offers in place of the last of ``words``."""
    script = (
        'source <(autograd completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
        '_autograd_completion autograd; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script, "bash", *words], capture_output=True, text=True, check=True,
        env={"PATH": path, "PYTHONPATH": os.pathsep.join(sys.path)}, timeout=60,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_is_for_the_shell_that_was_named(shell: str) -> None:
    run = autograd("completion", shell)
    assert (run.status, run.err) == (0, "")
    assert f"_AUTOGRAD_COMPLETE={shell}_complete" in run.out


@pytest.mark.parametrize("words", [["completion"], ["completion", "tcsh"]])
def test_shell_has_to_be_one_that_is_known(words: list[str]) -> None:
    assert autograd(*words).status == 2


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_options_and_choices(path: str) -> None:
    assert set(completed(path, "autograd", "")) == set(COMMANDS)
    assert completed(path, "autograd", "ba") == ["batch"]
    assert completed(path, "autograd", "batch", "--jo") == ["--jobs"]
    assert completed(path, "autograd", "batch", "--format", "") == list(FORMATS)
    assert completed(path, "autograd", "completion", "z") == ["zsh"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("before", [["-x^2"], ["w*x", "--x=2"], ["w*x", "--x", "-2"], ["2x"]])
def test_bash_completes_after_a_program_and_its_inputs(path: str, before: list[str]) -> None:
    assert completed(path, "autograd", "eval", *before, "--prec") == ["--precision"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_can_read_its_script(path: str) -> None:
    script = "autoload -U compinit; compinit -u; source <(autograd completion zsh)"
    subprocess.run(["zsh", "-c", script], env={"PATH": path, "HOME": "/tmp"}, check=True)


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_can_read_its_script(path: str) -> None:
    subprocess.run(
        ["fish", "-c", "autograd completion fish | source"], env={"PATH": path}, check=True
    )
