"""The official Python client, unchanged, against our server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import httpx
import pytest
from replicate.client import Client
from replicate.exceptions import ReplicateError

from tests.web.api.support import VERSION, Server, TinyEngine, server

Result = TypeVar("Result")


TOKEN = "s3cret"


async def _with(engine: Server, use: Callable[[Client], Result], *, token: str = TOKEN) -> Result:
    """Run synchronous client code in a thread, as a script would."""

    def run() -> Result:
        # The client never closes its connections; with a transport of ours we can.
        with httpx.HTTPTransport() as transport:
            return use(Client(api_token=token, base_url=engine.url, transport=transport))

    return await asyncio.to_thread(run)


async def test_create_wait_reload_and_list(tmp_path: Path) -> None:
    """A prediction made by the client is waited for, read again and found in the list."""
    async with server(tmp_path, tokens=[TOKEN]) as engine:

        def use(client: Client) -> None:
            made = client.predictions.create(version=VERSION, input={"prompt_a": "lofi"})
            assert made.status == "starting"
            made.wait()
            assert made.status == "succeeded"
            assert made.output is not None
            assert made.progress is not None
            assert made.progress.percentage == 1.0
            assert client.predictions.get(made.id).output == made.output
            assert [each.id for each in client.predictions.list()] == [made.id]
            assert client.webhooks.default.secret().key.startswith("whsec_")

        await _with(engine, use)


async def test_run_by_version_and_by_model(tmp_path: Path) -> None:
    """``run()`` returns the output, whole, for both ways to name a model."""
    async with server(tmp_path, tokens=[TOKEN]) as engine:

        def use(client: Client) -> None:
            for name in (f"riffusion/riffusion:{VERSION}", "riffcord/engine"):
                output = client.run(name, input={"prompt_a": "lofi"})
                assert isinstance(output, dict)
                assert str(cast("dict[str, object]", output)["audio"]).startswith(engine.url)

        await _with(engine, use)


async def test_cancel_by_the_client(tmp_path: Path) -> None:
    """The client's cancel stops a running prediction and reads the answer."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with server(tmp_path, engine=tiny, tokens=[TOKEN]) as engine:

        def use(client: Client) -> str:
            made = client.predictions.create(version=VERSION, input={})
            made.cancel()
            return made.status

        assert await _with(engine, use) == "canceled"
        tiny.free.set()


async def test_the_client_understands_our_refusals(tmp_path: Path) -> None:
    """Status and detail arrive as the client's own exception."""
    async with server(tmp_path, tokens=[TOKEN]) as engine:

        def create(client: Client) -> None:
            client.predictions.create(version=VERSION, input={"alpha": 2})

        with pytest.raises(ReplicateError) as caught:
            await _with(engine, create)
        assert caught.value.status == 422
        assert "input.alpha" in str(caught.value.detail)
        with pytest.raises(ReplicateError) as caught:
            await _with(engine, create, token="wrong")
        assert caught.value.status == 401
