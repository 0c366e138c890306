"""The trail on both databases: looked through, bounded, handed over."""

from __future__ import annotations

import argparse
import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.audit import run_audit
from bot.cli.parser import build_parser
from bot.errors import ExitCode, InvalidOption, NotFound
from bot.moderation.deeds import VALUE_MAX, Deed, Sought
from bot.moderation.trail import PAGE, Trail
from bot.settings import load
from bot.store.db import Database
from bot.ui.words import sentence
from tests.jobs.world import HandClock


def a_deed(clock: HandClock, number: int = 0, **values: object) -> Deed:
    """Something that somebody did."""
    told = {"actor_id": "7", "action": "block", "subject": "9", "reason": f"Spam {number}", **values}
    return Deed(**{"at": clock.now(), "guild_id": "1", **told})  # pyright: ignore[reportArgumentType]


async def test_a_trail_is_searched_and_its_pages_turned(database: Database) -> None:
    """By each thing alone; pages hold together while deeds are added; another person's search is none."""
    clock = HandClock()
    trail = Trail(database, clock)
    for number in range(PAGE + 2):
        await trail.note(a_deed(clock, number))
    clock.advance(3600)
    await trail.note(a_deed(clock, actor_id="9", action="appeal", subject=None, reason="Bitte, ÄNDERN 50%"))
    await trail.note(a_deed(clock, guild_id="2", after=["x" * VALUE_MAX]))

    async def found(**wanted: object) -> int:
        sought = Sought(**{"guild_id": "1", **wanted})  # pyright: ignore[reportArgumentType]
        return len(await trail.everything(sought))

    assert await found() == PAGE + 3
    assert await found(actor_id="9") == 1
    assert await found(action="block") == await found(subject="9") == PAGE + 2
    assert await found(member_id="9") == PAGE + 3
    assert await found(since=clock.now() - timedelta(minutes=5)) == 1
    assert await found(text="SPAM 1") == 1
    assert await found(text="50%") == await found(text="ÄNDERN") == 1
    assert await found(text="5_%") == 0
    assert await trail.known("1", "action") == ["appeal", "block"]
    (cut,) = await trail.everything(Sought(guild_id="2"))
    assert cut.deed.after == {"characters": VALUE_MAX + 4}

    first = await trail.search(Sought(guild_id="1", action="block"), user_id="7")
    await trail.note(a_deed(clock, 99))
    second = await trail.turn(first.search_id, first.older, guild_id="1", user_id="7")
    assert [each.deed.reason for each in second.deeds] == ["Spam 1", "Spam 0"]
    assert second.older is None
    for guild_id, user_id in (("1", "8"), ("2", "7")):
        with pytest.raises(NotFound):
            await trail.turn(first.search_id, None, guild_id=guild_id, user_id=user_id)


async def test_nobody_fills_the_trail_with_attempts(database: Database) -> None:
    """Ten of one person an hour, so many of all a day; others are noted still, and the same one later."""
    clock = HandClock()
    trail = Trail(database, clock, attempts_most=30)
    spammed = [await trail.refused(a_deed(clock, actor_id="666")) for _ in range(12)]
    assert spammed == [True] * 10 + [False] * 2
    assert await Trail(database, clock).refused(a_deed(clock, actor_id="666")) is False
    assert await trail.refused(a_deed(clock, actor_id="8"))
    clock.advance(3601)
    assert await trail.refused(a_deed(clock, actor_id="666"))
    crowd = [await trail.refused(a_deed(clock, actor_id=str(1000 + number))) for number in range(25)]
    assert sum(crowd) == 30 - 12
    assert await trail.refused(a_deed(clock, guild_id="2", actor_id="666"))


async def test_the_trail_from_the_command_line(
    sqlite_url: str, sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a table or JSON, to a file or to the terminal; a formula is none; what cannot be read is said."""
    clock = HandClock()
    await Trail(sqlite_database, clock).note(a_deed(clock, reason="=1+1", before={"a": 1}))
    settings = load(None, database_url=sqlite_url)

    def typed(*words: str) -> argparse.Namespace:
        return build_parser().parse_args(["audit", "export", "--guild", "1", *words])

    assert await run_audit(typed("--csv"), settings) is ExitCode.OK
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["reason"], row["before"], row["actor_id"]) == ("'=1+1", '{"a": 1}', "7")
    out = tmp_path / "trail.json"
    await run_audit(typed("--out", str(out), "--since", "2020-01-01", "--kind", "block"), settings)
    assert '"=1+1"' in out.read_text()
    await run_audit(typed("--csv", "--by", "8"), settings)
    assert "Nothing" in capsys.readouterr().err
    with pytest.raises(InvalidOption):
        await run_audit(typed("--since", "yesterday"), settings)
    with pytest.raises(InvalidOption) as unnamed:
        await run_audit(build_parser().parse_args(["audit", "export"]), settings)
    assert sentence(unnamed.value).endswith("Those that have a trail: 1.")
