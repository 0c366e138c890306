"""Whatever a host sends: a record that can be kept, or an error of ours. Nothing else is ever raised."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import HostError, RiffcordError
from bot.protocol.predictions import RIFFUSION_MODEL, RIFFUSION_VERSION, Prediction, PredictionPage
from bot.protocol.runs import Run
from bot.providers.answers import Answer, problem_of, read_bytes
from bot.providers.cog_reports import run_told
from bot.providers.event_parser import EventParser
from bot.providers.prediction_runs import run_of
from bot.providers.predictions import PredictionsHost
from bot.providers.rates import Calling
from bot.providers.refusals import refusal
from bot.providers.songs_answers import job_ids, upload_id
from bot.providers.songs_feed import feed_of
from bot.providers.songs_feed import run_of as run_of_feed
from bot.providers.waits import retry_after_s
from bot.providers.webhooks import Verifier
from bot.store.rows import stored_run
from tests.peers.standin.samples import sample
from tests.peers.standin.telling import MALFORMED, Message, message

MUTATIONS = 400
"""A parser and sample."""
IDS = ["989aff28-4df4-48d9-8ea3-92b746b4b765", "322ebfd9-fefe-4728-a47a-c5825d7f0c2e"]


def host() -> PredictionsHost:
    """A client that is never asked to call anybody."""
    return PredictionsHost(
        name="h",
        base_url="https://h.example/v1",
        token=None,
        model=RIFFUSION_MODEL,
        version=RIFFUSION_VERSION,
        local=False,
    )


def kept(run: Run) -> Run:
    """A run as it comes back from the row that it was stored in."""
    again = Run.model_validate(json.loads(json.dumps(stored_run(run), allow_nan=False)))
    assert again == run
    return again


def page(body: bytes) -> list[Run]:
    """Each prediction of a list."""
    return [kept(run_of(each)) for each in read_bytes("h", body, PredictionPage).results]


def refusals(body: bytes) -> list[HostError]:
    """What each status with this body stands for, for every kind of call; each names a wait that is one."""
    found: list[HostError] = []
    for status in (200, 301, 400, 401, 403, 404, 422, 429, 500, 503):
        told = Answer(status=status, headers={"Retry-After": "soon"}, body=body)
        found += [refusal("h", told, calling, hide=("secret",)) for calling in Calling]
        assert 0 <= retry_after_s(told, problem_of(told), datetime.now(UTC)) <= 3600
    assert all(isinstance(each, HostError) for each in found)
    assert all(len(str(each)) < 2_000 for each in found)
    return found


PARSERS: dict[str, tuple[Callable[[bytes], object], tuple[str, ...]]] = {
    # name: the parser, and the samples that it is fed with, changed
    "webhook of a host": (
        lambda body: kept(host().told(body)),
        ("prediction_created", "prediction_succeeded"),
    ),
    "webhook of a container": (
        lambda body: kept(run_told("h", body)),
        ("prediction_created", "prediction_succeeded"),
    ),
    "prediction": (lambda body: read_bytes("h", body, Prediction), ("prediction_succeeded",)),
    "list of predictions": (page, ("page", "prediction_succeeded")),
    "feed": (lambda body: kept(run_of_feed(IDS, feed_of("h", body))), ("feed", "jobs")),
    "jobs": (lambda body: job_ids("h", body), ("jobs", "feed", "created_data")),
    "upload": (lambda body: upload_id("h", body), ("uploaded", "account")),
    "refusal": (refusals, ("refusals", "created_data")),
}


def outcome(parse: Callable[[bytes], object], body: bytes) -> object:
    """What a parser made of a body, or which of our errors it was."""
    try:
        return parse(body)
    except RiffcordError as error:
        return error


def corpus(name: str) -> Iterator[bytes]:
    """A sample, and the parts of it that are answers themselves; in and out of a gateway's envelope."""
    printed: Any = sample(name)
    bodies = [each["body"] for each in printed.values()] if name == "refusals" else [printed]
    for told in bodies:
        yield json.dumps(told).encode()
        yield json.dumps({"code": "success", "message": "", "data": told}).encode()
        yield json.dumps({"next": None, "previous": None, "results": [told]}).encode()


TOKENS = [
    *b'\x00\xff"{}[],:\\',
    *(b"null", b"true", b"NaN", b"Infinity", b"-0", b"1e999", b"9" * 400, b'"\\ud800"', b'"\\u0000"'),
    *(b"{}", b"[]", b'""', b"[" * 2_000, b'{"a":' * 2_000, b'"id"', b'"data"', b'"status"', b'"output"'),
    *(b'"2026-02-30T25:61:61Z"', b'"-99999-01-01T00:00:00Z"', b'"data:;base64,%%"', b'"http://[::1"'),
    *(
        b'"succeeded"',
        b'"failed"',
        b'"generations"',
        b'"100%|"',
        b"\xe2\x80\xa8",
        b"\xed\xa0\x80",
        "额度".encode(),
    ),
]


