"""The stand-in answers as the documents print it, and not as our own clients would like it."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from PIL import Image
from standardwebhooks import Webhook

from tests.peers.standin import BEHAVIOURS, ENDINGS, FEEDS, REFUSALS, TOKEN, StandIn, standin
from tests.peers.standin.files import content_of
from tests.peers.standin.samples import differences, sample
from tests.peers.standin.telling import TELLINGS, message, signature

RIFFUSION = "8cf61ea6c56afd61d8f5b9ffd14d7c216c0a93844ce2d82ac1c9ecc9c7f24e05"
ORDER: dict[str, Any] = {"version": RIFFUSION, "input": {"prompt_a": "lo-fi rain piano"}}
KEY = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def http() -> AsyncGenerator[aiohttp.ClientSession]:
    """A caller with a good key that knows nothing of our clients."""
    async with aiohttp.ClientSession(headers=KEY) as session:
        yield session


async def told(answer: aiohttp.ClientResponse) -> Any:
    """An answer's JSON, whatever it calls itself."""
    return json.loads(await answer.read())


async def ordered(http: aiohttp.ClientSession, host: StandIn) -> dict[str, Any]:
    """A prediction that was just made."""
    async with http.post(f"{host.url}/v1/predictions", json=ORDER) as answer:
        assert answer.status == 201
        return await told(answer)


def test_every_documented_fault_can_be_played() -> None:
    """The list of what a client has to live with, by name."""
    calls = """401 402 403-quota 404 409 422-version 422-input 429-without-header 429-with-header
        429-with-date 429-in-body 500 HTML-body truncated-JSON slow-body endless-body wrong-content-length
        redirect-to-a-private-address missing-fields extra-fields numbers-as-strings 3-digit-fractions
        4-digit-fractions 5-digit-fractions 6-digit-fractions 7-digit-fractions 8-digit-fractions
        lost-response created-and-data in-data 200-with-error"""
    ends = "aborted unknown-status NSFW E005 interrupted data-addresses data-removed cold-boot"
    feeds = "submitted working one-of-two success complete COMPLETED ERROR failed success-with-one"
    told = "duplicate late forged replayed"
    for names, known in ((calls, BEHAVIOURS), (ends, ENDINGS), (feeds, FEEDS), (told, TELLINGS)):
        assert {name.replace("-", " ") for name in names.split()} <= {key.replace("-", " ") for key in known}


async def test_a_prediction_looks_like_the_printed_ones(http: aiohttp.ClientSession) -> None:
    """At its creation, at its end, and in between: all keys and types of the samples."""
    rules = sample("prediction_required")
    async with standin() as host:
        made = await ordered(http, host)
        printed: dict[str, Any] = {**sample("prediction_created"), "input": {}}
        assert differences(made, printed) == []
        assert set(rules["official"]) <= set(made)
        assert set(rules["urls"]) <= set(made["urls"])
        assert len(made["id"]) == 26
        await host.predictions.ends(made["id"])
        async with http.get(made["urls"]["get"]) as answer:
            done = await told(answer)
        assert differences(done, sample("prediction_succeeded")) == []
        assert done["input"] == ORDER["input"]
        async with http.post(made["urls"]["cancel"]) as answer:
            assert answer.status == 200, "what has ended is told unchanged"
            assert await told(answer) == done


@pytest.mark.parametrize("ending", ENDINGS)
async def test_every_ending_is_a_prediction_all_the_same(http: aiohttp.ClientSession, ending: str) -> None:
    """All required keys stay; the status is a documented one, but for the one that is not."""
    rules = sample("prediction_required")
    async with standin() as host:
        made = await ordered(http, host)
        await host.predictions.ends(made["id"], ending)
        async with http.get(made["urls"]["get"]) as answer:
            done = await told(answer)
    assert set(rules["official"]) <= set(done)
    assert (done["status"] in rules["statuses"]) == (ending != "unknown status")
    assert done["error"] is None or done["status"] == "failed"


async def test_pages_are_newest_first_and_follow_each_other(http: aiohttp.ClientSession) -> None:
    """A hundred a page without logs, ``next`` a whole address, bounded by the time asked for."""
    start = datetime(2026, 2, 3, tzinfo=UTC)
    async with standin() as host:
        for minute in range(230):
            host.predictions.accept(
                RIFFUSION, {"prompt_a": str(minute)}, at=start + timedelta(minutes=minute)
            )
        after = (start + timedelta(minutes=10)).isoformat().replace("+00:00", "Z")
        address: str | None = f"{host.url}/v1/predictions?created_after={after}"
        pages: list[dict[str, Any]] = []
        while address:
            async with http.get(address) as answer:
                pages.append(await told(answer))
            address = pages[-1]["next"]
    assert [len(page["results"]) for page in pages] == [100, 100, 20]
    listed = [int(each["input"]["prompt_a"]) for page in pages for each in page["results"]]
    assert listed == list(range(229, 9, -1))
    for page in pages:
        assert differences({**page, "results": []}, sample("page")) == []
        for each in page["results"]:
            assert not set(each) & set(sample("prediction_required")["not_in_lists"])


