"""``python -m tests.crash --jobs 200 --kills 40 --seed 1 [--postgres] [--json] [--keep FOLDER]``."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.crash.campaign.run import campaign
from tests.crash.campaign.table import table
from tests.store.databases import new_postgres


def main() -> int:
    """Run a campaign, print its table, and tell by the exit code whether all held that must."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.crash",
        description="Kill the shipped processes while hosts and Discord fail, then compare all books.",
    )
    parser.add_argument("--jobs", type=int, default=200, help="orders (200)")
    parser.add_argument("--kills", type=int, default=40, help="how often a process is killed (40)")
    parser.add_argument("--seed", type=int, default=1, help="of orders, accidents and kills (1)")
    parser.add_argument("--postgres", action="store_true", help="two bots and a web process on PostgreSQL")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where data and logs are kept")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="riffcord-crash-") as scratch:
        report = asyncio.run(
            campaign(
                wish.keep or Path(scratch),
                jobs=wish.jobs,
                kills=wish.kills,
                seed=wish.seed,
                database_url=new_postgres() if wish.postgres else None,
            )
        )
    sys.stdout.write((report.as_json() if wish.json else table(report)) + "\n")
    return 1 if report.breaches() else 0


if __name__ == "__main__":
    sys.exit(main())
