"""The only file that touches simcord's private parts.

simcord 3.2.1 gives a simulated Discord (a backend, REST routes, a preview page) for tests that run in one
process. The room needs its parts apart: the backend behind real sockets, and a page that lives for hours.
Those parts are private, so the version is pinned exactly and :func:`check` compares what is used here with
what is installed, before anything else happens.
"""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib
import json
import secrets
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import discord
import simcord
from simcord import Env, actors, intents, results
from simcord import _modal as modals
from simcord._clock import Clock
from simcord.actors import MemberActor
from simcord.backend import Backend, serializers
from simcord.backend.errors import BackendError, SetupError
from simcord.backend.models import Interaction, Message, Overwrite
from simcord.builders import ChannelHandle, RoleHandle
from simcord.enums import OverwriteType
from simcord.http import client, router
from simcord.preview import Preview, _assets, _markdown, _pages, _snapshot
from simcord.preview._server import PreviewServer

from bot.room import embeds as embed_files
from bot.room.acks import AckBook
from bot.room.blobs import StoredBlob
from bot.room.cdn import CdnAssets, RoomCdn
from bot.room.clock import WallClock
from bot.room.media import content_type, picture_size

__all__ = [
    "ACKNOWLEDGE_WITHIN_S",
    "PAGE_SOURCES",
    "ActorRefusal",
    "BackendError",
    "ChannelHandle",
    "Interaction",
    "MemberActor",
    "Message",
    "OutdatedSimcord",
    "PageServer",
    "RoleHandle",
    "RoomBackend",
    "RoomEnv",
    "RoomPreview",
    "SetupError",
    "check",
    "client",
    "install",
    "intents",
    "router",
    "serializers",
]

VERSION = "3.2.1"
ACKNOWLEDGE_WITHIN_S = 3.0
"""Discord, "Receiving and Responding": an interaction must be answered within three seconds."""

PAGE_SOURCES = Path(str(simcord.__file__)).parent / "preview" / "static"
ActorRefusal = SetupError

_USED: Mapping[str, tuple[str, ...]] = {
    "simcord._clock": ("Clock.advance",),
    "simcord._modal": ("_submit_modal",),
    "simcord.actors": (
        "MemberActor.context_menu.__wrapped__",
        "MemberActor.delete.__wrapped__",
        "MemberActor.send.__wrapped__",
        "_autocomplete_result",
        "_component_click",
        "_component_select",
        "_slash",
    ),
    "simcord.backend": ("Backend.interaction_by_token", "Backend.set_overwrite"),
    "simcord.backend.serializers": ("guild_create_payload", "message_payload"),
    "simcord.env": ("Env._notify_dispatch_observers", "Env._settle_internal"),
    "simcord.http.router": ("RouteNotImplemented", "UnsupportedField", "dispatch"),
    "simcord.intents": ("censor_message", "prune_guild_create", "required_intent"),
    "simcord.preview": (
        "Preview._action",
        "Preview._active_document",
        "Preview._advance_presentation_time",
        "Preview._authorized_asset",
        "Preview._close_page",
        "Preview._get_page",
        "Preview._initial_target",
        "Preview._open_page",
        "Preview._page_payload",
        "Preview._prepare_action",
        "Preview._publish",
        "Preview._publish_message_pages",
    ),
    "simcord.preview._assets": ("hashlib",),
    "simcord.preview._component_projection": ("markdown_tokens",),
    "simcord.preview._markdown": ("markdown_tokens",),
    "simcord.preview._messages": ("markdown_tokens",),
    "simcord.preview._pages": ("hashlib",),
    "simcord.preview._queries": ("markdown_tokens",),
    "simcord.preview._server": (
        "PreviewServer._SECURITY_HEADERS",
        "PreviewServer._STATIC_FILES",
        "PreviewServer._allowed_hosts",
        "PreviewServer._asset",
        "PreviewServer._authorized",
        "PreviewServer._pages",
        "PreviewServer._state",
        "PreviewServer._static",
    ),
    "simcord.preview._snapshot": ("_message_navigation", "markdown_tokens"),
}


class OutdatedSimcord(Exception):
    """The installed simcord is not the one this file was written for; ``problem`` says what differs."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def check() -> None:
    """Compare the installed simcord with what is used here.

    Raises ``OutdatedSimcord`` with one clear line when the version differs or a private name is gone.
    """
    installed = version("simcord")
    if installed != VERSION:
        raise OutdatedSimcord(f"simcord {installed} is installed, but the room is written for {VERSION}")
    for module, paths in _USED.items():
        for path in paths:
            found: object = importlib.import_module(module)
            for part in path.split("."):
                found = getattr(found, part, None)
            if found is None:
                raise OutdatedSimcord(f"simcord {installed} has no {module}.{path}")


# ------------------------------------------------------------------ the world


class _RoomClock(WallClock, Clock):
    """The wall clock as simcord's clock."""


