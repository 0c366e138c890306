"""``python -m bot``: parse, load the settings once, hand over to one command.

Every way to fail ends here as one line on standard error and a named exit code.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Any

from bot.cli.parser import build_parser
from bot.errors import ExitCode, HostError, RiffcordError, StartupError, UserError
from bot.processes import follow_parent
from bot.settings import Settings, load, overlooked

_QUIET_COMMANDS = frozenset({"riff", "song", "morph", "hosts"})
"""Whatever goes wrong in them is told in one line anyway."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit code."""
    follow_parent()
    arguments = build_parser().parse_args(argv)
    try:
        settings = load(**_overrides(arguments))
        if arguments.command in (None, "hosts"):  # not in each process that the supervisor starts
            _tell_overlooked(settings)
        return int(asyncio.run(_run(arguments, settings)))
    except RiffcordError as error:
        print(_told(error), file=sys.stderr)
        return int(_exit_code(error))
    except KeyboardInterrupt:  # a riff that was not made; servers take the signal themselves and end well
        return int(ExitCode.INTERRUPTED)


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
    if command in _QUIET_COMMANDS and settings.log_level != "DEBUG":
        logs.configure(settings.model_copy(update={"log_level": "ERROR"}), process=command)
    else:
        logs.configure(settings, process=command or "supervisor")
    if command == "riff":
        from bot.cli import riff

        return await riff.run_riff(arguments, settings)
    if command == "hosts":
        from bot.cli import hosts

        return await hosts.run_hosts(arguments, settings)
    if command in ("song", "morph"):
        from bot.cli import song

        return await (song.run_song if command == "song" else song.run_morph)(arguments, settings)

    if command is None:
        from bot.cli import start

        return await start.run(settings)
    from bot import app

    match command:
        case "bot":
            await app.run_bot(settings)
        case "web":
            await app.run_web(settings)
        case "engine":
            await app.run_engine(settings)
        case "room":
            await app.run_room(settings)
        case _:
            app.release(settings)
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
