"""The check against Discord's API document finds what it should and knows discord.py's idioms."""

from __future__ import annotations

from typing import Any

import pytest

from tests import discord_schema
from tests.room.driver import running_room

pytestmark = pytest.mark.skipif(
    not discord_schema.is_available(), reason="DISCORD_OPENAPI does not name Discord's API document"
)

MESSAGES = "/channels/1/messages"
COMMAND = {"name": "riff", "description": "make music", "type": 1}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", MESSAGES, {"content": "x", "nonce": "n", "enforce_nonce": True}),
        ("PATCH", f"{MESSAGES}/2", {"content": "x", "attachments": []}),
        ("POST", "/interactions/1/token/callback", {"type": 4, "data": {"content": "x", "flags": 64}}),
        ("PUT", "/applications/1/commands", [COMMAND]),
        ("GET", "/users/@me", None),
    ],
)
def test_good_requests_pass(method: str, path: str, body: Any) -> None:
    """What the document describes is no problem."""
    assert discord_schema.check(method, path, body) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", MESSAGES, {"contents": "x"}, "'contents' was unexpected"),
        ("POST", MESSAGES, {"content": 3}, "3 is not"),
        ("POST", MESSAGES, {"content": "x" * 4001}, "longer than 4000"),
        ("POST", MESSAGES, {"embeds": [{"title": "t", "colour": 1}]}, "'colour' was unexpected"),
        ("POST", "/interactions/1/t/callback", {"type": 99}, "99"),
        ("PUT", "/applications/1/commands", [{**COMMAND, "description": "x" * 101}], "longer than 100"),
        ("POST", "/no/such/thing", {}, "no such operation"),
        ("GET", "/users/@me", {"x": 1}, "none is known"),
    ],
)
def test_bad_requests_are_found(method: str, path: str, body: Any, told: str) -> None:
    """Unknown keys, wrong types, lengths and routes."""
    problems = discord_schema.check(method, path, body)
    assert any(told in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", MESSAGES, {"content": "x", "attachments": [{"id": 0, "filename": "a.mp3"}]}),
        ("PATCH", f"{MESSAGES}/2", {"content": "x", "tts": False}),
        ("POST", MESSAGES, {"embeds": [{"title": "t", "flags": 0}]}),
        ("PUT", "/applications/1/commands", [{**COMMAND, "nsfw": False}]),
    ],
)
def test_idioms_of_discord_py_pass(method: str, path: str, body: Any) -> None:
    """Exactly four things that the document lacks and Discord accepts."""
    assert discord_schema.check(method, path, body) == []
    assert len(discord_schema.IDIOMS) == 4


def test_unknown_query_parameters_are_found() -> None:
    """A query is as strict as a body."""
    assert discord_schema.check("GET", MESSAGES, None, {"limit": 5}) == []
    assert discord_schema.check("GET", MESSAGES, None, {"limits": 5})


def test_bodies_are_counted() -> None:
    """The summary can tell that the check ran."""
    before = discord_schema.tally.bodies
    discord_schema.check("POST", MESSAGES, {"content": "x"})
    assert discord_schema.tally.bodies == before + 1
    assert discord_schema.summary() == f"discord schema: {before + 1} bodies checked"


async def test_requests_of_a_running_room_are_checked(discord_rules: list[str]) -> None:
    """A bot in another process is held to the document, too."""
    async with running_room() as room:
        channel_id = (await room.world())["channels"]["riffs"]
        body = {"embeds": [{"title": "t", "colour": 1}]}
        await room.request_as_bot("POST", f"/channels/{channel_id}/messages", body)
        with pytest.raises(AssertionError, match="'colour' was unexpected"):
            await room.check_requests()
    discord_rules.clear()
