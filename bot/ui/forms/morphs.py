"""Forms of morphs: only the fields that the transform has, and the times of a preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

import discord

from bot.errors import InvalidOption
from bot.jobs.options import PROMPT_MAX
from bot.jobs.recipes.morph import NEED_TAGS, TAKE_LYRICS, Asked
from bot.jobs.recipes.times import parsed_time, rough_clock
from bot.jobs.records import Take
from bot.library.records import Draft
from bot.protocol.engine import Transform
from bot.ui.discord_limits import FIELD_CHARS
from bot.ui.forms.open import Form
from bot.ui.words import exists, say

TextInput = discord.ui.TextInput[discord.ui.Modal]
_LIFE_S: Final = 900.0
_TIME_MAX: Final = 12
TIMES: Final[dict[Transform, tuple[str, ...]]] = {"extend": ("at", "longer"), "inpaint": ("from", "to")}
"""The times that a transform takes, by the names of their options."""
_NEEDED: Final = frozenset({"from", "to"})


class OrdersMorphs(Protocol):
    """Who acts on a morph that was filled in."""

    async def written(
        self, interaction: discord.Interaction, take: Take, transform: Transform, typed: dict[str, str]
    ) -> None:
        """A morph of a take, as it was typed."""
        ...


class ChangesTimes(Protocol):
    """Who acts on other times."""

    async def times_changed(self, interaction: discord.Interaction, draft: Draft, asked: Asked) -> None:
        """Other times for what is previewed; everything else of ``asked`` is to be ignored."""
        ...


class MorphForm(Form):
    """Asks for all that a transform takes."""

    def __init__(
        self,
        desk: OrdersMorphs,
        take: Take,
        transform: Transform,
        length_s: float,
        locale: str,
        typed: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title=say(f"modal.morph.{transform}.title", locale), timeout=_LIFE_S)
        self._desk, self._take = desk, take
        self._transform: Transform = transform
        self._parts: dict[str, TextInput] = {}
        for name in fields_of(transform):
            required = name in _NEEDED or _needs(transform, name)
            self._parts[name] = _field(name, required=required, default=(typed or {}).get(name, ""))
            self.add_item(_labelled(name, self._parts[name], length_s, locale))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Order it, or show its preview."""
        typed = {name: part.value for name, part in self._parts.items()}
        await self._desk.written(interaction, self._take, self._transform, typed)


class TimesForm(Form):
    """Asks for other times; those that stand are filled in."""

    def __init__(
        self, desk: ChangesTimes, draft: Draft, typed: Mapping[str, str], duration_s: float, locale: str
    ) -> None:
        super().__init__(title=say("modal.morph.times.title", locale), timeout=_LIFE_S)
        self._desk, self._draft = desk, draft
        self._parts: dict[str, TextInput] = {}
        for name, value in typed.items():
            self._parts[name] = _field(name, required=name in _NEEDED, default=value)
            self.add_item(_labelled(name, self._parts[name], duration_s, locale))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Show the preview anew."""
        asked = read({name: part.value for name, part in self._parts.items()})
        await self._desk.times_changed(interaction, self._draft, asked)


def fields_of(transform: Transform) -> tuple[str, ...]:
    """What the form asks for, in order: a modal holds five."""
    lyrics = ("lyrics",) if transform in TAKE_LYRICS else ()
    return (*TIMES.get(transform, ()), "tags", *lyrics, "strength")


def read(typed: Mapping[str, str]) -> Asked:
    """What was typed, as numbers where it is one. Raises ``InvalidOption``."""
    return Asked(
        tags=typed.get("tags"),
        lyrics=typed.get("lyrics"),
        strength=_number("strength", typed.get("strength")),
        at_s=parsed_time("at", typed.get("at")),
        longer_s=parsed_time("longer", typed.get("longer")),
        from_s=parsed_time("from", typed.get("from")),
        to_s=parsed_time("to", typed.get("to")),
    )


def _number(option: str, typed: str | None) -> float | None:
    if typed is None or not typed.strip():
        return None
    try:
        return float(typed.strip().replace(",", "."))
    except ValueError:
        raise InvalidOption(option, "not_a_number") from None


def _needs(transform: Transform, name: str) -> bool:
    return name == "tags" and transform in NEED_TAGS


def _field(name: str, *, required: bool, default: str = "") -> TextInput:
    is_long = name == "lyrics"
    most = {"lyrics": FIELD_CHARS, "tags": PROMPT_MAX}.get(name, _TIME_MAX)
    return discord.ui.TextInput(
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
        required=required,
        max_length=most,
        default=default or None,
        custom_id=name,
    )


def _labelled(
    name: str, part: TextInput, duration_s: float, locale: str
) -> discord.ui.Label[discord.ui.Modal]:
    hint = f"modal.morph.{name}.hint"
    told = say(hint, locale, length=rough_clock(duration_s)) if exists(hint) else None
    return discord.ui.Label(text=say(f"modal.morph.{name}", locale), description=told, component=part)


class RiffForm(Form):
    """Asks for the words of a riff that goes with other music."""

    def __init__(self, desk: RiffsOn, take: Take, *, fitting: bool, locale: str) -> None:
        super().__init__(title=say("modal.riff_on.title", locale), timeout=_LIFE_S)
        self._desk, self._take = desk, take
        self._prompt = discord.ui.TextInput[RiffForm](
            style=discord.TextStyle.paragraph, max_length=PROMPT_MAX, custom_id="prompt"
        )
        hint = "modal.riff_on.hint" if fitting else "modal.riff_on.hint.free"
        self.add_item(
            discord.ui.Label(
                text=say("modal.riff_on.prompt", locale),
                description=say(hint, locale),
                component=self._prompt,
            )
        )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Order it."""
        await self._desk.riff_filled_in(interaction, self._take, self._prompt.value)


class RiffsOn(Protocol):
    """Who acts on the words."""

    async def riff_filled_in(self, interaction: discord.Interaction, take: Take, prompt: str) -> None:
        """A riff with other music."""
        ...
