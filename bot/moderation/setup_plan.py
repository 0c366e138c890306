"""What a file of settings would change in a server: compared with how everything stands there. Pure.

What this server does not know is left out and said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from pydantic import BaseModel, TypeAdapter

from bot.jobs.preferences import ChannelSettings, GuildSettings
from bot.moderation.setup_file import Dropped, SetupFile
from bot.moderation.setup_rules import RuleChanges, changes_to
from bot.money.policy import Price, Share
from bot.safety.entry import Checked
from bot.safety.words import Rule

CHANGES_MOST: Final = 1_000


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
        plan.rules = changes_to(rules, _wanted(rules, file.rules))
        plan.dropped += [Dropped(why="bad_rule", what=text[:60]) for text, _ in file.rules.refused]
    del plan.changes[CHANGES_MOST:]
    del plan.dropped[CHANGES_MOST:]
    return plan


def _wanted(stands: Sequence[Rule], told: Checked) -> tuple[Rule, ...]:
    """The rules of a file, with those that stand and cannot be read in it.

    Whether a pattern is too slow is found by trying, on a machine that may just be busy: no server loses a
    rule by that.
    """
    refused = {text for text, _ in told.refused}
    return (*(rule for rule in stands if rule.text in refused), *told.good)


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
