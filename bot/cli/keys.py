"""``python -m bot keys``: a fresh secret, and sealing every own key anew with the newest one."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot.errors import ExitCode, StartupError
from bot.keys.sealing import seal_all_anew
from bot.keys.vault import Vault, new_secret
from bot.settings import Settings
from bot.store.db import open_database
from bot.store.schema import require_current
from bot.ui.words import say


async def run_keys(arguments: argparse.Namespace, settings: Settings) -> ExitCode:
    """Print a secret, or rotate.

    Raises:
        StartupError: ``keys_secret_needed``; the database cannot be read, or is of another version.
    """
    if arguments.action == "new-secret":
        sys.stdout.write(new_secret() + "\n")
        return ExitCode.OK
    if not settings.keys_secrets:
        raise StartupError("keys_secret_needed", ExitCode.BAD_SETTINGS)
    await asyncio.to_thread(require_current, settings.database, "bot")
    async with open_database(settings.database, own=False) as database:
        done = await seal_all_anew(database, Vault(settings.keys_secrets))
    sys.stdout.write(say("cli.keys.rotated", count=done.sealed) + "\n")
    for key in done.unreadable:
        told = {"host": key.host, "kind": key.owner.kind, "owner": key.owner.id}
        sys.stdout.write(say("cli.keys.unreadable", **told) + "\n")
    return ExitCode.DAMAGED if done.unreadable else ExitCode.OK
