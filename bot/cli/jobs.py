"""``python -m bot jobs list`` and ``jobs show``: they only read, beside a running bot as well."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import datetime
from typing import Any

from bot.cli.tables import table
from bot.errors import ExitCode, NotFound
from bot.jobs.records import Job
from bot.jobs.states import ENDED, State
from bot.jobs.story import Story, read_story
from bot.settings import Settings
from bot.store.db import Database, open_database
from bot.store.jobs import count_by_state, newest_jobs
from bot.store.schema import require_current
from bot.ui.words import exists, say


async def run_jobs(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    """List jobs, or show one.

    Raises:
        NotFound: There is no such job.
        StartupError: The database cannot be read, or is of another version.
    """
    await asyncio.to_thread(require_current, settings.database, "bot")
    async with open_database(settings.database, own=False) as database:
        if arguments.action == "list":
            text = await _list(database, arguments)
        else:
            try:
                story = await read_story(database, arguments.id)
            except NotFound:
                raise NotFound("stored_job") from None
            text = json.dumps(story_as_json(story)) if arguments.json else story_in_words(story)
    sys.stdout.write(text + "\n")
    return ExitCode.OK


async def _list(database: Database, arguments: argparse.Namespace) -> str:
    states = [State(arguments.state)] if arguments.state else [state for state in State if state not in ENDED]
    async with database.connect() as connection:
        found = await newest_jobs(connection, states, max(1, arguments.limit))
        counts = await count_by_state(connection)
    if arguments.json:
        told = [_job_as_json(job) for job in found]
        return json.dumps({"jobs": told, "counts": {state.value: count for state, count in counts.items()}})
    heads = [say(f"cli.jobs.{name}") for name in ("id", "state", "ordered", "host", "who", "what")]
    rows = [
        [
            job.id,
            job.state.value,
            _time(job.created_at),
            job.order.host,
            _line(job.order.user_name, 20),
            _line(job.order.recipe.words, 50),
        ]
        for job in found
    ]
    summary = " · ".join(f"{state.value} {count}" for state, count in counts.items())
    none = say("cli.jobs.none" if arguments.state else "cli.jobs.none.open")
    return "\n".join([table(heads, rows) if rows else none, *([summary] if summary else [])])


def story_in_words(story: Story) -> str:
    """Where the job stands, in a few lines, and one table of its moves and payments, by time."""
    job, order = story.job, story.job.order
    lines = [
        say("cli.job", id=job.id, state=job.state.value, prompt=_line(order.recipe.words, 80)),
        say(
            "cli.job.who",
            name=_line(order.user_name, 40),
            user=order.user_id,
            channel=order.channel_id,
            guild=order.guild_id,
        ),
        say("cli.job.host", host=order.host, run=job.run_id or "-", calls=job.intents, failed=job.attempts),
    ]
    if job.trouble is not None and exists(job.trouble):
        lines.append(say("cli.job.trouble", trouble=say(job.trouble, host=order.host)))
    if job.ending is not None and exists(job.ending):
        lines.append(
            say("cli.job.ending", ending=say(job.ending, **{"host": order.host, **job.ending_facts}))
        )
    if job.key_id is not None:
        lines.append(say("cli.job.own_key", account=job.paid_from, key=job.key_id))
    link = _link(job)
    lines.append(say("cli.job.no_message") if link is None else say("cli.job.message", link=link))
    lines += [
        say(
            "cli.job.step",
            step=(step.step or 0) + 1,
            state=step.state.value,
            price=step.price,
            id=step.id,
        )
        for step in story.steps
    ]
    heads = [say(f"cli.story.{name}") for name in ("time", "after", "what", "why", "who")]
    return "\n".join([*lines, "", table(heads, _rows(story))])


def _rows(story: Story) -> list[list[str]]:
    began_at, order = story.job.created_at, story.job.order
    people = {order.user_id: f"{_line(order.user_name, 20)} ({order.user_id})"}
    rows = [
        (move.at, [move.new.value, move.cause, people.get(move.actor, move.actor)]) for move in story.moves
    ]
    rows += [
        (at, [entry.kind, say("cli.story.credits", amount=entry.amount), f"{entry.source} > {entry.target}"])
        for at, entry in story.entries
    ]
    rows.sort(key=lambda row: row[0])  # stable: what happened in one moment stays in its order
    return [[_time(at), f"{(at - began_at).total_seconds():.1f} s", *told] for at, told in rows]


def story_as_json(story: Story) -> dict[str, Any]:
    """The same as plain values; times are ISO 8601 in UTC."""
    moves = [
        {
            "at": move.at.isoformat(),
            "old": None if move.old is None else move.old.value,
            "new": move.new.value,
            "cause": move.cause,
            "actor": move.actor,
        }
        for move in story.moves
    ]
    entries = [
        {
            "at": at.isoformat(),
            "kind": entry.kind,
            "amount": entry.amount,
            "source": entry.source,
            "target": entry.target,
        }
        for at, entry in story.entries
    ]
    steps = [_job_as_json(step) for step in story.steps]
    return {**_job_as_json(story.job), "moves": moves, "ledger": entries, "steps": steps}


def _job_as_json(job: Job) -> dict[str, Any]:
    order = job.order
    return {
        "id": job.id,
        "state": job.state.value,
        "kind": order.recipe.kind,
        "prompt": order.recipe.words,
        "host": order.host,
        "run": job.run_id,
        "guild": order.guild_id,
        "channel": order.channel_id,
        "user": order.user_id,
        "user_name": order.user_name,
        "ordered_at": job.created_at.isoformat(),
        "price": job.price,
        "paid_from": job.paid_from,
        "key": job.key_id,
        "calls": job.intents,
        "failed_tries": job.attempts,
        "trouble": job.trouble,
        "ending": job.ending,
        "take": job.take_id,
        "message": _link(job),
    }


def _link(job: Job) -> str | None:
    if job.message_id is None:
        return None
    return f"https://discord.com/channels/{job.order.guild_id}/{job.order.channel_id}/{job.message_id}"


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1_000:03d}"


def _line(text: str, limit: int) -> str:
    """People's words on a terminal: one line, and nothing that could steer it."""
    clean = "".join(character if character.isprintable() else " " for character in text)
    short = " ".join(clean.split())
    return short if len(short) <= limit else short[: limit - 1] + "…"
