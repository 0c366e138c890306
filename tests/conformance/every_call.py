"""schemathesis calls all that ``/openapi.json`` describes and believes nothing; test_openapi.py runs it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from bot.protocol.songs import UPLOAD_PATH
from bot.web.api.openapi import document
from tests.conformance.support import TOKEN, Front, front

HOLDS_THE_LINE = ["stream"]
"""Its answer ends with its prediction, not before."""
described: Any = schemathesis.openapi.from_dict(document("http://127.0.0.1"))
every_call: Any = described.exclude(operation_id=HOLDS_THE_LINE).parametrize()
bounded: Any = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A server in a thread with a loop of its own: the calls block."""
    ready = threading.Event()
    found: list[Any] = []

    async def serve(folder: Path) -> None:
        stop = asyncio.Event()
        async with front(folder, https=False) as made:
            found.extend((made, stop, asyncio.get_running_loop()))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve(tmp_path_factory.mktemp("openapi"))))
    thread.start()
    assert ready.wait(30)
    yield found[0]
    found[2].call_soon_threadsafe(found[1].set)
    thread.join()


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One for all calls: a new one looks through the whole environment for proxies, and connects anew."""
    with requests.Session() as made:
        made.trust_env = False
        yield made


def _beyond_a_schema(case: Any) -> bool:
    """Whether the server may refuse what fits the schema, for a rule that JSON Schema has no words for."""
    if case.path == UPLOAD_PATH:
        return True  # what is sent has to sound
    asked: Any = case.body
    if not isinstance(asked, dict):
        return False
    if isinstance(asked.get("morph"), dict):
        return True  # a song or upload that is not here
    if "owner" in (case.path_parameters or {}) and asked.get("version") is not None:
        return True  # a version of another model than the path names
    given: Any = asked.get("input")  # pyright: ignore[reportUnknownVariableType]
    return isinstance(given, dict) and "replace_end_at" in given  # one number must be above another


@every_call
@bounded
def test_every_call_answers_as_it_says(case: Any, here: Front, session: requests.Session) -> None:
    """No 5xx, nothing that is not documented, nothing refused that is documented, nor the other way round."""
    if case.headers and "Prefer" in case.headers:
        del case.headers["Prefer"]  # a wait for its own sake
    body: Any = case.body
    for name, harmless in (("webhook", None), ("url", "data:audio/wav;base64,AAAA")):
        if isinstance(body, dict) and isinstance(body.get(name), str) and body[name].startswith("http"):  # pyright: ignore[reportUnknownMemberType]
            body[name] = harmless  # nobody is called from a test
    excluded: Any = [checks.positive_data_acceptance] if _beyond_a_schema(case) else []  # pyright: ignore[reportUnknownVariableType]
    if case.media_type != "application/json":
        # In a form null is a word like others, and parameters that nobody knows are ignored.
        excluded.append(checks.negative_data_rejection)
    case.call_and_validate(
        base_url=f"{here.url}/v1",
        session=session,
        headers={"Authorization": f"Bearer {TOKEN}"},
        excluded_checks=excluded,
    )