class RoomBackend(Backend):
    """simcord's world on the wall clock, with bounded logs and files kept outside of it.

    ``changes`` counts everything that may look different on a page.
    """

    _LOG_LENGTH = 200
    _UNSEEN = frozenset({"INTERACTION_CREATE", "TYPING_START"})

    def __init__(self, cdn: RoomCdn) -> None:
        self.changes = 0
        self._changed = asyncio.Event()
        super().__init__(clock=_RoomClock())
        self.cdn = cast(Any, cdn)
        self.transcript = cast(Any, deque[Any](maxlen=self._LOG_LENGTH))
        self.http_requests = cast(Any, deque[Any](maxlen=self._LOG_LENGTH))
        # Random low bits: two rooms begun in one millisecond must not look like one application.
        self.application_id = self.reserve_id(self.snowflake() | secrets.randbits(21) << 1 | 1)

    def emit(self, event: str, payload: Mapping[str, Any]) -> None:
        """Tell every subscriber of a gateway event."""
        super().emit(event, payload)
        if event not in self._UNSEEN:
            self.note_change()

    def note_change(self) -> None:
        """Something looks different now."""
        self.changes += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for_change(self, after: int, limit_s: float) -> None:
        """Wait until ``changes`` differs from ``after``, at most ``limit_s`` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                while self.changes == after:
                    await self._changed.wait()

    def forget_old(self, keep: int = 2_000) -> None:
        """Drop the book-keeping that grows with every request; ids stay unique without it."""
        while len(self.interactions) > keep:
            oldest = next(iter(self.interactions))
            self.interaction_tokens.pop(self.interactions.pop(oldest).token, None)
        if len(self._sequences) > keep:
            for millisecond in sorted(self._sequences)[:-10]:
                del self._sequences[millisecond]
            newest = max(self._sequences) << 22
            self._reserved_ids = {number for number in self._reserved_ids if number >= newest}

    def interaction_expired(self, token: str) -> bool:
        """Whether ``token`` belongs to an interaction whose fifteen minutes are over."""
        record = self.interactions.get(self.interaction_tokens.get(token, 0))
        return record is not None and record.expires_at is not None and self.now_iso() >= record.expires_at

    def overwrite_permissions(self, channel_id: int, member_id: int, allow: int, deny: int) -> None:
        """Allow and deny a member permissions (bit sets) in one channel."""
        self.set_overwrite(channel_id, Overwrite(member_id, OverwriteType.MEMBER, allow, deny))


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
        self, member: MemberActor, channel: ChannelHandle, command: str, options: Mapping[str, Any]
    ) -> Interaction:
        """Run a slash command. Raises ``ActorRefusal`` for what no Discord client would let pass."""
        return self._done(await actors._slash(member, channel, command, dict(options)))

    async def click(self, member: MemberActor, message: Message, custom_id: str | None, label: str | None):
        """Press a button."""
        return self._done(
            await actors._component_click(member, self._target(message), label=label, custom_id=custom_id)
        )

    async def select(self, member: MemberActor, message: Message, custom_id: str, values: Sequence[str]):
        """Choose in a menu."""
        return self._done(
            await actors._component_select(member, self._target(message), values, custom_id=custom_id)
        )

    async def autocomplete(
        self, member: MemberActor, channel: ChannelHandle, command: str, option: str, value: str
    ) -> Interaction:
        """Type into an option that completes."""
        return self._done(await actors._autocomplete_result(member, channel, command, option, value, {}))

    async def submit(self, member: MemberActor, shown: Interaction, values: Mapping[str, Any]) -> Interaction:
        """Send a form that an interaction opened."""
        opened = results.InteractionResult(self, shown)
        return self._done(await modals._submit_modal(member, opened, dict(values)))

    async def context_menu(
        self, member: MemberActor, channel: ChannelHandle, command: str, message: Message
    ) -> Interaction:
        """Use a command of a message's Apps menu."""
        verb = cast(Any, MemberActor.context_menu).__wrapped__
        return self._done(await verb(member, channel, command, self._target(message)))

    async def say(self, member: MemberActor, channel: ChannelHandle, text: str) -> int:
        """Send a message; returns its id."""
        return (await cast(Any, MemberActor.send).__wrapped__(member, channel, text)).id

    async def remove(self, member: MemberActor, message: Message) -> None:
        """Delete a message as its author or as a moderator."""
        await cast(Any, MemberActor.delete).__wrapped__(member, self._target(message))


# ------------------------------------------------------------------- the page


