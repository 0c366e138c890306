"""Webhooks in, over a real socket: who may speak, and what a wrong word gets."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from pydantic import ValidationError

from bot.errors import NotFound, NotUnderstood, Unreachable
from bot.jobs import hooks
from bot.jobs.news import News
from bot.jobs.order import Order
from bot.jobs.recipes import Riff
from bot.jobs.records import Job, Offers
from bot.jobs.states import State
from bot.protocol.runs import Run
from bot.providers import Verifier
from bot.providers.webhooks import new_secret, signed_headers
from bot.web.app import build_app, serving
from bot.web.signatures import REFRESH_S, REMEMBERED_S
from bot.web.webhooks import MOST_BYTES, MOST_INLINE_BYTES, WebhookDoor

HOOK_SECRET = hooks.new_secret()
HOST_SECRET = new_secret()
BODY = json.dumps({"id": "p1", "status": "succeeded"}).encode()


def waiting_job() -> Job:
    """A job that a host has."""
    order = Order(
        host="engine",
        recipe=Riff.checked(prompt="jazz"),
        guild_id="1",
        channel_id="2",
        user_id="3",
        user_name="Ana",
    )
    now = datetime.now(UTC)
    return Job(
        id="job1",
        state=State.WAITING,
        order=order,
        created_at=now,
        updated_at=now,
        attempts=0,
        price=0,
        paid_from="pot:1",
        cancel_requested_by=None,
        reference="ref1",
        intent_at=now,
        run_id="p1",
        run=None,
        progress=None,
        message_id=None,
        message_at=None,
        interaction_token=None,
        take_id=None,
        ending=None,
    )


@dataclass
class RecordingDesk:
    """The jobs room as the door sees it, with one job in it."""

    job: Job
    heard: list[tuple[str, Run]] = field(default_factory=list[tuple[str, Run]])
    nudged: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    broken: bool = False

    def is_our_hook(self, job_id: str, attempt: str, mac: str) -> bool:
        """As the real desk: by this instance's secret."""
        return hooks.is_ours(HOOK_SECRET, job_id, attempt, mac)

    async def get(self, job_id: str) -> Job:
        """The one job."""
        if job_id != self.job.id:
            raise NotFound("job")
        return self.job

    async def told(self, job_id: str, run: Run) -> News:
        """Remember what was told, or fail as a full disk would."""
        if self.broken:
            raise OSError("disk full")
        self.heard.append((job_id, run))
        return News.UPDATE

    async def nudge(self, job_id: str, run_id: str) -> None:
        """Remember that the host is to be asked."""
        self.nudged.append((job_id, run_id))


@dataclass
class Host:
    """A host that signs with its own secret."""

    reachable: bool = True
    secret: str | None = HOST_SECRET
    """None: it does not sign."""
    asked: int = 0
    """How often for its secret."""
    offers: Offers = field(default_factory=lambda: Offers(signs=True))
    read_in: int = 0
    """The thread."""

    async def verifier(self) -> Verifier | None:
        """The checker, unless the host cannot be asked for its secret."""
        if not self.reachable:
            raise Unreachable("engine")
        self.asked += 1
        return None if self.secret is None else Verifier(self.secret)

    def told(self, body: bytes) -> Run:
        """Bodies hold the record itself."""
        self.read_in = threading.get_ident()
        try:
            return Run.model_validate_json(body)
        except ValidationError as error:
            raise NotUnderstood("engine") from error


@dataclass
class Door:
    """A listening web room."""

    url: str
    desk: RecordingDesk
    host: Host
    clock: list[float]
    """Seconds, one entry."""

    async def post(self, path: str, body: bytes = BODY, headers: dict[str, str] | None = None) -> int:
        """POST and return the status."""
        if headers is None:
            headers = signed_headers(HOST_SECRET, "msg1", body, now=datetime.now(UTC))
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url + path, data=io.BytesIO(body), headers=headers) as answer,
        ):
            return answer.status

    @property
    def path(self) -> str:
        """The right address for the one job."""
        return hooks.path(HOOK_SECRET, self.desk.job.id, 1)


async def _healthy() -> dict[str, object]:
    return {"ok": True}


@pytest.fixture
async def door() -> AsyncGenerator[Door]:
    """A web room that listens on a free port."""
    desk, host, clock = RecordingDesk(waiting_job()), Host(), [1_000.0]
    app = build_app(WebhookDoor(desk, {"engine": host}, lambda: clock[0]), _healthy)
    async with serving(app, bind="127.0.0.1", port=0) as url:
        yield Door(url, desk, host, clock)


async def test_a_signed_webhook_reaches_the_job(door: Door) -> None:
    """The right address and signature hand the prediction over."""
    assert await door.post(door.path) == 204
    assert [(job, told.id, told.status) for job, told in door.desk.heard] == [
        (door.desk.job.id, "p1", "succeeded")
    ]


