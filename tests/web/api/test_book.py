"""The book of predictions and what watches it, while the disk is slow or refuses."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.protocol.predictions import WebhookEvent
from bot.store.db import open_database
from bot.store.migrate import upgrade
from bot.store.tables.predictions import PredictionRow, PredictionRows, Status
from bot.web.api.book import Book, utc_now
from bot.web.api.deadlines import Deadlines
from bot.web.api.streams import Event, events_after, place_of


def tell_nobody(_row: PredictionRow, _event: WebhookEvent) -> None:
    """For books that nobody listens to."""


def row_of(name: str, **given: Any) -> PredictionRow:
    """A prediction that has just been accepted."""
    known: dict[str, Any] = {"owner": "o", "model": "m", "version": "v", "base_url": "http://127.0.0.1"}
    return PredictionRow(
        id=name, **known, input={}, seed=1, output_key=f"key-of-{name}", created_at=utc_now(), **given
    )


@contextlib.asynccontextmanager
async def opened_rows(folder: Path) -> AsyncGenerator[PredictionRows]:
    """The rows of a new server."""
    url = f"sqlite+aiosqlite:///{folder / 'engine.sqlite'}"
    async with open_database(url) as database:
        await asyncio.to_thread(upgrade, url, "engine")
        async with contextlib.aclosing(PredictionRows(database)) as rows:
            yield rows


async def test_an_end_that_is_not_paid_for_is_an_end_all_the_same(tmp_path: Path) -> None:
    """Where use cannot be counted the prediction is finished and told; the failure is for the log."""
    told: list[str] = []

    async def refuse(_owner: str, _render_s: float) -> None:
        raise OSError("disk full")

    async with opened_rows(tmp_path) as rows:
        book = Book(rows, lambda _, event: told.append(event), spend=refuse)
        await book.add(row_of("a"))
        await book.begin("a")
        assert await book.end("a", "succeeded", output={"audio": "a.wav"}, predict_time_s=1.0)
        assert not book.runs("a")
    assert told == ["start", "output", "completed"]


async def test_what_is_logged_while_it_ends_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logs only ever grow: a line that comes too late for the disk is told to nobody."""
    told: list[str] = []
    async with opened_rows(tmp_path) as rows:
        book = Book(rows, lambda row, _: told.append(row.logs))
        await book.add(row_of("a"))
        await book.begin("a")
        book.log("a", "one ")
        move = rows.move

        async def late(prediction_id: str, **values: Any) -> bool:
            book.log(prediction_id, "two ")
            return await move(prediction_id, **values)

        monkeypatch.setattr(rows, "move", late)
        await book.end("a", "canceled")
        kept = await book.find("a")
    assert kept is not None
    assert kept.logs == "one "
    assert told == sorted(told, key=len)


async def test_a_begin_on_its_way_to_disk_is_not_undone_by_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One move follows the other: what ended has the start that was told."""
    async with opened_rows(tmp_path) as rows:
        book = Book(rows, tell_nobody)
        await book.add(row_of("a"))
        move, free, reached = rows.move, asyncio.Event(), asyncio.Event()

        async def slow(prediction_id: str, **values: Any) -> bool:
            reached.set()
            await free.wait()
            return await move(prediction_id, **values)

        monkeypatch.setattr(rows, "move", slow)
        beginning = asyncio.create_task(book.begin("a"))
        await reached.wait()
        ending = asyncio.create_task(book.end("a", "canceled"))
        await asyncio.sleep(0)
        free.set()
        assert await beginning is not None
        assert await ending
        kept = await book.find("a")
    assert kept is not None
    assert (kept.status, kept.started_at is not None) == ("canceled", True)


async def test_a_deadline_that_cannot_be_kept_holds_up_no_other(tmp_path: Path) -> None:
    """It is tried again after a rest, not at once, and the next one is ended in time."""
    tried: list[str] = []
    other = asyncio.Event()

    async def cancel(row: PredictionRow, _: Status) -> None:
        tried.append(row.id)
        if row.id == "a":
            raise OSError("disk full")
        other.set()

    async with opened_rows(tmp_path) as rows:
        book = Book(rows, tell_nobody)
        late = utc_now() - timedelta(seconds=5)
        made = [row_of(name, deadline=late) for name in ("a", "b")]
        await book.add(*made)
        async with Deadlines(book, cancel, utc_now, tick_s=60) as deadlines, asyncio.timeout(60):
            for row in made:
                deadlines.watch(row)
            await other.wait()
            deadlines.watch(row_of("c", deadline=late))
            for _ in range(20):
                await asyncio.sleep(0)
            assert deadlines.watched == 2
    assert tried == ["a", "b"]


async def test_ended_predictions_are_not_watched_for_ever(tmp_path: Path) -> None:
    """Their deadlines may be a year away."""
    async with opened_rows(tmp_path) as rows:
        book = Book(rows, tell_nobody)

        async def cancel(_row: PredictionRow, _status: Status) -> None:
            raise AssertionError("nothing is due")

        async with Deadlines(book, cancel, utc_now) as deadlines:
            year = utc_now() + timedelta(days=365)
            for number in range(3_000):
                deadlines.watch(row_of(str(number), deadline=year))
            assert deadlines.watched < 1_000


def test_a_reader_of_an_earlier_life_still_hears_the_files() -> None:
    """After a restart the logs may be shorter than what was told: files and end are told all the same."""
    before = row_of("a", status="processing", logs="x" * 500)
    [event] = events_after(before, "http://127.0.0.1", 0)
    place = place_of(event.encoded(1).decode().partition("\n")[0].removeprefix("id: "))
    after = row_of("a", status="failed", error="It broke.", logs="x" * 20, completed_at=utc_now())
    heard: list[Event] = list(events_after(after, "http://127.0.0.1", place))
    assert [event.name for event in heard] == ["error", "done"]
    assert list(events_after(after, "http://127.0.0.1", heard[0].place)) == heard[1:]
