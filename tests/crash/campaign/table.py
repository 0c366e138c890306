"""A report as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping

from tests.crash.campaign.report import Report

_WIDTH = 45


def _line(name: str, value: object, must: str = "") -> str:
    return f"{name:<{_WIDTH}}{value!s:>10}{'   ' + must if must else ''}"


def _told(counts: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "none"


def table(report: Report) -> str:
    """The table, with what must hold beside what was found."""
    lines = [
        f"Crash campaign on {report.database}, seed {report.seed}, {report.took_s:.0f} s",
        "",
        _line("commands sent", report.commands),
        _line("orders accepted", report.orders),
        *(_line(f"  {state}", count) for state, count in report.ends.items()),
        _line("orders that waited for a moderator", sum(report.verdicts.values()), _told(report.verdicts)),
        _line("  that should have, and did not", report.never_held, "must be 0"),
        _line("  charged and not approved", report.charged_unapproved, "must be 0"),
        _line("charges at the paid host", report.charges_paid),
        _line("predictions at the engine", report.charges_engine),
        _line("double charges", report.double_charges, "must be 0"),
        _line("messages", report.messages, "one an order"),
        _line("  orders without one", report.orders_without_message, "must be 0"),
        _line("  orders with several", report.orders_with_several, "must be 0"),
        _line("  done without music", report.done_without_music, "must be 0"),
        _line("  without an order", report.messages_without_order, "must be 0"),
        _line("audit of jobs, ledger, takes, files: faults", len(report.audit_findings), "must be 0"),
        _line("ledger: sum of all accounts", report.ledger_sum, "must be 0"),
        _line("ledger: credits spent", report.credits_spent, f"must be {report.credits_expected}"),
        _line("stuck", report.stuck, "must be 0"),
        _line("longest delay, s", report.longest_delay_s),
        "",
        _line("kills", report.kills),
        *(
            _line(f"  {moment}", sum(victims.values()), _told(victims) if victims else "")
            for moment, victims in report.kills_by_moment.items()
        ),
        _line("kills by state", "", _told(report.kills_by_state)),
        _line("jobs that stood open at a kill", "", _told(report.open_at_kills)),
        _line("moments that did not come in time", report.missed_moments),
        "",
        _line("answers of the host lost after acceptance", report.answers_lost),
        _line("webhooks of the host", report.webhooks["meant"]),
        _line("  lost", report.webhooks["lost"]),
        _line("  duplicated", report.webhooks["duplicated"]),
        _line("  said again after no good answer", report.webhooks["repeated"]),
        _line("  given up", report.webhooks["given_up"]),
        _line("  answers", "", _told(report.webhook_answers)),
        _line("accidents at the host", "", _told(report.accidents_at_host)),
        _line("accidents at Discord", "", _told(report.accidents_at_discord)),
        _line("reasons told", "", _told(report.reasons)),
        _line("deaths of their own", "", _told(report.deaths_of_their_own)),
        _line("errors logged", "", _told(report.logged_errors)),
    ]
    breaches = report.breaches()
    lines += (
        ["", *(f"BROKEN  {breach}" for breach in breaches)] if breaches else ["", "All that must hold holds."]
    )
    return "\n".join(lines)
