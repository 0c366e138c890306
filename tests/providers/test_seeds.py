"""The requests that the hosts' documents print: our clients really send them when asked for the same.

Where a document is wrong, ``differs`` says how, and why what we send is right. Digits below 1e-9 are the
mark by which a paid call is found again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from bot.jobs.records import Source
from bot.protocol.engine import EngineInput
from tests.peers.standin import Point, standin
from tests.peers.standin.good import Call
from tests.providers.clients import client_of

Request = dict[str, Any]

DOCUMENTED: dict[str, Request] = json.loads(
    Path(__file__).with_name("documented_requests.json").read_text("utf-8")
)
_MARK = 1e-9


def expected(request: Request) -> tuple[str, str, Any]:
    """Method, path and body as they are right: the printed ones, but for what is told to differ."""
    path, body = request["path"], json.loads(json.dumps(request["body"]))
    for where, (right, why) in request["differs"].items():
        assert len(why) > 30, "a difference says why"
        if where == "path":
            path = right
        else:
            body[where.removeprefix("body.")] = right
    return request["method"], path, body


def alike(sent: Any, printed: Any) -> bool:
    """Equal, but for digits of numbers that nobody hears."""
    if isinstance(sent, dict) and isinstance(printed, dict):
        ours, theirs = cast("dict[str, Any]", sent), cast("dict[str, Any]", printed)
        return ours.keys() == theirs.keys() and all(alike(ours[key], theirs[key]) for key in ours)
    if isinstance(sent, float) and isinstance(printed, float):
        return 0 <= sent - printed < _MARK
    return bool(sent == printed)


def check(call: Call, request: Request, **named: str) -> None:
    """The call is the documented one."""
    method, path, body = expected(request)
    assert (call.method, call.path) == (method, path.format(**named))
    assert call.headers["Authorization"].startswith("Bearer ")
    if body is None:
        return
    assert call.headers["Content-Type"] == "application/json"
    assert alike(call.body, body), call.body


def cases(host: str) -> list[str]:
    """Documented requests to a host of this dialect."""
    return [
        name
        for name, request in DOCUMENTED.items()
        if request["host"] == host and request["method"] == "POST" and request["body"] is not None
    ]


def riff_of(request: Request) -> EngineInput:
    """The wish that the printed input stands for."""
    return EngineInput.model_validate(request["body"]["input"])


@pytest.mark.parametrize("name", cases("predictions"))
async def test_a_riff_is_ordered_as_printed(name: str) -> None:
    """Replicate's document: by version, with and without a webhook."""
    request = DOCUMENTED[name]
    async with standin() as host, client_of(host) as client:
        await client.create(riff_of(request), reference="job-1", webhook=request.get("webhook"))
        check(host.calls[0], request)
        assert len(host.charges) == 1


async def test_a_run_is_asked_for_cancelled_and_listed_as_printed() -> None:
    """The three calls of Replicate's document that cost nothing."""
    async with standin() as host, client_of(host) as client:
        run = await client.create(riff_of(DOCUMENTED["replicate: create"]), reference="job-1", webhook=None)
        since = (await client.get(run.id)).created_at
        assert since is not None
        await client.cancel(run.id)
        await client.find("job-1", since=since)
        points: tuple[Point, ...] = ("get", "cancel", "list")
        for point in points:
            check(host.at(point)[0], DOCUMENTED[f"replicate: {point}"], prediction_id=run.id)


async def test_a_song_is_ordered_as_printed() -> None:
    """Lyrics, style words and a title."""
    request = DOCUMENTED["songs: generate"]
    body = request["body"]
    async with standin("songs") as host, client_of(host) as client:
        await client.create(song_of(body), reference="job-1", webhook=None)
        check(host.calls[0], request)


def song_of(body: dict[str, Any], **more: Any) -> EngineInput:
    """The wish that a printed song stands for."""
    return EngineInput.model_validate(
        {
            "quality": body["model"],
            "lyrics": body["lyrics"],
            "prompt_a": body["tag"],
            "title": body["title"],
            **more,
        }
    )


async def test_a_morph_is_ordered_with_the_fields_of_its_transform(tmp_path: Path) -> None:
    """One source, the transform's own strengths, nothing of other transforms."""
    request = DOCUMENTED["songs: morph"]
    body, printed = request["body"], request["body"]["morph"]
    strengths = {
        name: printed[name]
        for name in printed
        if name.startswith("normalized_") and name != "normalized_variation_strength"
    }
    async with standin("songs") as host, client_of(host) as client:
        host.songs.feeds[printed["riff_id"]] = "success"  # a song of that name was made here
        source = Source(file=tmp_path / "none.mp3", result_id=printed["riff_id"])
        wanted = song_of(body, transform="cover", **strengths)
        await client.create(wanted, reference="job-1", webhook=None, source=source)
        check(host.calls[0], request)
        assert len(host.charges) == 1
