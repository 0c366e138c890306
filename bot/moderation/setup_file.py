"""A server's settings as a file: written, and read as a stranger's. Pure.

Whoever reads such a file may have it from another server, or from somebody who means harm: its size and depth
are bounded, and every value is checked by itself. What it would change is said in ``setup_plan``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, cast

from pydantic import BaseModel, ValidationError

from bot.errors import InvalidOption
from bot.jobs.preferences import ChannelSettings, GuildSettings
from bot.moderation.setup_rules import rules_in, written
from bot.money.policy import MoneySettings, PotPolicy
from bot.safety.entry import Checked
from bot.safety.policy import RuleSettings
from bot.safety.words import Rule

FORM: Final = 1
"""Of the file; a reader takes no other."""
FILE_MOST_BYTES: Final = 4096 * 1024
"""As many rules of the screen as there may be, long ones, and all else."""
CHANNELS_MOST: Final = 500

Why = Literal[
    "unknown_name", "bad_value", "bad_rule", "unknown_channel", "unknown_role", "unknown_host", "other_server"
]
"""Why something is left out; ``setup.dropped.<why>`` says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Something in a file that is not taken."""

    why: Why
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Values of one record in a file, by their whole names, and what cannot be had."""

    values: tuple[tuple[str, Any], ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFile:
    """A file as it was read: what it says can be had, whether this server knows it or not."""

    guild_id: str | None
    """Of the server that it was written in, as it says."""
    settings: Section
    channels: Mapping[str, Section]
    rules: Checked | None
    """Of the screen; None: it says nothing of them."""


def write(
    guild_id: str,
    guild: GuildSettings,
    channels: Mapping[str, ChannelSettings],
    rules: Sequence[Rule],
    at: datetime,
) -> bytes:
    """Everything that the server decided, as JSON for people and for :func:`read`."""
    told = {
        "riffcord": FORM,
        "guild_id": guild_id,
        "at": at.isoformat(),
        "settings": guild.model_dump(mode="json"),
        "channels": {number: record.model_dump(mode="json") for number, record in sorted(channels.items())},
        "screen": written(rules),
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def read(content: bytes) -> SetupFile:
    """A file, each value checked by itself. Not for the thread that answers people.

    Raises:
        InvalidOption: ``setup_file_too_large``, ``not_a_setup_file``, or too many rules of the screen.
    """
    told = _parsed(content)
    channels = list(_mapping(told.get("channels")).items())[:CHANNELS_MOST]
    return SetupFile(
        guild_id=told["guild_id"] if isinstance(told.get("guild_id"), str) else None,
        settings=_section(_mapping(told.get("settings")), GuildSettings),
        channels={each: _section(_mapping(record), ChannelSettings) for each, record in channels},
        rules=rules_in(told["screen"]) if isinstance(told.get("screen"), list) else None,
    )


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > FILE_MOST_BYTES:
        raise InvalidOption("file", "setup_file_too_large", limit=FILE_MOST_BYTES // 1024)
    try:
        told: Any = json.loads(content.decode("utf-8-sig"))
        json.dumps(told, ensure_ascii=False).encode()  # halves of characters could be kept nowhere
    except (ValueError, RecursionError):
        raise InvalidOption("file", "not_a_setup_file") from None
    if not isinstance(told, dict) or cast("dict[str, Any]", told).get("riffcord") != FORM:
        raise InvalidOption("file", "not_a_setup_file")
    return cast("dict[str, Any]", told)


def _mapping(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


NESTED: Final[dict[str, type[BaseModel]]] = {
    "money": MoneySettings,
    "rules": RuleSettings,
    "money.pot": PotPolicy,
}
"""The records inside a server's settings, by their names in the trail."""


def _section(told: Mapping[str, Any], record: type[BaseModel]) -> Section:
    dropped = list[Dropped]()
    values = tuple(_flat(told, record, dropped))
    return Section(values=values, dropped=tuple(dropped))


def _flat(
    told: Mapping[str, Any], record: type[BaseModel], dropped: list[Dropped], above: str = ""
) -> Iterator[tuple[str, Any]]:
    """Every valid value by its whole name; others are left out."""
    for name, value in told.items():
        whole = f"{above}{name}"
        if whole in NESTED:
            yield from _flat(_mapping(value), NESTED[whole], dropped, f"{whole}.")
        elif name not in record.model_fields:
            dropped.append(Dropped(why="unknown_name", what=whole[:60]))
        else:
            try:
                yield whole, getattr(record.model_validate({name: value}), name)
            except (ValidationError, RecursionError):
                dropped.append(Dropped(why="bad_value", what=whole))
