"""``python -m adversary`` in ``tests/``: a campaign of minutes or hours."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from support_export import AT_ONCE

from .campaign import Campaign, Finding, for_minutes
from .families import FAMILIES


def main() -> int:
    """Run a campaign; the exit status tells whether it found anything."""
    parser = argparse.ArgumentParser(prog="python -m adversary", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--compiled", nargs="+", choices=list(AT_ONCE), default=["c"])
    parser.add_argument("--out", type=Path, default=Path("found.jsonl"))
    asked, out = parser.parse_args(), sys.stdout

    def tell(finding: Finding) -> None:
        with asked.out.open("a", encoding="utf-8") as file:
            file.write(finding.line() + "\n")
        d = finding.difference
        at = finding.point
        out.write(f"{d.route} {d.key}: {d.got!r}, not {d.wanted}: {finding.program} at {at}\n")

    campaign = Campaign(asked.seed, asked.families, tell, asked.compiled)
    try:
        campaign.run(for_minutes(asked.minutes))
    except KeyboardInterrupt:
        out.write("stopped\n")
    out.write(f"{campaign.tally}\n")
    return 1 if campaign.known else 0


if __name__ == "__main__":
    sys.exit(main())
