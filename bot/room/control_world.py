"""Endpoints under ``/control`` that change the world itself: who and what is in it, and its time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from bot.room.host import Room
    from bot.room.world import World

Handler = Callable[[web.Request], Awaitable[Any]]


class WorldControl:
    """The endpoints, acting on one room. ``table`` has them by method and path."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.table: dict[tuple[str, str], Handler] = {
            ("GET", "world"): self.world,
            ("POST", "users"): self.add_user,
            ("DELETE", "users/{user}"): self.remove_user,
            ("POST", "roles"): self.add_role,
            ("DELETE", "roles/{role}"): self.delete_role,
            ("POST", "bot"): self.invite_bot,
            ("DELETE", "bot"): self.send_bot_away,
            ("POST", "channels"): self.add_channel,
            ("DELETE", "channels/{channel}"): self.delete_channel,
            ("POST", "ages"): self.restrict_age,
            ("POST", "permissions"): self.restrict,
            ("POST", "locales"): self.speak,
            ("POST", "clock"): self.advance,
        }

    async def world(self, _: web.Request) -> dict[str, Any]:
        """Ids and names, and whether the bot is connected."""
        world = self._world
        return {
            "guild_id": str(world.guild.id),
            "application_id": str(self._room.backend.application_id),
            "bot_id": str(self._room.backend.bot_user.id),
            "bot_is_here": self._room.gateway.bot_is_here,
            "channels": {str(each.name): str(each.id) for each in world.channels.values() if each.guild},
            "users": {name: str(member.id) for name, member in world.members.items()},
            "roles": {name: str(role.id) for name, role in world.roles.items()},
            "commands": sorted(name for name, _ in self._room.backend.commands.get(None, {})),
        }

    async def add_user(self, request: web.Request) -> dict[str, Any]:
        """``{name}`` joins the server."""
        name = (await request.json())["name"]
        return {"id": str(self._world.add_member(name).id)}

    async def remove_user(self, request: web.Request) -> dict[str, Any]:
        """A member leaves the server."""
        self._world.remove_member(request.match_info["user"])
        return {}

    async def add_role(self, request: web.Request) -> dict[str, Any]:
        """A role ``{name}`` of ``{users: [names]}``."""
        wish = await request.json()
        return {"id": str(self._world.add_role(wish["name"], wish["users"]).id)}

    async def delete_role(self, request: web.Request) -> dict[str, Any]:
        """Delete a role, by name."""
        self._world.delete_role(request.match_info["role"])
        return {}

    async def send_bot_away(self, _: web.Request) -> dict[str, Any]:
        """Remove the bot from the server."""
        self._world.send_bot_away()
        return {}

    async def invite_bot(self, _: web.Request) -> dict[str, Any]:
        """Bring it back."""
        self._world.invite_bot()
        return {}

    async def add_channel(self, request: web.Request) -> dict[str, Any]:
        """A text channel ``{name}``."""
        return {"id": str(self._world.add_channel((await request.json())["name"]).id)}

    async def delete_channel(self, request: web.Request) -> dict[str, Any]:
        """Delete a channel, by name or id."""
        self._world.delete_channel(self._world.channel(request.match_info["channel"]).id)
        return {}

    async def restrict_age(self, request: web.Request) -> dict[str, Any]:
        """Make ``{channel}`` age-restricted, or with ``{restricted: false}`` open to everybody again."""
        wish = await request.json()
        self._world.restrict_age(self._world.channel(wish["channel"]).id, wish["restricted"])
        return {}

    async def restrict(self, request: web.Request) -> dict[str, Any]:
        """Deny the bot ``{denied: [names]}`` in ``{channel}``."""
        wish = await request.json()
        self._world.restrict_bot(self._world.channel(wish["channel"]).id, wish["denied"])
        return {}

    async def speak(self, request: web.Request) -> dict[str, Any]:
        """``{user, locale}`` is the language of a member's Discord; ``{guild_locale}`` the server's."""
        wish = await request.json()
        self._world.speak(wish["user"], wish["locale"], wish.get("guild_locale"))
        return {}

    async def advance(self, request: web.Request) -> dict[str, Any]:
        """Let ``{seconds}`` pass for the room."""
        self._room.backend.advance_clock(float((await request.json())["seconds"]))
        return {"now": self._room.backend.now_iso()}

    @property
    def _world(self) -> World:
        return self._room.world
