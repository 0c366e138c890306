"""Acting as members of a room from outside, over its ``/control`` endpoints."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import aiohttp

from bot.room import RoomAddress
from tests import discord_schema, forked

PATIENCE_S = 20.0
"""How long a driver waits for something that should be a matter of milliseconds."""


Found = TypeVar("Found")


class Refused(AssertionError):
    """No Discord client would have let a member do this: no such command, a bad option, a lost button."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """What a member's act led to. ``ack_ms`` is from dispatch to the bot's callback."""

    id: str
    command: str | None
    acknowledged: bool
    ack_ms: float | None
    response: str | None
    message_id: str | None
    followup_ids: list[str]
    ephemeral: bool
    modal: dict[str, Any] | None
    choices: list[dict[str, Any]] | None
    type: int

    @classmethod
    def read(cls, wire: Mapping[str, Any]) -> Self:
        """From the control endpoint's answer."""
        return cls(**wire)


class RoomDriver:
    """A room's members, moderator and gremlins. ``address`` says where the bot and the page go.

    A channel is its name or id, a thread's too; ``dm`` is the member's own conversation with the bot.
    Every method raises ``Refused`` where a Discord client would have said no, and ``KeyError`` for a
    member, channel or message that does not exist.
    """

    def __init__(self, address: RoomAddress, session: aiohttp.ClientSession) -> None:
        self.address = address
        self._session = session
        self._unchecked: list[dict[str, Any]] = []
        self._root = address.api_url.removesuffix("/api/v10")

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(cls, address: RoomAddress) -> AsyncGenerator[Self]:
        """Drive a room that runs somewhere; at the end its requests are checked against Discord's schema."""
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(connector=connector) as session:
            driver = cls(address, session)
            yield driver
            with contextlib.suppress(aiohttp.ClientConnectionError):
                await driver.check_requests()

    # ----------------------------------------------------------- members act

    async def slash(
        self,
        user: str,
        channel: str,
        command: str,
        options: Mapping[str, Any] | None = None,
        *,
        wait_s: float = 3.0,
    ) -> Interaction:
        """Run ``command`` (with its subcommand, separated by a space) and wait for the acknowledgement.

        A file option is ``(filename, bytes)``, a member ``{"member": name}``, a role ``{"role": name}``,
        a channel ``{"channel": name}``.
        """
        wire = {name: _wire_option(value) for name, value in (options or {}).items()}
        return await self._act(
            "slash", user=user, channel=channel, command=command, options=wire, wait_s=wait_s
        )

    async def click(
        self, user: str, message_id: str, *, label: str | None = None, custom_id: str | None = None
    ) -> Interaction:
        """Press the button with that label or id."""
        return await self._act("click", user=user, message_id=message_id, label=label, custom_id=custom_id)

    async def select(self, user: str, message_id: str, custom_id: str, values: list[str]) -> Interaction:
        """Choose in a menu."""
        return await self._act("select", user=user, message_id=message_id, custom_id=custom_id, values=values)

    async def context_menu(self, user: str, channel: str, command: str, message_id: str) -> Interaction:
        """Use a command of a message's Apps menu."""
        return await self._act(
            "context_menu", user=user, channel=channel, command=command, message_id=message_id
        )

    async def autocomplete(
        self, user: str, channel: str, command: str, option: str, value: str
    ) -> list[dict[str, Any]]:
        """Type into an option; the choices that the bot offered."""
        return (await self.complete(user, channel, command, option, value)).choices or []

    async def complete(self, user: str, channel: str, command: str, option: str, value: str) -> Interaction:
        """Type into an option; all that came of it."""
        return await self._act(
            "autocomplete", user=user, channel=channel, command=command, option=option, value=value
        )

    async def commands(self) -> list[dict[str, Any]]:
        """What the bot registered, as it told Discord."""
        application_id = (await self.world())["application_id"]
        answer: Any = await self.request_as_bot("GET", f"/applications/{application_id}/commands")
        return answer

    async def submit(self, user: str, opened: Interaction, values: Mapping[str, Any]) -> Interaction:
        """Send the form that ``opened`` showed."""
        wire = {name: _wire_option(value) for name, value in values.items()}
        return await self._act("modal", user=user, interaction_id=opened.id, values=wire)

    async def say(self, user: str, channel: str, text: str) -> str:
        """Send a message; its id."""
        return (await self._post("messages", user=user, channel=channel, text=text))["id"]

    async def delete_message(self, user: str, message_id: str) -> None:
        """Delete a message as its author or as a moderator."""
        await self._ask("DELETE", f"messages/{message_id}", params={"user": user})

    # ------------------------------------------------------------ the world

    async def world(self) -> dict[str, Any]:
        """Ids and names of everything, and ``bot_is_here``."""
        return await self._ask("GET", "world")

    async def add_user(self, name: str) -> str:
        """Let a new member join; the id."""
        return (await self._post("users", name=name))["id"]

    async def remove_user(self, name: str) -> None:
        """A member leaves the server."""
        await self._ask("DELETE", f"users/{name}")

    async def add_role(self, name: str, *users: str) -> str:
        """Make a role that permits nothing, and give it to members; the id."""
        return (await self._post("roles", name=name, users=list(users)))["id"]

    async def delete_role(self, name: str) -> None:
        """Delete a role."""
        await self._ask("DELETE", f"roles/{name}")

    async def send_bot_away(self) -> None:
        """Remove the bot from the server."""
        await self._ask("DELETE", "bot")

    async def invite_bot(self) -> None:
        """Invite it again."""
        await self._post("bot")

    async def restrict_age(self, channel: str, *, restricted: bool = True) -> None:
        """Make a channel age-restricted, or open to everybody."""
        await self._post("ages", channel=channel, restricted=restricted)

    async def add_channel(self, name: str) -> str:
        """Make a text channel; the id."""
        return (await self._post("channels", name=name))["id"]

    async def delete_channel(self, channel: str) -> None:
        """Delete a channel by name or id."""
        await self._ask("DELETE", f"channels/{channel}")

    async def deny_bot(self, channel: str, *permissions: str) -> None:
        """Take permissions from the bot in a channel; none named gives all back."""
        await self._post("permissions", channel=channel, denied=list(permissions))

    async def speak(self, user: str, locale: str, guild_locale: str | None = None) -> None:
        """Set the language of a member's Discord, and, where given, the one that the server prefers."""
        await self._post("locales", user=user, locale=locale, guild_locale=guild_locale)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass in the room: interactions end, nonces are forgotten."""
        await self._post("clock", seconds=seconds)

    # --------------------------------------------------------------- looking

    async def messages(self, channel: str, user: str | None = None) -> list[dict[str, Any]]:
        """Every message, oldest first, as the API tells it; with ``user`` only what that member sees."""
        params = {"channel": channel, **({"user": user} if user is not None else {})}
        return await self._ask("GET", "messages", params=params)

    async def message(self, channel: str, message_id: str) -> dict[str, Any]:
        """One message. Raises ``KeyError`` when it is gone."""
        for message in await self.messages(channel):
            if message["id"] == message_id:
                return message
        raise KeyError(message_id)

    async def interactions(self) -> list[Interaction]:
        """The newest interactions, oldest first."""
        return [Interaction.read(item) for item in await self._ask("GET", "interactions")]

    async def download(self, attachment: Mapping[str, Any]) -> bytes:
        """An attachment's bytes."""
        async with self._session.get(attachment["url"]) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def until(
        self, look: Callable[[], Awaitable[Found | None]], *, what: str, limit_s: float = PATIENCE_S
    ) -> Found:
        """Look again at every change of the world until ``look`` finds something true.

        Raises ``TimeoutError`` that names ``what`` was waited for.
        """
        try:
            async with asyncio.timeout(limit_s):
                while True:
                    changes = (await self._ask("GET", "changes"))["changes"]
                    found = await look()
                    if found:
                        return found
                    await self._ask("GET", "changes", params={"after": str(changes), "wait_s": "1"})
        except TimeoutError as late:
            raise TimeoutError(f"waited {limit_s} s in vain for {what}") from late

    async def until_bot_is(self, here: bool) -> None:
        """Wait until a bot is connected with its commands told, or until none is."""

        async def look() -> bool:
            world = await self.world()
            return world["bot_is_here"] == here and (bool(world["commands"]) or not here)

        await self.until(look, what="the bot to " + ("come" if here else "go"))

    async def until_message(
        self, channel: str, fits: Callable[[dict[str, Any]], bool], *, what: str = "a message"
    ) -> dict[str, Any]:
        """Wait for a message that ``fits``; the oldest such."""

        async def look() -> dict[str, Any] | None:
            return next((message for message in await self.messages(channel) if fits(message)), None)

        return await self.until(look, what=what)

    async def request_as_bot(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """A plain REST request with a bot's token. Raises ``aiohttp.ClientResponseError``."""
        url, headers = self.address.api_url + path, {"Authorization": "Bot plain"}
        async with self._session.request(method, url, json=body, headers=headers) as answer:
            answer.raise_for_status()
            return await answer.json()

    # -------------------------------------------------------------- failures

    async def fault(
        self,
        method: str,
        path: str,
        *,
        kind: str = "refuse",
        status: int = 500,
        code: int = 0,
        message: str = "injected",
        count: int | None = 1,
    ) -> int:
        """Let the next ``count`` matching requests fail; see ``bot.room.faults``. The fault's number."""
        wish = {"method": method, "path": path, "kind": kind, "status": status, "code": code}
        return (await self._post("faults", **wish, message=message, count=count))["number"]

    async def until_held(self, number: int) -> None:
        """Wait until a request hangs in the fault of that number."""
        await self._ask("GET", f"faults/{number}", params={"wait_s": str(PATIENCE_S)})

    async def release(self, number: int) -> None:
        """Let the held requests of a fault go on."""
        await self._ask("POST", f"faults/{number}/release")

    async def clear_faults(self) -> None:
        """Lift every fault."""
        await self._ask("DELETE", "faults")

    async def requests(self) -> list[dict[str, Any]]:
        """Every REST request since the last time: method, path, body, sizes of files, status."""
        seen = await self._ask("GET", "requests")
        self._unchecked += seen
        return seen

    async def check_requests(self) -> None:
        """Compare every request since the last time with Discord's schema. Raises ``AssertionError``."""
        await self.requests()
        seen, self._unchecked = self._unchecked, []
        problems = [
            problem
            for item in seen
            if item["status"] < 400
            for problem in discord_schema.check(item["method"], item["path"], item["body"], item["query"])
        ]
        assert not problems, "\n".join(problems)

    # ---------------------------------------------------------------- wire

    async def _act(self, verb: str, /, **wish: Any) -> Interaction:
        return Interaction.read(await self._post(verb, **wish))

    async def _post(self, path: str, /, **wish: Any) -> dict[str, Any]:
        return cast(dict[str, Any], await self._ask("POST", path, json=wish))

    async def _ask(self, method: str, path: str, **kwargs: Any) -> Any:
        async with self._session.request(method, f"{self._root}/control/{path}", **kwargs) as answer:
            told = await answer.json()
            if answer.status == 409:
                raise Refused(told["refused"])
            if answer.status == 400:
                raise KeyError(told["mistake"])
            answer.raise_for_status()
            return told


def _wire_option(value: Any) -> Any:
    if isinstance(value, tuple):
        filename, data = cast(tuple[str, bytes], value)
        return {"filename": filename, "base64": base64.b64encode(data).decode()}
    return value


@contextlib.asynccontextmanager
async def running_room(kept_in: Path | None = None) -> AsyncGenerator[RoomDriver]:
    """A room in this process and a driver for it; the same as before with what was ``kept_in`` a file."""
    from bot.room.host import Room

    async with Room(control=True, kept_in=kept_in) as room, RoomDriver.connect(room.address) as driver:
        yield driver


@contextlib.asynccontextmanager
async def room_process(kept_in: Path | None = None) -> AsyncGenerator[RoomDriver]:
    """A room in a process of its own, which ends with this block, and a driver; else as ``running_room``."""
    arguments = () if kept_in is None else (str(kept_in),)
    async with process("tests.room.serve_room", stdout=asyncio.subprocess.PIPE, arguments=arguments) as child:
        assert child.stdout is not None
        address = RoomAddress(*(await child.stdout.readline()).decode().split())
        async with RoomDriver.connect(address) as driver:
            yield driver


@contextlib.asynccontextmanager
async def process(
    module: str,
    environment: Mapping[str, str] | None = None,
    *,
    stdout: int | None = None,
    arguments: Sequence[str] = (),
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """``python -m module``; killed at the end if it still runs."""
    child = await forked.start(
        module, *arguments, environment={**os.environ, **(environment or {})}, stdout=stdout
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


def bot_environment(address: RoomAddress, **more: str) -> dict[str, str]:
    """What a bot's process needs to find the room."""
    return {"DISCORD_API_URL": address.api_url, "DISCORD_GATEWAY_URL": address.gateway_url, **more}
