"""``python -m bot hosts``: which music hosts are set up, and whether they answer. No key is ever shown."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bot.errors import ExitCode
from bot.jobs.ports import Host
from bot.jobs.records import HostHealth
from bot.providers.hosts import dialect_of, table
from bot.settings import Settings
from bot.ui.words import say

_ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Listed:
    """One host as it is listed."""

    name: str
    dialect: str
    base_url: str | None
    local: bool
    default: bool
    answers: bool | None
    """None: it is not running, and starts when it is needed."""
    told: str


async def run_hosts(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    """Ask all of them at the same time, by calls that cost nothing."""
    async with contextlib.AsyncExitStack() as stack:
        hosts = table(settings)
        for host in hosts.values():
            stack.push_async_callback(host.close)
        listed = await _listed(hosts, settings)
    text = json.dumps([asdict(each) for each in listed]) if arguments.json else _in_words(listed)
    sys.stdout.write(text + "\n")
    return ExitCode.OK


async def _listed(hosts: Mapping[str, Host], settings: Settings) -> list[Listed]:
    health = await asyncio.gather(*(host.check() for host in hosts.values()))
    found = [
        _of(host, told, settings.default_host) for host, told in zip(hosts.values(), health, strict=True)
    ]
    if _ENGINE in hosts:
        return found
    is_default = settings.default_host == _ENGINE
    sleeping = Listed(_ENGINE, "predictions", None, True, is_default, None, say("cli.host.starts"))
    return [sleeping, *found]


def _of(host: Host, health: HostHealth, default: str) -> Listed:
    return Listed(
        host.name,
        dialect_of(host),
        host.base_url,
        host.local,
        host.name == default,
        health.answers,
        health.told,
    )


def _in_words(listed: list[Listed]) -> str:
    lines: list[str] = []
    for each in listed:
        state = "sleeps" if each.answers is None else "answers" if each.answers else "silent"
        told = say("cli.host.default", told=each.told) if each.default else each.told
        lines.append(
            say(
                "cli.host",
                name=each.name,
                state=say(f"cli.host.{state}"),
                dialect=each.dialect,
                base_url=each.base_url or "",
            ).rstrip()
        )
        lines.append(say("cli.host.detail", indent="", told=told))
    return "\n".join(lines)
