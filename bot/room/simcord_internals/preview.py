"""The preview page, kept alive for hours."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from simcord.actors import MemberActor
from simcord.backend.access import can_access_channel
from simcord.backend.errors import SetupError
from simcord.builders import ChannelHandle
from simcord.enums import AppCommandType
from simcord.preview import Preview
from simcord.results import ResponseMessage

from bot.room.blobs import StoredBlob
from bot.room.cdn import CdnAssets, RoomCdn
from bot.room.media import content_type, picture_size
from bot.room.simcord_internals.env import RoomEnv
from bot.room.simcord_internals.languages import (
    DEFAULT,
    fingerprint,
    localised_catalog,
    option_names,
    spoken,
)

if TYPE_CHECKING:
    from bot.room.simcord_internals.server import PageServer


DIRECT = "dm"
"""How a page names a member's own conversation with the bot."""

_MENU_KEY = re.compile(r"message:\d+:component:menu:(?P<command>\d+)")


class RoomPreview(Preview):
    """simcord's preview page, kept alive for hours and led through every channel.

    A page is published when its browser asks for it and something changed, so that abandoned pages cost
    nothing. ``about`` (of channel and viewer) adds to what a browser is told.

    A page in a direct conversation has the member as a user, as simcord wants it there.
    """

    _MAX_PAGES = 24
    _PAGE_LEASE_SECONDS = 24 * 3600.0
    _MAX_MEDIA_BYTES = 1 << 50  # handles, not bytes, are kept
    _NEEDS_BOT = frozenset({"click", "select", "modal_submit", "run_command", "autocomplete_command"})

    def __init__(
        self,
        env: RoomEnv,
        members: Sequence[MemberActor],
        *,
        port: int,
        channels: Callable[[], Mapping[int, ChannelHandle]],
        about: Callable[[int, int], Mapping[str, Any]],
        server: Callable[[RoomPreview, int], PageServer],
    ) -> None:
        self.room = env
        self._channels = channels
        self._about = about
        self._showing: ContextVar[int | None] = ContextVar("showing", default=None)
        self._turn = asyncio.Lock()
        self._called: dict[str, str] = {}  # option names of the command at hand: registered to shown
        self._published: dict[str, int] = {}
        self._zones: dict[str, str] = {}
        self._answers: dict[str, tuple[tuple[Any, ...], str, bytes]] = {}
        super().__init__(
            env,
            next(iter(channels().values())),
            tuple(members),
            layout="channel",
            display="responsive",
            width=960,
            height=720,
            locale="en-US",
            timezone="UTC",
            presentation_time=None,
            assets=None,
            port=port,
        )
        self._explicit_assets = cast(Any, CdnAssets(cast(RoomCdn, env.world.cdn)))
        self._server = server(self, port)

    @property
    def channel(self) -> ChannelHandle:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The channel of the page that the running request belongs to."""
        channels = self._channels()
        shown = channels.get(self._showing.get() or 0)
        return shown if shown is not None else next(iter(channels.values()))

    @channel.setter
    def channel(self, value: ChannelHandle) -> None:
        self._showing.set(value.id)

    def enter(self, viewer_id: str | None, channel_id: str | None, zone: str) -> dict[str, Any]:
        """Open a page for a browser; what it remembers of member and channel is taken where it fits."""
        self._make_space()
        known = {str(member.id) for member in self.viewers}
        viewer = viewer_id if viewer_id in known else str(self.viewers[0].id)
        self._showing.set(self._place(viewer, channel_id) or 0)
        page = self._open_page(viewer)
        self._zones[page.id] = zone
        return self._page_payload(page)

    def answer(self, context_id: str | None) -> tuple[str, bytes]:
        """``(entity tag, JSON)`` of a page's present state; built anew only when something changed."""
        page = self._get_page(context_id)
        if self._published.get(page.id) != self.room.world.changes:
            self._advance_presentation_time()
            self._publish(page, reason="refresh")
        last: dict[str, Any] = page.last_action or {}
        about = self._told(page)
        key: tuple[Any, ...] = (
            page.revision,
            page.status,
            len(page.activity),
            last.get("requestId"),
            last.get("settlement"),
        )
        key += (json.dumps(about, sort_keys=True),)
        kept = self._answers.get(page.id)
        if kept is None or kept[0] != key:
            body = json.dumps(self._page_payload(page), separators=(",", ":")).encode()
            tag = f'"{hashlib.sha256(page.id.encode() + repr(key).encode()).hexdigest()[:24]}"'
            kept = self._answers[page.id] = (key, tag, body)
        return kept[1], kept[2]

    def _make_space(self) -> None:
        browsers = sorted(
            (page for page in self._pages.values() if page is not self._python),
            key=lambda page: page.last_activity,
        )
        while len(browsers) >= self._MAX_PAGES:
            self._close_page(browsers.pop(0).id)
        for memory in (self._published, self._zones, self._answers):
            for gone in memory.keys() - self._pages.keys():
                del memory[gone]

    def _get_page(self, context_id: str | None) -> Any:
        page = super()._get_page(context_id)
        self._showing.set(page.channel_id)
        return page

    def _publish(self, page: Any, *, reason: Any = "action") -> None:
        self._published[page.id] = self.room.world.changes
        super()._publish(page, reason=reason)

    def _publish_message_pages(self, *, reason: str = "action") -> None:
        if self._action_page is not None:  # the others follow when they ask
            self._publish(self._action_page, reason=reason)

    def _initial_target(self, viewer: Any, channel_id: int) -> int | None:
        return None  # no message is singled out: a page opens at the newest

    async def _action(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        async with self._turn:
            page = self._get_page(context_id)
            revision = body.get("published_revision") if isinstance(cast(object, body), Mapping) else None
            if isinstance(revision, int) and revision < page.revision:
                # The card moved on while the hand was on its way; targets are checked apart from this.
                body = {**body, "published_revision": page.revision}
            return await super()._action(context_id, body)

    def _prepare_action(self, page: Any, kind: str, body: Mapping[str, Any]) -> Any:
        if kind == "close":
            raise SetupError("the room is closed where it was opened")
        if kind in self._NEEDS_BOT and not self.room.bot_is_here():
            raise SetupError("the bot is away")
        if kind == "viewer":
            return self._prepare_move(page, body)
        if kind in ("run_command", "autocomplete_command"):
            body = self._understood(page, body)
        menu = _MENU_KEY.fullmatch(str(body.get("control_key", "")))
        if kind == "click" and menu is not None:
            return self._prepare_menu(page, menu["command"], body)
        return super()._prepare_action(page, kind, body)

    def _prepare_move(self, page: Any, body: Mapping[str, Any]) -> Any:
        """Another member, another channel, other languages, or who may look into the channel."""
        viewer_id = str(body.get("viewer_id", ""))
        to = self._place(viewer_id, body.get("channel_id") or str(page.channel_id))
        if to is None:
            raise SetupError("no such place")
        self._showing.set(to)
        restricted = body.get("age_restricted")
        if restricted is not None and not self.room.world.manages(to, int(viewer_id)):
            raise SetupError("only for those who manage the channel")
        plan = super()._prepare_action(page, "viewer", body)

        async def move(action: Any, cursor: int) -> dict[str, Any]:
            page.channel_id = to
            if "locale" in body:
                guild_locale = str(body.get("guild_locale", DEFAULT))
                self.room.world.set_locales(
                    int(viewer_id), str(body["locale"]), self._guild_id(), guild_locale
                )
            if restricted is not None:
                self.room.world.restrict_age(to, bool(restricted))
            return await plan(action, cursor)

        return move

    def _prepare_menu(self, page: Any, command_id: str, body: Mapping[str, Any]) -> Any:
        """A command of a message's Apps menu; simcord's page has none."""
        target_id = self._target_id(body.get("target_id"), page.viewer)
        command = next((each for each in self._menus(page) if each["id"] == command_id), None)
        if target_id is None or command is None:
            raise SetupError("that menu is unavailable")
        message = self._target_message(page, target_id)

        async def use_menu(action: Any, cursor: int) -> dict[str, Any]:
            used = page.viewer.context_menu(self.channel, command["name"], ResponseMessage(self.env, message))
            return await self._run_interaction_action(page, action, cursor, used)

        return use_menu

    def _understood(self, page: Any, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """A command's options under the names that the bot registered."""
        command_id, path = body.get("command_id"), body.get("path")
        names = option_names(self._commands(page), command_id, path, self._locale(page))
        self._called = {registered: shown for shown, registered in names.items()}
        options: Any = body.get("options")
        if isinstance(options, Mapping):
            given = cast(Mapping[str, Any], options)
            body = {**body, "options": {names.get(name, name): value for name, value in given.items()}}
        focused = body.get("focused")
        return {**body, "focused": names.get(focused, focused)} if isinstance(focused, str) else body

    def _reject(
        self,
        page: Any,
        code: str,
        *,
        request_id: Any = None,
        sequence: Any = None,
        subject: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        if subject is not None and "commandOption" in subject:
            name = subject["commandOption"]
            subject = {**subject, "commandOption": self._called.get(name, name)}
        return super()._reject(page, code, request_id=request_id, sequence=sequence, subject=subject)

    def _viewer(self, viewer_id: Any) -> Any:
        member: MemberActor = super()._viewer(viewer_id)
        return member.user if self.channel.guild is None else member

    def _place(self, viewer_id: str, channel_id: Any) -> int | None:
        """The channel a member wishes to see; the first where it is not for them; None for a stranger."""
        member = next((each for each in self.viewers if str(each.id) == viewer_id), None)
        if member is None:
            return None
        own = self.room.world.get_dm_channel(member.id).id
        wished = int(channel_id) if str(channel_id).isdecimal() else 0
        shown = self._channels().get(wished)
        if channel_id == DIRECT or (shown is not None and shown.guild is None):
            return own
        allowed = shown is not None and can_access_channel(self.env, wished, member, history=True)
        return wished if allowed else next(iter(self._channels()))

    def _guild_id(self) -> int:
        return next(iter(self._channels().values()))._channel.guild_id or 0

    def _locale(self, page: Any) -> str:
        return self.room.world.locale_of(page.viewer.id)

    def _commands(self, page: Any, kind: AppCommandType = AppCommandType.CHAT_INPUT) -> list[dict[str, Any]]:
        """Commands of a kind that a page's member may use there, as the bot registered them."""
        if page.channel_id not in self.room.world.channels:
            return []
        return self.room.world.visible_commands(user_id=page.viewer.id, channel_id=page.channel_id, type=kind)

    def _menus(self, page: Any) -> list[dict[str, str]]:
        """What stands in a message's Apps menu: id, registered name, and how it reads."""
        if self.channel.guild is None:
            return []
        return [
            {"id": str(each["id"]), "name": each["name"], "label": spoken(each, "name", self._locale(page))}
            for each in self._commands(page, AppCommandType.MESSAGE)
        ]

    def localised(self, page: Any, catalog: Mapping[str, Any]) -> dict[str, Any]:
        """The catalog of commands in the language of a page's member."""
        return localised_catalog(catalog, self._commands(page), self._locale(page))

    def _told(self, page: Any) -> dict[str, Any]:
        """What the room adds to a page's state."""
        return {**self._about(page.channel_id, page.viewer.id), "menus": self._menus(page)}

    def _page_payload(self, page: Any) -> dict[str, Any]:
        payload = super()._page_payload(page)
        locale = self._locale(page)
        payload["profile"] |= {"timezone": self._zones.get(page.id, self.timezone), "locale": locale}
        if "fingerprint" in payload.get("commands", {}):
            payload["commands"]["fingerprint"] = fingerprint(payload["commands"]["fingerprint"], locale)
        payload["room"] = self._told(page)
        return payload

    async def _prepare_asset(
        self,
        context_id: str | None,
        asset_id: str,
        *,
        download: bool = False,
        capture: bool = False,
        poster: bool = False,
        media_time: float | None = None,
    ) -> tuple[str, bytes, str]:
        """The file itself: browsers play MP3 and show PNG, so nothing is decoded or converted here."""
        _, record, blob = self._authorized_asset(context_id, asset_id)
        data = cast(StoredBlob, blob).read()
        kind = (
            content_type(record.filename) if record.contentType.startswith("audio/") else record.contentType
        )
        if download:
            return kind, data, record.filename
        family = kind.partition("/")[0]
        if capture or poster or family not in ("image", "audio", "video"):
            raise SetupError("nothing to show inline")
        if self._active_document(record, data):
            raise SetupError("active documents are download-only")
        size = picture_size(data)
        if size is not None:
            record.width, record.height = size.width, size.height
        record.mediaKind, record.displayContentType, record.validated = family, kind, True
        return kind, data, record.filename
