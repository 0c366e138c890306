"""The composition root: addresses for hosts, and the web role by itself."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import aiohttp
import pytest

from bot.app import open_bot
from bot.errors import ExitCode, StartupError
from bot.processes import parse_ready, start_child, stop_child
from bot.providers import hosts_from
from bot.settings import load
from bot.web.reach import reach


@pytest.mark.parametrize(
    ("engine_url", "public_url", "bases"),
    [
        ("http://127.0.0.1:8000", None, {"engine": "http://127.0.0.1:7000"}),
        ("http://localhost:8000", "https://us.example", {"engine": "http://127.0.0.1:7000"}),
        ("http://10.0.0.7:8000", None, {}),
        ("https://engine.example", "https://us.example", {"engine": "https://us.example"}),
    ],
)
async def test_a_host_is_told_an_address_that_it_can_reach(
    engine_url: str, public_url: str | None, bases: dict[str, str]
) -> None:
    """Our loopback means nothing to an engine on another machine, which would refuse the whole order."""
    settings = load(None, engine_url=engine_url, public_url=public_url, web_port=7000)
    async with hosts_from(settings) as hosts:
        assert (await reach(settings, hosts)).bases(7000) == bases


async def test_an_engine_with_tokens_is_told_no_address_of_its_own_machine() -> None:
    """It would refuse the whole order: others call it as well. Unless its settings say otherwise."""
    local = {"engine_url": "http://127.0.0.1:8000", "engine_tokens": "t", "web_port": 7000}
    for private, bases in ((False, {}), (True, {"engine": "http://127.0.0.1:7000"})):
        settings = load(None, **local, engine_private_webhooks=private)
        async with hosts_from(settings) as hosts:
            assert (await reach(settings, hosts)).bases(7000) == bases


async def test_a_bot_alone_without_a_token_is_told_of_the_tree(sqlite_url: str, tmp_path: Path) -> None:
    """Nothing is wrong with a token that nobody gave: the sentence tells both ways on."""
    settings = load(None, riffcord_data=tmp_path / "data", engine_url="http://127.0.0.1:9")
    assert settings.database == sqlite_url
    with pytest.raises(StartupError) as failed:
        async with open_bot(settings):
            pass
    assert (failed.value.problem, failed.value.exit_code) == ("no_token", ExitCode.BAD_TOKEN)


async def test_the_web_role_is_healthy_without_discord(postgres_url: str, tmp_path: Path) -> None:
    """``python -m bot web`` has no gateway; whoever watches it is told about the database."""
    environment = {
        **os.environ,
        "DATABASE_URL": postgres_url.replace("postgresql+psycopg", "postgresql"),
        "RIFFCORD_DATA": str(tmp_path),
        "ENGINE_URL": "http://127.0.0.1:9",
        "WEB_PORT": "0",
    }
    child = await start_child(["web"], environment)
    try:
        assert child.stdout is not None
        async with asyncio.timeout(60):
            facts = parse_ready((await child.stdout.readline()).decode())
        assert facts is not None
        async with aiohttp.ClientSession() as session, session.get(facts["web"] + "/health") as answer:
            assert answer.status == 200
            assert await answer.json() == {"ok": True, "database": True, "hosts": ["engine"]}
    finally:
        await stop_child(child)
