"""The client itself: what it asks of Discord, when it tells its commands, and why it cannot start."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import aiohttp
import discord
import pytest
from discord import app_commands

from bot.client import SHARD_S, RiffcordClient
from bot.errors import ExitCode, StartupError
from bot.settings import load
from bot.ui.desks.help import explained
from bot.ui.words import sentence
from tests.e2e.scene import Notes, Scene


async def test_commands_are_told_once(scene: Scene) -> None:
    """The first start tells them, a restart does not, a change does."""
    assert len(scene.requests("PUT", "/commands")) == 1
    await scene.restart()
    await scene.restart()
    assert len(scene.requests("PUT", "/commands")) == 1
    for key in scene.backstage.notes.kept:
        scene.backstage.notes.kept[key] = "of another version"
    await scene.restart()
    assert len(scene.requests("PUT", "/commands")) == 2


async def test_commands_are_for_servers_and_server_installs_only(scene: Scene) -> None:
    """No user installs, and in direct messages only what posts nothing: there the bot has no channel."""
    (told,) = scene.requests("PUT", "/commands")
    anywhere = {command["name"] for command in told.json if 1 in command["contexts"]}
    assert anywhere == {"help", "about", "privacy"}
    for command in told.json:
        assert command["contexts"] == ([0, 1] if command["name"] in anywhere else [0])
        assert command["integration_types"] == [0]


async def test_command_descriptions_fit(scene: Scene) -> None:
    """Discord: 100 characters a description and a choice's name, 8,000 a command."""

    def strings(described: dict[str, Any]) -> list[str]:
        inner = [*described.get("options", []), *described.get("choices", [])]
        own = [described["name"], described.get("description", "")]
        return own + [text for each in inner for text in strings(each)]

    (told,) = scene.requests("PUT", "/commands")
    for command in told.json:
        assert max(len(text) for text in strings(command)) <= 100
        assert sum(len(text) for text in strings(command)) <= 8_000


async def test_help_says_what_discord_says(scene: Scene) -> None:
    """Each command and option in another language, though some share their English with other sentences."""
    tree: app_commands.CommandTree[Any] = cast("Any", scene.env.bot).tree
    (told,) = scene.requests("PUT", "/commands")
    wires = {wire["name"]: wire for wire in told.json}
    for command in tree.walk_commands():
        if isinstance(command, app_commands.Group):
            continue
        wire = wires[command.qualified_name.split()[0]]
        for name in command.qualified_name.split()[1:]:
            (wire,) = [option for option in wire["options"] if option["name"] == name]
        body = explained(command, "de")
        for part in (wire, *wire.get("options", [])):
            assert part.get("description_localizations", {}).get("de", part["description"]) in body


async def test_no_privileged_intent_and_no_cache_of_people_or_messages(scene: Scene) -> None:
    """Guilds alone; nobody is mentioned unless a message says so."""
    client = scene.env.bot
    assert client.intents == discord.Intents(guilds=True)
    assert list(client.cached_messages) == []
    assert client.allowed_mentions is not None
    assert client.allowed_mentions.to_dict() == {"parse": []}
    (guild,) = client.guilds
    assert [member.id for member in guild.members] == [guild.me.id]


