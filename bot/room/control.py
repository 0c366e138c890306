"""Endpoints under ``/control``: what tests do as members, what they see, and how Discord misbehaves.

They exist only in a room that was started with ``control``. A refusal that a Discord client would have
shown to a person (no such command, a bad option, a button that is gone) is 409 with ``{"refused": ...}``.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from bot.room.control_world import Handler, WorldControl
from bot.room.faults import Fault, FaultKind
from bot.room.simcord_internals import (
    ACKNOWLEDGE_WITHIN_S,
    DIRECT,
    Actor,
    ActorRefusal,
    BackendError,
    ChannelHandle,
    Interaction,
    MemberActor,
    Message,
    serializers,
    waiting_for_ack,
)

if TYPE_CHECKING:
    from bot.room.host import Room

LONGEST_WAIT_S = 30.0


class Control:
    """The endpoints, acting on one room."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def add_routes(self, app: web.Application) -> None:
        """Add every endpoint to the REST server's application."""
        table: dict[tuple[str, str], Handler] = {
            **WorldControl(self._room).table,
            ("POST", "slash"): self.slash,
            ("POST", "click"): self.click,
            ("POST", "select"): self.select,
            ("POST", "context_menu"): self.context_menu,
            ("POST", "autocomplete"): self.autocomplete,
            ("POST", "modal"): self.modal,
            ("POST", "messages"): self.say,
            ("GET", "messages"): self.messages,
            ("DELETE", "messages/{message}"): self.delete_message,
            ("GET", "interactions"): self.interactions,
            ("GET", "changes"): self.changes,
            ("GET", "requests"): self.requests,
            ("POST", "faults"): self.add_fault,
            ("GET", "faults/{number}"): self.fault,
            ("POST", "faults/{number}/release"): self.release,
            ("DELETE", "faults"): self.clear_faults,
        }
        for (method, path), handler in table.items():
            app.router.add_route(method, f"/control/{path}", _answering(handler))

    # ------------------------------------------------------- what members do

    async def slash(self, request: web.Request) -> dict[str, Any]:
        """``{user, channel, command, options}`` runs a command; ``{wait_s}`` for the answer.

        In the options somebody is ``{member: name}``, a role ``{role: name}``, a channel ``{channel: name}``.
        """
        wish = await request.json()
        options = {name: self._option(value) for name, value in wish.get("options", {}).items()}
        member, channel = self._room.world.seat(wish["user"], wish["channel"])
        return await self._act(wish, self._room.env.slash(member, channel, wish["command"], options))

    async def click(self, request: web.Request) -> dict[str, Any]:
        """``{user, message_id, custom_id | label}`` presses a button."""
        wish = await request.json()
        member, message = self._beside(wish)
        return await self._act(
            wish, self._room.env.click(member, message, wish.get("custom_id"), wish.get("label"))
        )

    async def select(self, request: web.Request) -> dict[str, Any]:
        """``{user, message_id, custom_id, values}`` chooses in a menu."""
        wish = await request.json()
        member, message = self._beside(wish)
        return await self._act(
            wish, self._room.env.select(member, message, wish["custom_id"], wish["values"])
        )

    async def context_menu(self, request: web.Request) -> dict[str, Any]:
        """``{user, channel, command, message_id}`` uses a message's Apps menu."""
        wish = await request.json()
        member, channel = self._room.world.seat(wish["user"], wish["channel"])
        message = self._message(wish["message_id"])
        return await self._act(wish, self._room.env.context_menu(member, channel, wish["command"], message))

    async def autocomplete(self, request: web.Request) -> dict[str, Any]:
        """``{user, channel, command, option, value}`` types into an option."""
        wish = await request.json()
        member, channel = self._room.world.seat(wish["user"], wish["channel"])
        return await self._act(
            wish, self._room.env.autocomplete(member, channel, wish["command"], wish["option"], wish["value"])
        )

    async def modal(self, request: web.Request) -> dict[str, Any]:
        """``{user, interaction_id, values}`` sends the form that an interaction opened."""
        wish = await request.json()
        shown = self._room.backend.interactions[int(wish["interaction_id"])]
        values = {name: self._option(value) for name, value in wish["values"].items()}
        member, _ = self._room.world.seat(wish["user"], str(shown.channel_id))
        return await self._act(wish, self._room.env.submit(member, shown, values))

    async def say(self, request: web.Request) -> dict[str, Any]:
        """``{user, channel, text}`` sends a message."""
        wish = await request.json()
        member, channel = self._room.world.seat(wish["user"], wish["channel"])
        return {"id": str(await self._room.env.say(member, channel, wish["text"]))}

    async def delete_message(self, request: web.Request) -> dict[str, Any]:
        """``?user=`` deletes a message, as its author or as a moderator."""
        message = self._message(request.match_info["message"])
        await self._room.env.remove(self._member(dict(request.query)), message)
        return {}

    # ------------------------------------------------------- what can be seen

    async def messages(self, request: web.Request) -> list[dict[str, Any]]:
        """``?channel=``: every message, oldest first, as the API shows it; ``?user=`` hides others' own."""
        viewer = self._room.world.members[request.query["user"]] if "user" in request.query else None
        channel = self._place(request.query["channel"], viewer)
        return [
            dict(serializers.message_payload(self._room.backend, message))
            for message in self._room.backend.messages.get(channel.id, {}).values()
            if viewer is None or message.visible_to(viewer.id)
        ]

    async def interactions(self, _: web.Request) -> list[dict[str, Any]]:
        """The newest interactions with their acknowledgement latency in milliseconds."""
        records = self._room.backend.interactions
        return [
            self._report(records[ack.interaction_id])
            for ack in self._room.acks
            if ack.interaction_id in records
        ]

    async def changes(self, request: web.Request) -> dict[str, Any]:
        """Wait until the world differs from ``?after=``, at most ``?wait_s=`` seconds."""
        after = int(request.query.get("after", -1))
        wait_s = min(float(request.query.get("wait_s", 0)), LONGEST_WAIT_S)
        await self._room.backend.wait_for_change(after, wait_s)
        return {"changes": self._room.backend.changes}

    async def requests(self, _: web.Request) -> list[dict[str, Any]]:
        """Every REST request since the last time this was asked, with its body."""
        seen = [asdict(item) for item in self._room.rest.seen]
        self._room.rest.seen.clear()
        return seen

    # ----------------------------------------------------------------- faults

    async def add_fault(self, request: web.Request) -> dict[str, Any]:
        """``{method, path, kind, status, code, message, count}``; see ``bot.room.faults``."""
        wish = await request.json()
        kind = FaultKind(wish.pop("kind", "refuse"))
        fault = Fault(kind=kind, **wish)
        return {"number": self._room.rest.faults.add(fault)}

    async def fault(self, request: web.Request) -> dict[str, Any]:
        """How often a fault was met; with ``?wait_s=`` after waiting for it to hold a request."""
        fault = self._room.rest.faults.faults[int(request.match_info["number"])]
        async with asyncio.timeout(float(request.query["wait_s"]) if "wait_s" in request.query else None):
            if "wait_s" in request.query:
                await fault.held.wait()
        return {"met": fault.met, "waiting": fault.waiting}

    async def release(self, request: web.Request) -> dict[str, Any]:
        """Let the requests go on that a fault holds."""
        self._room.rest.faults.faults[int(request.match_info["number"])].released.set()
        return {}

    async def clear_faults(self, _: web.Request) -> dict[str, Any]:
        """Lift every fault."""
        self._room.rest.faults.clear()
        return {}

    # ---------------------------------------------------------------- helpers

    def _member(self, wish: dict[str, Any]) -> MemberActor:
        return self._room.world.members[wish["user"]]

    def _beside(self, wish: dict[str, Any]) -> tuple[Actor, Message]:
        """A member and the message that they touch."""
        message = self._message(wish["message_id"])
        return self._room.world.seat(wish["user"], str(message.channel_id))[0], message

    def _place(self, channel: str, viewer: MemberActor | None) -> ChannelHandle:
        if channel == DIRECT and viewer is not None:
            return viewer.user.dm_channel
        return self._room.world.channel(channel)

    def _message(self, message_id: str) -> Message:
        for channel_messages in self._room.backend.messages.values():
            if int(message_id) in channel_messages:
                return channel_messages[int(message_id)]
        raise KeyError(message_id)

    async def _act(self, wish: dict[str, Any], act: Awaitable[Interaction]) -> dict[str, Any]:
        with waiting_for_ack(float(wish.get("wait_s", ACKNOWLEDGE_WITHIN_S))):
            return self._report(await act)

    def _report(self, record: Interaction) -> dict[str, Any]:
        ack = self._room.acks.get(record.id)
        return {
            "id": str(record.id),
            "type": record.type,
            "command": record.command_name,
            "acknowledged": record.responded,
            "ack_ms": ack.latency_ms if ack is not None else None,
            "response": str(record.response_kind) if record.response_kind is not None else None,
            "message_id": str(record.message_id) if record.message_id is not None else None,
            "followup_ids": [str(number) for number in record.followup_ids],
            "ephemeral": record.ephemeral,
            "modal": record.modal,
            "choices": record.autocomplete_choices,
        }

    def _option(self, value: Any) -> Any:
        """Files come as ``{filename, base64}``, the rest as ``{member}``, ``{role}`` and ``{channel}``."""
        if not isinstance(value, dict):
            return value
        named = cast(dict[str, str], value)
        if "member" in named:
            return self._room.world.members[named["member"]]
        if "role" in named:
            return self._room.world.roles[named["role"]]
        if "channel" in named:
            return self._room.world.channel(named["channel"])
        return named["filename"], base64.b64decode(named["base64"])


def _answering(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handler(request))
        except (ActorRefusal, BackendError) as refusal:
            return web.json_response({"refused": str(refusal)}, status=409)
        except (KeyError, ValueError, TypeError, TimeoutError) as mistake:
            return web.json_response({"mistake": repr(mistake)}, status=400)

    return answer