async def test_a_forged_address_is_not_found(door: Door) -> None:
    """Without our secret nobody can make an address, and a wrong one tells nothing."""
    forged = door.path[:-2] + ("aa" if door.path[-2:] != "aa" else "bb")
    assert await door.post(forged) == 404
    assert await door.post(f"/hooks/{door.desk.job.id}/x/{'a' * 22}") == 404
    assert door.desk.heard == []


async def test_a_forged_old_or_malformed_signature_is_refused(door: Door) -> None:
    """Another's secret, a stale timestamp and broken headers are each a plain 401."""
    now = datetime.now(UTC)
    wrong = signed_headers(new_secret(), "msg2", BODY, now=now)
    stale = signed_headers(HOST_SECRET, "msg3", BODY, now=now - timedelta(minutes=6))
    broken = {"webhook-id": "m", "webhook-timestamp": "soon", "webhook-signature": "v1 ,,"}
    for headers in (wrong, stale, broken, {}):
        assert await door.post(door.path, headers=headers) == 401
    assert door.desk.heard == []


async def test_a_repeated_webhook_gets_the_same_answer(door: Door) -> None:
    """Ours may have been lost: the same message gets the same 204, and for ten minutes nobody hears of it."""
    headers = signed_headers(HOST_SECRET, "msg4", BODY, now=datetime.now(UTC))
    assert await door.post(door.path, headers=headers) == 204
    assert await door.post(door.path, headers=headers) == 204
    assert [told.id for _, told in door.desk.heard] == ["p1"]
    door.clock[0] += REMEMBERED_S + 1
    assert await door.post(door.path, headers=headers) == 204
    assert len(door.desk.heard) == 2


async def test_a_new_secret_is_fetched_when_the_old_one_no_longer_fits(door: Door) -> None:
    """But at most once a minute, however many wrong signatures come."""
    assert await door.post(door.path) == 204
    door.host.secret = new_secret()
    headers = signed_headers(door.host.secret, "msg6", BODY, now=datetime.now(UTC))
    assert await door.post(door.path, headers=headers) == 401
    assert door.host.asked == 1
    door.clock[0] += REFRESH_S
    assert await door.post(door.path, headers=headers) == 204
    for _ in range(3):
        assert await door.post(door.path) == 401
    assert door.host.asked == 2


async def test_what_an_unsigned_webhook_says_is_asked_for(door: Door) -> None:
    """Its address alone lets it wake us; what it says of the run is not believed."""
    door.host.secret, door.host.offers = None, Offers()
    assert await door.post(door.path, headers={}) == 204
    assert (door.desk.heard, door.desk.nudged) == ([], [(door.desk.job.id, "p1")])


async def test_a_container_is_believed_by_its_address(door: Door) -> None:
    """It neither signs nor can be asked; its files come along, so more bytes are taken, to a bound."""
    door.host.secret, door.host.offers = None, Offers(polls=False, inline_files=True)
    run = {"id": "p1", "status": "succeeded", "results": [{"audio": "data:," + "x" * MOST_BYTES}]}
    assert await door.post(door.path, body=json.dumps(run).encode(), headers={}) == 204
    assert [told.id for _, told in door.desk.heard] == ["p1"]
    assert await door.post(door.path, body=b"x" * (MOST_INLINE_BYTES + 1), headers={}) == 413


@pytest.mark.parametrize("inline", [True, False])
async def test_whole_files_are_read_beside_everything_else(door: Door, inline: bool) -> None:
    """In a thread of their own; small bodies are not worth one."""
    door.host.offers = Offers(signs=True, inline_files=inline)
    assert await door.post(door.path) == 204
    assert (door.host.read_in != threading.get_ident()) is inline


async def test_a_webhook_that_we_could_not_keep_may_come_again(door: Door) -> None:
    """A failure on our side is a 5xx, and the host's repetition is then taken in."""
    headers = signed_headers(HOST_SECRET, "msg5", BODY, now=datetime.now(UTC))
    door.desk.broken = True
    assert await door.post(door.path, headers=headers) == 500
    door.desk.broken = False
    assert await door.post(door.path, headers=headers) == 204


async def test_a_body_that_is_no_prediction_is_a_400(door: Door) -> None:
    """Signed nonsense is refused without a trace in the jobs."""
    assert await door.post(door.path, body=b"[1, 2]") == 400
    assert door.desk.heard == []


async def test_a_host_whose_secret_cannot_be_asked_is_told_to_come_again(door: Door) -> None:
    """While the secret is unknown nothing is believed; the host retries."""
    door.host.reachable = False
    assert await door.post(door.path) == 503


async def test_an_endless_body_is_cut(door: Door) -> None:
    """More than two MiB is a 413."""
    assert await door.post(door.path, body=b"x" * (MOST_BYTES + 1)) == 413