async def test_missing_voice_packages_are_no_news(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Voice is an extra: nobody who left it out reads two warnings at every start."""
    monkeypatch.setattr(discord.VoiceClient, "warn_nacl", True)
    monkeypatch.setattr(discord.VoiceClient, "warn_dave", True)
    discord.Client(intents=discord.Intents(guilds=True))
    assert len(caplog.records) == 2  # what discord.py does by itself
    caplog.clear()
    monkeypatch.setattr(discord.VoiceClient, "warn_nacl", True)
    monkeypatch.setattr(discord.VoiceClient, "warn_dave", True)
    RiffcordClient(settings=load(None, shard_count=1), marks=Notes())
    assert caplog.records == []


async def test_a_server_that_grants_too_little_is_named_with_what_to_do(scene: Scene) -> None:
    """One log line with the permissions and an address that asks for the right ones."""
    poor = scene.env.create_guild("Poor")
    await scene.env.settle()
    guild = scene.env.bot.get_guild(poor.id)
    assert guild is not None
    scene.log.clear()
    for role in list(scene.env.backend.guilds[poor.id].roles.values()):
        left = discord.Permissions(role.permissions)
        left.update(attach_files=False)
        scene.env.backend.edit_role(poor.id, role.id, {"permissions": left.value})
    await scene.env.settle()
    client: Any = scene.env.bot
    await client.on_guild_join(guild)
    (entry,) = [entry for entry in scene.log if entry["event"] == "guild.lacks_permissions"]
    assert entry["do"].startswith("In the server Poor I lack: Attach Files.")
    assert "permissions=70677981940736" in entry["do"]
    assert "scope=bot+applications.commands" in entry["do"]


async def test_errors_of_events_end_in_one_line(scene: Scene) -> None:
    """A broken event handler is logged with a reference; the bot lives."""
    scene.expected_bugs = 1
    client: Any = scene.env.bot
    try:
        raise LookupError("nobody")
    except LookupError:
        await client.on_error("on_guild_join")
    (entry,) = [entry for entry in scene.log if entry["log_level"] == "error"]
    assert entry["event_handler"] == "on_guild_join"
    assert isinstance(entry["exc_info"], LookupError)


def response(status: int) -> Any:
    """As much of an HTTP response as discord.py's errors look at."""

    class Response:
        reason = "no"

    made: Any = Response()
    made.status = status
    return made


FAULTS: list[tuple[Exception, str, ExitCode]] = [
    (discord.LoginFailure("Improper token"), "bad_token", ExitCode.BAD_TOKEN),
    (discord.DiscordServerError(response(503), "x"), "discord_unreachable", ExitCode.DISCORD_UNREACHABLE),
    (discord.HTTPException(response(429), "x"), "discord_unreachable", ExitCode.DISCORD_UNREACHABLE),
    (aiohttp.ClientConnectionError("refused"), "discord_unreachable", ExitCode.DISCORD_UNREACHABLE),
    (OSError("no route to host"), "discord_unreachable", ExitCode.DISCORD_UNREACHABLE),
    (TimeoutError(), "discord_unreachable", ExitCode.DISCORD_UNREACHABLE),
    (discord.GatewayNotFound(), "discord_unreachable", ExitCode.DISCORD_UNREACHABLE),
]


@pytest.mark.parametrize(("error", "problem", "exit_code"), FAULTS)
async def test_why_it_cannot_start(
    monkeypatch: pytest.MonkeyPatch, error: Exception, problem: str, exit_code: ExitCode
) -> None:
    """Each fault of logging in is a named problem with one sentence and its exit code."""
    client = RiffcordClient(settings=load(None, shard_count=1), marks=Notes())

    async def login(_token: str) -> None:
        raise error

    monkeypatch.setattr(client, "login", login)
    with pytest.raises(StartupError) as failed:
        async with client.connected("a token"):
            pass
    assert (failed.value.problem, failed.value.exit_code) == (problem, exit_code)
    assert "token" not in sentence(failed.value) or problem == "bad_token"
    assert client.is_closed()


async def test_a_token_that_the_gateway_refuses_is_a_bad_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close code 4004 means the same as a refused login."""
    client = RiffcordClient(settings=load(None, shard_count=1), marks=Notes())

    async def fine(_token: str) -> None:
        return

    async def closed() -> None:
        socket: Any = None
        raise discord.ConnectionClosed(socket, shard_id=None, code=4004)

    monkeypatch.setattr(client, "login", fine)
    monkeypatch.setattr(client, "connect", closed)
    monkeypatch.setattr(client, "wait_until_ready", asyncio.Event().wait)
    with pytest.raises(StartupError) as failed:
        async with client.connected("a token"):
            pass
    assert failed.value.problem == "bad_token"


async def test_use_nowhere_is_a_reason_not_to_start(scene: Scene) -> None:
    """In servers, but in none of them able to play: the sentence names what lacks and the invitation."""
    scene.forbid("attach_files", "send_messages")
    await scene.env.settle()
    client: Any = scene.env.bot
    with pytest.raises(StartupError) as failed:
        client._require_permissions()
    assert failed.value.exit_code is ExitCode.MISSING_PERMISSION
    assert "Attach Files, Send Messages" in sentence(failed.value)
    assert "https://discord.com/oauth2/authorize?client_id=" in sentence(failed.value)
    poor: Any = client.guilds[0]
    poor.unavailable, members = True, poor._members
    poor._members = {}  # of a server that Discord itself cannot reach nothing is known
    client._require_permissions()
    await client.on_guild_join(poor)
    poor.unavailable, poor._members = False, members


async def test_each_shard_has_its_time_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """They introduce themselves one after another: many take longer than one, but none for ever."""
    client: Any = RiffcordClient(settings=load(None, shard_count=3), marks=Notes())
    monkeypatch.setattr("bot.client.START_S", 0.0)
    ready, loop, until = asyncio.Event(), asyncio.get_running_loop(), list[float]()

    async def fine(_token: str) -> None:
        for shard_id in (0, 1, 2, 2):
            await client.before_identify_hook(shard_id, initial=True)
            until.append(client._start.when() - loop.time())

    async def at_once() -> None:
        return

    monkeypatch.setattr(client, "login", fine)
    monkeypatch.setattr(client, "connect", ready.wait)
    monkeypatch.setattr(client, "wait_until_ready", at_once)
    monkeypatch.setattr(client, "_forget_left_servers", at_once)
    async with client.connected("a token") as gateway:
        assert [round(each / SHARD_S) for each in until] == [1, 2, 3, 3]
        gateway.cancel()
