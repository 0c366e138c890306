"""The requests that the hosts' documents print: our clients really send them when asked for the same.

Where a document is wrong, ``differs`` says how, and why what we send is right. Digits below 1e-9 are the
mark by which a paid call is found again.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, cast

import pytest

from bot.jobs.records import Source
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import IMAGE_MODELS, ImageInput, ImageModel, ImageValue, validated
from tests.peers.standin import Dialect, Point, standin
from tests.peers.standin.good import Call
from tests.peers.standin.samples import sample
from tests.providers.clients import client_of, configured_client, points_of

Request = dict[str, Any]

DOCUMENTED: dict[str, Request] = json.loads(
    Path(__file__).with_name("documented_requests.json").read_text("utf-8")
)
_MARK = 1e-9


def expected(request: Request) -> tuple[str, str, Any]:
    """Method, path and body as they are right: the printed ones, but for what is told to differ."""
    path, body = request["path"], copy.deepcopy(request["body"])
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


@pytest.mark.parametrize(
    ("dialect", "ending"),
    [("predictions", ""), ("predictions", "/v1/"), ("aggregator", "/replicate/v1"), ("songs", "/riffusion/")],
)
async def test_an_address_may_be_written_with_its_path_or_without(dialect: Dialect, ending: str) -> None:
    """The documents disagree on where a base address ends; the calls are the same."""
    async with standin(dialect) as host:
        client = configured_client(host, host.url + ending)
        try:
            await client.create(points_of(dialect)[1], reference="job-1", webhook=None)
        finally:
            await client.close()
        assert len(host.charges) == 1


async def test_a_run_is_asked_for_cancelled_and_listed_as_printed() -> None:
    """The three calls of Replicate's document that cost nothing."""
    async with standin() as host, client_of(host) as client:
        run = await client.create(riff_of(DOCUMENTED["replicate: create"]), reference="job-1", webhook=None)
        since = (await client.get(run.id)).created_at
        assert since is not None
        await client.cancel(run.id)
        await client.find(riff_of(DOCUMENTED["replicate: create"]), reference="job-1", since=since)
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


def image_of(body: dict[str, Any]) -> ImageInput:
    """The wish that a printed order by version stands for."""
    model = body["version"].partition(":")[0]
    return ImageInput(model=model, inputs=body["input"])


@pytest.mark.parametrize("name", cases("aggregator"))
async def test_a_gateway_is_asked_as_printed(name: str) -> None:
    """Music by the model's path, pictures by owner, name and version; a seed of ours is the only addition."""
    request = copy.deepcopy(DOCUMENTED[name])
    inputs = request["body"]["input"]
    async with standin("aggregator") as host, client_of(host) as client:
        if "prompt_a" in inputs:
            await client.create(riff_of(request), reference="job-1", webhook=None)
        else:
            await client.create(image_of(request["body"]), reference="job-1", webhook=None)
            inputs["seed"] = host.calls[0].body["input"]["seed"]
            assert 0 < inputs["seed"] < 2**31
        check(host.calls[0], request)
        assert len(host.charges) == 1


LISTED = {name: version for version, (name, shape, _) in sample("models").items() if shape != "riff"}
"""The document's list: what it calls each version."""


def a_wish(model: ImageModel) -> ImageInput:
    """Everything that a model takes, at its default, else as simple as can be; chance is fixed."""
    simple: dict[str, ImageValue] = {"picture": "https://example.org/a.png", "string": "a cat", "integer": 7}
    inputs = {
        name: simple[field.type] if field.default is None else field.default
        for name, field in model.inputs.items()
    }
    return validated(ImageInput(model=model.name, inputs=inputs))


@pytest.mark.parametrize("model", IMAGE_MODELS.values(), ids=lambda model: model.name)
@pytest.mark.parametrize("dialect", ["predictions", "aggregator"])
async def test_each_listed_model_is_asked_by_its_version(
    dialect: Dialect, model: ImageModel, tmp_path: Path
) -> None:
    """All inputs as they were wished, the version that the document lists, and the picture comes home."""
    wish = a_wish(model)
    async with standin(dialect) as host, client_of(host) as client:
        run = await client.create(wish, reference="job-1", webhook=None)
        sent = host.calls[0].body
        assert sent["input"] == wish.inputs
        version = LISTED[model.name]
        assert sent["version"] == (f"{model.name}:{version}" if dialect == "aggregator" else version)
        await host.predictions.ends(run.id)
        done = await client.get(run.id)
        shown = done.results[-1] if model.output == "last" else done.results[0]
        picture = await client.fetch_picture(shown, tmp_path)
        assert picture.suffix.removeprefix(".") == model.media[0]


def test_the_table_lists_what_the_document_lists() -> None:
    """Ten models, each under the name that the document gives to its version."""
    assert {model.name: model.version for model in IMAGE_MODELS.values()} == LISTED
