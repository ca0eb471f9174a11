"""``python -m fuzz texts|commands``: minutes or hours of it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random

from .checks import check_line, check_text
from .lines import Lines
from .seeds import seeds
from .texts import Texts

PATIENCE = 10
"""Seconds that one text or command may take."""


class TooLong(BaseException):
    """One of them took too long."""


def main() -> int:
    """Run; the exit status tells whether anything was found."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("what", choices=["texts", "commands"])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--count", type=int, default=sys.maxsize)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("fuzzed.jsonl"))
    asked = parser.parse_args()
    draw = Random(asked.seed)
    texts = Texts(draw, seeds())
    lines = Lines(draw, texts)
    ends, found, number = Counter[object](), 0, 0
    end = time.monotonic() + 60 * asked.minutes
    signal.signal(signal.SIGALRM, _too_long)
    while number < asked.count and time.monotonic() < end:
        number += 1
        text, line = "", ([""], "")
        if asked.what == "texts":
            text = texts.next()
        else:
            line = lines.next()
        signal.alarm(PATIENCE)
        try:
            ends[check_text(text) if asked.what == "texts" else check_line(*line)] += 1
        except (Exception, TooLong) as error:
            found += 1
            record = {
                "case": text or line,
                "error": repr(error),
                "trace": traceback.format_exc()[-1500:],
            }
            with asked.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
        finally:
            signal.alarm(0)
        if number % 20_000 == 0:
            sys.stdout.write(f"{number:,} {found} found {dict(ends.most_common())}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{number:,} {asked.what}, {found} found, {dict(ends.most_common())}\n")
    return 1 if found else 0


def _too_long(*_: object) -> None:
    raise TooLong


if __name__ == "__main__":
    sys.exit(main())
