"""The library's services on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot.errors import NotAllowed, NotFound
from bot.jobs.preferences import Preset
from bot.jobs.recipes import Morph, Riff
from bot.jobs.records import Take, source_of
from bot.library.bundle import Wrapped, pack
from bot.library.choices import Choices
from bot.library.lending import Consent, MustAsk
from bot.library.records import Likes
from bot.library.shelf import Library, Viewer
from bot.moderation.records import NOBODY
from bot.store.db import Database
from bot.store.erasures import erase_take
from bot.store.library import kin_of
from bot.store.tables.audit_log import audit_log
from bot.store.takes import get_take, keep_take
from tests.jobs.world import HandClock
from tests.ui.records import NOON, a_take, an_order


def viewer(user_id: str = "3", *channels: str) -> Viewer:
    """Somebody in the server of the tests' takes."""
    seen = frozenset(channels or ("2",))
    return Viewer(
        user_id=user_id, guild_id="1", channel_id="2", visible_ids=seen, hidden_ids=frozenset({"9"})
    )


async def kept(database: Database, number: int, **values: Any) -> Take:
    """A take in the library."""
    take = a_take(
        **{
            "id": f"take{number:018d}",
            "job_id": f"job{number:019d}",
            "created_at": NOON + timedelta(minutes=number),
            **values,
        }
    )
    async with database.begin() as connection:
        await keep_take(connection, take)
    return take


async def test_settings_are_read_changed_and_noted(database: Database) -> None:
    """Ten moderators at once lose no preset; each change stands in a log that nobody can rewrite."""
    choices = Choices(database)
    assert (await choices.of("1", "2")).guild.format == "mp3"
    await asyncio.gather(
        *(
            choices.put_preset("1", Preset.checked(f"p{number}", "x"), actor_id=str(number))
            for number in range(10)
        )
    )
    await choices.set_for_channel("1", "2", "video", value=True, actor_id="7")
    await choices.set_for_channel("1", "2", "video", value=True, actor_id="8")
    settings = await choices.of("1", "2")
    assert len(settings.guild.presets) == 10
    assert settings.channel.video
    assert not (await choices.of("1", "3")).channel.video
    assert not (await choices.of("5", "2")).channel.video
    log = await choices.log_of("1", 50)
    assert len(log) == 11
    assert (log[0].channel_id, log[0].actor_id, log[0].before, log[0].after) == ("2", "7", False, True)
    for statement in (sa.update(audit_log).values(actor_id="0"), sa.delete(audit_log)):
        with pytest.raises(DBAPIError, match="only grows"):
            async with database.begin() as connection:
                await connection.execute(statement)


async def test_only_visible_takes_are_found(database: Database) -> None:
    """By words in any order and by titles; own ones of forgotten threads, none of hidden channels."""
    library = Library(database)
    rain = await kept(database, 1, recipe=Riff(prompt="lofi 100% Rain"), bpm=80.0, key="F# minor")
    await kept(database, 2, channel_id="8", recipe=Riff(prompt="rain elsewhere"), user_id="4")
    await kept(database, 3, channel_id="9", recipe=Riff(prompt="rain hidden"))
    own = await kept(database, 4, channel_id="7", recipe=Riff(prompt="rain of an old thread"))
    await kept(database, 5, guild_id="6", recipe=Riff(prompt="rain of another server"))
    await kept(database, 6, deleted=True, recipe=Riff(prompt="rain that is gone"))
    assert [take.id for take in await library.suggest(viewer(), "RAIN lofi")] == [rain.id]
    assert [take.id for take in await library.suggest(viewer(), "100%")] == [rain.id]
    assert [take.id for take in await library.suggest(viewer(), "1_0")] == []
    assert [take.id for take in await library.suggest(viewer("3"), "", shelf="mine")] == [own.id, rain.id]
    assert len(await library.suggest(viewer("3", "2", "8"), "rain")) == 2
    await library.rename(rain, " Night  train ", actor_id="3", is_moderator=False)
    (found,) = await library.suggest(viewer(), "train rain")
    assert (found.name, found.label) == ("Night train", "lofi 100% Rain")
    for take_id, who in ((rain.id, viewer("4", "5")), ("take" + "0" * 17 + "3", viewer("3", "2"))):
        with pytest.raises(NotFound):
            await library.seen(take_id, who)
    assert (await library.seen(own.id, viewer())).id == own.id


async def test_likes_count_once_a_member(database: Database) -> None:
    """However often and from wherever the heart is pressed at once."""
    library = Library(database)
    take = await kept(database, 1)
    assert await library.like(take, user_id="3") == Likes(1, mine=True)
    assert await library.like(take, user_id="4") == Likes(2, mine=True)
    assert await library.like(take, user_id="3") == Likes(1, mine=False)
    await asyncio.gather(*(library.like(take, user_id="5") for _ in range(5)))
    assert (await library.likes([take.id], user_id="4"))[take.id].mine
    assert (await library.likes([take.id], user_id="3"))[take.id] in (Likes(1), Likes(2))
    page = await library.page("favourites", viewer("4"))
    assert [each.id for each in page.takes] == [take.id]


