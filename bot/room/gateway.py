"""The gateway: one websocket for each connected bot, fed with the events its intents allow.

Opcodes follow Discord's "Gateway" documentation, version 10. A resume is answered with an invalid session,
after which every client identifies anew. No compression: clients accept plain text frames.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import enum
import json
import secrets
from collections.abc import Mapping
from typing import Any, cast

import aiohttp
import discord
import structlog
from aiohttp import web

from bot.room.simcord_internals import RoomBackend, intents, serializers

HEARTBEAT_MS = 41_250
ACK_DELAY_S = 0.05
_OF_GUILDS = frozenset({"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"})

log = structlog.get_logger(__name__)


class Opcode(enum.IntEnum):
    """Gateway opcodes that the room sends or understands."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Session:
    """One connection. Events wait in ``outbox`` until the socket takes them."""

    def __init__(self, backend: RoomBackend, gateway_url: str) -> None:
        self._backend = backend
        self._gateway_url = gateway_url
        self._sequence = 0
        self.intents: discord.Intents | None = None
        self.outbox: asyncio.Queue[str] = asyncio.Queue()

    def send(self, opcode: Opcode, data: Any = None) -> None:
        """Queue a frame that is not an event."""
        self.outbox.put_nowait(json.dumps({"op": opcode, "d": data}))

    def dispatch(self, event: str, payload: Mapping[str, Any]) -> None:
        """Queue an event."""
        self._sequence += 1
        frame = {"op": Opcode.DISPATCH, "s": self._sequence, "t": event, "d": payload}
        self.outbox.put_nowait(json.dumps(frame))

    def feed(self, event: str, payload: Mapping[str, Any]) -> None:
        """Queue a world's event if this connection may see it, without what it may not read."""
        if self.intents is None or not self._concerns(event, payload):
            return
        needed = intents.required_intent(event, payload)
        if needed is not None and not getattr(self.intents, needed):
            return
        told = copy.deepcopy(dict(payload))
        bot_id = self._backend.bot_user.id
        if not self.intents.message_content:
            self._censor(event, told, bot_id)
        if event == "GUILD_CREATE":
            intents.prune_guild_create(told, self.intents, bot_id)
        self.dispatch(event, told)

    def _concerns(self, event: str, payload: Mapping[str, Any]) -> bool:
        """Whether it happened where the bot is: of a server that sent it away it hears that alone."""
        guild_id = payload.get("guild_id") or (payload["id"] if event in _OF_GUILDS else None)
        return guild_id is None or event == "GUILD_DELETE" or self._backend.has_bot(int(guild_id))

    def _censor(self, event: str, told: dict[str, Any], bot_id: int) -> None:
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            intents.censor_message(told, bot_id, backend=self._backend)
        elif event == "INTERACTION_CREATE" and isinstance(told.get("message"), dict):
            intents.censor_message(told["message"], bot_id, backend=self._backend, exempt_root=True)

    def receive(self, opcode: int, data: Any) -> None:
        """Act on a frame from the bot; opcodes without effect here (presence, voice) are ignored."""
        match opcode:
            case Opcode.HEARTBEAT:
                # discord.py notes when it sent a heartbeat only after sending it, in a thread: an answer
                # without a network's delay can be there first, and looks as late as the heartbeat before.
                asyncio.get_running_loop().call_later(ACK_DELAY_S, self.send, Opcode.HEARTBEAT_ACK)
            case Opcode.RESUME:
                self.send(Opcode.INVALID_SESSION, False)
            case Opcode.IDENTIFY:
                self._identify(data)
            case Opcode.REQUEST_MEMBERS:
                self._tell_members(data)
            case _:
                pass

    def _identify(self, data: Mapping[str, Any]) -> None:
        guilds = [guild for guild in self._backend.guilds.values() if self._backend.has_bot(guild.id)]
        ready = {
            "v": 10,
            "user": dict(serializers.user_payload(self._backend.bot_user)),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": secrets.token_hex(16),
            "resume_gateway_url": self._gateway_url,
            "shard": data.get("shard", [0, 1]),
            "application": {"id": str(self._backend.application_id), "flags": 0},
        }
        self.dispatch("READY", ready)
        self.intents = _intents(int(data["intents"]))
        for guild in guilds:
            self.feed("GUILD_CREATE", dict(serializers.guild_create_payload(self._backend, guild)))

    def _tell_members(self, data: Mapping[str, Any]) -> None:
        guild = self._backend.guilds.get(int(data["guild_id"]))
        if guild is None:
            return
        wanted = {int(number) for number in cast(list[str], data.get("user_ids") or [])}
        members = [item for item in guild.members.values() if not wanted or item.user_id in wanted]
        chunk = {
            "guild_id": str(guild.id),
            "members": [serializers.member_payload(self._backend, guild, member) for member in members],
            "not_found": [str(number) for number in sorted(wanted - guild.members.keys())],
            "chunk_index": 0,
            "chunk_count": 1,
            "nonce": data.get("nonce"),
        }
        self.dispatch("GUILD_MEMBERS_CHUNK", chunk)


class Gateway:
    """Every connected session. ``url`` is set once the server's port is known."""

    def __init__(self, backend: RoomBackend) -> None:
        self.url = ""
        self._backend = backend
        self._sessions: dict[Session, web.WebSocketResponse] = {}
        backend.subscribers.append(self._feed)

    @property
    def bot_is_here(self) -> bool:
        """Whether a bot is connected and has identified."""
        return any(session.intents is not None for session in self._sessions)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse(max_msg_size=4 * 1024 * 1024, heartbeat=HEARTBEAT_MS / 1000)
        await socket.prepare(request)
        session = Session(self._backend, self.url)
        self._sessions[session] = socket
        session.send(Opcode.HELLO, {"heartbeat_interval": HEARTBEAT_MS})
        sender = asyncio.create_task(self._send(session, socket), name="gateway-sender")
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    frame = json.loads(message.data)
                    session.receive(frame["op"], frame.get("d"))
                    if frame["op"] == Opcode.IDENTIFY:
                        self._backend.note_change()
        finally:
            del self._sessions[session]
            self._backend.note_change()
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sender
            log.info("gateway.closed", sessions=len(self._sessions))
        return socket

    async def close(self) -> None:
        """End every connection as a server that goes away."""
        for socket in tuple(self._sessions.values()):
            await socket.close(code=aiohttp.WSCloseCode.GOING_AWAY)

    async def _send(self, session: Session, socket: web.WebSocketResponse) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await socket.send_str(await session.outbox.get())

    def _feed(self, event: str, payload: Mapping[str, Any]) -> None:
        for session in tuple(self._sessions):
            session.feed(event, payload)


def _intents(bits: int) -> discord.Intents:
    granted = discord.Intents.none()
    for name, bit in discord.Intents.VALID_FLAGS.items():
        setattr(granted, name, bool(bits & bit))
    return granted