class RoomPreview(Preview):
    """simcord's preview page, kept alive for hours and led through every channel.

    A page is published when its browser asks for it and something changed, so that abandoned pages cost
    nothing. ``about`` adds to what a browser is told.
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
        about: Callable[[int], Mapping[str, Any]],
        server: Callable[[RoomPreview, int], PageServer],
    ) -> None:
        self.room = env
        self._channels = channels
        self._about = about
        self._showing: ContextVar[int | None] = ContextVar("showing", default=None)
        self._turn = asyncio.Lock()
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
        wanted = int(channel_id) if channel_id is not None and channel_id.isdecimal() else 0
        self._showing.set(wanted)
        page = self._open_page(viewer_id if viewer_id in known else None)
        self._zones[page.id] = zone
        return self._page_payload(page)

    def answer(self, context_id: str | None) -> tuple[str, bytes]:
        """``(entity tag, JSON)`` of a page's present state; built anew only when something changed."""
        page = self._get_page(context_id)
        if self._published.get(page.id) != self.room.world.changes:
            self._advance_presentation_time()
            self._publish(page, reason="refresh")
        last: dict[str, Any] = page.last_action or {}
        about = self._about(page.channel_id)
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
        plan = super()._prepare_action(page, kind, body)
        wanted = str(body.get("channel_id", ""))
        if kind != "viewer" or not wanted.isdecimal() or int(wanted) not in self._channels():
            return plan

        async def enter_channel(action: Any, cursor: int) -> dict[str, Any]:
            page.channel_id = int(wanted)
            self._showing.set(page.channel_id)
            return await plan(action, cursor)

        return enter_channel

    def _page_payload(self, page: Any) -> dict[str, Any]:
        payload = super()._page_payload(page)
        payload["profile"]["timezone"] = self._zones.get(page.id, self.timezone)
        payload["room"] = self._about(page.channel_id)
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


class PageServer(PreviewServer):
    """simcord's page server as a base; the room's own one stands in ``bot.room.page``."""

    preview: RoomPreview
    authorized = PreviewServer._authorized
    allowed_hosts = PreviewServer._allowed_hosts
    SECURITY_HEADERS = PreviewServer._SECURITY_HEADERS
    PACKAGED_FILES = PreviewServer._STATIC_FILES

    async def serve_file(self, request: Any) -> Any:
        """Answer a request for a file of the page."""
        return await super()._static(request)

    async def open_page(self, request: Any) -> Any:
        """Answer a browser that comes in."""
        return await super()._pages(request)

    async def tell_state(self, request: Any) -> Any:
        """Answer a browser that asks what its page looks like."""
        return await super()._state(request)

    async def _static(self, request: Any) -> Any:
        return await self.serve_file(request)

    async def _pages(self, request: Any) -> Any:
        return await self.open_page(request)

    async def _state(self, request: Any) -> Any:
        return await self.tell_state(request)


# -------------------------------------------------------- changes to simcord


def install() -> None:
    """Make simcord's module-level functions fit for the room; other worlds keep their behaviour."""
    if getattr(router, "fit_for_room", False):
        return
    setattr(router, "fit_for_room", True)  # noqa: B010 - a mark of ours on their module
    _memoise_markdown()
    _show_embed_files()
    _list_no_messages()
    handles = SimpleNamespace(sha256=_digest)
    for module in (_pages, _assets):
        setattr(module, "hashlib", handles)  # noqa: B010 - not an attribute that the module declares


def _digest(data: bytes | StoredBlob) -> Any:
    """sha256 of bytes, and of a stored file without reading it."""
    if isinstance(data, StoredBlob):
        known = data.digest
        return SimpleNamespace(hexdigest=lambda: known)
    return hashlib.sha256(data)


def _memoise_markdown() -> None:
    """simcord builds a Markdown parser for every string of every publication: 0.3 s a page of fifty."""
    parse = _markdown.markdown_tokens

    @lru_cache(maxsize=4096)
    def parsed(text: str, profile: str) -> str:
        return json.dumps(parse(text, profile))

    def markdown_tokens(
        value: Any, profile: str = "message", *, context: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        plain = isinstance(value, str) and not any(mark in value for mark in ("<", "@", "||"))
        return json.loads(parsed(value, profile)) if plain else parse(value, profile, context=context)

    for name in ("_markdown", "_queries", "_messages", "_component_projection", "_snapshot"):
        setattr(importlib.import_module(f"simcord.preview.{name}"), "markdown_tokens", markdown_tokens)  # noqa: B010


def _show_embed_files() -> None:
    original = serializers.message_payload

    def message_payload(backend: Any, message: Message, *, for_user: int | None = None) -> Any:
        payload = cast(dict[str, Any], original(backend, message, for_user=for_user))
        if isinstance(backend, RoomBackend):
            shown = embed_files.resolve(payload["embeds"], payload["attachments"])
            payload["embeds"], payload["attachments"] = shown.embeds, shown.attachments
        return payload

    serializers.message_payload = message_payload


def _list_no_messages() -> None:
    """The room shows no list of all messages beside the conversation; making it reads every one of them."""
    original = _snapshot._message_navigation
    empty = {"query": "", "filter": "all", "hasPrevious": False, "hasNext": False}

    def message_navigation(preview: Preview, page: Any, visible: list[Message]) -> Any:
        if isinstance(preview, RoomPreview):
            return [], {**empty, "previousCursor": None, "nextCursor": None}
        return original(preview, page, visible)

    _snapshot._message_navigation = message_navigation
