"""Answers of songs hosts: what is read out of them, however they are put, and nothing but our own errors."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import HostError, NotUnderstood
from bot.protocol.runs import FailureCause, Run
from bot.providers.songs_answers import job_ids, upload_id
from bot.providers.songs_feed import feed_of, run_of

ONE, TWO = "5b0f2c1e-0000-4000-8000-000000000001", "5b0f2c1e-0000-4000-8000-000000000002"
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([ONE, "\ud800", "50%"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
SONG_FIELDS = st.sampled_from(["id", "audio_url", "image_url", "title", "lyrics", "duration_s"])
SONGS = st.lists(st.dictionaries(SONG_FIELDS, JSON, max_size=5) | JSON, max_size=3)
FEED_FIELDS = st.sampled_from(["status", "process", "error", "data", "code", "message", "progress"])


def song(song_id: str = ONE, **changes: Any) -> dict[str, Any]:
    """A generation as a shipping client takes it."""
    whole = {
        "id": song_id,
        "title": "Harbour Lights",
        "audio_url": f"https://storage.example/{song_id}.m4a",
        "image_url": f"https://storage.example/{song_id}.jpg",
        "duration_s": 187.4,
        "lyrics": "[Verse]\n...",
        "sound": "indie folk, banjo",
        "topic": "",
        "model_display_name": "FUZZ-1.1 Pro",
    }
    return {**whole, **changes}


def run(told: object) -> Run:
    """The run of both songs by a feed."""
    return run_of([ONE, TWO], feed_of("riffusion", json.dumps(told).encode()))


BOTH = [song(ONE), song(TWO)]


def test_the_documented_feed() -> None:
    """Both songs with everything that is told of them, in the order of the request."""
    ended = run({"status": "success", "process": 100, "generations": BOTH[::-1]})
    assert (ended.id, ended.status, ended.progress) == (f"{ONE},{TWO}", "succeeded", 1.0)
    first, second = ended.results
    assert (first.id, second.id) == (ONE, TWO)
    assert (first.title, first.duration_s, first.lyrics) == ("Harbour Lights", 187.4, "[Verse]\n...")
    assert (first.audio, first.picture) == (BOTH[0]["audio_url"], BOTH[0]["image_url"])


@pytest.mark.parametrize(
    "told",
    [
        {"status": "COMPLETE", "generations": BOTH},
        {"status": "completed", "generations": [*BOTH, {"no": "id"}, None, 3]},
        {"code": "success", "message": "", "data": {"status": "success", "generations": BOTH}},
        {"code": 200, "data": {"code": 0, "data": {"status": "success", "generations": BOTH}}},
        {"data": {"status": "success", "generations": BOTH}},
        {"status": "success", "code": 200, "data": {"status": "SUCCESS", "generations": BOTH}},
        {"code": "success", "data": {"task_id": "t", "status": "SUCCESS", "progress": "100%", "data": BOTH}},
        {"generations": BOTH},
        {"code": "success", "data": BOTH},
        BOTH,
        {"status": "success", "generations": [song(ONE, duration_s=None, model_display_name=None), BOTH[1]]},
        {"status": "success", "generations": [song(ONE, duration_s="187.4"), song(TWO, title=7, lyrics=[])]},
        {"status": "success", "generations": [song("other"), song("another")]},
    ],
)
def test_done_by_any_word_in_any_wrapping(told: object) -> None:
    """Both songs are there."""
    ended = run(told)
    assert (ended.status, [each.audio is not None for each in ended.results]) == ("succeeded", [True, True])


@pytest.mark.parametrize(
    ("told", "progress", "heard"),
    [
        ({"status": "process", "process": 30}, 0.3, 0),
        ({"status": "process", "process": "30%", "generations": None}, 0.3, 0),
        ({"status": "generating_audio", "progress": "45.5", "generations": []}, 0.455, 0),
        ({"status": "queued", "process": -5}, None, 0),
        ({"status": "process", "process": 1e400}, None, 0),
        ({"status": "process", "process": 900}, 1.0, 0),
        ({"status": "process", "generations": [song(ONE, audio_url="")]}, None, 0),
        ({"status": "process", "generations": [song(ONE), song(TWO, audio_url=None)]}, None, 1),
        ({"status": "success", "generations": []}, None, 0),
        ({"status": "success", "generations": [song(ONE), song(TWO, audio_url=" ")]}, None, 1),
        ({"generations": [song(ONE), song(TWO, audio_url=None)]}, None, 1),
        ({"status": "success", "generations": [song(ONE), song("stranger")]}, None, 1),
    ],
)
def test_running(told: object, progress: float | None, heard: int) -> None:
    """Everything else is under way; what can be heard already is told."""
    now = run(told)
    assert (now.status, now.progress, len(now.results)) == ("processing", progress, heard)


@pytest.mark.parametrize(
    ("told", "error", "cause"),
    [
        ({"status": "ERROR"}, "ERROR", FailureCause.UNKNOWN),
        (
            {"status": "failed", "error": "lyrics flagged by moderation"},
            "lyrics flagged by moderation",
            FailureCause.PROMPT_REFUSED,
        ),
        ({"status": "failure", "error": {"message": "no"}}, "no", FailureCause.UNKNOWN),
        (
            {"code": "success", "data": {"status": "FAILURE", "fail_reason": "gone", "data": []}},
            "gone",
            FailureCause.UNKNOWN,
        ),
    ],
)
def test_failed(told: object, error: str, cause: FailureCause) -> None:
    """With the host's words and the cause that they tell."""
    ended = run(told)
    assert (ended.status, ended.error, ended.cause, ended.results) == ("failed", error, cause, ())


