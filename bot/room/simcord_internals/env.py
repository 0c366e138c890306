"""What members do, with the bot at the other end of a socket."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Generator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, cast

import discord
from simcord import Env, actors, results
from simcord import _modal as modals
from simcord.actors import MemberActor
from simcord.backend.errors import SetupError
from simcord.backend.models import Interaction, Message
from simcord.builders import ChannelHandle, UserHandle

from bot.room.acks import AckBook
from bot.room.simcord_internals.backend import RoomBackend

ACKNOWLEDGE_WITHIN_S = 3.0
"""Discord, "Receiving and Responding": an interaction must be answered within three seconds."""

Actor = MemberActor | UserHandle
"""Somebody in the server, or the same person alone with the bot."""

_latest_dispatch: ContextVar[int] = ContextVar("latest_dispatch", default=0)
_ack_wait_s: ContextVar[float] = ContextVar("ack_wait_s", default=ACKNOWLEDGE_WITHIN_S)


@contextlib.contextmanager
def waiting_for_ack(limit_s: float) -> Generator[None]:
    """Within this block, what a member does waits at most ``limit_s`` seconds for the bot's answer."""
    token = _ack_wait_s.set(limit_s)
    try:
        yield
    finally:
        _ack_wait_s.reset(token)


class RoomEnv(Env):
    """simcord's environment with no bot inside: the bot is a client of the gateway and of REST."""

    def __init__(self, backend: RoomBackend, acks: AckBook, bot_is_here: Callable[[], bool]) -> None:
        super().__init__(discord.Client(intents=discord.Intents(guilds=True)), check_errors=False)
        self.backend = backend
        self.world = backend
        self.acks = acks
        self.bot_is_here = bot_is_here
        self._loop = asyncio.get_running_loop()
        self._started = True
        self._generation = 1

    def _notify_dispatch_observers(self, interaction: Any) -> None:
        self.acks.dispatched(interaction.id)
        _latest_dispatch.set(interaction.id)
        super()._notify_dispatch_observers(interaction)

    async def _settle_internal(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - simcord's signature
        idle: float = 0.05,
        dispatch: str | None = None,
        _deadline: float | None = None,
    ) -> None:
        """Wait for the bot's answer to the interaction just dispatched, and for nothing else."""
        if dispatch == "INTERACTION_CREATE" and self.bot_is_here():
            await self.acks.wait(_latest_dispatch.get(), _ack_wait_s.get())

    # What members do, several at the same time: simcord's own verbs allow one at a time.

    def _done(self, result: results.InteractionResult) -> Interaction:
        return result._interaction

    def _target(self, message: Message) -> results.ResponseMessage:
        return results.ResponseMessage(self, message)

    async def slash(
        self, member: Actor, channel: ChannelHandle, command: str, options: Mapping[str, Any]
    ) -> Interaction:
        """Run a slash command. Raises ``ActorRefusal`` for what no Discord client would let pass."""
        return self._done(await actors._slash(member, channel, command, dict(options)))

    async def click(self, member: Actor, message: Message, custom_id: str | None, label: str | None):
        """Press a button."""
        return self._done(
            await actors._component_click(member, self._target(message), label=label, custom_id=custom_id)
        )

    async def select(self, member: Actor, message: Message, custom_id: str, values: Sequence[str]):
        """Choose in a menu."""
        return self._done(
            await actors._component_select(member, self._target(message), values, custom_id=custom_id)
        )

    async def autocomplete(
        self, member: Actor, channel: ChannelHandle, command: str, option: str, value: str
    ) -> Interaction:
        """Type into an option that completes."""
        return self._done(await actors._autocomplete_result(member, channel, command, option, value, {}))

    async def submit(self, member: Actor, shown: Interaction, values: Mapping[str, Any]) -> Interaction:
        """Send a form that an interaction opened."""
        opened = results.InteractionResult(self, shown)
        return self._done(await modals._submit_modal(member, opened, dict(values)))

    async def context_menu(
        self, member: Actor, channel: ChannelHandle, command: str, message: Message
    ) -> Interaction:
        """Use a command of a message's Apps menu."""
        if isinstance(member, UserHandle):
            raise SetupError("messages of a direct conversation have no menu here")
        verb = cast(Any, MemberActor.context_menu).__wrapped__
        return self._done(await verb(member, channel, command, self._target(message)))

    async def say(self, member: Actor, channel: ChannelHandle, text: str) -> int:
        """Send a message; returns its id."""
        if isinstance(member, UserHandle):
            return (await cast(Any, UserHandle.send_dm).__wrapped__(member, text)).id
        return (await cast(Any, MemberActor.send).__wrapped__(member, channel, text)).id

    async def remove(self, member: MemberActor, message: Message) -> None:
        """Delete a message as its author or as a moderator."""
        await cast(Any, MemberActor.delete).__wrapped__(member, self._target(message))
