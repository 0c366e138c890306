"""How soon the bot answers: ``python -m tests.bench.answers`` prints one JSON object.

The shipped bot with its engine, in a room, with a library of 10,000 takes in one channel. Each command that
it registered is sent by one member after the other, with the least that it asks for; each option that
completes is typed into. What counts is from the room's dispatch to the bot's callback, in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa
from discord import AppCommandOptionType as Option
from discord import AppCommandType as Kind

from bot.jobs.ids import new_id
from bot.jobs.recipes import Riff
from bot.jobs.records import Take
from bot.room.avatars import Colour, bars_avatar
from bot.store.rows import take_row
from bot.store.tables.takes import takes
from tests.bench.house import spread
from tests.live.house import House, house
from tests.room.driver import Interaction, RoomDriver

CHANNEL = "riffs"
COMMAND_LIMIT_MS = 100.0
COMPLETION_LIMIT_MS = 50.0
TYPED = ("", "jazz", "lofi piano", "77", "nothing like this")
_GROUPS = (Option.subcommand.value, Option.subcommand_group.value)
_STYLES = ("lofi piano", "slow jazz", "church bells", "surf rock", "acid techno", "bossa nova guitar")
_FILE = ("cover.png", bars_avatar(Colour(200, 90, 60), Colour(40, 20, 80), (0.5, 0.8)))
_WORDS = "a slow song about rain"
_TEXTS = {"lyrics": "[verse]\nla la la", "from": "0:02", "to": "0:04", "start": "0:02", "end": "0:04"}


# --------------------------------------------------------------------- the library


def library(count: int, guild_id: str, channel_id: str, user_id: str) -> Iterator[Take]:
    """Takes of one member in one channel, a minute apart."""
    newest = datetime.now(UTC)
    for number in range(count):
        recipe = Riff(prompt=f"{_STYLES[number % len(_STYLES)]} number {number}", seed=number)
        yield Take(
            id=new_id(),
            job_id=new_id(),
            guild_id=guild_id,
            channel_id=channel_id,
            user_id=user_id,
            user_name="Ana",
            recipe=recipe,
            host="engine",
            created_at=newest - timedelta(minutes=count - number),
            duration_s=5.0,
            bpm=80.0 + number % 80,
            key="C major",
            lufs=-14.0,
            true_peak_db=-1.0,
            audio="none",
            upload="none",
            picture="none",
            message_id=str(10**17 + number),
        )


async def fill(home: House, count: int) -> None:
    """Put the library into the database while the bot is away."""
    world = await home.room.world()
    rows = [
        take_row(take)
        for take in library(count, world["guild_id"], world["channels"][CHANNEL], world["users"]["Ana"])
    ]
    await home.kill_bot()
    engine = sa.create_engine(f"sqlite:///{home.data / 'riffcord.sqlite'}")
    with engine.begin() as connection:
        connection.execute(sa.insert(takes), rows)
    engine.dispose()
    await home.start_bot()


# -------------------------------------------------------------------- the commands


def leaves(command: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A command's invocations with their options."""

    def visit(node: Mapping[str, Any], name: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        options: list[dict[str, Any]] = node.get("options") or []
        below = [option for option in options if option["type"] in _GROUPS]
        for child in below:
            yield from visit(child, f"{name} {child['name']}")
        if not below:
            yield name, options

    yield from visit(command, str(command["name"]))


async def least(
    room: RoomDriver, user: str, name: str, options: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """A value for every option that must be there."""
    values: dict[str, Any] = {}
    for option in options:
        if not option.get("required"):
            continue
        key, kind = str(option["name"]), Option(option["type"])
        offered: list[dict[str, Any]] = option.get("choices") or []
        if option.get("autocomplete"):
            offered = (await room.complete(user, CHANNEL, name, key, "")).choices or []
        if offered:
            values[key] = offered[0]["value"]
        elif kind in (Option.integer, Option.number):
            values[key] = option.get("min_value", 1)
        elif kind is Option.attachment:
            values[key] = _FILE
        elif kind in (Option.user, Option.mentionable):
            values[key] = {"member": "Bo"}
        elif kind is Option.channel:
            values[key] = {"channel": CHANNEL}
        else:
            values[key] = True if kind is Option.boolean else _TEXTS.get(key, _WORDS)
    return values


async def ask_all(home: House, times: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Milliseconds of every command, and of every option that completes; unanswered ones are infinite."""
    room = home.room
    members = [f"m{number}" for number in range(times)]
    for name in members:
        await room.add_user(name)
    told = await room.say("Ana", CHANNEL, "a few words to begin with")
    commands: dict[str, list[float]] = {}
    completions: dict[str, list[float]] = {}
    for command in await room.commands():
        # Moderators' commands are not for everybody.
        people = ["Mira"] * times if command.get("default_member_permissions") else members
        if command.get("type", Kind.chat_input.value) == Kind.message.value:
            commands[f"menu {command['name']}"] = [
                _ms(await room.context_menu(who, CHANNEL, command["name"], told)) for who in people
            ]
            continue
        for name, options in leaves(command):
            for option in options:
                if option.get("autocomplete"):
                    completions[f"/{name} {option['name']}"] = [
                        _ms(await room.complete(who, CHANNEL, name, option["name"], typed))
                        for who in people
                        for typed in TYPED
                    ]
            commands[f"/{name}"] = await _command(room, people, name, options)
    return commands, completions


async def _command(
    room: RoomDriver, people: Sequence[str], name: str, options: Sequence[Mapping[str, Any]]
) -> list[float]:
    values = await least(room, people[0], name, options)
    return [_ms(await room.slash(who, CHANNEL, name, values)) for who in people]


def _ms(asked: Interaction) -> float:
    return asked.ack_ms if asked.ack_ms is not None else float("inf")


# ---------------------------------------------------------------------- the report


def report(measured: Mapping[str, Sequence[float]], limit_ms: float) -> dict[str, Any]:
    """Each of them and all together, and whether all keep within the limit at the 99th percentile."""
    each = {name: spread(list(values)) for name, values in measured.items()}
    together = spread([value for values in measured.values() for value in values])
    return {"limit_ms": limit_ms, "kept": together["p99"] <= limit_ms, "all": together, "each": each}


async def measure(times: int, count: int, *, at_rest: bool) -> dict[str, Any]:
    """Everything; ``at_rest`` without renders of what is ordered, as where the host is another machine."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as data:
        async with house(Path(data)) as home:
            await fill(home, count)
            assert home.engine is not None
            workers = psutil.Process(home.engine.pid).children(recursive=True) if at_rest else []
            for worker in workers:
                worker.suspend()
            try:
                commands, completions = await ask_all(home, times)
            finally:
                for worker in workers:
                    worker.resume()
    return {
        "renders": not at_rest,
        "takes": count,
        "cores": os.cpu_count(),
        "load_before": load,
        "commands": report(commands, COMMAND_LIMIT_MS),
        "completions": report(completions, COMPLETION_LIMIT_MS),
    }


def main() -> None:
    """Parse, measure, print; the exit code is 1 where a limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=40, help="how many members send each command")
    parser.add_argument("--takes", type=int, default=10_000)
    parser.add_argument("--at-rest", action="store_true", help="the engine's render workers stand still")
    given = parser.parse_args()
    result = asyncio.run(measure(given.times, given.takes, at_rest=given.at_rest))
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    sys.exit(0 if result["commands"]["kept"] and result["completions"]["kept"] else 1)


if __name__ == "__main__":
    main()
