"""Renders on a real Dask cluster: scheduler and workers are processes, and processes die."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.protocol.predictions import ENGINE_MODEL

pytest.importorskip("distributed", reason="cluster: NOT RUN, the extra `cluster` is not installed")

from bot.store.objects import ObjectStore
from bot.web.api.cluster_check import difference
from tests.cluster.support import cluster, cluster_server, until_slots
from tests.web.api.support import Server

QUICK: dict[str, Any] = {"length_s": 4, "num_inference_steps": 2}
LONG: dict[str, Any] = {"length_s": 30, "num_inference_steps": 400}


async def _create(server: Server, asked: dict[str, Any], seed: int) -> str:
    made = await server.create(version=ENGINE_MODEL, input={**asked, "seed": seed})
    return str(made["id"])


def _is_under_way(told: dict[str, Any]) -> bool:
    return " 1/400" in told["logs"] or "it/s" in told["logs"].partition("0/400")[2].partition("\n")[2]


def _attempts(data: Path) -> dict[str, int]:
    with sqlite3.connect(data / "engine.sqlite") as rows:
        found = dict(rows.execute("SELECT id, attempts FROM predictions").fetchall())
    rows.close()
    return found


async def test_a_worker_killed_in_mid_render_costs_nothing(tmp_path: Path) -> None:
    """Two workers, one dies while both play: every result arrives, and the loss is counted."""
    async with cluster(tmp_path) as nodes:
        await nodes.start_scheduler()
        doomed = await nodes.start_worker()
        await nodes.start_worker()
        async with cluster_server(tmp_path, nodes.address) as (server, pool):
            await until_slots(pool, 2)
            ids = [await _create(server, LONG, seed) for seed in range(3)]
            for each in ids[:2]:
                await server.until(each, _is_under_way)
            doomed.kill()
            ended = [await server.ended(each) for each in ids]
            assert [told["status"] for told in ended] == ["succeeded"] * 3, [told["error"] for told in ended]
            assert pool.slots == 1
            for told in ended:
                async with server.session.get(told["output"]["audio"]) as response:
                    assert (response.status, (await response.read())[:4]) == (200, b"RIFF")
        attempts = _attempts(tmp_path)
        assert sorted(attempts[each] for each in ids) == [1, 1, 2]


async def test_a_scheduler_that_comes_back_is_found_again(tmp_path: Path) -> None:
    """Without a cluster requests wait; with one again they are played, the interrupted one too, and no
    attempt is spent in between. That a scheduler is there alone is told."""
    async with cluster(tmp_path) as nodes, cluster_server(tmp_path, nodes.address) as (server, pool):
        early = await _create(server, LONG, 1)
        _, health, _ = await server.call("GET", "/health")
        assert (health["status"], health["queued"], health["running"]) == ("ok", 1, 0)
        scheduler, worker = await nodes.start_scheduler(), await nodes.start_worker()
        await server.until(early, _is_under_way)
        scheduler.kill()
        await until_slots(pool, 0)
        worker.kill()
        late = await _create(server, QUICK, 2)
        with capture_logs() as told:
            await nodes.start_scheduler()
            async with asyncio.timeout(60):
                while not any(line["event"] == "cluster.no_workers" for line in told):
                    await server.rest()
        await nodes.start_worker()
        assert (await server.ended(early))["status"] == "succeeded"
        assert (await server.ended(late))["status"] == "succeeded"
        attempts = _attempts(tmp_path)
        assert (attempts[early] <= 3, attempts[late]) == (True, 1)


async def test_cancelling_frees_the_worker(tmp_path: Path) -> None:
    """A cancelled render ends on its worker at the next step, and the next one is played there;
    files come home through the object store, which is empty afterwards."""
    blobs = tmp_path / "blobs"
    async with cluster(tmp_path) as nodes:
        await nodes.start_scheduler()
        await nodes.start_worker()
        async with cluster_server(tmp_path, nodes.address, blobs_url=blobs.as_uri()) as (server, pool):
            await until_slots(pool, 1)
            unwanted = await _create(server, {**LONG, "num_inference_steps": 1_000}, 1)
            await server.until(unwanted, lambda told: told["status"] == "processing")
            _, told, _ = await server.call("POST", f"/v1/predictions/{unwanted}/cancel")
            assert told["status"] == "canceled"
            score = await server.ended(await _create(server, QUICK, 2))
            assert score["status"] == "succeeded"
            async with server.session.get(score["output"]["score"]) as response:
                named = json.loads(await response.read())
            after = await server.create(version=ENGINE_MODEL, input={"num_inference_steps": 2, "like": named})
            assert (await server.ended(after["id"]))["status"] == "succeeded"
        assert [file for file in blobs.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ({}, None),
        ({"python": "3.11.0"}, None),
        ({"python": "3.12.1"}, "python 3.12 there is 3.11 here"),
        ({"riffcord": "0.2"}, "riffcord 0.2 there is 0.1 here"),
        ({"riffcord": None}, "it has no Riffcord, install riffcord 0.1 there"),
    ],
)
def test_workers_that_differ_are_named(theirs: dict[str, Any], told: str | None) -> None:
    """What keeps a worker out is one plain sentence; patch releases of Python keep nobody out."""
    ours = {"riffcord": "0.1", "python": "3.11.7", "distributed": "2026.8.0"}
    assert difference(ours, {**ours, **theirs}) == told


def test_an_address_without_a_store_is_refused() -> None:
    """The mistake is told when the server starts, without what may be secret in the address."""
    with pytest.raises(ValueError, match="no object store is at gopher://place"):
        ObjectStore("gopher://place/secret")


async def test_nobody_answers_for_a_cluster_that_is_away(tmp_path: Path) -> None:
    """A server whose scheduler cannot be reached answers, queues and stops at once."""
    async with cluster_server(tmp_path, "tcp://127.0.0.1:9") as (server, _), aiohttp.ClientSession():
        made = await _create(server, QUICK, 1)
        _, told, _ = await server.call("GET", f"/v1/predictions/{made}")
        assert told["status"] == "starting"
