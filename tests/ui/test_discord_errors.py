"""What discord.py raises, in our own words, none left out."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord
import pytest

from bot.errors import ChannelGone, DiscordDown, DiscordError, MissingPermission, UnusableAudio
from bot.ui.discord_errors import INVITED, NEEDED, not_granted, translated


class Client:
    """A client that is connected and knows no server, or one."""

    def __init__(self, *, knows: bool = True) -> None:
        self.knows = knows

    def get_guild(self, _guild_id: int) -> Any:
        """The server, without its channels."""

        class Guild:
            def get_channel_or_thread(self, _channel_id: int) -> None:
                return None

        return Guild() if self.knows else None

    def is_ready(self) -> bool:
        """Connected."""
        return True


def refusal(kind: type[discord.HTTPException], status: int, code: int = 0) -> discord.HTTPException:
    """As discord.py raises it."""

    class Response:
        reason = "no"

    response: Any = Response()
    response.status = status
    return kind(response, {"code": code, "message": "no"})


CASES: list[tuple[Exception, type[Exception]]] = [
    (refusal(discord.NotFound, 404, 10003), ChannelGone),
    (refusal(discord.NotFound, 404, 10004), ChannelGone),
    (refusal(discord.NotFound, 404, 10008), discord.NotFound),
    (refusal(discord.NotFound, 404, 10015), DiscordError),
    (refusal(discord.Forbidden, 403, 50001), MissingPermission),
    (refusal(discord.Forbidden, 403, 50013), MissingPermission),
    (refusal(discord.Forbidden, 403, 40333), DiscordError),
    (refusal(discord.DiscordServerError, 500), DiscordDown),
    (refusal(discord.HTTPException, 502), DiscordDown),
    (refusal(discord.HTTPException, 429), DiscordDown),
    (discord.RateLimited(9.0), DiscordDown),
    (refusal(discord.HTTPException, 413, 40005), UnusableAudio),
    (refusal(discord.HTTPException, 413), UnusableAudio),
    (refusal(discord.HTTPException, 400, 50035), DiscordError),
    (aiohttp.ClientConnectionError("reset"), DiscordDown),
    (aiohttp.ServerDisconnectedError(), DiscordDown),
    (TimeoutError(), DiscordDown),
    (OSError(113, "no route"), DiscordDown),
]


@pytest.mark.parametrize(("raised", "becomes"), CASES)
def test_each_refusal_has_its_error(raised: Exception, becomes: type[Exception]) -> None:
    """By status and code; the cause stays chained for the log."""
    client: Any = Client()
    with pytest.raises(becomes) as caught, translated(client, "1", "2"):
        raise raised
    assert type(caught.value) is becomes
    assert caught.value is raised or caught.value.__cause__ is raised


def test_forbidden_in_a_server_that_is_gone_means_gone() -> None:
    """Discord answers 403 to a bot that was removed."""
    client: Any = Client(knows=False)
    with pytest.raises(ChannelGone), translated(client, "1", "2"):
        raise refusal(discord.Forbidden, 403, 50001)


def test_our_own_bugs_pass_through() -> None:
    """Only what Discord did is translated."""
    client: Any = Client()
    with pytest.raises(KeyError), translated(client, "1", "2"):
        raise KeyError("mine")


def test_what_an_invitation_asks_for() -> None:
    """View, send (also in threads, which it may open), embed, attach, answer, speak: nothing else."""
    assert INVITED.value == 70_677_981_940_736
    assert NEEDED.value == 52_224


def test_threads_have_their_own_permission_to_send() -> None:
    """Send Messages counts outside of threads only."""
    in_threads = discord.Permissions(NEEDED.value)
    in_threads.update(send_messages=False, send_messages_in_threads=True)
    assert not_granted(in_threads, in_thread=True) == []
    assert not_granted(in_threads) == ["Send Messages"]
    assert not_granted(NEEDED, in_thread=True) == ["Send Messages In Threads"]


@pytest.mark.parametrize(("server", "means"), [(1 << 22, MissingPermission), (2 << 22, ChannelGone)])
def test_a_server_of_another_shard_is_not_gone(
    server: int, means: type[DiscordError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any process works on any job; only one that would hear of the server knows that it is not in it."""
    client = discord.AutoShardedClient(intents=discord.Intents.none(), shard_count=2, shard_ids=[0])
    monkeypatch.setattr(client, "is_ready", lambda: True)
    with pytest.raises(means), translated(client, str(server), "11"):
        raise refusal(discord.Forbidden, 403, 50001)
