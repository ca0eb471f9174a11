"""``python -m fuzz.guided FOLDER``: texts that grow by what they reach in the project's code.

Needs atheris, which has no build for every platform and so is not among the tools of the tests.
FOLDER keeps what reached something new; further words are libFuzzer's, as ``-max_total_time=600``.
What a text has to be is in :mod:`fuzz.checks`; a program has to be differentiated as well.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["autograd_grammar", "autograd_graph", "autograd_cli"]):
    from .checks import check_line, check_text

from .seeds import seeds
from .texts import WORDS

LONGEST = 400
"""Bytes of a text; the cost of longer ones is for ``benchmarks/growth.py``."""


def check(data: bytes) -> None:
    """Bytes as the text of a program, and what it makes of them."""
    text = data.decode("utf-8", "replace")
    if not check_text(text):
        for command in ("diff", "explain", "eval"):
            check_line([command, "-f", "-", "--format", "json"], text)


def main() -> None:
    """Write the seeds where libFuzzer looks for them, and hand over to it."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for text in seeds():
        data = text.encode()
        if len(data) <= LONGEST:
            (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)
    with tempfile.NamedTemporaryFile("w", suffix=".dict", delete=False) as words:
        for word in WORDS:
            escaped = "".join(f"\\x{byte:02x}" for byte in word.encode())
            words.write(f'"{escaped}"\n')
    atheris.Setup([*sys.argv, f"-max_len={LONGEST}", f"-dict={words.name}", "-timeout=20"], check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
