"""A server's settings as a file: written, and read as a stranger's. Pure.

Whoever reads such a file may have it from another server, or from somebody who means harm: its size and depth
are bounded, every value is validated by itself, and what this server does not know is left out and said.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.errors import InvalidOption
from bot.jobs.preferences import ChannelSettings, GuildSettings
from bot.moderation.setup_rules import RuleChanges, changes_to, rules_in, written
from bot.money.policy import MoneySettings, PotPolicy, Price, Share
from bot.safety.entry import Checked
from bot.safety.policy import RuleSettings
from bot.safety.words import Rule

FORM: Final = 1
"""Of the file; a reader takes no other."""
FILE_MOST_BYTES: Final = 4096 * 1024
"""As many rules of the screen as there may be, long ones, and all else."""
CHANNELS_MOST: Final = 500
CHANGES_MOST: Final = 1_000

Why = Literal[
    "unknown_name", "bad_value", "bad_rule", "unknown_channel", "unknown_role", "unknown_host", "other_server"
]
"""Why something is left out; ``setup.dropped.<why>`` says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What this server and this bot know."""

    guild_id: str
    channel_ids: frozenset[str]
    role_ids: frozenset[str]
    """Without the one of everybody."""
    hosts: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One setting that a file would change."""

    name: str
    """As in the trail: with a dot before the name of a nested record's field."""
    before: Any
    """Plain JSON, as ``after``."""
    after: Any
    channel_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Something in a file that is not taken."""

    why: Why
    what: str


@dataclass(slots=True, kw_only=True)
class Plan:
    """What would become of the settings."""

    changes: list[Change] = field(default_factory=list[Change])
    rules: RuleChanges = field(default_factory=RuleChanges)
    """Of the screen."""
    dropped: list[Dropped] = field(default_factory=list[Dropped])

    @property
    def count(self) -> int:
        """How many settings change; all rules of the screen are one."""
        return len(self.changes) + bool(self.rules)


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
        rules=rules_in(told["screen"]) if "screen" in told else None,
    )


def planned(
    file: SetupFile,
    known: Known,
    guild: GuildSettings,
    channels: Mapping[str, ChannelSettings],
    rules: Sequence[Rule],
) -> Plan:
    """What a file would change in this server's settings as they stand."""
    plan = Plan(dropped=list(file.settings.dropped))
    is_ours = file.guild_id == known.guild_id
    for name, value in file.settings.values:
        _compare(plan, name, guild, _taken(name, value, known, is_ours=is_ours, plan=plan))
    for channel_id, section in file.channels.items():
        if channel_id not in known.channel_ids:
            plan.dropped.append(Dropped(why="unknown_channel", what=channel_id[:24]))
            continue
        plan.dropped += section.dropped
        before = channels.get(channel_id, ChannelSettings())
        for name, value in section.values:
            _compare(plan, name, before, value, channel_id=channel_id)
    if file.rules is not None:
        plan.rules = changes_to(rules, file.rules.good)
        plan.dropped += [Dropped(why="bad_rule", what=text[:60]) for text, _ in file.rules.refused]
    del plan.changes[CHANGES_MOST:]
    del plan.dropped[CHANGES_MOST:]
    return plan


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > FILE_MOST_BYTES:
        raise InvalidOption("file", "setup_file_too_large", limit=FILE_MOST_BYTES // 1024)
    try:
        told: Any = json.loads(content.decode("utf-8-sig"))
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


def _taken(name: str, value: Any, known: Known, *, is_ours: bool, plan: Plan) -> Any:
    """A value without what this server does not know."""
    match name:
        case "host" if value is not None and value not in known.hosts:
            plan.dropped.append(Dropped(why="unknown_host", what=str(value)[:60]))
            return _SAME
        case "rules.moderators_channel_id" | "rules.newcomer_role_id":
            if value is None or _knows(name, str(value), known, plan):
                return value
            return _SAME
        case "rules.music_channel_ids" | "rules.moderator_role_ids":
            kept = tuple(each for each in cast("tuple[str, ...]", value) if _knows(name, each, known, plan))
            return kept if kept or not value else _SAME
        case "money.shares":
            shares = cast("tuple[Share, ...]", value)
            return tuple(each for each in shares if _knows_share(each, known, plan, is_ours=is_ours))
        case "money.prices":
            return tuple(each for each in cast("tuple[Price, ...]", value) if _knows_host(each, known, plan))
        case _:
            return value


_SAME: Final = object()
"""What stands is left as it is."""


def _knows(name: str, told: str, known: Known, plan: Plan) -> bool:
    of_roles = "role" in name
    if told in (known.role_ids if of_roles else known.channel_ids):
        return True
    plan.dropped.append(Dropped(why="unknown_role" if of_roles else "unknown_channel", what=told))
    return False


def _knows_share(share: Share, known: Known, plan: Plan, *, is_ours: bool) -> bool:
    match share.subject:
        case "role" | "channel":
            return _knows(share.subject, share.id, known, plan)
        case "member" if share.id and not is_ours:
            plan.dropped.append(Dropped(why="other_server", what=share.id))
            return False
        case _:
            return True


def _knows_host(price: Price, known: Known, plan: Plan) -> bool:
    if price.host in known.hosts:
        return True
    plan.dropped.append(Dropped(why="unknown_host", what=price.host[:60]))
    return False


def _compare(plan: Plan, name: str, record: BaseModel, value: Any, channel_id: str | None = None) -> None:
    if value is _SAME:
        return
    before, after = plain(value_of(record, name)), plain(value)
    if before != after:
        plan.changes.append(Change(name=name, before=before, after=after, channel_id=channel_id))


def value_of(record: BaseModel, name: str) -> Any:
    """The value under a name as it stands in the trail."""
    value: Any = record
    for part in name.split("."):
        value = getattr(value, part)
    return value


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    return TypeAdapter(Any).dump_python(value, mode="json")


# what names channels, roles and members


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Reference:
    """Something of Discord's that the settings name."""

    kind: Literal["channel", "role", "member"]
    id: str


def references(guild: GuildSettings, channels: Collection[str]) -> list[Reference]:
    """Every channel, role and member that a server's settings name, each once."""
    rules = guild.rules
    found = {Reference(kind="channel", id=each) for each in (*channels, *rules.music_channel_ids)}
    found |= {Reference(kind="role", id=each) for each in rules.moderator_role_ids}
    if rules.moderators_channel_id is not None:
        found.add(Reference(kind="channel", id=rules.moderators_channel_id))
    if rules.newcomer_role_id is not None:
        found.add(Reference(kind="role", id=rules.newcomer_role_id))
    for share in guild.money.shares:
        if share.subject in ("channel", "role", "member") and share.id:
            found.add(Reference(kind=share.subject, id=share.id))
    return sorted(found)