async def test_a_family_is_found_from_any_of_its_takes(database: Database) -> None:
    """The oldest ancestor and all that came from it, deleted ones too, nobody else's."""
    first = await kept(database, 1)
    second = await kept(database, 2, parent_take_id=first.id, deleted=True)
    third = await kept(database, 3, parent_take_id=second.id, channel_id="9")
    aunt = await kept(database, 4, parent_take_id=first.id)
    await kept(database, 5)
    for start in (first, third, aunt):
        async with database.connect() as connection:
            found = [each.id for each in await kin_of(connection, start.id)]
        assert found == [first.id, second.id, third.id, aunt.id]
    family = await Library(database).family(aunt, viewer())
    assert [branch.relative.seen for branch in family.branches] == ["here", "gone", "hidden", "here"]
    assert family.branches[2].relative.author == ""


async def test_consent_counts_for_every_take_that_something_is_made_from(database: Database) -> None:
    """The source and the take that it was made after; gone takes ask nobody; the server's rule comes last."""
    choices, consent = Choices(database), Consent(database)
    source = await kept(database, 1, user_id="10")
    after = await kept(database, 2, user_id="11")
    recipe = Morph.cover_of(source_of(source), tags="harp", strength=None)
    order = an_order(recipe=recipe, parent_take_id=after.id)
    assert await consent.check(order) is None
    await choices.set_remix("11", "ask")
    assert await consent.check(order) == MustAsk(take_id=after.id, author_id="11")
    assert await consent.check(order, granted=("11",)) is None
    await choices.set_for_guild("1", "remix", "nobody", actor_id="7")
    with pytest.raises(NotAllowed):
        await consent.check(order, granted=("11",))
    await Library(database).lend(source, "anyone", actor_id="10")
    assert await consent.check(order, granted=("11",)) is None
    with pytest.raises(NotAllowed):
        await Library(database).lend(source, "anyone", actor_id="11")
    await Library(database).lend(source, None, actor_id="10")
    async with database.begin() as connection:
        await erase_take(connection, source.id)
    assert await consent.check(order, granted=("11",)) is None


async def test_a_question_is_answered_once(database: Database) -> None:
    """A second yes finds it closed, within the transaction that would order again."""
    clock = HandClock()
    consent = Consent(database, clock)
    take = await kept(database, 1, user_id="10")
    order = an_order(parent_take_id=take.id)
    ask = await consent.ask(order, MustAsk(take_id=take.id, author_id="10"))
    assert (await consent.open_ask(ask.id)).order == order
    async with database.begin() as connection:
        await consent.allowing(ask)(connection)
    with pytest.raises(NotFound):
        async with database.begin() as connection:
            await consent.allowing(ask)(connection)
    with pytest.raises(NotFound):
        await consent.open_ask(ask.id)
    with pytest.raises(NotFound):
        await consent.refuse(ask, actor_id="10")


async def test_an_erased_take_says_nothing_of_its_author(database: Database) -> None:
    """What was made from it stays, and what was made again like that, without its words and author's name."""
    first = await kept(database, 1, user_name="Ada Lovelace", recipe=Riff(prompt="my secret"))
    recipe = Morph.cover_of(source_of(first), tags="harp", strength=None)
    child = await kept(database, 2, user_id="4", user_name="Bob", recipe=recipe, parent_take_id=first.id)
    again = await kept(database, 3, user_id="5", recipe=recipe, parent_take_id=child.id)
    async with database.begin() as connection:
        await erase_take(connection, first.id)
    async with database.connect() as connection:
        gone, stays, rerolled = [await get_take(connection, each.id) for each in (first, child, again)]
    assert gone is not None
    assert stays is not None
    assert "Lovelace" not in str(rerolled)
    assert "secret" not in str(rerolled)
    assert (gone.user_id, gone.user_name, gone.recipe.words, gone.deleted) == (NOBODY, "", "", True)
    assert "Lovelace" not in str(stays)
    assert "secret" not in str(stays)
    assert (stays.user_name, stays.recipe.words) == ("Bob", "harp")


def test_archives_are_bounded(tmp_path: Path) -> None:
    """What is too large for one, or has no room in all, is left out and counted; a lost file is, too."""
    files: list[Wrapped] = []
    for number, size in enumerate((4_000, 50_000, 4_000, 4_000, 4_000)):
        path = tmp_path / f"{number}.mp3"
        path.write_bytes(bytes(size))
        files.append(Wrapped(name=path.name, content=path))
    files.append(Wrapped(name="lost.mp3", content=tmp_path / "lost.mp3"))
    folder = tmp_path / "out"
    folder.mkdir()
    heading = Wrapped(name="all.json", content="{}")
    bundle = pack(folder, "music", files, limit_bytes=10_000, most=2, heading=heading)
    assert [path.name for path in bundle.archives] == ["music.zip", "music-2.zip"]
    assert all(path.stat().st_size <= 10_000 for path in bundle.archives)
    assert bundle.left_out == 2
    empty = pack(folder, "nothing", [], limit_bytes=10_000, most=2, heading=heading)
    assert len(empty.archives) == 1
