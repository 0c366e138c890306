"""The page for people, the public address, the OpenAPI document, and the memory of what was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema_rs
import pytest

from bot.protocol.predictions import ENGINE_MODEL, ENGINE_VERSION
from bot.store.tables.predictions import PredictionRow
from bot.web.api.app import Bounds
from bot.web.api.book import utc_now
from bot.web.api.calls import CALLS
from bot.web.api.openapi import document
from bot.web.api.page import page
from bot.web.api.told_cache import ToldCache
from tests.web.api.support import server

NEEDS_MORE = ("stream", "download_file", "get_file", "get_version", "feed")
"""Calls about what this test does not make."""


async def test_a_page_shows_the_prediction_and_runs_nothing(tmp_path: Path) -> None:
    """Player, picture and inputs; what callers wrote is text; no script may run; another key is a 404."""
    async with server(tmp_path, tokens=["t"], token="t") as engine:
        made = await engine.create(input={"prompt_a": "<script>alert(1)</script>"})
        told = await engine.ended(made["id"])
        async with aiohttp.ClientSession() as stranger:
            async with stranger.get(told["urls"]["web"]) as response:
                text = await response.text()
                assert (response.status, response.content_type) == (200, "text/html")
                assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            page_url, _, key = told["urls"]["web"].rpartition("/")
            async with stranger.get(f"{page_url}/{key.swapcase()}") as response:
                assert response.status == 404
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert told["output"]["audio"] in text
    assert told["output"]["spectrogram"] in text
    assert "succeeded" in text


def test_a_page_leads_to_everything_that_was_made() -> None:
    """Every file of a take, stems included, and how long, how fast and in which key it is."""
    files = {"audio": "riff.mp3", "spectrogram": "a.jpg", "score": "score.json", "midi": "score.mid"}
    made = {**files, "lrc": "lyrics.lrc", "cover": "cover.jpg", "stems": {"Bass <1>": "stem-01-bass.wav"}}
    facts = {"bpm": 92.0, "key": "A minor", "duration_s": 65.4, "title": "T", "lyrics": "la & la"}
    row = PredictionRow(
        id="a" * 26,
        owner="",
        model=ENGINE_MODEL,
        version=ENGINE_VERSION,
        base_url="http://x",
        input={},
        seed=1,
        output_key="k" * 30,
        status="succeeded",
        created_at=datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC),
        output={**made, **facts},
    )
    text = page(row, "http://x")
    for name in (
        "riff.mp3",
        "a.jpg",
        "score.json",
        "score.mid",
        "lyrics.lrc",
        "cover.jpg",
        "stem-01-bass.wav",
    ):
        assert f'href="http://x/outputs/{row.output_key}/{name}"' in text
    for told in ("1:05 · 92 BPM · A minor", "la &amp; la", "Bass &lt;1&gt;", "2026-01-02 03:04:05 UTC"):
        assert told in text
    assert 'rel="icon"' in text
    assert "BPM" not in page(replace(row, output=dict(files)), "http://x")


async def test_addresses_are_public_where_one_is_set(tmp_path: Path) -> None:
    """Every address that is told lies below it, in lists too."""
    public = "https://music.example"
    async with server(tmp_path, public_url=public) as engine:
        made = await engine.create()
        told = await engine.ended(made["id"])
        _, models, _ = await engine.call("GET", "/v1/models")
    addresses = [*told["urls"].values(), *told["output"].values(), models["results"][0]["url"]]
    assert all(address.startswith(f"{public}/") for address in addresses)
    assert told["urls"]["stream"].startswith(f"{public}/v1/files/")


@pytest.mark.parametrize("path", ["/openapi.json", "/v1/openapi.json", "/replicate/v1/openapi.json"])
async def test_the_document_describes_what_is_answered(tmp_path: Path, path: str) -> None:
    """Each answer here fits the schema that the document has for it."""
    async with server(tmp_path, tokens=["t"], token="t") as engine:
        _, told, _ = await engine.call("GET", path)
        made = await engine.create()
        await engine.ended(made["id"])
        ids = {"{id}": made["id"], "{owner}": "riffcord", "{name}": "engine"}
        for call in CALLS:
            if call.method != "GET" or call.name in NEEDS_MORE:
                continue
            where = call.path
            for name, value in ids.items():
                where = where.replace(name, value)
            status, answer, _ = await engine.call("GET", f"/v1{where}")
            described: dict[str, Any] = told["paths"][call.path]["get"]["responses"][str(status)]
            schema = described["content"]["application/json"]["schema"]
            jsonschema_rs.validate({**schema, "components": told["components"]}, answer)


def test_every_operation_has_its_own_name() -> None:
    """Generated clients need that."""
    names = [
        operation["operationId"]
        for methods in document("https://music.example")["paths"].values()
        for operation in methods.values()
    ]
    assert len(set(names)) == len(names)


def test_the_memory_is_bounded_and_never_stale() -> None:
    """The longest unasked-for go first; what was read before a change is not kept after it."""
    cache = ToldCache(most_bytes=10)
    cache.put("o", "a", "http://x", b"12345", cache.generation)
    cache.put("o", "b", "http://x", b"12345", cache.generation)
    assert cache.get("o", "a", "http://x") == b"12345"
    cache.put("o", "c", "http://x", b"12345", cache.generation)
    assert cache.get("o", "b", "http://x") is None
    assert cache.get("other", "a", "http://x") is None
    before = cache.generation
    cache.forget("a")
    assert cache.get("o", "a", "http://x") is None
    cache.put("o", "a", "http://x", b"stale", before)
    assert cache.get("o", "a", "http://x") is None


async def test_removed_data_is_not_told_from_memory(tmp_path: Path) -> None:
    """An ended prediction is told from memory, until its data goes."""
    late = timedelta(0)
    bounds = Bounds(purge_every_s=0.02, keep_data_s=100)
    async with server(tmp_path, bounds=bounds, now=lambda: utc_now() + late) as engine:
        made = await engine.create()
        told = await engine.ended(made["id"])
        assert (await engine.call("GET", f"/v1/predictions/{made['id']}"))[1] == told
        late = timedelta(seconds=101)
        gone = await engine.until(made["id"], lambda told: told["data_removed"])
    assert (gone["input"], gone["output"], gone["logs"]) == ({}, None, "")
