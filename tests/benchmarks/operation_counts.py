"""How many operations our derivatives take, and SymPy's ``diff``: run as a script, all cases.

``python tests/benchmarks/operation_counts.py [STEP]`` prints a table by file and every case
above three times SymPy's count. ``AUTOGRAD_CORPORA`` names the folder of the corpora. A case on
which SymPy takes more than twenty seconds is left out, and said so.
"""

from __future__ import annotations

import signal
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support_derivatives import corpus, operation_counts, ratio

FILES = ("sympy_tests", "derivs_peers", "rubi", "opt_jump", "opt_scipy", "symreg", "feynman")
PATIENCE = 20


def give_up(*_: object) -> None:
    """The alarm's handler."""
    raise TimeoutError


def measured(name: str, step: int) -> list[tuple[float, str]]:
    """The ratios of one file, each with the case in words."""
    found: list[tuple[float, str]] = []
    for case in corpus(name, step=step):
        signal.alarm(PATIENCE)
        try:
            for by, ours, theirs, text in operation_counts(case):
                words = (
                    f"{case['id']} d/d{by} {case['program'][:150]}: {ours}/{theirs} {text[:200]}"
                )
                found.append((ratio(ours, theirs), words))
        except Exception as error:  # SymPy's, of any kind
            print(f"left out: {case['id']} {type(error).__name__} {str(error)[:60]}")
        finally:
            signal.alarm(0)
    return found


def row(name: str, ratios: list[float]) -> str:
    """One line of the table."""
    if not ratios:
        return f"{name:14} {0:6}"
    ninth = sorted(ratios)[int(0.9 * len(ratios))]
    above = sum(r > 3 for r in ratios)
    median = statistics.median(ratios)
    return f"{name:14} {len(ratios):6} {median:7.2f} {ninth:7.2f} {max(ratios):7.2f} {above:4}"


def main() -> None:
    """Measure all files and print."""
    sys.setrecursionlimit(10_000)
    signal.signal(signal.SIGALRM, give_up)
    step = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    everything: list[tuple[float, str]] = []
    lines = [f"{'file':14} {'counts':>6} {'median':>7} {'p90':>7} {'max':>7} {'>3':>4}"]
    for name in FILES:
        found = measured(name, step)
        everything += found
        lines.append(row(name, [r for r, _ in found]))
        print(lines[-1], flush=True)
    print("\n".join([*lines, row("all", [r for r, _ in everything])]))
    for r, words in sorted(everything, reverse=True)[:25]:
        print(f"{'above 3: ' if r > 3 else ''}{r:.2f} {words}")


if __name__ == "__main__":
    main()
