"""Our client and our server, each the other's test."""

from __future__ import annotations

import asyncio
import wave
from datetime import UTC, datetime
from pathlib import Path

from bot.protocol.predictions import ENGINE_MODEL
from bot.protocol.runs import Run
from bot.providers import PredictionsHost
from tests.providers.support import client, wanted
from tests.web.api.support import TinyEngine, receiver, server


async def _ended(host: PredictionsHost, run: Run) -> Run:
    async with asyncio.timeout(60):
        async for news in host.follow(run):
            run = news
    return run


async def test_from_order_to_file(tmp_path: Path) -> None:
    """Create, follow, fetch: audio on disk and the facts that the engine told."""
    async with server(tmp_path / "data") as engine, client(engine.url, model=ENGINE_MODEL) as host:
        made = await host.create(wanted(seed=9), reference="r", webhook=None)
        run = await _ended(host, made)
        assert run.progress == 1.0
        fetched = await host.fetch(run.results[0], tmp_path)
    assert (fetched.facts.seed, fetched.facts.bpm, fetched.facts.key) == (9, 120.0, "A minor")
    with wave.open(str(fetched.audio)) as wav:
        assert wav.getnframes() == 4_410


async def test_both_models_are_found_by_their_reference(tmp_path: Path) -> None:
    """The engine by its reference, riffusion by its mark; a prediction of another order is passed over."""
    since = datetime.now(UTC)
    async with server(tmp_path) as engine:
        for model in (ENGINE_MODEL, "riffusion/riffusion"):
            async with client(engine.url, model=model) as host:
                made = [
                    await host.create(wanted(denoising=1.0), reference=reference, webhook=None)
                    for reference in ("one", "two", "one")
                ]
                asked = wanted(denoising=1.0)
                found = await host.find(asked, reference="one", since=since)
                assert [each.id for each in found] == [made[0].id, made[2].id]
                assert await host.find(asked, reference="three", since=since) == []


async def test_the_servers_webhooks_pass_the_clients_check(tmp_path: Path) -> None:
    """Signed by one, verified by the other, with the secret that the server tells."""
    async with (
        receiver() as hook,
        server(tmp_path) as engine,
        client(engine.url, model=ENGINE_MODEL) as host,
    ):
        verifier = await host.verifier()
        assert verifier is not None
        await host.create(wanted(), reference="r", webhook=hook.url)
        start, end = await hook.next(), await hook.next()
    assert (start.told["status"], end.told["status"]) == ("processing", "succeeded")
    assert verifier.verify(start.headers, start.body)
    assert verifier.verify(end.headers, end.body)
    assert not verifier.verify(end.headers, start.body)


async def test_cancel_reaches_the_server(tmp_path: Path) -> None:
    """And does no harm when it comes twice, or for nothing."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny) as engine, client(engine.url, model=ENGINE_MODEL) as host:
        made = await host.create(wanted(), reference="r", webhook=None)
        for run_id in (made.id, made.id, "unknown"):
            await host.cancel(run_id)
        assert (await host.get(made.id)).status == "canceled"
        tiny.free.set()
