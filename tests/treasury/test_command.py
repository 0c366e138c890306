"""``python -m bot ledger``."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.ledger import COLUMNS, run_ledger
from bot.cli.parser import build_parser
from bot.errors import ExitCode, InvalidOption
from bot.money.policy import PotPolicy
from bot.settings import load
from bot.store.db import open_database
from tests.jobs.world import World
from tests.treasury.till import a_treasury


async def test_the_books_are_verified_and_taken_along(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside a bot that runs; what was written by another hand is told, with an exit code of its own."""
    settings = load(None, riffcord_data=tmp_path, database_url=SecretStr(sqlite_url))

    async def typed(*words: str) -> tuple[ExitCode, str]:
        code = await run_ledger(build_parser().parse_args(["ledger", *words]), settings)
        return code, capsys.readouterr().out

    world = World(tmp_path, sqlite_url)
    async with open_database(sqlite_url) as database:
        jobs, treasury = world.new_jobs(database), a_treasury(database, world)
        await jobs.open()
        await treasury.set_pot("1", PotPolicy(amount=50), actor_id="9")
        await treasury.top_up("1", 7, actor_id="9", reason="=HYPERLINK(1)", key="k")
        await world.order(jobs, host="paid")
        capsys.readouterr()
        code, told = await typed("verify")
        assert (code, told.splitlines()) == (
            ExitCode.OK,
            [
                "server 1: 54 credits in the pot",
                "The books are exact: 3 entries, and all accounts add up to 0.",
            ],
        )
        out = tmp_path / "ledger.csv"
        assert await typed("export", "--csv", "--out", str(out)) == (ExitCode.OK, "")
        _, of_another = await typed("export", "--guild", "2")
        with pytest.raises(InvalidOption):
            await typed("export", "--out", str(tmp_path / "ledger.txt"))
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["amount"], row["reason"]) for row in rows] == [
        ("grant", "50", ""),
        ("top_up", "7", "'=HYPERLINK(1)"),
        ("reserve", "3", ""),
    ]
    assert tuple(rows[0]) == tuple(of_another.strip().split(",")) == COLUMNS
    with sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///")) as connection:
        connection.execute(
            "INSERT INTO ledger (key, at, kind, source, target, amount) "
            "VALUES ('x', 0, 'top_up', 'spent:paid', 'pot:1', 5)"
        )
    code, told = await typed("verify")
    assert code is ExitCode.DAMAGED
    assert "ledger x: it moves credits between accounts that do not go together" in told
    assert "wrong in 2 places" in told
