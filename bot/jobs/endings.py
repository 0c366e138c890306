"""Why jobs end without music, and what holds them up meanwhile: the keys that ``bot.ui.words`` puts in words.

The key and its facts stand on the row from the moment the end is decided, before anyone is told, so
that a process that dies in between tells the same thing when it comes back.
"""

from __future__ import annotations

from typing import Final

CANCELLED: Final = frozenset({"ending.cancelled", "ending.cancelled_here"})
"""Ends that somebody asked for."""

UNREAD: Final = "unread"
"""Stands among an ending's facts where nobody ever said yes to the words: cards go on without them."""

ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    # asked for
    "ending.cancelled": (),
    "ending.cancelled_here": ("host",),  # where nothing stops what was ordered
    # it waited for moderators: one said no, or none said anything
    "ending.rejected": ("reason", "appeals"),
    "ending.hold_expired": ("hours",),
    # what was to be reworked is not there any more
    "ending.source_gone": (),
    # the host said no before anything ran
    "ending.host_refused": ("host",),
    "ending.host_bad_key": ("host",),
    "ending.host_no_credit": ("host",),
    # ... of an account that a member or the server brought
    "ending.member_key_refused": ("host",),
    "ending.server_key_refused": ("host",),
    "ending.member_key_no_credit": ("host",),
    "ending.server_key_no_credit": ("host",),
    "ending.key_gone": ("host",),  # which was taken back meanwhile
    "ending.host_invalid_input": ("host", "field"),
    "ending.host_prompt_refused": ("host",),  # also what the model itself found, once it ran
    "ending.host_model_gone": ("host",),
    # the host is not configured in this instance any more
    "ending.host_unknown": ("host",),
    # the time for this job ran out ...
    "ending.deadline": ("host", "minutes"),  # ... while the host was still at it
    "ending.host_unreachable": ("host",),  # ... and the host was never reached
    "ending.host_busy": ("host",),  # ... and the host kept asking to wait
    "ending.outcome_unknown": ("host",),  # ... and we could not learn whether the host took it
    # of a journey too few steps could be made
    "ending.journey_broken": ("host", "made", "steps"),
    # the host had it
    "ending.host_failed": ("host", "detail"),
    "ending.host_interrupted": ("host",),
    "ending.host_stopped": ("host",),
    "ending.prediction_lost": ("host",),
    "ending.result_lost": ("host",),
    "ending.unusable_audio": ("problem",),
    # at home
    "ending.no_space": (),
    "ending.bug": ("reference",),
    # Discord; the take is kept
    "ending.channel_gone": (),
    "ending.missing_permission": ("permission",),
    "ending.discord_refused": (),
    "ending.discord_down": ("hours",),
}
"""Words key -> the facts that come with it (numbers are integers, the rest is text)."""

HOST_BUSY: Final = "trouble.host_busy"
"""The host said so: while one job has this, the line sends no other there."""

TROUBLES: Final[dict[str, tuple[str, ...]]] = {
    "trouble.host_unreachable": ("host",),
    HOST_BUSY: ("host",),
    "trouble.checking": ("host",),
    "trouble.cold_boot": ("host",),
    "trouble.discord_down": (),
}
"""``Job.trouble``: what a card says while a job is tried again. ``host`` is the order's."""
