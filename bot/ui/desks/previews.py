"""Previews: what a morph works on, as a picture, before anything is spent. They outlive restarts."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import discord

from bot.errors import InvalidOption, NotFound
from bot.jobs.recipes import Morph, UploadSource
from bot.jobs.recipes.morph import Asked
from bot.jobs.recipes.times import clock
from bot.jobs.records import Take
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.library.records import Draft, Terms
from bot.library.studio import Marking
from bot.ui.answers import locale_of, say_instead
from bot.ui.cards.preview import PICTURE_NAME, draft_row, preview_card
from bot.ui.desks.counter import Counter
from bot.ui.desks.presses import Handler
from bot.ui.desks.sources import Sources
from bot.ui.forms.morphs import TIMES, TimesForm
from bot.ui.naming import part_names
from bot.ui.text import plain
from bot.ui.words import say


class Previews:
    """Shows them, and acts on their buttons."""

    def __init__(self, house: House, jobs: Jobs, counter: Counter, sources: Sources) -> None:
        self._house = house
        self._jobs = jobs
        self._counter = counter
        self._sources = sources

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"draft-make": self.make, "draft-change": self.change, "draft-drop": self.drop}

    async def show(
        self, interaction: discord.Interaction, recipe: Morph, asked: Asked, *, parent: Take | None = None
    ) -> None:
        """Show what would be made, to this person alone; the interaction is deferred.

        Raises:
            InvalidOption: What it is made from is gone, or the times do not fit it.
        """
        recipe, price, shown = await self._drawn(interaction, recipe, asked, parent)
        draft = await self._house.drafts.keep(
            recipe,
            user_id=str(interaction.user.id),
            guild_id=str(interaction.guild_id),
            parent_take_id=None if parent is None else parent.id,
            terms=Terms(price=price),
        )
        row = draft_row(draft.id, times=recipe.spans, locale=locale_of(interaction))
        await interaction.edit_original_response(**shown, view=row)

    async def _drawn(
        self, interaction: discord.Interaction, recipe: Morph, asked: Asked, parent: Take | None
    ) -> tuple[Morph, int, dict[str, Any]]:
        """The recipe with all times filled in, its price, and what is shown of it."""
        locale = locale_of(interaction)
        sound, score = await self._sources.files(recipe.source)
        seen = await self._house.studio.mark(sound, score, marking_of(recipe, asked, locale))
        if recipe.transform == "extend" and recipe.span.crop_end_s is None:
            asked = replace(asked, at_s=seen.start_s)
            recipe = Morph.checked("extend", recipe.source, asked, duration_s=seen.duration_s)
        price = await self._counter.prices.quote(interaction, recipe, parent=parent)
        card = preview_card(
            recipe, guild_id=str(interaction.guild_id), parts=seen.parts, price=price, locale=locale
        )
        described = say("preview.picture", locale, prompt=plain(recipe.source_name, 200))
        file = discord.File(io.BytesIO(seen.picture), PICTURE_NAME, description=described)
        return recipe, price, {"embed": card, "attachments": [file]}

    async def make(self, interaction: discord.Interaction, draft_id: str, _: str) -> None:
        """Order it, once, whoever presses twice."""
        draft = await self._mine(interaction, draft_id)
        await self._counter.place(
            interaction,
            draft.recipe,
            parent=await self._parent(draft),
            host=draft.terms.host,
            clamped=draft.terms.clamped,
            agreed=draft.terms.price or 0,
            draft=draft,
        )

    async def change(self, interaction: discord.Interaction, draft_id: str, _: str) -> None:
        """Ask for other times."""
        draft, recipe = await self._morph(interaction, draft_id)
        asked = recipe.as_asked()
        stand = {"at": asked.at_s, "longer": asked.longer_s, "from": asked.from_s, "to": asked.to_s}
        typed = {
            name: "" if (time_s := stand[name]) is None else clock(time_s)
            for name in TIMES.get(recipe.transform, ())
        }
        length_s = await self._sources.length_s(recipe.source)
        await interaction.response.send_modal(TimesForm(self, draft, typed, length_s, locale_of(interaction)))

    async def times_changed(self, interaction: discord.Interaction, draft: Draft, asked: Asked) -> None:
        """Show it with other times, in place of what was shown.

        Raises:
            InvalidOption: They do not fit; the preview stays as it was.
        """
        draft, before = await self._morph(interaction, draft.id)
        asked = replace(
            before.as_asked(),
            at_s=asked.at_s,
            longer_s=asked.longer_s,
            from_s=asked.from_s,
            to_s=asked.to_s,
        )
        length_s = await self._sources.length_s(before.source)
        recipe = Morph.checked(before.transform, before.source, asked, duration_s=length_s)
        await interaction.response.defer()
        recipe, price, shown = await self._drawn(interaction, recipe, asked, await self._parent(draft))
        await self._house.drafts.change(draft, recipe, draft.terms.model_copy(update={"price": price}))
        await interaction.edit_original_response(**shown)

    async def drop(self, interaction: discord.Interaction, draft_id: str, _: str) -> None:
        """Forget it, and the file that was brought for it."""
        draft = await self._mine(interaction, draft_id)
        await self._house.drafts.take(draft)
        if isinstance(draft.recipe.made_of, UploadSource):
            await self._house.blobs.delete_take(draft.recipe.made_of.upload_id)
        await say_instead(interaction, say("preview.dropped", locale_of(interaction)))

    async def _mine(self, interaction: discord.Interaction, draft_id: str) -> Draft:
        return await self._house.drafts.of(draft_id, str(interaction.user.id))

    async def _morph(self, interaction: discord.Interaction, draft_id: str) -> tuple[Draft, Morph]:
        draft = await self._mine(interaction, draft_id)
        if not isinstance(draft.recipe, Morph):
            raise NotFound("draft")
        return draft, draft.recipe

    async def _parent(self, draft: Draft) -> Take | None:
        if draft.parent_take_id is None:
            return None
        try:
            return await self._jobs.take(draft.parent_take_id)
        except NotFound:
            raise InvalidOption("take", "take_gone") from None


def marking_of(recipe: Morph, asked: Asked, locale: str) -> Marking:
    """What of the music is marked."""
    names, span = part_names(locale), recipe.span
    if recipe.transform == "extend":
        return Marking(marked="from", start_s=span.crop_end_s, added_s=asked.longer_s, names=names)
    if recipe.transform == "inpaint":
        return Marking(marked="between", start_s=span.replace_start_s, end_s=span.replace_end_s, names=names)
    return Marking(marked="all", names=names)
