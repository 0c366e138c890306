"""The library: finding takes, naming them, liking them, and their families."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from bot.errors import InvalidOption, NotAllowed, NotFound
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.ids import new_id
from bot.jobs.preferences import Remix
from bot.jobs.records import Take
from bot.library.family import Family, Relative, Seen, family_of
from bot.library.records import Kin, Likes, Shelved
from bot.library.search import Asked, Wanted, typed_words
from bot.moderation.records import Copy
from bot.safety.folding import without_controls
from bot.store.copies import copies_of, forget_copies, note_copy
from bot.store.db import Database
from bot.store.library import (
    find_takes,
    give_consent,
    give_title,
    kin_of,
    language_of,
    likes_of,
    name_of,
    toggle_like,
    whole_takes,
)
from bot.store.searches import forget_searches, get_search, keep_search
from bot.store.takes import get_take

PAGE: Final = 8
"""Lines of a page: each can be chosen from a menu below, and all are read on a phone without scrolling."""
SUGGESTED: Final = 25
TITLE_MAX: Final = 100
_SEARCHES_KEPT: Final = timedelta(days=1)

Shelf = Literal["mine", "channel", "favourites", "search"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks, from where, and which channels of the server they can see."""

    user_id: str
    guild_id: str
    channel_id: str
    visible_ids: frozenset[str]
    """Channels and threads that this member can see, as far as we know, this one among them."""
    hidden_ids: frozenset[str]
    """Those that we know and this member cannot see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some takes of a shelf, and whether there are more."""

    takes: tuple[Shelved, ...]
    number: int
    """From 0."""
    more: bool


