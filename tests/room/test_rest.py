"""The REST server keeps the rules that a bot's crash safety rests on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.room.avatars import WHITE, Colour, bars_avatar
from bot.room.uploads import FILE_LIMIT_BYTES
from tests.room.conftest import Api, form
from tests.room.driver import RoomDriver

COMMANDS = [{"name": "ping", "description": "answer", "type": 1}]


async def begun_interaction(api: Api, driver: RoomDriver) -> Any:
    """An interaction that waits for its first answer: id and token."""
    application_id = api.room.backend.application_id
    await api("PUT", f"/applications/{application_id}/commands", json=COMMANDS)
    answer = await driver.slash("Ana", "riffs", "ping")
    return api.room.backend.interactions[int(answer.id)]


async def test_same_nonce_is_the_same_message(api: Api) -> None:
    """``enforce_nonce`` creates one message; another nonce another."""
    _, first = await api.send(content="one", nonce="job-1", enforce_nonce=True)
    _, second = await api.send(content="two", nonce="job-1", enforce_nonce=True)
    _, other = await api.send(content="three", nonce="job-2", enforce_nonce=True)
    assert (second["id"], second["content"], second["nonce"]) == (first["id"], "one", "job-1")
    assert other["id"] != first["id"]


async def test_nonce_is_forgotten_after_minutes(api: Api, driver: RoomDriver) -> None:
    """Then the same nonce makes a new message."""
    _, first = await api.send(content="one", nonce="job-1", enforce_nonce=True)
    await driver.pass_time(6 * 60)
    _, second = await api.send(content="one", nonce="job-1", enforce_nonce=True)
    assert second["id"] != first["id"]


async def test_nonce_without_enforcement_is_no_promise(api: Api) -> None:
    """Two messages."""
    _, first = await api.send(content="one", nonce="job-1")
    _, second = await api.send(content="one", nonce="job-1")
    assert second["id"] != first["id"]


@pytest.mark.parametrize(("extra_bytes", "status"), [(0, 200), (1, 413)])
async def test_upload_limit_is_ten_mebibytes_a_file(api: Api, extra_bytes: int, status: int) -> None:
    """One byte more is 40005."""
    body = form(json.dumps({"content": "x"}), a__mp3=bytes(FILE_LIMIT_BYTES + extra_bytes))
    told, answer = await api("POST", f"/channels/{api.channel_id}/messages", data=body)
    assert told == status
    assert answer.get("code", 40005) == 40005


async def test_missing_permissions(api: Api, driver: RoomDriver) -> None:
    """50013 without the right to send or to attach, 50001 without seeing the channel."""
    await driver.deny_bot("riffs", "attach_files")
    body = form("{}", a__mp3=b"x")
    status, answer = await api("POST", f"/channels/{api.channel_id}/messages", data=body)
    assert (status, answer["code"]) == (403, 50013)
    await driver.deny_bot("riffs", "send_messages")
    assert (await api.send(content="x"))[1]["code"] == 50013
    await driver.deny_bot("riffs", "view_channel")
    assert (await api.send(content="x"))[1]["code"] == 50001
    await driver.deny_bot("riffs")
    assert (await api.send(content="x"))[0] == 200


async def test_unknown_things_have_discords_codes(api: Api, driver: RoomDriver) -> None:
    """10008 for a message, 10003 for a channel that is gone."""
    _, message = await api.send(content="x")
    place = f"/channels/{api.channel_id}/messages/{message['id']}"
    assert (await api("DELETE", place))[0] == 204
    assert (await api("PATCH", place, json={"content": "y"}))[1]["code"] == 10008
    await driver.delete_channel("riffs")
    assert (await api("PATCH", place, json={"content": "y"}))[1]["code"] == 10003
    assert (await api.send(content="x"))[1]["code"] == 10003


async def test_edit_replaces_files(api: Api, driver: RoomDriver) -> None:
    """A PATCH with a file and ``attachments`` keeps only what it names."""
    _, message = await api("POST", f"/channels/{api.channel_id}/messages", data=form("{}", one__mp3=b"one"))
    named = json.dumps({"attachments": [{"id": 0, "filename": "two.mp3"}]})
    place = f"/channels/{api.channel_id}/messages/{message['id']}"
    _, edited = await api("PATCH", place, data=form(named, two__mp3=b"two"))
    attachments: Any = edited["attachments"]
    assert [item["filename"] for item in attachments] == ["two.mp3"]
    assert attachments[0]["content_type"] == "audio/mpeg"
    assert await driver.download(attachments[0]) == b"two"


async def test_picture_of_an_embed(api: Api, driver: RoomDriver) -> None:
    """``attachment://`` becomes an address with measures and leaves the list of attachments."""
    picture = bars_avatar(WHITE, Colour(0, 0, 0), (0.5,))
    payload = json.dumps({"embeds": [{"title": "t", "image": {"url": "attachment://p.png"}}]})
    _, message = await api(
        "POST", f"/channels/{api.channel_id}/messages", data=form(payload, a__mp3=b"x", p__png=picture)
    )
    told: Any = message
    image = told["embeds"][0]["image"]
    assert (image["width"], image["height"]) == (96, 96)
    assert await driver.download(image) == picture
    assert [item["filename"] for item in told["attachments"]] == ["a.mp3"]