async def test_account_secret_and_a_bad_key(http: aiohttp.ClientSession) -> None:
    """The free calls, and what is answered to strangers."""
    async with standin() as host:
        for path, name in (("account", "account"), ("webhooks/default/secret", "secret")):
            async with http.get(f"{host.url}/v1/{path}") as answer:
                assert differences(await told(answer), sample(name)) == []
            async with http.get(f"{host.url}/v1/{path}", headers={"Authorization": "Bearer x"}) as answer:
                assert answer.status == 401
        async with http.get(f"{host.url}/v1/predictions/nosuchprediction") as answer:
            assert (answer.status, await told(answer)) == (404, sample("refusals")["404"]["body"])


BAD_ORDERS: dict[str, tuple[dict[str, Any], int]] = {
    "no input": ({"version": RIFFUSION}, 422),
    "an unknown field": ({**ORDER, "prefer": "wait"}, 422),
    "events as one string": ({**ORDER, "webhook_events_filter": "start"}, 422),
    "an unknown event": ({**ORDER, "webhook_events_filter": ["end"]}, 422),
    "no version": ({"input": {}}, 422),
    "a cut version": ({**ORDER, "version": RIFFUSION[:-1]}, 422),
    "another owner": ({**ORDER, "version": f"me/mine:{RIFFUSION}"}, 422),
    "its own name": ({**ORDER, "version": f"riffusion/riffusion:{RIFFUSION}"}, 201),
}


@pytest.mark.parametrize("case", BAD_ORDERS)
async def test_only_documented_orders_are_accepted(http: aiohttp.ClientSession, case: str) -> None:
    """What is refused is not charged."""
    body, status = BAD_ORDERS[case]
    async with standin() as host:
        async with http.post(f"{host.url}/v1/predictions", json=body) as answer:
            assert answer.status == status
        assert len(host.charges) == (status == 201)


async def test_an_aggregator_has_less_and_names_foreign_addresses(http: aiohttp.ClientSession) -> None:
    """200 for an order by the model's path, addresses at another host, no list, no cancel."""
    async with standin("aggregator") as host:
        path = f"{host.url}/replicate/v1/models/riffusion/riffusion/predictions"
        async with http.post(path, json=ORDER) as answer:
            assert answer.status == 200
            made = await told(answer)
        assert differences(made, {**sample("prediction_created"), "input": {}}) == []
        assert made["urls"]["get"].startswith("https://api.replicate.com/v1/predictions/")
        async with http.get(f"{host.url}/replicate/v1/predictions/{made['id']}") as answer:
            assert (await told(answer))["id"] == made["id"]
        async with http.get(f"{host.url}/replicate/v1/predictions") as answer:
            assert answer.status in (404, 405)
        host.play("create", "created and data")
        async with http.post(f"{host.url}/replicate/v1/predictions", json=ORDER) as answer:
            assert differences(await told(answer), sample("created_data")) == []


@pytest.mark.parametrize("name", sorted(REFUSALS))
async def test_a_refusal_is_word_for_word_the_documented_one(http: aiohttp.ClientSession, name: str) -> None:
    """Status, type, header and body, and nobody is charged."""
    printed = sample("refusals")[name]
    async with standin() as host:
        host.play("create", name)
        async with http.post(f"{host.url}/v1/predictions", json=ORDER) as answer:
            assert answer.status == printed["status"]
            assert answer.content_type == printed["type"]
            assert all(answer.headers[key] == value for key, value in printed.get("headers", {}).items())
            content = await answer.read()
        assert printed["body"] == (content.decode() if "html" in printed["type"] else json.loads(content))
        assert host.charges == []


SONG = {"model": "FUZZ-1.1 Pro", "lyrics": "[Verse]\nla", "tag": "indie folk", "title": "Harbour Lights"}


async def test_songs_come_in_pairs(http: aiohttp.ClientSession) -> None:
    """Two jobs a request, one charge; the finished feed looks like the printed one."""
    async with standin("songs") as host:
        async with http.post(f"{host.url}/riffusion/generate", json=SONG) as answer:
            assert answer.status == 200
            made = await told(answer)
        assert differences(made, sample("jobs")) == []
        assert len(made["jobs"]) == 2
        assert len(host.charges) == 1
        ids = ",".join(job["id"] for job in made["jobs"])
        assert host.songs.tells("success") == ids.split(",")
        async with http.get(f"{host.url}/riffusion/feed/{ids}") as answer:
            assert differences(await told(answer), sample("feed")) == []
        async with http.post(
            f"{host.url}/riffusion/generate/topic", json={"model": "FUZZ-1.0", "topic": "the sea"}
        ) as answer:
            assert differences(await told(answer), sample("jobs")) == []
        async with http.post(
            f"{host.url}/riffusion/upload", json={"url": "https://example.org/a.mp3"}
        ) as answer:
            assert isinstance((await told(answer))["id"], str)


