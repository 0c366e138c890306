"""The commands of whoever looks after a bot, as they are typed; ``jobs`` and ``db`` beside this do them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.jobs.states import State

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # pyright: ignore[reportPrivateUsage]


def add_upkeep(commands: Commands) -> None:
    """``jobs list``, ``jobs show``, ``db check``, ``ledger``, ``keys`` and ``audit``."""
    jobs = commands.add_parser("jobs", help="what is being made, and how a job came about")
    of_jobs = jobs.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = of_jobs.add_parser("list", help="open jobs, newest first, and how many stand in which state")
    listing.add_argument(
        "--state", choices=[state.value for state in State], help="only these; ended ones too"
    )
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="how many at most (20)")
    listing.add_argument("--json", action="store_true", help="print one line of JSON")
    show = of_jobs.add_parser("show", help="a job's story: every move, what was paid, where its message is")
    show.add_argument("id", metavar="ID", help="the job's id, as jobs list, a story card or the log tells it")
    show.add_argument("--json", action="store_true", help="print one line of JSON")
    db = commands.add_parser("db", help="look after the database")
    of_db = db.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = of_db.add_parser("check", help="whether jobs, money, takes and files agree; exit code 14 if not")
    check.add_argument("--repair", action="store_true", help="mend what can be mended safely")
    _add_ledger(commands)
    keys = commands.add_parser("keys", help="look after what seals the keys that members and servers brought")
    of_keys = keys.add_subparsers(dest="action", metavar="ACTION", required=True)
    of_keys.add_parser("new-secret", help="print a fresh secret for RIFFCORD_KEYS_SECRET")
    of_keys.add_parser("rotate", help="seal every key anew with the newest secret; beside a running bot, too")
    _add_audit(commands)


def _add_ledger(commands: Commands) -> None:
    ledger = commands.add_parser("ledger", help="look into the books: every credit that was ever moved")
    of_ledger = ledger.add_subparsers(dest="action", metavar="ACTION", required=True)
    of_ledger.add_parser("verify", help="add everything up; exit code 14 if anything is wrong")
    export = of_ledger.add_parser("export", help="every entry, oldest first")
    export.add_argument("--csv", action="store_true", help="as a table (so without it, too)")
    export.add_argument("--guild", metavar="ID", help="only what is of this server")
    export.add_argument("--out", type=Path, metavar="FILE", help="write it there (to standard output)")


def _add_audit(commands: Commands) -> None:
    audit = commands.add_parser("audit", help="who decided what in a server, when and why")
    of_audit = audit.add_subparsers(dest="action", metavar="ACTION", required=True)
    export = of_audit.add_parser("export", help="a server's trail, oldest first")
    export.add_argument("--guild", metavar="ID", help="the server's id; without it those that there are")
    form = export.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="as a table")
    form.add_argument("--json", action="store_true", help="as JSON (so without --csv too)")
    export.add_argument("--by", metavar="ID", help="only what this person did")
    export.add_argument("--kind", metavar="ACTION", help="only deeds of this kind, e.g. set or refused")
    export.add_argument("--since", metavar="DATE", help="only from then on, e.g. 2026-11-01; UTC")
    export.add_argument("--out", type=Path, metavar="FILE", help="write it there (to standard output)")
