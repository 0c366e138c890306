"""How patient the jobs are to be: the settings named ``JOBS_...`` as the machine's times."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.jobs.limits import LOCAL, SILENT, HostTimes, Times
from bot.settings import Settings

_RENEWALS: Final = 3
"""A lease is renewed so often before it would run out: one renewal may be late."""


def times_from(settings: Settings) -> Times:
    """The machine's times. Hosts that are given less by themselves, those at home, are given no more."""

    def within(usual: HostTimes) -> HostTimes:
        return replace(
            usual,
            deadline_s=min(usual.deadline_s, settings.jobs_deadline_s),
            first_poll_s=min(usual.first_poll_s, settings.jobs_first_poll_s),
            slowest_poll_s=min(usual.slowest_poll_s, settings.jobs_slowest_poll_s),
        )

    others = HostTimes(
        deadline_s=settings.jobs_deadline_s,
        first_poll_s=settings.jobs_first_poll_s,
        slowest_poll_s=settings.jobs_slowest_poll_s,
    )
    return Times(
        hosts={"engine": within(LOCAL)},
        silent_hosts=within(SILENT),
        other_hosts=others,
        card_grace_s=settings.jobs_card_grace_s,
        lease_s=settings.jobs_lease_s,
        renew_s=settings.jobs_lease_s / _RENEWALS,
        between_reads_s=settings.jobs_between_reads_s,
    )