def test_one_of_two() -> None:
    """A failure with a song that can be heard is a success with that song."""
    ended = run({"status": "failed", "generations": [song(TWO), song(ONE, audio_url=None)]})
    assert (ended.status, [each.id for each in ended.results]) == ("succeeded", [TWO])


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b"null", b'{"status": 5}', b"[" * 100_000])
def test_no_feed(body: bytes) -> None:
    """Pages of proxies and answers without a word are not understood."""
    with pytest.raises(NotUnderstood):
        feed_of("riffusion", body)


@pytest.mark.parametrize(
    ("told", "ids"),
    [
        ({"jobs": [{"id": ONE}, {"id": TWO}]}, [ONE, TWO]),
        ({"jobs": [ONE, TWO, ONE]}, [ONE, TWO]),
        ({"code": "success", "data": {"jobs": [{"id": ONE}, {"id": TWO}]}}, [ONE, TWO]),
        ({"code": 200, "data": [{"id": ONE}, {"id": 7}]}, [ONE, "7"]),
        ({"jobs": [{"id": ONE, "status": "queued"}, {"id": ""}, {}, None]}, [ONE]),
        ({"jobs": [{"id": str(number)} for number in range(9)]}, ["0", "1", "2", "3"]),
    ],
)
def test_jobs(told: object, ids: list[str]) -> None:
    """The ids by which the songs are asked for."""
    assert job_ids("riffusion", json.dumps(told).encode()) == ids


@pytest.mark.parametrize(
    "told", [{}, {"jobs": []}, {"jobs": "no"}, {"jobs": [{"id": "a,b"}]}, "x", {"id": ONE}]
)
def test_no_jobs(told: object) -> None:
    """An answer without ids tells nothing of what was accepted."""
    with pytest.raises(NotUnderstood):
        job_ids("riffusion", json.dumps(told).encode())


def test_uploads() -> None:
    """By either name, wrapped or not."""
    for told in (
        {"id": ONE},
        {"audio_upload_id": ONE, "is_flagged": False},
        {"code": "success", "data": {"id": ONE}},
    ):
        assert upload_id("riffusion", json.dumps(told).encode()) == ONE
    with pytest.raises(NotUnderstood):
        upload_id("riffusion", b'{"message": "ok"}')


@given(
    st.dictionaries(FEED_FIELDS, JSON, max_size=5),
    SONGS,
    st.sampled_from(["success", "failed", "process", None]),
)
def test_any_feed(fields: dict[str, Any], songs: list[Any], status: str | None) -> None:
    """A run that can be kept, or our own error."""
    told = {**fields, "generations": songs, **({} if status is None else {"status": status})}
    with contextlib.suppress(HostError):
        assert Run.model_validate_json(run(told).model_dump_json()).id == f"{ONE},{TWO}"


@given(st.binary() | JSON.map(lambda told: json.dumps(told).encode()))
def test_any_answer(body: bytes) -> None:
    """Of whatever call."""
    for read in (feed_of, job_ids, upload_id):
        with contextlib.suppress(HostError):
            read("riffusion", body)
