"""Webhooks out: which, in what order, signed how, and owed until taken."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest
from replicate.webhook import Webhooks, WebhookSigningSecret
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from bot.web.api.notices import kept_secret, pause_s
from tests.web.api.support import BODY, TinyEngine, receiver, server


async def test_without_a_filter_output_and_end_are_told(tmp_path: Path) -> None:
    """The documented default, in order, with the object that a GET returns."""
    async with receiver() as hook, server(tmp_path) as engine:
        made = await engine.create(webhook=hook.url)
        first, last = await hook.next(), await hook.next()
        told = await engine.ended(made["id"])
    assert (first.told["status"], first.told["output"]) == ("processing", told["output"])
    assert {**last.told, "urls": None, "output": None} == {**told, "urls": None, "output": None}
    assert hook.heard.empty()


async def test_every_event_comes_in_order_when_asked_for(tmp_path: Path) -> None:
    """start, logs, completed; logs grow; nothing comes after the end."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with receiver() as hook, server(tmp_path, engine=tiny) as engine:
        await engine.create(webhook=hook.url, webhook_events_filter=["start", "logs", "completed"])
        heard = [await hook.next()]
        while "50%" not in heard[-1].told["logs"]:
            heard.append(await hook.next())
        tiny.free.set()
        while heard[-1].told["status"] != "succeeded":
            heard.append(await hook.next())
    logs = [each.told["logs"] for each in heard]
    assert heard[0].told["logs"] == ""
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(logs))
    assert len({each.headers["webhook-id"] for each in heard}) == len(heard)
    assert hook.heard.empty()


async def test_logs_come_at_most_every_half_second(tmp_path: Path) -> None:
    """Of many progress reports only the newest is told when its time has come."""
    tiny = TinyEngine()
    tiny.free.clear()
    loop = asyncio.get_running_loop()
    async with receiver() as hook, server(tmp_path, engine=tiny) as engine:
        await engine.create(webhook=hook.url, webhook_events_filter=["logs"])
        await hook.next()
        began_s = loop.time()
        await hook.next()
        apart_s = loop.time() - began_s
        tiny.free.set()
    assert apart_s > 0.4


async def test_a_string_filter_is_read_as_a_list(tmp_path: Path) -> None:
    """One of the API's documents types it so."""
    async with receiver() as hook, server(tmp_path) as engine:
        await engine.create(webhook=hook.url, webhook_events_filter="completed")
        assert (await hook.next()).told["status"] == "succeeded"
    assert hook.heard.empty()


async def test_two_libraries_accept_the_signature(tmp_path: Path) -> None:
    """standardwebhooks and the official client verify it with the secret that the server tells."""
    async with receiver() as hook, server(tmp_path) as engine:
        _, secret, _ = await engine.call("GET", "/v1/webhooks/default/secret")
        await engine.create(webhook=hook.url, webhook_events_filter=["completed"], input={"prompt_a": "é🎹"})
        heard = await hook.next()
    assert Webhook(secret["key"]).verify(heard.body, heard.headers)["status"] == "succeeded"
    Webhooks.validate(
        headers={name.lower(): value for name, value in heard.headers.items()},
        body=heard.body.decode(),
        secret=WebhookSigningSecret(key=secret["key"]),
        tolerance=300,
    )


@pytest.mark.parametrize("refused", [[500], [404, 503], [302], [429]])
async def test_the_end_is_told_until_it_is_taken(tmp_path: Path, refused: list[int]) -> None:
    """Every answer that is not a 2xx is tried again with the same id, redirects included."""
    async with receiver() as hook, server(tmp_path) as engine:
        hook.answers = list(refused)
        await engine.create(webhook=hook.url, webhook_events_filter=["completed"])
        heard = [await hook.next() for _ in range(len(refused) + 1)]
    assert len({each.headers["webhook-id"] for each in heard}) == 1
    assert {each.told["status"] for each in heard} == {"succeeded"}


async def test_a_receiver_that_is_away_is_told_once(tmp_path: Path) -> None:
    """However many predictions and tries there are, the log has one line of it, and one when it is back."""
    with capture_logs() as told:
        async with receiver() as hook, server(tmp_path) as engine:
            hook.answers = [500] * 5
            for _ in range(3):
                await engine.create(webhook=hook.url, webhook_events_filter=["completed"])
            for _ in range(3 + 5):
                await hook.next()
    lines = [line["event"] for line in told if line["event"].startswith("webhook.")]
    assert lines[:1] == ["webhook.not_taken"]
    assert lines.count("webhook.not_taken") <= 1 + lines.count("webhook.taken_again") <= 2


async def test_an_early_event_is_told_once(tmp_path: Path) -> None:
    """A start that was not taken is not repeated; the end comes all the same."""
    async with receiver() as hook, server(tmp_path) as engine:
        hook.answers = [500]
        await engine.create(webhook=hook.url, webhook_events_filter=["start", "completed"])
        heard = [await hook.next(), await hook.next()]
    assert [each.told["status"] for each in heard] == ["processing", "succeeded"]
    assert hook.heard.empty()


async def test_an_owed_end_survives_a_restart(tmp_path: Path) -> None:
    """The receiver was down and the server went; the next server tells it, with the same id."""
    async with receiver() as hook:
        hook.answers = [500]
        async with server(tmp_path) as engine:
            await engine.create(webhook=hook.url, webhook_events_filter=["completed"])
            first = await hook.next()
        async with server(tmp_path) as engine:
            heard = await hook.next()
            assert heard.told["urls"]["get"].startswith(engine.url)  # not the port of the server that is gone
    assert heard.headers["webhook-id"] == first.headers["webhook-id"]
    assert heard.told["output"] is not None


async def test_a_cancelled_prediction_tells_its_end(tmp_path: Path) -> None:
    """Cancelling is an end like any other."""
    tiny = TinyEngine()
    tiny.free.clear()
    async with receiver() as hook, server(tmp_path, engine=tiny) as engine:
        made = await engine.create(webhook=hook.url, webhook_events_filter=["completed"])
        await engine.call("POST", f"/v1/predictions/{made['id']}/cancel")
        assert (await hook.next()).told["status"] == "canceled"
        tiny.free.set()


async def test_private_targets_are_refused_unless_allowed(tmp_path: Path) -> None:
    """A literal one at the call, a name that leads to one when it is connected to."""
    async with receiver() as hook, server(tmp_path, private_webhooks=False) as engine:
        for address in (hook.url, "http://localhost/x", "http://[::1]/x", "http://10.1.2.3/x"):
            body = {**BODY, "webhook": address}
            status, told, _ = await engine.call("POST", "/v1/predictions", json=body)
            assert (status, told["invalid_fields"][0]["field"]) == (422, "webhook")
        assert hook.heard.empty()


def test_the_pauses_grow_and_end_after_a_minute() -> None:
    """At least a minute of tries in all, each pause no shorter than the one before, then an end."""
    pauses: list[float] = []
    while (wait_s := pause_s(len(pauses) + 1, 0.0)) is not None:
        pauses.append(wait_s)
    assert sum(pauses) >= 60
    assert pauses == sorted(pauses)
    assert (pause_s(1, 1.0) or 0.0) > pauses[0]


def test_the_secret_is_kept_and_private(tmp_path: Path) -> None:
    """Made once, in standard base64, for its owner's eyes only."""
    file = tmp_path / "secret"
    secret = kept_secret(file)
    assert kept_secret(file) == secret
    assert secret.startswith("whsec_")
    assert file.stat().st_mode & 0o777 == 0o600
