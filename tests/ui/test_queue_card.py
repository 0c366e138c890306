"""What waits for moderators: a menu has room for some of it, of each kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.moderation.approvals import Queue, Waiting
from bot.moderation.records import History, Hold, Notice, Standing
from bot.ui.cards.queue import queue_panel

AT = datetime(2026, 1, 1, tzinfo=UTC)


def _hold(number: int) -> Waiting:
    hold = Hold(
        job_id=f"job{number}",
        guild_id="1",
        user_id="2",
        channel_id="5",
        price=1,
        reasons=(),
        state="open",
        held_at=AT,
        expires_at=None,
        decided_by=None,
        decided_at=None,
        reason=None,
    )
    return Waiting(
        hold=hold, job=None, history=History(orders=1), standing=Standing(guild_id="1", user_id="2")
    )


def _report(number: int) -> Notice:
    return Notice(
        id=f"report{number}",
        guild_id="1",
        key=str(number),
        kind="report",
        facts={"take": "t", "author": "3", "by": [{"id": "4", "reason": ""}]},
        created_at=AT,
        changes=0,
        attempts=0,
        trouble=None,
        channel_id=None,
        message_id=None,
        sent_at=None,
        outcome=None,
        done_at=None,
    )


@pytest.mark.parametrize(
    ("holds", "reports", "shown"), [(40, 3, (22, 3)), (3, 40, (3, 22)), (40, 40, (12, 13))]
)
def test_neither_kind_hides_the_other(holds: int, reports: int, shown: tuple[int, int]) -> None:
    """Of both there is something to choose, however much there is of one."""
    queue = Queue(
        holds=tuple(map(_hold, range(holds))),
        reports=tuple(map(_report, range(reports))),
        channel_id=None,
        trouble=None,
    )
    panel: Any = queue_panel(queue, "en")
    (menu,) = [each for each in panel.walk_children() if getattr(each, "action", "") == "queue"]
    kinds = [option.value.partition(":")[0] for option in menu.item.options]
    assert (kinds.count("hold"), kinds.count("report")) == shown
