"""The desk for morphs: something else of music that is there.

What works on a part of the music, or on a file that was brought, is shown before it is spent
(:mod:`bot.ui.desks.previews`); the rest is ordered at once.
"""

from __future__ import annotations

from typing import Final

import discord

from bot.errors import InvalidOption
from bot.jobs.recipes import Morph
from bot.jobs.recipes.morph import TAKE_FILES, TRANSFORMS, Asked
from bot.jobs.records import Take, source_of
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.library.records import Draft
from bot.protocol.engine import Transform
from bot.ui.answers import answer, locale_of
from bot.ui.buttons import ActionMenu, View
from bot.ui.cards.choices import take_choice
from bot.ui.desks.counter import Counter
from bot.ui.desks.people import take_of
from bot.ui.desks.presses import Handler
from bot.ui.desks.previews import Previews
from bot.ui.desks.sources import Sources, length_of, provisional, with_music
from bot.ui.desks.takes import TakeDesk
from bot.ui.discord_limits import OPTIONS_MOST
from bot.ui.forms.kept import Kept
from bot.ui.forms.morphs import MorphForm, read
from bot.ui.text import shown
from bot.ui.words import say, sentence

_OF_SOURCE: Final = frozenset(
    {"nothing_to_morph", "take_or_file", "unknown_take", "take_gone", "no_sound", "needs_a_song"}
)
"""What is wrong with a source, for which another one can be chosen."""
_NEED_A_SCORE: Final = frozenset[Transform]({"swap_vocals", "swap_sound"})
"""Our own engine has to know every player for these."""


