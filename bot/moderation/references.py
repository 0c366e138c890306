"""What of Discord's a server's settings name: channels, roles and members, which may be gone. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from bot.jobs.preferences import GuildSettings


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


def without(guild: GuildSettings, gone: Reference) -> dict[str, Any]:
    """What becomes of the settings that name something, by their names in the trail."""
    rules, found = guild.rules, dict[str, Any]()
    lists = {"channel": "music_channel_ids", "role": "moderator_role_ids"}
    singles = {"channel": "moderators_channel_id", "role": "newcomer_role_id"}
    if gone.kind in lists:
        ids: tuple[str, ...] = getattr(rules, lists[gone.kind])
        if gone.id in ids:
            found[f"rules.{lists[gone.kind]}"] = tuple(each for each in ids if each != gone.id)
        if getattr(rules, singles[gone.kind]) == gone.id:
            found[f"rules.{singles[gone.kind]}"] = None
    shares = tuple(each for each in guild.money.shares if each.of != (gone.kind, gone.id))
    if shares != guild.money.shares:
        found["money.shares"] = shares
    return found
