"""Every way a host can fail, and which error of the tree it becomes."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import (
    BadKey,
    HostError,
    InvalidInput,
    ModelGone,
    NoCredit,
    NotUnderstood,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unreachable,
)
from bot.processes import free_port
from bot.protocol.predictions import Prediction
from bot.protocol.problems import Problem
from bot.providers.answers import Answer, Calling, problem_of, read, refusal, retry_after_s
from bot.providers.http import ATTEMPTS, Limits, pause_s
from tests.providers.support import (
    TOKEN,
    Behaviour,
    Pauses,
    answer,
    client,
    cut_off,
    drop,
    hang,
    problem,
    raw,
    scripted,
    told,
    wanted,
)

SHORT = Limits(read_s=0.2, total_s=0.5, answer_bytes=10_000)

CREATE_FAULTS: dict[str, tuple[Behaviour, type[HostError]]] = {
    "bad key": (problem(401, title="Unauthenticated", detail=f"{TOKEN} is not valid"), BadKey),
    "forbidden": (problem(403, detail="no"), BadKey),
    "no credit": (problem(402, title="Billing required", detail="pay"), NoCredit),
    "no model": (problem(404, detail="The requested resource could not be found."), ModelGone),
    "no version": (problem(422, title="Invalid version or not permitted", detail="x"), ModelGone),
    "bad input": (problem(422, title="Input validation failed", detail="- input.alpha: x"), InvalidInput),
    "bad request": (problem(400, detail="x"), InvalidInput),
    "too large": (raw(413, b""), InvalidInput),
    "throttled": (problem(429, detail="Request was throttled."), RateLimited),
    "conflict": (problem(409, detail="x"), Refused),
    "moved": (raw(301, b"", Location="https://example.org/"), Refused),
    "server error": (raw(500, b"<html>oops</html>"), OutcomeUnknown),
    "bad gateway": (raw(502, b""), OutcomeUnknown),
    "busy": (raw(503, b""), OutcomeUnknown),
    "html": (raw(201, b"<html>hello</html>"), OutcomeUnknown),
    "truncated json": (raw(201, json.dumps(told()).encode()[:40]), OutcomeUnknown),
    "no id": (answer(201, told(id=None)), OutcomeUnknown),
    "a list": (answer(201, []), OutcomeUnknown),
    "lost answer": (drop, OutcomeUnknown),
    "no answer": (hang, OutcomeUnknown),
    "cut off": (cut_off(b'{"id": '), OutcomeUnknown),
    "endless": (raw(201, b" " * 20_000), OutcomeUnknown),
}


@pytest.mark.parametrize("fault", CREATE_FAULTS)
async def test_a_create_call_is_sent_once_and_classified(fault: str) -> None:
    """Refused or unknown, exactly one call on the wire, and the key in no error text."""
    act, kind = CREATE_FAULTS[fault]
    async with scripted(act) as host, client(host.url, limits=SHORT) as replicate:
        with pytest.raises(kind) as caught:
            await replicate.create(wanted(), reference="job-1", webhook=None)
    assert type(caught.value) is kind
    assert len(host.calls) == 1
    assert TOKEN not in str(caught.value) + repr(caught.value) + repr(replicate)


async def test_nobody_there_is_certainly_not_accepted() -> None:
    """A refused connection, and a name that does not exist."""
    for address in (f"http://127.0.0.1:{free_port()}", "http://nowhere.invalid"):
        async with client(address) as replicate:
            with pytest.raises(Unreachable):
                await replicate.create(wanted(), reference="job-1", webhook=None)


async def test_the_faulty_field_is_named() -> None:
    """``invalid_fields`` of the answer becomes the error's field, without its prefix."""
    fields = [{"field": "input.alpha", "type": "range", "description": "too big"}]
    async with scripted(problem(422, invalid_fields=fields)) as host, client(host.url) as replicate:
        with pytest.raises(InvalidInput) as caught:
            await replicate.create(wanted(), reference="job-1", webhook=None)
    assert caught.value.field == "alpha"


PASSING = [drop, raw(500, b"x"), raw(503, b""), problem(429, retry_after=2), cut_off(b"{")]


