"""The states of a job, what each means, and the only moves there are."""

from __future__ import annotations

import enum

from bot.money.audit import JobEnd


class State(enum.StrEnum):
    """Where a job stands. The database stores the value and refuses any move not in :data:`MOVES`."""

    HELD = "held"
    """Waits for a moderator's decision; nothing runs."""
    QUEUED = "queued"
    """Accepted and reserved; waits for a free place."""
    SUBMIT = "submit"
    """Admitted: the host is being asked, or we are finding out whether it was."""
    WAITING = "waiting"
    """The host has it; a webhook or a poll will tell."""
    COLLECT = "collect"
    """The host is done: fetch, probe, level, encode, picture, keep as a take."""
    DELIVER = "deliver"
    """The take is stored: make it the one message in the channel."""
    DONE = "done"
    """The message stands and the price is settled."""
    FAILED = "failed"
    """Could not be made or delivered; refunded, with a reason."""
    CANCELLED = "cancelled"
    """Stopped by its owner or a moderator; refunded."""
    REJECTED = "rejected"
    """Refused by a moderator or by a rule while held; refunded."""

    @property
    def job_end(self) -> JobEnd:
        """What it means for the books."""
        return "done" if self is State.DONE else "refunded" if self in ENDED else "open"


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED, State.REJECTED})
"""Never left again."""

RUNNING = frozenset({State.SUBMIT, State.WAITING, State.COLLECT, State.DELIVER})
"""They hold a place: what the admission limits count."""

MOVES: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.QUEUED, State.REJECTED, State.CANCELLED, State.FAILED}),
    State.QUEUED: frozenset({State.SUBMIT, State.CANCELLED, State.FAILED}),
    State.SUBMIT: frozenset({State.QUEUED, State.WAITING, State.CANCELLED, State.FAILED}),
    State.WAITING: frozenset({State.COLLECT, State.CANCELLED, State.FAILED}),
    State.COLLECT: frozenset({State.DELIVER, State.CANCELLED, State.FAILED}),
    State.DELIVER: frozenset({State.DONE, State.CANCELLED, State.FAILED}),
    State.DONE: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
    State.REJECTED: frozenset(),
}


def may_move(old: State, new: State) -> bool:
    """Whether the table allows ``old`` -> ``new`` (staying is always allowed)."""
    return old == new or new in MOVES[old]
