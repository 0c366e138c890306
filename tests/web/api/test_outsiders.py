"""What those who are not on this machine cannot do, and what nobody can make the server keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.protocol.predictions import ENGINE_VERSION, RIFFUSION_VERSION
from bot.settings import AS_CALLED, load
from bot.web.api.serve import private_webhooks
from tests.web.api.support import BODY, server


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        ({}, True),
        ({"public_url": "https://us.test", "engine_public_url": AS_CALLED}, True),
        ({"engine_tokens": "t"}, False),
        ({"public_url": "https://us.test"}, False),
        ({"engine_bind": "0.0.0.0"}, False),  # noqa: S104  (not bound to)
        ({"engine_tokens": "t", "engine_private_webhooks": True}, True),
    ],
)
def test_callers_from_elsewhere_reach_no_private_address(given: dict[str, object], allowed: bool) -> None:
    """A server behind a proxy listens on this machine too: its webhooks are no way in."""
    assert private_webhooks(load(None, **given)) is allowed


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"])
async def test_without_tokens_a_proxy_is_refused(tmp_path: Path, name: str) -> None:
    """It hands on the calls of others, by a name of this machine."""
    async with server(tmp_path) as engine:
        assert (await engine.call("POST", "/v1/predictions", json=BODY, headers={name: "1.2.3.4"}))[0] == 403
        assert (await engine.call("POST", "/v1/predictions", json=BODY))[0] == 201


@pytest.mark.parametrize(
    ("version", "name", "value"),
    [
        (RIFFUSION_VERSION, "foo", "x" * 2**17),
        (RIFFUSION_VERSION, "audio", "data:," + "x" * 2**17),
        (ENGINE_VERSION, "foo", ["x" * 100] * 1_000),
        (ENGINE_VERSION, "like", "https://music.test/" + "x" * 2**17),
    ],
)
async def test_an_input_that_nobody_reads_is_bounded(
    tmp_path: Path, version: str, name: str, value: object
) -> None:
    """413: it would be kept, and told with each answer."""
    async with server(tmp_path) as engine:
        body = {"version": version, "input": {name: value}}
        status, told, _ = await engine.call("POST", "/v1/predictions", json=body)
        assert (status, told["title"]) == (413, "Too large")
        assert (await engine.call("GET", "/v1/predictions"))[1]["results"] == []


async def test_music_that_comes_along_may_be_larger(tmp_path: Path) -> None:
    """It goes to a file, and the input tells its address."""
    async with server(tmp_path) as engine:
        wanted = {"transform": "cover", "audio": "data:audio/wav," + "x" * 2**17}
        made = await engine.create(version=ENGINE_VERSION, input=wanted)
        assert made["input"]["audio"].startswith(f"{engine.url}/outputs/")
