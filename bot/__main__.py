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
from bot.errors import ExitCode, RiffcordError, StartupError, UserError
from bot.processes import follow_parent
from bot.settings import Settings, load


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit code."""
    follow_parent()
    arguments = build_parser().parse_args(argv)
    try:
        settings = load(**_overrides(arguments))
        return int(asyncio.run(_run(arguments, settings)))
    except RiffcordError as error:
        from bot.ui.words import sentence

        print(sentence(error), file=sys.stderr)
        return int(_exit_code(error))
    except KeyboardInterrupt:  # a riff that was not made; servers take the signal themselves and end well
        return int(ExitCode.INTERRUPTED)


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
    command = arguments.command
    if command == "riff":
        from bot.cli import riff

        return await riff.run_riff(arguments, settings)
    if command in ("song", "morph"):
        from bot.cli import song

        return await (song.run_song if command == "song" else song.run_morph)(arguments, settings)

    from bot import logs

    logs.configure(settings, process=command or "supervisor")
    if command is None:
        from bot.cli import start

        return await start.run(settings)
    if command == "jobs":
        from bot.cli import jobs

        return await jobs.run_jobs(arguments, settings)
    if command == "db":
        from bot.cli import db

        return await db.run_db(arguments, settings)
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