async def test_voice_message_keeps_its_shape(api: Api) -> None:
    """Duration and waveform travel with the file."""
    told = {"id": 0, "filename": "v.ogg", "duration_secs": 1.5, "waveform": "AAAA"}
    body = form(json.dumps({"flags": 8192, "attachments": [told]}), v__ogg=b"x")
    _, message = await api("POST", f"/channels/{api.channel_id}/messages", data=body)
    attachments: Any = message["attachments"]
    assert (attachments[0]["duration_secs"], attachments[0]["waveform"]) == (1.5, "AAAA")
    assert message["flags"] == 8192


async def test_first_answer_tells_the_message_when_asked(api: Api, driver: RoomDriver) -> None:
    """``with_response`` returns the message resource, its absence nothing."""
    record = await begun_interaction(api, driver)
    path = f"/interactions/{record.id}/{record.token}/callback"
    body = {"type": 4, "data": {"content": "hi"}}
    status, answer = await api("POST", path, authorized=False, json=body, params={"with_response": "true"})
    resource: Any = answer["resource"]
    assert (status, resource["message"]["content"]) == (200, "hi")
    record = await begun_interaction(api, driver)
    path = f"/interactions/{record.id}/{record.token}/callback"
    assert (await api("POST", path, authorized=False, json=body))[0] == 204


async def test_second_answer_is_refused(api: Api, driver: RoomDriver) -> None:
    """40060."""
    record = await begun_interaction(api, driver)
    path = f"/interactions/{record.id}/{record.token}/callback"
    assert (await api("POST", path, authorized=False, json={"type": 5}))[0] == 204
    assert (await api("POST", path, authorized=False, json={"type": 5}))[1]["code"] == 40060


async def test_answer_after_three_seconds_is_too_late(api: Api, driver: RoomDriver) -> None:
    """10062."""
    record = await begun_interaction(api, driver)
    await driver.pass_time(3.1)
    path = f"/interactions/{record.id}/{record.token}/callback"
    assert (await api("POST", path, authorized=False, json={"type": 5}))[1]["code"] == 10062


async def test_original_answer_is_read_edited_and_deleted(api: Api, driver: RoomDriver) -> None:
    """``@original`` serves until the token dies after fifteen minutes: 50027."""
    record = await begun_interaction(api, driver)
    callback = f"/interactions/{record.id}/{record.token}/callback"
    await api("POST", callback, authorized=False, json={"type": 4, "data": {"content": "hi"}})
    original = f"/webhooks/{api.room.backend.application_id}/{record.token}/messages/@original"
    assert (await api("GET", original, authorized=False))[1]["content"] == "hi"
    assert (await api("PATCH", original, authorized=False, json={"content": "ho"}))[1]["content"] == "ho"
    await driver.pass_time(15 * 60)
    status, answer = await api("PATCH", original, authorized=False, json={"content": "late"})
    assert (status, answer["code"]) == (401, 50027)


async def test_deleting_the_original(api: Api, driver: RoomDriver) -> None:
    """Then it is an unknown message."""
    record = await begun_interaction(api, driver)
    callback = f"/interactions/{record.id}/{record.token}/callback"
    await api("POST", callback, authorized=False, json={"type": 4, "data": {"content": "hi"}})
    original = f"/webhooks/{api.room.backend.application_id}/{record.token}/messages/@original"
    assert (await api("DELETE", original, authorized=False))[0] == 204
    assert (await api("GET", original, authorized=False))[1]["code"] == 10008


async def test_commands_are_kept_as_told(api: Api) -> None:
    """A bulk PUT is what a GET returns, under an application of this room alone."""
    path = f"/applications/{api.room.backend.application_id}/commands"
    assert (await api("GET", path))[1] == []
    await api("PUT", path, json=COMMANDS)
    told: Any = (await api("GET", path))[1]
    assert [command["name"] for command in told] == ["ping"]
    assert told[0]["application_id"] == str(api.room.backend.application_id)


async def test_strangers_are_turned_away(api: Api) -> None:
    """No token is 401; a web page, which sends its origin, is 403."""
    assert (await api("GET", "/users/@me", authorized=False))[0] == 401
    session = api._session  # pyright: ignore[reportPrivateUsage]
    url = api.room.address.api_url + "/users/@me"
    async with session.get(url, headers={"Origin": "http://evil.example"}) as answer:
        assert answer.status == 403


async def test_nonsense_is_a_bad_request(api: Api, discord_rules: list[str]) -> None:
    """Broken JSON and a route nobody knows do not break the server."""
    path = f"/channels/{api.channel_id}/messages"
    assert (await api("POST", path, data=b"{"))[1]["code"] == 50035
    assert (await api("GET", "/no/such/route"))[0] == 501
    discord_rules.clear()
