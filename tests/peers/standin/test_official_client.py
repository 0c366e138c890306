"""The official client of the predictions dialect, unchanged, takes the stand-in for a host of that API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import pytest
from replicate.client import Client
from replicate.exceptions import ReplicateError
from replicate.webhook import Webhooks, WebhookSigningSecret

from tests.peers.standin import TOKEN, StandIn, standin
from tests.peers.standin.samples import sample
from tests.peers.standin.telling import OTHER_SECRET, message

Result = TypeVar("Result")
VERSION = "8cf61ea6c56afd61d8f5b9ffd14d7c216c0a93844ce2d82ac1c9ecc9c7f24e05"
ASKED: dict[str, Any] = {"prompt_a": "lo-fi rain piano"}


async def use(host: StandIn, script: Callable[[Client], Result]) -> Result:
    """Run a blocking script in a thread, as its own process would."""

    def run() -> Result:
        with httpx.HTTPTransport() as transport:
            return script(Client(api_token=TOKEN, base_url=host.url, transport=transport))

    return await asyncio.to_thread(run)


async def test_a_prediction_from_its_order_to_its_end() -> None:
    """Made, asked for, listed, streamed and cancelled: each answer is what that client expects."""
    async with standin() as host:
        made = await use(host, lambda client: client.predictions.create(version=VERSION, input=ASKED))
        assert (made.status, made.input, host.charges) == ("starting", ASKED, [made.id])
        await host.predictions.ends(made.id)
        done = await use(host, lambda client: client.predictions.get(made.id))
        assert done.status == "succeeded"
        assert done.progress is not None
        assert done.progress.percentage == 1.0
        assert [each.id for each in await use(host, lambda client: client.predictions.list())] == [made.id]
        assert (await use(host, lambda client: client.predictions.cancel(made.id))).status == "succeeded"

        def streamed(client: Client) -> list[str]:
            return [event.event.value for event in client.predictions.get(made.id).stream()]

        assert await use(host, streamed) == ["logs", "output", "done"]


@pytest.mark.parametrize(("fault", "status"), [("401", 401), ("402", 402), ("404", 404), ("422 input", 422)])
async def test_refusals_are_refusals_to_it(fault: str, status: int) -> None:
    """It reads status and detail where the documents have them."""
    async with standin() as host:
        host.play("create", fault)
        with pytest.raises(ReplicateError) as caught:
            await use(host, lambda client: client.predictions.create(version=VERSION, input=ASKED))
        assert (caught.value.status, caught.value.detail) == (
            status,
            sample("refusals")[fault]["body"]["detail"],
        )


async def test_it_believes_the_signatures() -> None:
    """With the secret that the host tells, and with no other."""
    async with standin() as host:
        secret = await use(host, lambda client: client.webhooks.default.secret())
        told = message(host.predictions.secret, {"id": "a", "status": "succeeded"})
        Webhooks.validate(headers=told.headers, body=told.body.decode(), secret=secret)
        with pytest.raises(ValueError, match="signature"):
            Webhooks.validate(
                headers=told.headers,
                body=told.body.decode(),
                secret=WebhookSigningSecret(key=OTHER_SECRET),
            )
