"""Everything that a host has been seen or documented to do with a call, by name."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final, Protocol, cast

from aiohttp import web

from tests.peers.standin.good import Good, as_json, refused
from tests.peers.standin.samples import sample

PRIVATE = "https://127.0.0.1:9/metadata"
"""Where a host that is up to no good sends its callers."""


class Scene(Protocol):
    """One call at a stand-in."""

    @property
    def request(self) -> web.Request:
        """As it arrived."""
        ...

    @property
    def call(self) -> Any:
        """What was noted of it."""
        ...

    def good(self) -> Good:
        """Accept what is asked and tell the good answer."""
        ...

    async def wait(self) -> None:
        """Stand at the gate."""
        ...

    async def stream(self) -> web.StreamResponse:
        """The events of a run."""
        ...


Behaviour = Callable[[Scene], Awaitable[web.StreamResponse]]
Twist = Callable[[Any], Any]


async def _well(scene: Scene) -> web.StreamResponse:
    return await scene.stream() if scene.call.point == "stream" else _sent(scene.good())


def _sent(good: Good) -> web.Response:
    return web.Response(
        status=good.status, body=good.content, headers={"Content-Type": good.kind, **good.headers}
    )


def _refusing(name: str) -> Behaviour:
    """Nothing is accepted."""

    async def act(_: Scene) -> web.StreamResponse:
        return _sent(refused(name))

    return act


async def _until_a_date(_: Scene) -> web.StreamResponse:
    printed = refused("429 without header")
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    return _sent(Good(printed.status, printed.content, printed.kind, {"Retry-After": at}))


def _plainly(status: int, content: bytes = b"") -> Behaviour:
    """Refused as by something that stands before the host and knows nothing of it."""

    async def act(_: Scene) -> web.StreamResponse:
        return _sent(Good(status, content, "text/plain"))

    return act


def _accepted_but(change: Callable[[Good], Good]) -> Behaviour:
    """What is asked is done; the answer is another one."""

    async def act(scene: Scene) -> web.StreamResponse:
        return _sent(change(scene.good()))

    return act


def _twisted(twist: Twist) -> Behaviour:
    return _accepted_but(lambda good: as_json(good.status, twist(good.told)))


async def _lost(scene: Scene) -> web.StreamResponse:
    scene.good()
    return await _dropped(scene)


async def _dropped(scene: Scene) -> web.StreamResponse:
    if scene.request.transport is not None:
        scene.request.transport.close()
    return web.Response()


async def _silent(scene: Scene) -> web.StreamResponse:
    scene.good()
    await scene.wait()
    return await _dropped(scene)


async def _slow(scene: Scene) -> web.StreamResponse:
    good = scene.good()
    half = len(good.content) // 2
    response = await _begun(scene, good, length=len(good.content))
    await response.write(good.content[:half])
    await scene.wait()
    with contextlib.suppress(ConnectionError):
        await response.write(good.content[half:])
    return response


async def _endless(scene: Scene) -> web.StreamResponse:
    good = scene.good()
    response = await _begun(scene, good, length=None)
    padding = (b" " if good.kind == "application/json" else b"\0") * 2**16
    with contextlib.suppress(ConnectionError):
        await response.write(good.content)
        while True:
            await response.write(padding)
    return response


async def _short(scene: Scene) -> web.StreamResponse:
    good = scene.good()
    response = await _begun(scene, good, length=len(good.content) + 1_000)
    await response.write(good.content)
    await _dropped(scene)
    return response


async def _begun(scene: Scene, good: Good, *, length: int | None) -> web.StreamResponse:
    headers = {"Content-Type": good.kind} | ({} if length is None else {"Content-Length": str(length)})
    response = web.StreamResponse(status=good.status, headers=headers)
    await response.prepare(scene.request)
    return response


def _redirecting(to: str) -> Behaviour:
    async def act(scene: Scene) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": to or str(scene.request.url)})

    return act


def _each(told: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """Change the records of an answer: those of its list, or itself."""
    for name in ("results", "generations", "jobs"):
        if isinstance(told, dict) and name in told:
            record = cast("dict[str, Any]", told)
            return {**record, name: [change(each) for each in record[name]]}
    return change(cast("dict[str, Any]", told)) if isinstance(told, dict) else told


_ENOUGH = ("id", "status", "output", "error", "created_at", "input", "audio_url", "key", "url")
"""What any client needs; a host may well leave out all the rest."""


def _missing(told: Any) -> Any:
    def least(record: dict[str, Any]) -> dict[str, Any]:
        return {key: record[key] for key in record if key in _ENOUGH and record[key] is not None}

    return _each(told, least)


def _extra(told: Any) -> Any:
    more: dict[str, Any] = {
        "x_internal": {"deep": [1, None, {"a": []}]},
        "deployment": None,
        "new_2027": True,
    }
    return _each(told, lambda record: {**record, **more})


def _as_text(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _as_text(value) for key, value in cast("dict[str, Any]", told).items()}
    if isinstance(told, list):
        return [_as_text(value) for value in cast("list[Any]", told)]
    return str(told) if isinstance(told, int | float) and not isinstance(told, bool) else told


def _elsewhere(told: Any) -> Any:
    """Every address leads to another host, as those of aggregators do."""
    text = re.sub(r'"https?://[^/"]+/(?!files/)', '"https://elsewhere.invalid/', json.dumps(told))
    return json.loads(text)


def _fractions(digits: int) -> Twist:
    def change(told: Any) -> Any:
        fraction = "123456789"[:digits]
        text = re.sub(r"(T\d\d:\d\d:\d\d)(\.\d+)?Z", rf"\1.{fraction}Z", json.dumps(told))
        return json.loads(text)

    return change


def _without(name: str) -> Twist:
    return lambda told: _each(told, lambda record: {key: record[key] for key in record if key != name})


def _with(**changes: Any) -> Twist:
    return lambda told: _each(told, lambda record: {**record, **changes})


def _again(good: Good) -> Good:
    """A list that leads to its first page again."""
    told = good.told
    return as_json(good.status, {**told, "next": "https://api.replicate.com/v1/predictions?cursor=0"})


async def _created_and_data(scene: Scene) -> web.StreamResponse:
    told = scene.good().told
    base = f"http://{scene.request.host}/files/{told['id']}"
    names = sample("models")[told["version"]][2]
    return _sent(as_json(200, {"created": 1589478378, "data": [{"url": f"{base}/{name}"} for name in names]}))


def _zipped(good: Good) -> Good:
    packed = gzip.compress(good.content + b" " * (8 * 2**20))
    return Good(good.status, packed, good.kind, {"Content-Encoding": "gzip"})


REFUSALS: Final = frozenset(sample("refusals"))
"""Answers that are served word for word as they are documented."""

BEHAVIOURS: Final[Mapping[str, Behaviour]] = {
    "well": _well,
    **{name: _refusing(name) for name in REFUSALS},
    "429 with date": _until_a_date,
    "403": _plainly(403, b"Forbidden"),
    "413 without a word": _plainly(413),
    "502": _plainly(502),
    "500 after acceptance": _accepted_but(lambda _: refused("500")),
    "lost response": _lost,
    "dropped": _dropped,
    "no answer": _silent,
    "slow body": _slow,
    "endless body": _endless,
    "wrong content length": _short,
    "gzip bomb": _accepted_but(_zipped),
    "HTML body": _accepted_but(
        lambda good: Good(good.status, b"<html><body>Hello</body></html>", "text/html")
    ),
    "truncated JSON": _accepted_but(
        lambda good: Good(good.status, good.content[: len(good.content) * 2 // 3])
    ),
    "deep JSON": _accepted_but(lambda good: Good(good.status, b"[" * 100_000)),
    "not UTF-8": _accepted_but(lambda good: Good(good.status, b'{"id": "\xff\xfe"}')),
    "empty body": _accepted_but(lambda good: Good(good.status, b"")),
    "redirect to a private address": _redirecting(PRIVATE),
    "redirect in a circle": _redirecting(""),
    "missing fields": _twisted(_missing),
    "extra fields": _twisted(_extra),
    "addresses elsewhere": _twisted(_elsewhere),
    "numbers as strings": _twisted(_as_text),
    **{f"{digits}-digit fractions": _twisted(_fractions(digits)) for digits in range(3, 9)},
    "no id": _twisted(_without("id")),
    "no inputs": _twisted(_without("input")),
    "an empty object": _accepted_but(lambda good: as_json(good.status, {})),
    "no key": _twisted(_without("key")),
    "a short key": _twisted(_with(key="whsec_%%%")),
    "the same page for ever": _accepted_but(_again),
    "no status": _twisted(_without("status")),
    "a list": _twisted(lambda told: [told]),
    "another id": _twisted(_with(id="zzzzzzzzzzzzzzzzzzzzzzzzzz")),
    "created and data": _created_and_data,
    "in data": _twisted(lambda told: {"code": "success", "message": "", "data": told}),
    "in data, code 200": _twisted(lambda told: {"code": 200, "message": "ok", "data": told}),
    "task failed": _twisted(
        lambda told: {"code": "fail", "message": "upstream refused the prompt", "data": None}
    ),
}
"""Name -> what is done. Slow ones wait for the test, never for a clock."""