@pytest.mark.parametrize("act", PASSING)
async def test_a_safe_call_is_tried_again(act: Behaviour) -> None:
    """One failure that may pass is not seen by the caller."""
    async with scripted(act, answer(200, told(status="processing"))) as host, client(host.url) as replicate:
        assert (await replicate.get("x")).status == "processing"
    assert len(host.calls) == 2


async def test_the_hosts_wish_is_kept_before_another_try() -> None:
    """It pauses as long as the host asks, not less."""
    pauses = Pauses()
    async with (
        scripted(problem(429, retry_after=2), answer(200, told())) as host,
        client(host.url, pauses=pauses) as replicate,
    ):
        await replicate.get("x")
    assert pauses.asked_s == [2.0]


@pytest.mark.parametrize(
    ("act", "kind", "calls"),
    [
        (raw(500, b""), Unreachable, ATTEMPTS),
        (drop, Unreachable, 2 * ATTEMPTS),  # aiohttp repeats a GET once by itself when it is cut off
        (hang, Unreachable, ATTEMPTS),
        (problem(429, retry_after=1), RateLimited, ATTEMPTS),
        (problem(429, retry_after=600), RateLimited, 1),
        (problem(401, detail="x"), BadKey, 1),
        (problem(404, detail="x"), Refused, 1),
        (raw(200, b"<html>"), NotUnderstood, 1),
        (raw(200, b" " * 20_000), NotUnderstood, 1),
    ],
)
async def test_a_safe_call_gives_up(act: Behaviour, kind: type[HostError], calls: int) -> None:
    """After a few tries, or at once where another try is pointless."""
    async with scripted(act) as host, client(host.url, limits=SHORT) as replicate:
        with pytest.raises(kind) as caught:
            await replicate.get("x")
    assert type(caught.value) is kind
    assert len(host.calls) == calls


def test_pauses_grow_with_jitter_up_to_a_cap() -> None:
    """The host's wish is a lower bound; too long a wish, or too many tries, end it."""
    assert pause_s(0, asked_s=None, chance=0.0) == 0.125
    assert pause_s(0, asked_s=None, chance=1.0) == 0.25
    assert pause_s(2, asked_s=None, chance=1.0) == 1.0
    assert pause_s(0, asked_s=4.0, chance=0.5) == 4.0
    assert pause_s(0, asked_s=5.1, chance=0.5) is None
    assert pause_s(ATTEMPTS - 1, asked_s=None, chance=0.5) is None


NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "said", "wait_s"),
    [
        ("7", Problem(), 7),
        ("7", Problem(retry_after=3), 3),
        ("Thu, 01 Jan 2026 12:00:30 GMT", Problem(), 30),
        ("Thu, 01 Jan 2026 11:00:00 GMT", Problem(), 0),
        ("", Problem(detail="Request was throttled. Expected available in ~42s."), 42),
        ("soon", Problem(), 5),
        ("-3", Problem(), 5),
        ("", Problem(retry_after=float("nan")), 5),
        ("999999999999", Problem(), 3600),
    ],
)
def test_every_form_of_retry_after_is_read(header: str, said: Problem, wait_s: float) -> None:
    """Body first, then header as seconds or date, then the prose; nonsense is five seconds."""
    given_answer = Answer(status=429, headers={"Retry-After": header}, body=b"")
    assert retry_after_s(given_answer, said, NOW) == wait_s


json_like = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "status", "error", "detail", "title", "urls", "x"]), inner)
    ),
    max_leaves=6,
)


@given(
    st.integers(100, 599), st.binary(max_size=60) | json_like.map(lambda value: json.dumps(value).encode())
)
def test_no_answer_raises_anything_of_its_own(status: int, body: bytes) -> None:
    """Whatever a host sends, it is a record or an error of the tree."""
    given_answer = Answer(status=status, headers={}, body=body)
    for calling in Calling:
        assert isinstance(refusal("h", given_answer, calling), HostError)
    assert isinstance(problem_of(given_answer), Problem)
    with contextlib.suppress(NotUnderstood):
        assert read("h", given_answer, Prediction).id


def test_a_very_deep_answer_is_not_understood() -> None:
    """A nest that the JSON reader cannot follow is no bug of ours."""
    with pytest.raises(NotUnderstood):
        read("h", Answer(status=200, headers={}, body=b"[" * 100_000), Prediction)