BAD_SONGS: dict[str, dict[str, Any]] = {
    "an unknown model": {**SONG, "model": "FUZZ-1.1-Pro"},
    "no title": {key: SONG[key] for key in SONG if key != "title"},
    "two sources": {**SONG, "morph": {"riff_id": "a", "audio_upload_id": "b", "transform": "cover"}},
    "a source that is not there": {**SONG, "morph": {"riff_id": "a", "transform": "cover"}},
    "no source": {**SONG, "morph": {"transform": "cover"}},
}


@pytest.mark.parametrize("case", BAD_SONGS)
async def test_only_documented_songs_are_made(http: aiohttp.ClientSession, case: str) -> None:
    """A refusal in the gateway's envelope; nobody is charged."""
    async with standin("songs") as host:
        async with http.post(f"{host.url}/riffusion/generate", json=BAD_SONGS[case]) as answer:
            assert answer.status == 400
            assert differences(await told(answer), sample("refusals")["400 gateway"]["body"]) == []
        assert host.charges == []


async def test_a_container_takes_one_thing_at_a_time(http: aiohttp.ClientSession) -> None:
    """A repeated call begins nothing anew, another one finds no place until the first is over."""
    async with standin("cog") as host:
        for run_id, status in (("a", 202), ("a", 202), ("b", 409)):
            address = f"{host.url}/predictions/{run_id}"
            headers = {"Prefer": "respond-async"}
            async with http.put(address, json={"input": {}}, headers=headers) as answer:
                assert answer.status == status
        assert host.charges == ["a"]
        async with http.post(f"{host.url}/predictions/a/cancel") as answer:
            assert (answer.status, await told(answer)) == (200, {})
        async with http.get(f"{host.url}/health-check") as answer:
            assert (await told(answer))["status"] == "READY"


async def test_books_show_what_was_accepted(http: aiohttp.ClientSession) -> None:
    """An answer that is lost was charged for, one that was dropped unread was not."""
    async with standin() as host:
        host.play("create", "lost response", "dropped", "500 after acceptance", "500")
        for charges in (1, 1, 2, 2):
            try:
                async with http.post(f"{host.url}/v1/predictions", json=ORDER) as answer:
                    await answer.read()
            except aiohttp.ClientError:
                assert len(host.calls) in (1, 2)
            assert len(host.charges) == charges


async def test_a_slow_body_waits_for_the_test(http: aiohttp.ClientSession) -> None:
    """Half of it comes, then nothing until the gate is opened."""
    async with standin() as host:
        host.play("create", "slow body")
        async with http.post(f"{host.url}/v1/predictions", json=ORDER) as answer:
            await host.reached.wait()
            first = await answer.content.readany()
            host.gate.set()
            whole = first + await answer.read()
    assert json.loads(whole)["id"] == host.charges[0]


async def test_events_have_ids_and_end(http: aiohttp.ClientSession) -> None:
    """Logs as they come, then the output, then ``done``."""
    async with standin() as host:
        made = await ordered(http, host)
        async with http.get(made["urls"]["stream"]) as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            await host.predictions.goes_on(made["id"], status="processing", logs=" 10%|#| 1/10\n")
            first = await answer.content.readuntil(b"\n\n")
            await host.predictions.ends(made["id"])
            rest = (first + await answer.read()).decode()
    events = [
        dict(line.split(": ", 1) for line in event.split("\n")[:2]) for event in rest.split("\n\n")[:-1]
    ]
    assert [event["event"] for event in events] == ["logs", "logs", "output", "done"]
    assert all(event["id"].endswith(":0") for event in events)


def test_signatures_are_those_of_the_scheme() -> None:
    """The documents' test vector, and the scheme's own library."""
    printed = sample("signature")
    body = printed["body"].encode()
    assert signature(printed["secret"], printed["id"], printed["timestamp"], body) == printed["signature"]
    signed = message(printed["secret"], {"id": "a", "status": "starting"})
    assert Webhook(printed["secret"]).verify(signed.body, signed.headers) == {"id": "a", "status": "starting"}


@pytest.mark.parametrize("suffix", ["wav", "jpg", "png", "gif", "webp"])
async def test_files_are_what_their_names_say(suffix: str) -> None:
    """The sound as long as the model's own sample, the pictures as large."""
    content, _ = await asyncio.to_thread(content_of, f"x.{suffix}")
    if suffix == "wav":
        with wave.open(io.BytesIO(content)) as file:
            assert (file.getnframes(), file.getframerate(), file.getnchannels()) == (225_351, 44_100, 1)
        return
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (512, 512)
