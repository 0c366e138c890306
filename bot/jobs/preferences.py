"""What servers, channels and members may decide, as frozen records with the defaults of the house. Pure.

A record is kept as JSON with only what differs from its defaults, so a default that changes with a later
version reaches everybody who left it alone. What cannot be read any more counts as not set.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final, Literal, Self, TypeVar, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import InvalidOption
from bot.money.policy import MoneySettings
from bot.safety.policy import RuleSettings, Strictness

Format = Literal["mp3", "ogg", "flac", "wav"]
Delivery = Literal["here", "thread", "private"]
Remix = Literal["anyone", "ask", "nobody"]
"""Who may make something from a member's music: everybody, whom the member allows, nobody else."""
Language = Literal["en-US", "zh-CN", "zh-TW", "ja", "es-ES", "de"]
"""Discord's names of the languages that Riffcord speaks."""

FORMATS: Final = cast("tuple[Format, ...]", get_args(Format))
DELIVERIES: Final = cast("tuple[Delivery, ...]", get_args(Delivery))
REMIXES: Final = cast("tuple[Remix, ...]", get_args(Remix))
LANGUAGES: Final = cast("tuple[Language, ...]", get_args(Language))

PRESETS_MOST: Final = 25
"""As many as Discord shows as suggestions, and as choices of a select."""
PRESET_NAME_MAX: Final = 40
PRESET_PROMPT_MAX: Final = 500


class Preset(BaseModel):
    """A prompt that a server keeps under a name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(min_length=1, max_length=PRESET_NAME_MAX)
    prompt: str = Field(min_length=1, max_length=PRESET_PROMPT_MAX)

    @classmethod
    def checked(cls, name: str, prompt: str) -> Self:
        """As a person typed it. Raises ``InvalidOption`` with ``empty`` or ``too_long``."""
        name, prompt = " ".join(name.split()), " ".join(prompt.split())
        typed = (("preset", name, PRESET_NAME_MAX), ("preset_prompt", prompt, PRESET_PROMPT_MAX))
        for option, value, limit in typed:
            if not value:
                raise InvalidOption(option, "empty")
            if len(value) > limit:
                raise InvalidOption(option, "too_long", limit=limit, length=len(value))
        return cls(name=name, prompt=prompt)


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Self:
        """The record that was kept; a value that is not understood counts as not set."""
        told = copy.deepcopy(dict(kept or {}))
        while True:
            try:
                return cls.model_validate(told)
            except ValidationError as error:
                for problem in error.errors():
                    _without(told, problem["loc"])

    @property
    def kept(self) -> dict[str, Any]:
        """What has to be kept of it."""
        return self.model_dump(mode="json", exclude_defaults=True)


def _without(told: dict[str, Any], place: tuple[int | str, ...]) -> None:
    """Forget the value at a place; of a list that cannot be read all of it."""
    name, *further = map(str, place)
    inside = told.get(name)
    if further and isinstance(inside, dict) and further[0] in inside:
        _without(cast("dict[str, Any]", inside), tuple(further))
    else:
        told.pop(name, None)


class GuildSettings(_Kept):
    """What a server decided."""

    language: Language | None = None
    """None: the one that the server has on Discord."""
    format: Format = "mp3"
    """Of the files that are posted."""
    host: str | None = None
    """Where new music is made; None: where whoever runs the bot says."""
    remix: Remix = "anyone"
    """For members who did not decide themselves."""
    picture: bool = True
    """Whether results show the picture of their sound."""
    presets: tuple[Preset, ...] = Field(default=(), max_length=PRESETS_MOST)
    money: MoneySettings = MoneySettings()
    rules: RuleSettings = RuleSettings()

    def preset(self, name: str) -> Preset | None:
        """The preset of this name, in whatever case it was typed."""
        wanted = " ".join(name.split()).casefold()
        return next((each for each in self.presets if each.name.casefold() == wanted), None)

    def with_preset(self, preset: Preset) -> tuple[Preset, ...]:
        """The presets with this one, which replaces one of the same name.

        Raises:
            InvalidOption: ``too_many``, when there are as many as there may be.
        """
        others = self.without_preset(preset.name)
        if len(others) >= PRESETS_MOST:
            raise InvalidOption("preset", "too_many", limit=PRESETS_MOST)
        return tuple(sorted((*others, preset), key=lambda each: each.name.casefold()))

    def without_preset(self, name: str) -> tuple[Preset, ...]:
        """The presets without the one of this name."""
        wanted = " ".join(name.split()).casefold()
        return tuple(each for each in self.presets if each.name.casefold() != wanted)


class ChannelSettings(_Kept):
    """What a server decided for one channel and the threads in it."""

    delivery: Delivery = "here"
    """Results in the channel, in a thread of their own, or as a private preview first."""
    voice_message: bool = False
    """Whether a voice message that phones play follows each result."""
    video: bool = False
    """Whether an MP4 with the moving picture follows each result."""
    paused: bool = False
    """Whether nothing can be ordered here."""
    strictness: Strictness = "normal"
    """How closely what is written here is looked at."""
    slow_mode_s: int = Field(default=0, ge=0, le=86_400)
    """Seconds that a member waits between two orders; 0: none."""
    approval: bool = False
    """Whether every order waits for a moderator."""


class MemberSettings(_Kept):
    """What a member decided, for every server."""

    remix: Remix | None = None
    """None: as the server says."""


class Settings(BaseModel):
    """Everything that counts in one channel."""

    model_config = ConfigDict(frozen=True)

    guild: GuildSettings = GuildSettings()
    channel: ChannelSettings = ChannelSettings()
    screen_version: int = 0
    """How often the server changed the rules that orders are looked at for; 0: it has none."""

    def locale(self, *, of_guild: str | None, of_user: str) -> str:
        """The language of what everybody sees."""
        return self.guild.language or of_guild or of_user


Record = TypeVar("Record", GuildSettings, ChannelSettings, MemberSettings)


def changed(record: Record, name: str, value: object) -> Record:
    """The record with one value set.

    Raises:
        InvalidOption: The value cannot be had.
    """
    if name not in type(record).model_fields:
        raise InvalidOption("setting", "unknown_setting")
    try:
        return type(record).model_validate({**record.model_dump(), name: value})
    except ValidationError:
        raise InvalidOption(name, "unknown_value") from None
