"""Whether a host answers at all, what it signs with, and lists that lead nowhere."""

from __future__ import annotations

import pytest

from bot.errors import HostError, NotUnderstood
from bot.processes import free_port
from bot.protocol.predictions import RIFFUSION_VERSION
from tests.peers.standin import TOKEN, Dialect, Point, standin
from tests.providers.clients import LONG_AGO, RIFF, accepted, client_of

CHECKS: dict[Dialect, tuple[Point, str]] = {
    # where each client looks whether its host answers, and what a bad key gets there
    "predictions": ("account", "401"),
    "aggregator": ("get", "401 gateway"),
    "songs": ("feed", "401 gateway"),
}


@pytest.mark.parametrize("dialect", CHECKS)
async def test_whether_a_host_answers_is_told_and_costs_nothing(dialect: Dialect) -> None:
    """A good key and a bad one, nobody at all: no error is raised, nothing is made."""
    point, refusal = CHECKS[dialect]
    async with standin(dialect) as host, client_of(host) as client:
        healthy = await client.check()
        assert (healthy.answers, bool(healthy.told)) == (True, True)
        for behaviour in (refusal, "500", "dropped"):
            host.always(point, behaviour)
            assert (await client.check()).answers is False
        assert {call.point for call in host.calls} == {point}
        assert host.charges == []
        client.http.base_url = f"http://127.0.0.1:{free_port()}"
        nobody = await client.check()
        assert (nobody.answers, TOKEN in nobody.told) == (False, False)


async def test_a_list_without_an_end_is_given_up() -> None:
    """Each page leads to the next for ever: told as not understood, after a bounded number of calls."""
    async with standin() as host, client_of(host) as client:
        for _ in range(3):
            host.predictions.accept(RIFFUSION_VERSION, {})
        host.always("list", "the same page for ever")
        with pytest.raises(NotUnderstood):
            await client.find(RIFF, reference="job-1", since=LONG_AGO)
        assert len(host.calls) <= 50


@pytest.mark.parametrize(
    "name", ["no inputs", "no id", "an empty object", "HTML body", "truncated JSON", "500", "404"]
)
async def test_a_list_that_tells_too_little_proves_nothing(name: str) -> None:
    """That an order is not in it would mean that another one may be paid for: it is an error instead."""
    async with standin() as host, client_of(host) as client:
        await accepted(host, client)
        host.always("list", name)
        with pytest.raises(HostError):
            await client.find(RIFF, reference="job-1", since=LONG_AGO)


@pytest.mark.parametrize(
    "name", ["missing fields", "extra fields", "numbers as strings", "7-digit fractions"]
)
async def test_an_order_is_found_in_an_odd_list(name: str) -> None:
    """By its mark, whatever else is odd about how the list is told."""
    async with standin() as host, client_of(host) as client:
        run = await accepted(host, client)
        host.always("list", name)
        assert [found.id for found in await client.find(RIFF, reference="job-1", since=LONG_AGO)] == [run.id]


@pytest.mark.parametrize("name", ["404", "401", "HTML body", "no key", "a short key"])
async def test_a_secret_that_cannot_be_had_is_an_error_of_ours(name: str) -> None:
    """Whatever stands in its place, webhooks are not believed meanwhile."""
    async with standin() as host, client_of(host) as client:
        host.always("secret", name)
        with pytest.raises(HostError) as caught:
            await client.verifier()
        assert "whsec" not in str(caught.value)
