"""Without a command: start everything and say, once, where it is."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from bot.errors import ExitCode, StartupError
from bot.settings import Settings
from bot.store.locks import own_file
from bot.supervisor import supervise
from bot.ui.words import say


async def run(settings: Settings) -> ExitCode:
    """Keep the whole process tree until it is told to stop.

    Raises:
        StartupError: there is no Discord token and the local Discord is not installed; ``data_in_use``.
    """
    if settings.discord_token is None and find_spec("simcord") is None:
        raise StartupError("missing_room_package", ExitCode.MISSING_PACKAGE)
    _require_own_data(settings)
    return await supervise(settings, _announce)


def _require_own_data(settings: Settings) -> None:
    """Say it once: each of the processes to come would find the folder taken, and say so."""
    if settings.database_url is None and settings.riffcord_data.is_dir():
        with own_file(settings.riffcord_data / "riffcord.sqlite"):
            return


def _announce(page_url: str) -> None:
    """One address; on a terminal also what to do there."""
    if not page_url:
        text = say("start.on_discord") if sys.stdout.isatty() else "ready"
    else:
        text = say("start.in_the_room", url=page_url) if sys.stdout.isatty() else page_url
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
