"""The desk for pictures: by themselves, and as covers of music."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import discord

from bot.errors import InvalidOption, NotFound, UnusableAudio
from bot.jobs.ids import new_id
from bot.jobs.options import words
from bot.jobs.recipes import Image, UploadSource
from bot.jobs.recipes.image import picture_options
from bot.jobs.records import Take, source_of
from bot.jobs.service import Jobs
from bot.library.house import House
from bot.protocol.image_models import IMAGE_MODELS, MOST_PICTURE_MB
from bot.ui.answers import locale_of, promised
from bot.ui.attachments import as_upload, save
from bot.ui.cards.image_choices import DEFAULT_MODEL
from bot.ui.desks.counter import ANY_WORDS, Counter
from bot.ui.desks.people import take_of
from bot.ui.desks.presses import Handler
from bot.ui.forms.cover import CoverForm
from bot.ui.forms.kept import Kept
from bot.ui.words import sentence

_STILL: Final = frozenset({"png", "jpg", "webp"})
_MIB: Final = 2**20


class ImageDesk:
    """Takes orders of pictures."""

    def __init__(self, jobs: Jobs, house: House, counter: Counter) -> None:
        self._jobs = jobs
        self._house = house
        self._counter = counter
        self._typed = Kept[tuple[Take, str, str]]("cover-again")

    @property
    def offered(self) -> bool:
        """Whether any host of this instance has the image models; without one nobody paints."""
        return self._jobs.offers_images

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {"cover-art": self.cover_art, "cover-again": self.cover_again}

    async def order(
        self,
        interaction: discord.Interaction,
        *,
        model: str | None,
        prompt: str | None,
        picture: discord.Attachment | None,
        mask: discord.Attachment | None,
        more: str | None,
        seed: int | None,
    ) -> None:
        """Order a picture as it was typed.

        Raises:
            InvalidOption: Something of it cannot be used, or no host paints.
        """
        model = model or DEFAULT_MODEL
        brought = {"picture": picture, "mask": mask}
        files = {name: brought[option] for name, option in picture_options(model).items()}
        for option, file in brought.items():
            if file is not None and option not in picture_options(model).values():
                raise InvalidOption(option, "no_picture", model=model)
        given = {name: file for name, file in files.items() if file is not None}
        provisional = {name: _named(interaction, file) for name, file in given.items()}
        recipe = Image.checked(model, prompt=prompt, more=more, pictures=provisional, seed=seed)
        if not given:
            await self._counter.place(interaction, recipe)
            return
        await self._counter.prices.quote(interaction, recipe)  # a mistake costs nobody an upload
        await self._counter.promise(interaction, recipe)
        async with promised(interaction):
            pictures = await self._kept(given, provisional)
            await self._counter.place(interaction, recipe.model_copy(update={"pictures": pictures}))

    async def _kept(
        self, given: dict[str, discord.Attachment], named: dict[str, UploadSource]
    ) -> dict[str, UploadSource]:
        """The files as pictures that hosts can use, kept under one id."""
        await self._jobs.require_space()
        upload_id = new_id()
        kept: dict[str, UploadSource] = {}
        with tempfile.TemporaryDirectory() as folder:
            for name, file in given.items():
                below = Path(folder) / str(len(kept))
                below.mkdir()
                path = below / "attached"
                await save(file, path, option="picture")
                try:
                    made = await self._jobs.bring_picture(path, below)
                except UnusableAudio:
                    raise InvalidOption("picture", "not_a_picture_file") from None
                key = f"{upload_id}/picture-{len(kept)}{made.suffix}"
                await self._house.blobs.put(made, key=key)
                kept[name] = named[name].model_copy(update={"upload_id": upload_id, "key": key})
        return kept

    async def cover_art(self, interaction: discord.Interaction, take_id: str, _: str) -> None:
        """Ask what the cover of a take is to show.

        Raises:
            InvalidOption: It is no music, or no host paints.
        """
        take = await self._music(interaction, take_id)
        if not self.offered:
            raise InvalidOption("host", "no_image_host")
        await self._ask_for_cover(interaction, take, None, None)

    async def _ask_for_cover(
        self, interaction: discord.Interaction, take: Take, model: str | None, prompt: str | None
    ) -> None:
        models = [
            name
            for name, each in IMAGE_MODELS.items()
            if set(each.media) <= _STILL and not any(each.inputs[field].required for field in each.pictures)
        ]
        models = [name for name in models if "prompt" in IMAGE_MODELS[name].inputs]
        models.sort(key=lambda name: name != (model or DEFAULT_MODEL))
        wanted = [(Image.checked(name, prompt=ANY_WORDS), None) for name in models]
        told = await self._counter.prices.told_each(interaction, wanted, parent=take)
        prices = dict(zip(models, told, strict=True))
        form = CoverForm(self, take, prices, locale_of(interaction), prompt=prompt)
        await interaction.response.send_modal(form)

    async def cover_filled_in(
        self, interaction: discord.Interaction, take: Take, model: str, prompt: str
    ) -> None:
        """Order it; where it cannot be painted so, nothing is lost. Raises ``InvalidOption``."""
        take = await self._music(interaction, take.id)
        try:
            if words("prompt", prompt, required=False) is None:  # models would paint something of their own
                raise InvalidOption("prompt", "missing", model=model)
            recipe = Image.checked(model, prompt=prompt, cover_of=source_of(take))
        except InvalidOption as error:
            told = sentence(error, locale_of(interaction))
            await self._typed.give_back(interaction, (take, model, prompt), told)
            return
        await self._counter.place(interaction, recipe, parent=take)

    async def cover_again(self, interaction: discord.Interaction, key: str, _: str) -> None:
        """The form again, as it was. Raises ``NotFound`` (``typed``) after a restart."""
        take, model, prompt = self._typed.of(interaction, key)
        await self._ask_for_cover(interaction, await self._music(interaction, take.id), model, prompt)

    async def _music(self, interaction: discord.Interaction, take_id: str) -> Take:
        try:
            take = await take_of(interaction, self._jobs, take_id)
        except NotFound:
            raise InvalidOption("take", "take_gone") from None
        if take.audio is None:
            raise InvalidOption("take", "no_sound")
        return take


def _named(interaction: discord.Interaction, file: discord.Attachment) -> UploadSource:
    """A picture that was not looked at yet. Raises ``InvalidOption`` where it is too large to be."""
    if file.size > MOST_PICTURE_MB * _MIB:
        raise InvalidOption("picture", "picture_too_large", limit=MOST_PICTURE_MB)
    return as_upload(interaction, file)
