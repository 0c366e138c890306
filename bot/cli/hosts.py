"""``python -m bot hosts``: which music hosts are set up, and whether they answer. No key is ever shown."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

from bot.errors import ExitCode
from bot.jobs.ports import Host
from bot.jobs.records import HealthState, HostHealth
from bot.providers.hosts import address_setting, by_own_keys_alone, dialect_of, not_there, table
from bot.settings import Settings
from bot.ui.words import say, sentence

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
    """Whether orders can be sent there. None: it is not running, and starts when it is needed."""
    state: HealthState | Literal["sleeps"]
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
    if any(each.default for each in listed):
        return ExitCode.OK
    sys.stdout.flush()
    problem = sentence(not_there(settings.default_host, hosts))
    sys.stderr.write(say("cli.hosts.no_default", problem=problem) + "\n")
    return ExitCode.BAD_SETTINGS


async def _listed(hosts: Mapping[str, Host], settings: Settings) -> list[Listed]:
    health = await asyncio.gather(*map(_health, hosts.values()))
    found = [
        _of(host, told, settings.default_host) for host, told in zip(hosts.values(), health, strict=True)
    ]
    only = by_own_keys_alone(hosts, settings)
    found = [replace(each, told=say("cli.host.own_keys")) if each.name in only else each for each in found]
    if _ENGINE in hosts:
        return found
    is_default = settings.default_host == _ENGINE
    told = say("cli.host.starts")
    return [Listed(_ENGINE, "predictions", None, True, is_default, None, "sleeps", told), *found]


async def _health(host: Host) -> HostHealth:
    """How it is; a host whose client breaks is listed as well, and the others with it."""
    try:
        return await host.check()
    except Exception as error:
        return HostHealth("troubled", say("cli.host.broke", kind=type(error).__name__))


def _of(host: Host, health: HostHealth, default: str) -> Listed:
    dialect, told = dialect_of(host), health.told
    if health.state == "foreign":
        told = say("cli.host.not_of_dialect", dialect=dialect, setting=address_setting(host.name))
    return Listed(
        host.name,
        dialect,
        host.base_url,
        host.local,
        host.name == default,
        health.answers,
        health.state,
        told,
    )


def _in_words(listed: list[Listed]) -> str:
    lines: list[str] = []
    for each in listed:
        told = say("cli.host.default", told=each.told) if each.default else each.told
        lines.append(
            say(
                "cli.host",
                name=each.name,
                state=say(f"cli.host.{each.state}"),
                dialect=each.dialect,
                base_url=each.base_url or "",
            ).rstrip()
        )
        lines.append(say("cli.host.detail", indent="", told=told))
    return "\n".join(lines)
