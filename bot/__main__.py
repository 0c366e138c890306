"""``python -m bot``: parse, load the settings once, hand over to one command.

Every way to fail ends here as one line on standard error and a named exit code.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from bot.cli.parser import build_parser
from bot.errors import ExitCode, HostError, RiffcordError, StartupError, UserError
from bot.processes import follow_parent
from bot.settings import Settings, load, overlooked

_COMMANDS_THAT_END = {
    "riff": ("bot.cli.riff", "run_riff"),
    "song": ("bot.cli.song", "run_song"),
    "morph": ("bot.cli.song", "run_morph"),
    "hosts": ("bot.cli.hosts", "run_hosts"),
    "jobs": ("bot.cli.jobs", "run_jobs"),
    "db": ("bot.cli.db", "run_db"),
    "ledger": ("bot.cli.ledger", "run_ledger"),
    "audit": ("bot.cli.audit", "run_audit"),
    "keys": ("bot.cli.keys", "run_keys"),
}
"""Command -> module and function, imported only when asked for. Whatever goes wrong is told in one line, so
their log is quiet."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit code."""
    follow_parent()
    arguments = build_parser().parse_args(argv)
    try:
        settings = load(**_overrides(arguments))
        if arguments.command in (None, "hosts"):  # not in each process that the supervisor starts
            _tell_overlooked(settings)
        code = int(asyncio.run(_run(arguments, settings)))
        sys.stdout.flush()  # here, so that it is known whether anybody reads it
        return code
    except RiffcordError as error:
        print(_told(error), file=sys.stderr)
        return int(_exit_code(error))
    except BrokenPipeError:
        if arguments.command not in _COMMANDS_THAT_END:
            raise
        return _unread()
    except KeyboardInterrupt:  # a riff that was not made; servers take the signal themselves and end well
        return int(ExitCode.INTERRUPTED)


def _unread() -> int:
    """Whoever read what was written, as ``head`` does, has enough: the rest goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return int(ExitCode.OK)


def _tell_overlooked(settings: Settings) -> None:
    """A misspelt setting changes nothing, and nobody would find out why."""
    from bot.ui.words import say

    if names := overlooked(settings):
        print(say("cli.unknown_settings", names=", ".join(names)), file=sys.stderr)


def _told(error: RiffcordError) -> str:
    """One line; whoever types commands may also know what a host said."""
    from bot.cli.telling import why
    from bot.ui.words import sentence

    return why(error) if isinstance(error, HostError) else sentence(error)


def _exit_code(error: RiffcordError) -> ExitCode:
    if isinstance(error, StartupError):
        return error.exit_code
    return ExitCode.USAGE if isinstance(error, UserError) else ExitCode.JOB_FAILED


def _overrides(arguments: argparse.Namespace) -> dict[str, Any]:
    """Settings given on the command line win over the environment."""
    if arguments.command not in ("engine", "web"):
        return {}
    given = {"bind": arguments.bind, "port": arguments.port}
    return {f"{arguments.command}_{name}": value for name, value in given.items() if value is not None}


async def _run(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    from bot import logs

    command = arguments.command
    if command in _COMMANDS_THAT_END:
        level = "DEBUG" if settings.log_level == "DEBUG" else "ERROR"
        logs.configure(settings.model_copy(update={"log_level": level}), process=command)
        module, function = _COMMANDS_THAT_END[command]
        return await getattr(import_module(module), function)(arguments, settings)

    logs.configure(settings, process=command or "supervisor")
    if command is None:
        from bot.cli import start

        return await start.run(settings)
    from bot import app

    match command:
        case "bot":
            await app.run_bot(settings)
        case "web":
            await app.run_web(settings)
        case "worker":
            await app.run_worker(settings)
        case "engine":
            await app.run_engine(settings)
        case "room":
            await app.run_room(settings)
        case _:
            app.release(settings)
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
