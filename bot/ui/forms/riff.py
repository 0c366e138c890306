"""The form for riffs: every option of the command at once, with what is typed already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, Self, get_args

import discord

from bot.jobs.preferences import Preset
from bot.jobs.recipes import Riff
from bot.jobs.recipes.riff import STEPS_MAX
from bot.jobs.records import Take
from bot.protocol.predictions import SeedImageId
from bot.protocol.runs import Clamped
from bot.ui.discord_limits import FIELD_CHARS, OPTIONS_MOST
from bot.ui.forms.numbers import as_lines, read_lines
from bot.ui.forms.open import Form
from bot.ui.text import clip, plain
from bot.ui.words import say

LIFE_S: Final = 3_600.0
_SEED_IMAGES: Final[tuple[str, ...]] = get_args(SeedImageId)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiffTyped:
    """A riff as somebody typed it, right or wrong; None where nothing was typed."""

    prompt: str | None = None
    preset: str | None = None
    prompt_b: str | None = None
    alpha: float | None = None
    denoising: float | None = None
    seed_image: str | None = None
    steps: float | None = None
    seed: float | None = None
    length_s: float | None = None
    numbers: str | None = None
    """Lines of numbers that could not be read; they stand in for all numbers above."""

    @classmethod
    def of(cls, riff: Riff) -> Self:
        """A riff as it would be typed."""
        blended = riff.prompt_b is not None
        return cls(
            prompt=riff.prompt,
            prompt_b=riff.prompt_b,
            alpha=riff.alpha if blended else None,
            denoising=riff.denoising,
            seed_image=riff.seed_image,
            steps=riff.steps,
            seed=riff.seed,
            length_s=riff.length_s,
        )

    @property
    def clamped(self) -> Clamped:
        """What was asked for and cannot be had: the host gets the most there is."""
        if self.steps is None or self.steps <= STEPS_MAX:
            return ()
        return (("steps", f"{self.steps:.0f}", str(STEPS_MAX)),)

    def recipe(self, locale: str, *, preset: Preset | None) -> tuple[Riff, Clamped]:
        """What to make of it, and what of it cannot be had. Raises ``InvalidOption``."""
        typed = self if self.numbers is None else self._with_numbers(self.numbers, locale)
        words = [each for each in (typed.prompt, None if preset is None else preset.prompt) if each]
        riff = Riff.checked(
            prompt=", ".join(words),
            prompt_b=typed.prompt_b,
            alpha=typed.alpha,
            denoising=typed.denoising,
            seed_image=typed.seed_image,
            steps=None if typed.steps is None else int(typed.steps),
            seed=None if typed.seed is None else int(typed.seed),
            length_s=typed.length_s,
        )
        return riff, typed.clamped

    def _with_numbers(self, lines: str, locale: str) -> Self:
        told = read_lines(lines, locale)
        return replace(
            self,
            alpha=told.get("alpha"),
            denoising=told.get("denoising"),
            steps=told.get("steps"),
            seed=told.get("seed"),
            length_s=told.get("length_s"),
        )


class TakesRiffs(Protocol):
    """Who orders what was filled in."""

    async def filled_in(
        self, interaction: discord.Interaction, typed: RiffTyped, parent: Take | None
    ) -> None:
        """The form was sent."""
        ...


class RiffModal(Form):
    """Asks for a riff, with what is known of it already."""

    def __init__(
        self,
        desk: TakesRiffs,
        typed: RiffTyped,
        parent: Take | None,
        presets: Sequence[Preset],
        locale: str,
    ) -> None:
        title = "modal.riff.title" if parent is None else "modal.edit.title"
        super().__init__(title=say(title, locale), timeout=LIFE_S)
        self._desk, self._parent = desk, parent
        self._prompt = _text("prompt", typed.prompt, long=True)
        self._prompt_b = _text("prompt_b", typed.prompt_b, long=False)
        self._numbers = _text("numbers", _lines(typed, locale), long=True)
        chosen = typed.seed_image or "vibes"
        self._seed_image = discord.ui.Select[RiffModal](
            custom_id="seed_image",
            required=False,
            min_values=0,
            options=[
                discord.SelectOption(
                    label=say(f"seed_image.{name}", locale), value=name, default=name == chosen
                )
                for name in _SEED_IMAGES
            ],
        )
        self._preset = discord.ui.Select[RiffModal](
            custom_id="preset", required=False, min_values=0, options=_offered(presets, typed.preset)
        )
        self._add("prompt", self._prompt, locale)
        self._add("preset", self._preset, locale)
        self._add("prompt_b", self._prompt_b, locale)
        self._add("seed_image", self._seed_image, locale)
        self._add("numbers", self._numbers, locale)

    def _add(self, name: str, field: discord.ui.Item[RiffModal], locale: str) -> None:
        self.add_item(
            discord.ui.Label(
                text=say(f"modal.riff.{name}.label", locale),
                description=say(f"modal.riff.{name}.description", locale),
                component=field,
            )
        )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Hand it to the desk."""
        typed = RiffTyped(
            prompt=self._prompt.value or None,
            preset=next(iter(self._preset.values), None),
            prompt_b=self._prompt_b.value or None,
            seed_image=next(iter(self._seed_image.values), None),
            numbers=self._numbers.value,
        )
        await self._desk.filled_in(interaction, typed, self._parent)


def _text(name: str, typed: str | None, *, long: bool) -> discord.ui.TextInput[RiffModal]:
    style = discord.TextStyle.paragraph if long else discord.TextStyle.short
    default = clip(typed, FIELD_CHARS) if typed else None
    return discord.ui.TextInput(
        custom_id=name, style=style, default=default, required=False, max_length=FIELD_CHARS
    )


def _lines(typed: RiffTyped, locale: str) -> str:
    if typed.numbers is not None:
        return typed.numbers
    names = ("alpha", "denoising", "steps", "seed", "length_s")
    return as_lines({name: getattr(typed, name) for name in names}, locale)


def _offered(presets: Sequence[Preset], chosen: str | None) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=each.name,
            value=each.name,
            description=plain(each.prompt),
            default=each.name == chosen,
        )
        for each in presets[:OPTIONS_MOST]
    ]