def mutated(body: bytes, chance: random.Random) -> bytes:
    """One to four small accidents: a byte or a token changed, a piece lost, doubled or moved."""
    made = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        here = chance.randrange(len(made) + 1)
        there = min(len(made), here + chance.randint(0, 24))
        token = chance.choice(TOKENS)
        piece = bytes([token]) if isinstance(token, int) else token
        match chance.randrange(5):
            case 0:
                made[here:there] = piece
            case 1:
                del made[here:there]
            case 2:
                made[here:here] = made[here:there]
            case 3:
                made[here:here] = piece
            case _:
                value = made.find(b": ", here)
                end = min(
                    (i for i in (made.find(c, value) for c in (b",", b"}")) if i > 0), default=len(made)
                )
                if value > 0:
                    made[value + 2 : end] = piece
    return bytes(made)


@pytest.mark.parametrize("name", PARSERS)
def test_samples_are_understood(name: str) -> None:
    """At least one of what each parser is fed with is taken as it is: the fuzzing begins inside."""
    parse, samples = PARSERS[name]
    made = [outcome(parse, body) for which in samples for body in corpus(which)]
    assert any(not isinstance(each, RiffcordError) for each in made)


@pytest.mark.parametrize("name", PARSERS)
def test_spoilt_samples_raise_nothing_of_their_own(name: str) -> None:
    """A mutation loop from the printed samples, with a fixed seed."""
    parse, samples = PARSERS[name]
    chance = random.Random(name)
    for which in samples:
        bodies = list(corpus(which))
        for _ in range(MUTATIONS):
            outcome(parse, mutated(chance.choice(bodies), chance))


KEYS = [
    *("id", "status", "output", "error", "logs", "metrics", "predict_time", "created_at", "urls", "stream"),
    *(
        "input",
        "data",
        "code",
        "message",
        "detail",
        "title",
        "type",
        "retry_after",
        "invalid_fields",
        "field",
    ),
    *(
        "loc",
        "msg",
        "results",
        "next",
        "generations",
        "jobs",
        "audio_url",
        "image_url",
        "audio",
        "spectrogram",
    ),
    *("score", "takes", "stems", "duration_s", "process", "x"),
]
json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.sampled_from(
        [
            "",
            "succeeded",
            "failed",
            "starting",
            "success",
            "ERROR",
            "https://h.example/a.wav",
            "data:,",
            "\ud800",
        ]
    )
    | st.text("aé\0\n%:|~30s", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.parametrize("name", PARSERS)
def test_any_answer_raises_nothing_of_its_own(name: str) -> None:
    """JSON of any shape with the names that the dialects use, and bytes that are none."""
    parse, _ = PARSERS[name]

    @given(st.binary(max_size=40) | json_like.map(lambda value: json.dumps(value).encode()))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def any_body(body: bytes) -> None:
        outcome(parse, body)

    any_body()


SECRET = sample("secret")["key"]


def signed() -> Message:
    """A message of this moment: a signature is believed for five minutes."""
    return message(SECRET, {"id": "a", "status": "succeeded"})


@pytest.mark.parametrize("name", MALFORMED)
def test_spoilt_headers_are_not_believed(name: str) -> None:
    """A plain False, whatever stands in them."""
    body = signed()
    headers = {key: value for key, value in {**body.headers, **MALFORMED[name]}.items() if value is not None}
    assert Verifier(SECRET).verify(body.headers, body.body) is True
    assert Verifier(SECRET).verify(headers, body.body) is False


def test_no_headers_raise_anything() -> None:
    """Names and values of any kind; only what was really signed is believed."""
    chance, body = random.Random(20), signed()
    for _ in range(2_000):
        spoilt = {
            name: mutated(value.encode(), chance).decode("latin-1") for name, value in body.headers.items()
        }
        believed = Verifier(SECRET).verify(spoilt, body.body)
        assert not believed or spoilt["webhook-id"] == body.headers["webhook-id"]


LINES = [
    "  0%|  | 0/38 [00:00<?, ?it/s]",
    "100%|##| 38/38",
    "Using seed: 4711",
    "250%|",
    "-3%|",
    "%|%|%|",
    "",
]


def test_logs_give_a_share_or_nothing() -> None:
    """Lines of a progress bar, cut and mixed with anything; however long they are, in no time."""
    chance = random.Random(7)
    for _ in range(2_000):
        body = mutated("\r".join(chance.choices(LINES, k=4)).encode(), chance)
        told = Prediction(id="a", status="processing", logs=body.decode(errors="replace"))
        assert told.progress is None or 0 <= told.progress <= 1
    long = Prediction(id="a", status="processing", logs="9" * 300_000 + "%" + "|" * 300_000)
    began_s = time.process_time()
    assert long.progress is None or 0 <= long.progress <= 1
    assert time.process_time() - began_s < 1


STREAM = (
    b"event: logs\nid: 1690212292:0\ndata:  10%|#| 1/10\n\n: still here\n\n"
    b'event: output\nid: 1690212293:0\ndata: {"audio":\ndata: "https://h.example/a.wav"}\n\n'
    b"event: done\nid: 1690212294:0\nretry: 500\ndata: {}\n\n"
)


def test_event_streams_are_the_same_however_they_are_cut() -> None:
    """Spoilt streams give the same events in one piece and byte by byte, and raise nothing."""
    chance = random.Random(11)
    for _ in range(600):
        body = mutated(STREAM, chance)
        whole, bytewise = EventParser(), EventParser()
        events = whole.feed(body)
        assert [event for at in range(len(body)) for event in bytewise.feed(body[at : at + 1])] == events
        assert (whole.last_id, whole.retry_s) == (bytewise.last_id, bytewise.retry_s)
