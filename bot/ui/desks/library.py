"""The desk for the library: its shelves, and one take of it with all that can be done."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import discord

from bot.errors import InvalidOption, NotFound
from bot.jobs.ids import is_id
from bot.jobs.preferences import REMIXES
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.library.records import Shelved
from bot.library.search import Asked
from bot.library.shelf import Shelf
from bot.ui import text
from bot.ui.answers import answer, locale_of, show_panel
from bot.ui.buttons import number_in
from bot.ui.cards.deeds import deeds_of
from bot.ui.cards.library import shelf_card, shelf_row, take_panel, take_row
from bot.ui.desks.counter import Counter
from bot.ui.desks.here import locale_of_all, settings_here
from bot.ui.desks.people import is_moderator, take_of
from bot.ui.desks.presses import Handler
from bot.ui.desks.public_words import require_sayable
from bot.ui.desks.viewers import viewer_of
from bot.ui.exporting import export_shelf
from bot.ui.forms.title import TitleModal
from bot.ui.pairs import behind
from bot.ui.reposting import repost
from bot.ui.rows import result_row, with_likes
from bot.ui.words import say

SHELVES: Final[tuple[Shelf, ...]] = ("mine", "channel", "favourites")


class LibraryDesk:
    """Shows shelves, and acts on one take."""

    def __init__(self, house: House, jobs: Jobs, counter: Counter) -> None:
        self._house = house
        self._library = house.library
        self._jobs = jobs
        self._counter = counter

    def handlers(self) -> dict[str, Handler]:
        """Which buttons and menus end here."""
        return {
            "shelf-back": self.turn,
            "shelf-on": self.turn,
            "pick": self.picked,
            "play": self.play_pressed,
            "like": self.like,
            "title": self.title,
            "lend": self.lent,
        }

    # shelves

    async def show(self, interaction: discord.Interaction, shelf: Shelf) -> None:
        """The first page of a shelf."""
        await self._page(interaction, shelf, shelf, 0, None)

    async def search(self, interaction: discord.Interaction, asked: Asked) -> None:
        """The first page of what fits."""
        search_id = await self._library.keep_search(viewer_of(interaction), asked)
        await self._page(interaction, "search", search_id, 0, asked)

    async def turn(self, interaction: discord.Interaction, subject: str, more: str) -> None:
        """The page before or after."""
        number = number_in(more) or 0
        if subject in SHELVES:
            await self._page(interaction, subject, subject, number, None)
            return
        asked = await self._library.search(subject, viewer_of(interaction))
        await self._page(interaction, "search", subject, number, asked)

    async def _page(
        self, interaction: discord.Interaction, shelf: Shelf, subject: str, number: int, asked: Asked | None
    ) -> None:
        viewer, locale = viewer_of(interaction), locale_of(interaction)
        page = await self._library.page(shelf, viewer, number=number, asked=asked)
        likes = await self._library.likes([take.id for take in page.takes], user_id=viewer.user_id)
        card = shelf_card(page, shelf, likes, viewer.guild_id, locale)
        await show_panel(interaction, embed=card, view=shelf_row(page, subject, locale))

    # finding one

    async def fitting(
        self, interaction: discord.Interaction, typed: str, *, own: bool = False
    ) -> list[Shelved]:
        """What is offered while somebody types: takes that they may see, or only their own."""
        moderator = not own or await is_moderator(interaction, self._house.choices)
        shelf: Shelf = "search" if moderator else "mine"
        return await self._library.suggest(viewer_of(interaction), typed, shelf=shelf)

    async def named(self, interaction: discord.Interaction, typed: str) -> Take:
        """The take that was chosen, or the only one that fits what was typed.

        Raises:
            InvalidOption: There is none, or several, or not where this member can look.
        """
        typed = typed.strip()
        viewer = viewer_of(interaction)
        take_id = typed
        if not is_id(typed):
            fitting = await self._library.suggest(viewer, typed, limit=2) if typed else []
            if len(fitting) != 1:
                raise InvalidOption("take", "unknown_take")
            take_id = fitting[0].id
        try:
            return await self._library.seen(take_id, viewer)
        except NotFound:
            raise InvalidOption("take", "take_not_seen") from None

    async def picked(self, interaction: discord.Interaction, _: str, take_id: str) -> None:
        """One take of a page, with what can be done with it, to this person alone."""
        await self.panel(interaction, await self._library.seen(take_id, viewer_of(interaction)))

    async def panel(self, interaction: discord.Interaction, take: Take) -> None:
        """One take with what can be done with it, to this person alone."""
        locale = locale_of(interaction)
        user_id = str(interaction.user.id)
        likes = await self._library.likes([take.id], user_id=user_id)
        card = take_panel(take, likes[take.id], await self._house.consent.rule_of(take.id), locale)
        own = take.user_id == user_id
        may_change = own or await is_moderator(interaction, self._house.choices)
        row = take_row(take, is_author=own, may_change=may_change, locale=locale)
        await interaction.response.send_message(embed=card, view=row, ephemeral=True)

    # acting on it

    async def play(self, interaction: discord.Interaction, typed: str) -> None:
        """``/library play``: the take again, with working buttons, for everybody here."""
        await self._repost(interaction, await self.named(interaction, typed))

    async def play_pressed(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """The same by a button."""
        await self._repost(interaction, await self._library.seen(take_id, viewer_of(interaction)))

    async def _repost(self, interaction: discord.Interaction, take: Take) -> None:
        locale = await self._locale_here(interaction)
        offers = {name: host.offers for name, host in self._house.hosts.items()}
        likes = (await self._library.likes([take.id], user_id=str(interaction.user.id)))[take.id].count
        price = await self._counter.prices.told(interaction, take.recipe, parent=take)
        row = result_row(take.id, locale, deeds_of(take, offers), likes=likes, price=price)
        known = await behind(self._jobs, take, locale)
        message_id = await repost(interaction, take, self._house.blobs, locale, row, known)
        await self._library.posted_again(take, message_id=message_id, channel_id=str(interaction.channel_id))

    async def _locale_here(self, interaction: discord.Interaction) -> str:
        """The language of what everybody here reads."""
        settings = await settings_here(interaction, self._house.choices)
        return locale_of_all(interaction, settings)

    async def like(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Like it, or no longer."""
        take = await take_of(interaction, self._jobs, take_id)
        likes = await self._library.like(take, user_id=str(interaction.user.id))
        key = "like.liked" if likes.mine else "like.no_longer"
        others = likes.count - likes.mine
        detail = {0: "alone", 1: "one"}.get(others, "many")
        told = say(f"{key}.{detail}", locale_of(interaction), count=others)
        if interaction.message is not None:
            alone = interaction.message.flags.ephemeral
            locale = locale_of(interaction) if alone else await self._locale_here(interaction)
            row = with_likes(interaction.message, take.id, likes.count, locale)
            if row is not None:
                await interaction.response.edit_message(view=row)
        await answer(interaction, told)

    async def title(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Ask for another title."""
        take = await self._library.seen(take_id, viewer_of(interaction))
        await interaction.response.send_modal(TitleModal(self, take, locale_of(interaction)))

    async def rename(self, interaction: discord.Interaction, take: Take, title: str) -> None:
        """Call it by another name."""
        moderator = await is_moderator(interaction, self._house.choices)
        await require_sayable(interaction, self._house, "title", title)
        kept = await self._library.rename(
            take, title, actor_id=str(interaction.user.id), is_moderator=moderator
        )
        key = "library.renamed" if kept else "library.title_taken_back"
        await answer(interaction, say(key, locale_of(interaction), title=text.shown(kept or "")))

    async def lent(self, interaction: discord.Interaction, take_id: str, chosen: str) -> None:
        """Who may make something from it."""
        take = await self._library.seen(take_id, viewer_of(interaction))
        remix = chosen if chosen in REMIXES else None
        await self._library.lend(take, remix, actor_id=str(interaction.user.id))
        await answer(interaction, say(f"remix.{remix or 'default'}.set", locale_of(interaction)))

    async def export(self, interaction: discord.Interaction, shelf: Shelf) -> None:
        """The shelf's files and recipes as an archive, to this person alone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        with tempfile.TemporaryDirectory() as folder:
            await export_shelf(interaction, self._house, viewer_of(interaction), shelf, Path(folder))
