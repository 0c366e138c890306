"""Lines of the trail: what changed, in words; never the stored form, never a bare id."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.moderation.deeds import Deed
from bot.ui.cards.audit import deed_line
from tests.e2e.scene import read

AT = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
ANA, DEN, CREW = "157376342462457446", "157376342725020876", "157376342725020877"
STANDING: dict[str, Any] = {"blocked": False, "muted_until": None, "slow_mode_s": 0, "trusted": False}


@pytest.mark.parametrize(
    ("given", "ending"),
    [
        (
            {
                "action": "mute",
                "before": STANDING,
                "after": STANDING | {"muted_until": "2026-11-21T19:00:00+00:00"},
            },
            f"<@{ANA}>: none → <t:1795287600:f>",
        ),
        (
            {"action": "slow", "before": STANDING, "after": STANDING | {"slow_mode_s": 60}},
            f"<@{ANA}>: 0 → 60",
        ),
        ({"action": "trust", "before": STANDING, "after": STANDING | {"trusted": True}}, f"<@{ANA}>"),
        ({"action": "block", "before": STANDING, "after": STANDING | {"blocked": True}}, f"<@{ANA}>"),
        ({"action": "delete", "subject": "take1", "before": {"member": ANA}}, f"take1 of <@{ANA}>"),
        ({"action": "set", "subject": "rules.paused", "before": False, "after": True}, "whole server"),
        (
            {"action": "set", "subject": "rules.moderators_channel_id", "before": None, "after": DEN},
            f": none → <#{DEN}>",
        ),
        (
            {"action": "set", "subject": "rules.newcomer_role_id", "before": CREW, "after": None},
            f": <@&{CREW}> → none",
        ),
        (
            {
                "action": "set",
                "subject": "money.pot",
                "before": {"amount": 100, "reset_minute": 0, "period": "week"},
                "after": {"amount": 120, "reset_minute": 360, "period": "week"},
            },
            "amount 100, reset minute 0 → amount 120, reset minute 360",
        ),
        ({"action": "set", "subject": "style", "before": "2026", "after": "T"}, ": 2026 → T"),
    ],
)
def test_a_change_is_told_in_words(given: dict[str, Any], ending: str) -> None:
    """Times by the reader's clock, ids as what they are, of several facts those that changed."""
    deed = Deed(at=AT, guild_id="1", actor_id="2", **{"subject": ANA} | given)
    assert read(deed_line(deed, lambda told: f"<@{told}>", "en")).endswith(ending)