class MorphDesk:
    """Takes orders of morphs."""

    def __init__(self, jobs: Jobs, house: House, counter: Counter, takes: TakeDesk) -> None:
        self._jobs = jobs
        self._house = house
        self._counter = counter
        self._sources = Sources(jobs, house, takes)
        self._kept = Kept[tuple[Take, Transform, dict[str, str]]]("morph-again")
        self._sought = Kept[tuple[Transform, Asked]]("morph-of")
        self._previews = Previews(house, jobs, counter, self._sources)

    @property
    def offered(self) -> tuple[Transform, ...]:
        """What at least one host can do."""
        hosts = self._house.hosts.values()
        return tuple(each for each in TRANSFORMS if any(each in host.offers.transforms for host in hosts))

    def handlers(self) -> dict[str, Handler]:
        """Which buttons and menus end here."""
        return {
            "extend": self.extend_pressed,
            "morph": self.morph_pressed,
            "morph-as": self.morph_chosen,
            "morph-of": self.take_chosen,
            "morph-again": self.again,
            **self._previews.handlers(),
        }

    async def order(
        self,
        interaction: discord.Interaction,
        transform: Transform,
        asked: Asked,
        *,
        named: str | None,
        file: discord.Attachment | None,
    ) -> None:
        """A morph of a take, named by its id or by words that fit only it, or of a file.

        Where it says nothing that this can be made from, what it says besides counts for what is chosen then.

        Raises:
            InvalidOption: Nothing to play, or no host that can.
        """
        try:
            if named is None and file is None:
                raise InvalidOption("take", "nothing_to_morph")
            if named is not None and file is not None:
                raise InvalidOption("take", "take_or_file")
            if file is not None:
                await self._of_file(interaction, transform, asked, file)
            else:
                take = await self._sources.named(interaction, named or "")
                await self.filled_in(interaction, take, transform, asked)
        except InvalidOption as error:
            if error.problem not in _OF_SOURCE or interaction.response.is_done():
                raise
            await self._ask_for_take(interaction, transform, asked, error)

    async def _ask_for_take(
        self, interaction: discord.Interaction, transform: Transform, asked: Asked, error: InvalidOption
    ) -> None:
        """Say why, with the music of this channel to choose from. Raises the error where there is none."""
        locale = locale_of(interaction)
        options = [
            discord.SelectOption(label=take_choice(take, locale), value=take.id)
            for take in (await self.fitting(interaction, ""))[:OPTIONS_MOST]
        ]
        if not options:
            raise error
        key = self._sought.keep(interaction, (transform, asked))
        view = View(timeout=None).add_item(ActionMenu("morph-of", key, options, locale))
        await answer(interaction, sentence(error, locale), view=view)

    async def take_chosen(self, interaction: discord.Interaction, key: str, take_id: str) -> None:
        """What was typed, of this take. Raises ``NotFound`` (``typed``) after a restart."""
        transform, asked = self._sought.of(interaction, key)
        await self.order(interaction, transform, asked, named=take_id, file=None)

    async def fitting(self, interaction: discord.Interaction, typed: str) -> list[Take]:
        """The music of this channel that has what was typed, newest first."""
        return await self._sources.fitting(interaction, typed)

    async def filled_in(
        self, interaction: discord.Interaction, take: Take, transform: Transform, asked: Asked
    ) -> None:
        """A morph of a take. Raises as :meth:`order`."""
        duration_s = length_of(take)
        self._require_players(take, transform)
        recipe = Morph.checked(transform, source_of(take), asked, duration_s=duration_s)
        if recipe.spans:
            await self._counter.prices.quote(interaction, recipe, parent=take)  # before anything is drawn
            await interaction.response.defer(ephemeral=True, thinking=True)
            await self._previews.show(interaction, recipe, asked, parent=take)
        else:
            await self._counter.place(interaction, recipe, parent=take)

    async def written(
        self, interaction: discord.Interaction, take: Take, transform: Transform, typed: dict[str, str]
    ) -> None:
        """A morph of a take as its form was filled in; where it cannot be made, nothing typed is lost.

        Raises as :meth:`order`, but for ``InvalidOption``.
        """
        try:
            await self.filled_in(interaction, take, transform, read(typed))
        except InvalidOption as error:
            told = sentence(error, locale_of(interaction))
            await self._kept.give_back(interaction, (take, transform, typed), told)

    async def again(self, interaction: discord.Interaction, key: str, _: str) -> None:
        """The form again, as it was. Raises ``NotFound`` (``typed``) after a restart."""
        take, transform, typed = self._kept.of(interaction, key)
        await self._ask(interaction, take, transform, typed)

    def _require_players(self, take: Take, transform: Transform) -> None:
        """Raises ``InvalidOption`` where nobody knows who plays in it."""
        maker = self._house.hosts.get(take.host)
        made_there = maker is not None and transform in maker.offers.transforms
        knows = made_there and take.host_result_id is not None
        if transform in _NEED_A_SCORE and take.score is None and not knows:
            raise InvalidOption("take", "needs_a_song")

    async def _of_file(
        self,
        interaction: discord.Interaction,
        transform: Transform,
        asked: Asked,
        file: discord.Attachment,
    ) -> None:
        if transform not in TAKE_FILES:
            raise InvalidOption("file", "needs_a_song")
        unheard = Morph.checked(transform, provisional(interaction, file), asked)
        await self._counter.prices.quote(interaction, unheard)
        await interaction.response.defer(ephemeral=True, thinking=True)
        source = await self._sources.brought(interaction, file)
        recipe = Morph.checked(transform, source, asked, duration_s=source.duration_s)
        await self._previews.show(interaction, recipe, asked)

    # buttons and menus

    async def extend_pressed(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Ask how much longer it is to be."""
        await self._ask(interaction, with_music(await take_of(interaction, self._jobs, take_id)), "extend")

    async def morph_pressed(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Ask what is to become of it."""
        await self.choose(interaction, await take_of(interaction, self._jobs, take_id))

    async def morph_chosen(self, interaction: discord.Interaction, take_id: str, chosen: str) -> None:
        """A transform was chosen; the menu may be older than what hosts offer now."""
        take = with_music(await take_of(interaction, self._jobs, take_id))
        for transform in self.offered:
            if transform == chosen:
                self._require_players(take, transform)
                await self._ask(interaction, take, transform)
                return
        raise InvalidOption("take", "no_morph_host")

    async def choose(self, interaction: discord.Interaction, take: Take) -> None:
        """A menu of what can be made of a take, to this person alone. Raises ``InvalidOption``."""
        with_music(take)
        if not self.offered:
            raise InvalidOption("take", "no_morph_host")
        locale = locale_of(interaction)
        options = [
            discord.SelectOption(
                label=say(f"morph.option.{each}", locale),
                value=each,
                description=say(f"morph.option.{each}.why", locale),
            )
            for each in self.offered
        ]
        row = View(timeout=None).add_item(ActionMenu("morph-as", take.id, options, locale))
        asked = say("morph.choose", locale, title=shown(take.name, 100))
        await interaction.response.send_message(asked, view=row, ephemeral=True)

    async def _ask(
        self,
        interaction: discord.Interaction,
        take: Take,
        transform: Transform,
        typed: dict[str, str] | None = None,
    ) -> None:
        if transform not in self.offered:
            raise InvalidOption("take", "no_morph_host")
        form = MorphForm(self, take, transform, length_of(take), locale_of(interaction), typed)
        like = Morph(transform=transform, source=source_of(take), tags="")
        await self._counter.ask(interaction, form, like, parent=take)

    async def in_message(self, interaction: discord.Interaction, message: discord.Message) -> Take:
        """The take of a message. Raises ``InvalidOption`` where there is none."""
        return await self._sources.in_message(interaction, message)

    async def times_changed(self, interaction: discord.Interaction, draft: Draft, asked: Asked) -> None:
        """Other times for what is previewed."""
        await self._previews.times_changed(interaction, draft, asked)
