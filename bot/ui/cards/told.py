"""What a member is told by a direct message, of what moderators decided about them and their music."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.jobs.preferences import GuildSettings
from bot.moderation.records import Notice
from bot.ui import text
from bot.ui.cards.common import message_link
from bot.ui.words import say

_APPEALABLE = frozenset({"rejected", "rejected_all", "blocked", "muted", "deleted", "purged"})


def member_told(notice: Notice, settings: GuildSettings, locale: str, *, server: str) -> str:
    """A sentence or three: what was decided, why, and whom to ask."""
    facts, says = dict[str, Any](notice.facts), str(notice.facts["says"])
    channel = facts.get("channel")
    shown: dict[str, object] = {
        "server": f"**{text.shown(server, 100)}**" if server else say("member.a_server", locale),
        "channel": "" if channel is None else f"<#{channel}>",
        "name": text.shown(str(facts.get("name", "")), 110),
        "count": facts.get("count", 0),
        "hours": facts.get("hours", 0),
        "until": text.moment(datetime.fromisoformat(facts["until"])) if facts.get("until") else "",
    }
    key = f"member.{says}"
    lines = [say(f"{key}.one" if facts.get("count") == 1 else key, locale, **shown)]
    if facts.get("message"):
        lines.append(message_link(notice.guild_id, str(channel), str(facts["message"])))
    if facts.get("reason"):
        lines.append(say("barred.reason", locale, reason=text.shown(str(facts["reason"]), 500)))
    if says in _APPEALABLE and settings.rules.appeals:
        lines.append(settings.rules.appeals)
    return "\n".join(lines)
