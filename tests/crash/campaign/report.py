"""Everybody's books side by side, and what in them must not be."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.jobs.records import Job
from bot.jobs.states import State
from tests.crash.campaign.complaints import complaints
from tests.crash.campaign.moderators import CHECKED, QUEUE, Verdict
from tests.crash.campaign.plan import Moment
from tests.crash.campaign.town import ENGINE, PAID, Town
from tests.crash.campaign.traps import Struck

_TOKEN = re.compile(r"\bk\d{5}\b")
_ONLY_FOR_ONE = 64
"""Flag of messages that one member sees alone."""
_ENOUGH = 60
"""Orders after which every verdict must have been met."""
_STATES = ("queued", "submit", "waiting", "collect", "deliver")
"""In each of which a kill must have struck; the first word of a moment's name."""


@dataclass(kw_only=True)
class Report:
    """The end of a campaign. Counts, unless the name says otherwise."""

    seed: int
    database: str
    took_s: float
    commands: int
    orders: int
    ends: dict[str, int]
    verdicts: dict[str, int]
    """Of orders that waited for a moderator."""
    never_held: int
    charged_unapproved: int
    reasons: dict[str, int]
    charges_paid: int
    charges_engine: int
    double_charges: int
    done_without_charge: int
    messages: int
    orders_without_message: int
    orders_with_several: int
    done_without_music: int
    messages_without_order: int
    audit_findings: list[str]
    ledger_sum: int
    credits_spent: int
    credits_expected: int
    stuck: int
    longest_delay_s: float
    kills: int
    kills_by_moment: dict[str, dict[str, int]]
    open_at_kills: dict[str, int]
    missed_moments: int
    deaths_of_their_own: dict[str, list[int]]
    answers_lost: int
    webhooks: dict[str, int]
    webhook_answers: dict[str, int]
    accidents_at_host: dict[str, int]
    accidents_at_discord: dict[str, int]
    logged_errors: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def kills_by_state(self) -> dict[str, int]:
        """The kills that struck in each state."""
        found: dict[str, int] = dict.fromkeys(_STATES, 0)
        for moment, victims in self.kills_by_moment.items():
            state = re.split(r"\W", moment, maxsplit=1)[0]
            if state in found:
                found[state] += sum(victims.values())
        return found

    def breaches(self) -> list[str]:
        """What must not be, a line each."""
        zero = {
            "double charges": self.double_charges,
            "orders that should have waited": self.never_held,
            "charges of orders that nobody approved": self.charged_unapproved,
            "music that nobody was charged for": self.done_without_charge,
            "orders without a message": self.orders_without_message,
            "orders with several messages": self.orders_with_several,
            "deliveries without music": self.done_without_music,
            "messages without an order": self.messages_without_order,
            "stuck": self.stuck,
            "sum of the ledger": self.ledger_sum,
            "credits that are missing or too many": self.credits_spent - self.credits_expected,
        }
        found = [f"{name}: {value}, not 0" for name, value in zero.items() if value != 0]
        if self.orders >= _ENOUGH:
            found += [f"nothing was {each}" for each in Verdict if not self.verdicts.get(each)]
        found += [f"audit: {finding}" for finding in self.audit_findings]
        if self.kills >= len(_STATES):
            found += [f"no kill in {state}" for state, count in self.kills_by_state.items() if count == 0]
        return found

    def as_json(self) -> str:
        """One line."""
        told = {**asdict(self), "kills_by_state": self.kills_by_state, "breaches": self.breaches()}
        return json.dumps(told, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Course:
    """What the campaign itself knows when it is over."""

    seed: int
    is_postgres: bool
    took_s: float
    commands: int
    missed: int
    struck: list[Struck]


def _token_of(text: str) -> str:
    found = _TOKEN.search(text)
    return found[0] if found is not None else text


async def _messages(town: Town) -> list[dict[str, Any]]:
    """What everybody can see of the bot's messages about orders."""
    channels = (await town.room.world())["channels"]
    found = [message for name in channels if name != QUEUE for message in await town.room.messages(name)]
    return [
        message
        for message in found
        if not message.get("flags", 0) & _ONLY_FOR_ONE and _TOKEN.search(json.dumps(message["embeds"]))
    ]


def _twice(counts: Iterable[int]) -> int:
    return sum(count - 1 for count in counts if count > 1)


def _by_moment(struck: list[Struck]) -> dict[str, dict[str, int]]:
    counted = Counter((each.moment, each.victim) for each in struck)
    return {
        moment.value: {victim: count for (of, victim), count in sorted(counted.items()) if of is moment}
        for moment in Moment
    }


def _open_at(struck: list[Struck]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for each in struck:
        counted.update(each.open_jobs)
    return {state: counted[state] for state in ("held", *_STATES)}


async def reported(town: Town, course: Course) -> Report:
    """Compare the job store, the ledger, both hosts and the room."""
    jobs = await town.view.jobs()
    books = await town.books()
    problems, held = await town.view.audit({PAID, ENGINE})
    paid = Counter(_token_of(charge["prompt"]) for charge in books["charges"])
    engine = Counter(_token_of(prompt) for prompt in town.view.engine_prompts().elements())
    charged = paid + engine
    messages = await _messages(town)
    told = Counter(_token_of(json.dumps(message["embeds"])) for message in messages)
    with_music = {
        _token_of(json.dumps(message["embeds"])) for message in messages if len(message["attachments"]) >= 1
    }
    of = {_token_of(job.order.recipe.words): job for job in jobs}
    verdicts = await town.view.holds()
    checked = str((await town.room.world())["channels"][CHECKED])
    unapproved = {
        name for name, job in of.items() if verdicts.get(job.id, Verdict.APPROVE) != Verdict.APPROVE
    }
    done = {name for name, job in of.items() if job.state is State.DONE}
    return Report(
        seed=course.seed,
        database="PostgreSQL" if course.is_postgres else "SQLite",
        took_s=round(course.took_s, 1),
        commands=course.commands,
        orders=len(jobs),
        ends=dict(sorted(Counter(job.state.value for job in jobs).items())),
        verdicts=dict(sorted(Counter(verdicts.values()).items())),
        never_held=sum(job.order.channel_id == checked and job.id not in verdicts for job in jobs),
        charged_unapproved=sum(charged[name] for name in unapproved),
        reasons=dict(sorted(Counter(job.ending for job in jobs if job.ending is not None).items())),
        charges_paid=paid.total(),
        charges_engine=engine.total(),
        double_charges=_twice(charged.values()),
        done_without_charge=len(done - set(charged)),
        messages=len(messages),
        orders_without_message=len(set(of) - set(told)),
        orders_with_several=sum(told[name] > 1 for name in of),
        done_without_music=len(done - with_music),
        messages_without_order=sum(count for name, count in told.items() if name not in of),
        audit_findings=problems,
        ledger_sum=sum(held.values()),
        credits_spent=sum(amount for account, amount in held.items() if account.startswith("spent:")),
        credits_expected=sum(1 for job in jobs if job.state is State.DONE and job.order.host == PAID),
        stuck=sum(not job.ended for job in jobs),
        longest_delay_s=round(max(map(_lasted_s, jobs), default=0.0), 1),
        kills=len(course.struck),
        kills_by_moment=_by_moment(course.struck),
        open_at_kills=_open_at(course.struck),
        missed_moments=course.missed,
        deaths_of_their_own={life.name: life.ended_by_itself for life in town.lives if life.ended_by_itself},
        answers_lost=books["answers_lost"],
        webhooks={name: count for name, count in books["webhooks"].items() if name != "answers"},
        webhook_answers=dict(sorted(books["webhooks"]["answers"].items())),
        accidents_at_host=dict(sorted(books["accidents"].items())),
        accidents_at_discord=dict(sorted(town.weather.met.items())),
        logged_errors=dict(sorted(complaints(town.folder).items())),
    )


def _lasted_s(job: Job) -> float:
    return ((job.moved_at or job.updated_at) - job.created_at).total_seconds()