class Library:
    """What ``/library``, ``/tree`` and the heart do."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    # finding

    async def page(
        self, shelf: Shelf, viewer: Viewer, *, number: int = 0, asked: Asked | None = None
    ) -> Page:
        """One page of a shelf as the viewer may see it."""
        async with self._database.connect() as connection:
            found = await find_takes(
                connection, wanted_of(shelf, viewer, asked), limit=PAGE + 1, offset=number * PAGE
            )
        return Page(takes=tuple(found[:PAGE]), number=number, more=len(found) > PAGE)

    async def suggest(
        self, viewer: Viewer, typed: str, *, shelf: Shelf = "search", limit: int = SUGGESTED
    ) -> list[Shelved]:
        """Takes that fit what is typed so far, newest first."""
        asked = Asked(words=" ".join(typed_words(typed)))
        async with self._database.connect() as connection:
            return await find_takes(connection, wanted_of(shelf, viewer, asked), limit=limit)

    async def whole(self, shelf: Shelf, viewer: Viewer, limit: int) -> list[Take]:
        """The takes of a shelf with everything that is known of them, newest first."""
        async with self._database.connect() as connection:
            return await whole_takes(connection, wanted_of(shelf, viewer, None), limit=limit)

    async def keep_search(self, viewer: Viewer, asked: Asked) -> str:
        """Keep a search while its pages are turned; its id."""
        now = self._clock.now()
        search_id = new_id()
        async with self._database.begin() as connection:
            await forget_searches(connection, before=now - _SEARCHES_KEPT)
            await keep_search(connection, search_id, viewer.user_id, asked, now)
        return search_id

    async def search(self, search_id: str, viewer: Viewer) -> Asked:
        """What this member looked for. Raises ``NotFound`` a day later."""
        async with self._database.connect() as connection:
            asked = await get_search(connection, search_id, viewer.user_id)
        if asked is None:
            raise NotFound("search")
        return asked

    async def seen(self, take_id: str, viewer: Viewer) -> Take:
        """A take that stands and that the viewer may see.

        Raises:
            NotFound: It is gone, in another server, or where the viewer cannot look.
        """
        async with self._database.connect() as connection:
            take = await get_take(connection, take_id)
        if take is None or take.deleted or take.guild_id != viewer.guild_id:
            raise NotFound("take")
        own = take.user_id == viewer.user_id and take.channel_id not in viewer.hidden_ids
        if not own and take.channel_id not in viewer.visible_ids:
            raise NotFound("take")
        return take

    # what its author decides

    async def rename(self, take: Take, title: str, *, actor_id: str, is_moderator: bool) -> str | None:
        """Give a take a title, or with an empty one take it back; the title as it is kept.

        Raises:
            NotAllowed: Somebody else's take, and no moderator.
            InvalidOption: ``too_long``.
        """
        if actor_id != take.user_id and not is_moderator:
            raise NotAllowed("rename")
        title = " ".join(without_controls(title).split())
        if len(title) > TITLE_MAX:
            raise InvalidOption("title", "too_long", limit=TITLE_MAX, length=len(title))
        async with self._database.begin() as connection:
            await give_title(connection, take, title or None)
        return title or None

    async def lend(self, take: Take, remix: Remix | None, *, actor_id: str) -> None:
        """Decide who may make something from a take; None: as its author says for everything.

        Raises:
            NotAllowed: Anybody but its author.
        """
        if actor_id != take.user_id:
            raise NotAllowed("lend")
        async with self._database.begin() as connection:
            await give_consent(connection, take.id, remix)

    # where else it stands

    async def posted_again(self, take: Take, *, message_id: str, channel_id: str) -> None:
        """It stands in one more message, which goes when the take does."""
        copy = Copy(message_id=message_id, channel_id=channel_id)
        async with self._database.begin() as connection:
            await note_copy(connection, take.id, copy, self._clock.now())

    async def copies(self, take_id: str) -> list[Copy]:
        """Messages besides its own that carry it."""
        async with self._database.connect() as connection:
            return await copies_of(connection, take_id)

    async def forget_copies(self, take_id: str) -> None:
        """They are gone."""
        async with self._database.begin() as connection:
            await forget_copies(connection, take_id)

    # likes

    async def like(self, take: Take, *, user_id: str) -> Likes:
        """Like a take, or no longer: how it is liked now."""
        async with self._database.begin() as connection:
            await toggle_like(
                connection, take.id, user_id=user_id, guild_id=take.guild_id, now=self._clock.now()
            )
            return (await likes_of(connection, [take.id], user_id))[take.id]

    async def likes(self, take_ids: Collection[str], *, user_id: str) -> Mapping[str, Likes]:
        """How each of the takes is liked, as this member sees it."""
        async with self._database.connect() as connection:
            return await likes_of(connection, take_ids, user_id)

    async def language_of(self, user_id: str) -> str | None:
        """The language of the card of a member's latest order; None where none is kept."""
        async with self._database.connect() as connection:
            return await language_of(connection, user_id)

    async def names_of(self, guild_id: str, user_ids: Collection[str]) -> dict[str, str]:
        """What members were called when they last made something here; who made nothing is left out."""
        async with self._database.connect() as connection:
            found = {user_id: await name_of(connection, guild_id, user_id) for user_id in user_ids}
        return {user_id: name for user_id, name in found.items() if name is not None}

    # families

    async def family(self, take: Take, viewer: Viewer) -> Family:
        """Who made what from what around a take, as the viewer may see it."""
        async with self._database.connect() as connection:
            kin = await kin_of(connection, take.id)
        return family_of([_relative(each, viewer) for each in kin], take.id)


def wanted_of(shelf: Shelf, viewer: Viewer, asked: Asked | None) -> Wanted:
    """What a shelf holds for this viewer: never takes of channels that they cannot see."""
    asked = asked or Asked()
    mine = shelf == "mine"
    channel_ids = frozenset({viewer.channel_id}) if shelf == "channel" else viewer.visible_ids
    return Wanted(
        guild_id=viewer.guild_id,
        channel_ids=None if mine else channel_ids,
        hidden_ids=viewer.hidden_ids if mine else frozenset(),
        user_id=viewer.user_id if mine else None,
        liked_by=viewer.user_id if shelf == "favourites" else None,
        words=asked.all_words,
        bpm_from=asked.bpm_from,
        bpm_to=asked.bpm_to,
        keys=asked.keys,
    )


def _relative(kin: Kin, viewer: Viewer) -> Relative:
    seen: Seen = "here"
    if kin.deleted:
        seen = "gone"
    elif kin.guild_id != viewer.guild_id or kin.channel_id not in viewer.visible_ids:
        seen = "hidden"
    made = str(kin.recipe.get("transform") or kin.recipe.get("kind") or "riff")
    bare = Relative(
        take_id=kin.id, parent_id=kin.parent_take_id, seen=seen, created_at=kin.created_at, made=made
    )
    if seen != "here":
        return bare
    return Relative(
        take_id=kin.id,
        parent_id=kin.parent_take_id,
        seen=seen,
        created_at=kin.created_at,
        made=made,
        title=kin.name,
        author=kin.user_name,
        likes=kin.likes,
    )
