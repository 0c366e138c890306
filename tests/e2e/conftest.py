"""A server with a channel and three people, the bot in it, and a host that plays when told."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
import pytest_asyncio
import structlog
from discord import app_commands
from simcord import Env, interactions
from simcord.http import router
from structlog.typing import EventDict

from bot.client import RiffcordClient
from bot.jobs.service import Jobs
from bot.store.db import open_database
from bot.ui import answers
from bot.ui.translator import translated
from tests import exercised
from tests.e2e.nonces import honouring_nonces
from tests.e2e.scene import Backstage, Scene, set_scene

_SLOW_MACHINE_S = 60.0
"""A bot that has not settled by then hangs; after simcord's 5 s it may only lack a core."""


@pytest.fixture
def nonces(discord_rules: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord answers a repeated nonce with the message that stands; simcord alone would post again."""
    monkeypatch.setattr(router, "dispatch", honouring_nonces(router.dispatch))


_TRANSLATED: dict[str, list[dict[str, Any]]] = {}


async def _translated_once(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """Most bots of these tests tell the same commands: a third of a short test was their translation."""
    told = json.dumps([command.to_dict(tree) for command in tree.get_commands()])
    if told not in _TRANSLATED:
        _TRANSLATED[told] = await translated(tree)
    return _TRANSLATED[told]


@pytest.fixture(autouse=True)
def translations(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same commands are translated once."""
    monkeypatch.setattr("bot.client.translated", _translated_once)


@pytest_asyncio.fixture
async def backstage(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Backstage]:
    """What outlives the bot: database, host, clock."""
    async with open_database(sqlite_url) as database:
        stage = Backstage(database, tmp_path)
        yield stage
        for keys in stage.keys:
            await keys.close()


@pytest.fixture
def log() -> Iterator[list[EventDict]]:
    """Everything that is logged."""
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.fixture
def bot(backstage: Backstage, log: list[EventDict]) -> tuple[RiffcordClient, Jobs]:
    """The bot of the first start, and its jobs."""
    return backstage.new_bot()


@pytest_asyncio.fixture
async def env(bot: tuple[RiffcordClient, Jobs], nonces: None) -> AsyncGenerator[Env]:
    """The simulated Discord, with the bot in it. simcord's plugin finds it here and sets its clock."""
    running = Env(bot[0], check_errors=False, settle_timeout=_SLOW_MACHINE_S)
    await running.start()
    try:
        yield running
    finally:
        await running.shutdown()


@pytest.fixture(autouse=True)
def watched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What this test does with the bot, where it has one, is noted (``tests.exercised``)."""
    if "env" not in request.fixturenames:
        yield
        return
    env: Env = request.getfixturevalue("env")
    watch = exercised.Watch()
    monkeypatch.setattr(interactions, "base_payload", watch.watch(interactions.base_payload))
    monkeypatch.setattr("bot.ui.answers._told", watch.hear(vars(answers)["_told"]))
    send_modal = discord.InteractionResponse[Any].send_modal

    async def noted(response: Any, modal: discord.ui.Modal, /) -> Any:
        watch.forms[modal.custom_id] = type(modal).__name__
        return await send_modal(response, modal)

    monkeypatch.setattr(discord.InteractionResponse, "send_modal", noted)
    yield
    client = env.bot
    assert isinstance(client, RiffcordClient)
    exercised.book.add(exercised.face_of(client), watch.used())


@pytest_asyncio.fixture
async def scene(
    env: Env, backstage: Backstage, bot: tuple[RiffcordClient, Jobs], log: list[EventDict]
) -> AsyncGenerator[Scene]:
    """Everything, ready; afterwards nothing may have gone wrong that the test did not name."""
    built = set_scene(env, backstage, bot[1], log)
    await env.settle()
    yield built
    built.nothing_else_went_wrong()
