"""simcord's module-level functions, made fit for the room; other worlds keep their behaviour."""

# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false

from __future__ import annotations

import hashlib
import importlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, cast

from simcord import interactions
from simcord.backend import serializers
from simcord.backend.access import can_access_channel
from simcord.backend.models import Channel, Message
from simcord.http import router
from simcord.preview import Preview, _assets, _markdown, _messages, _pages, _snapshot

from bot.room import embeds as embed_files
from bot.room.blobs import StoredBlob
from bot.room.simcord_internals.backend import RoomBackend
from bot.room.simcord_internals.preview import RoomPreview
from bot.room.uploads import FILE_LIMIT_BYTES


def install() -> None:
    """Make simcord's module-level functions fit for the room; other worlds keep their behaviour."""
    if getattr(router, "fit_for_room", False):
        return
    setattr(router, "fit_for_room", True)  # noqa: B010 - a mark of ours on their module
    _read_markdown_once()
    _name_who_stands_in_cards()
    _name_channels_to_one_alone()
    _show_embed_files()
    _list_no_messages()
    _tell_locales()
    _tell_age_restriction()
    handles = SimpleNamespace(sha256=_digest)
    for module in (_pages, _assets):
        setattr(module, "hashlib", handles)  # noqa: B010 - not an attribute that the module declares


def _digest(data: bytes | StoredBlob) -> Any:
    """sha256 of bytes, and of a stored file without reading it."""
    if isinstance(data, StoredBlob):
        known = data.digest
        return SimpleNamespace(hexdigest=lambda: known)
    return hashlib.sha256(data)


_QUOTED_LINE = re.compile(r"^(> .*)\n(?!>|\n)", re.MULTILINE)


def _read_markdown_once() -> None:
    """simcord builds a Markdown parser for every string of every publication: 0.3 s a page of fifty.

    On Discord a quote ends with its line; in CommonMark, which simcord reads, the next line belongs to it.
    """
    parse = _markdown.markdown_tokens

    @lru_cache(maxsize=4096)
    def parsed(text: str, profile: str) -> str:
        return json.dumps(parse(text, profile))

    def markdown_tokens(
        value: Any, profile: str = "message", *, context: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        if isinstance(value, str) and "```" not in value:
            value = _QUOTED_LINE.sub(r"\1\n\n", value)
        plain = isinstance(value, str) and not any(mark in value for mark in ("<", "@", "||"))
        return json.loads(parsed(value, profile)) if plain else parse(value, profile, context=context)

    for name in ("_markdown", "_queries", "_messages", "_component_projection", "_snapshot"):
        setattr(importlib.import_module(f"simcord.preview.{name}"), "markdown_tokens", markdown_tokens)  # noqa: B010


def _name_who_stands_in_cards() -> None:
    """Discord shows members, channels and threads in cards by their names; they only ping nobody."""
    for field in ("embed_description", "embed_field_value"):
        _markdown._FIELD_POLICIES[field]["mentions"] = True


_CHANNEL_MENTION = re.compile(r"<#([0-9]{1,20})>")


def _name_channels_to_one_alone() -> None:
    """Discord names a server's channels to whoever sees them in direct messages, too."""
    original = _messages._markdown_context

    def context_of(
        preview: Preview, page: Any, message: Message | None, channel: Any, *, content: str = ""
    ) -> dict[str, Any]:
        told = original(preview, page, message, channel, content=content)
        if channel.guild_id is None:
            backend = preview.env.backend
            for text in _messages._message_texts(message, content):
                for number in map(int, _CHANNEL_MENTION.findall(text)):
                    if number in backend.channels and can_access_channel(preview.env, number, page.viewer):
                        told["channels"][str(number)] = backend.channels[number].name
            told["channel_ids"] = list(told["channels"])
        return told

    setattr(_messages, "_markdown_context", context_of)  # noqa: B010 - not an attribute that the module declares


def _tell_locales() -> None:
    """simcord's interactions are always American, and allow files of a boosted server."""
    original = interactions.base_payload

    def base_payload(backend: Any, **facts: Any) -> tuple[Any, dict[str, Any]]:
        record, payload = original(backend, **facts)
        if isinstance(backend, RoomBackend):
            payload["locale"] = backend.locale_of(facts["user_id"])
            payload["attachment_size_limit"] = FILE_LIMIT_BYTES
            if "guild_locale" in payload:
                payload["guild_locale"] = backend.get_guild(facts["guild_id"]).preferred_locale
        return record, payload

    interactions.base_payload = base_payload


def _tell_age_restriction() -> None:
    """simcord's channels have no ``nsfw``, which Discord tells of all that are not threads."""
    original = serializers.channel_payload

    def channel_payload(backend: Any, channel: Channel) -> Any:
        payload = cast(dict[str, Any], original(backend, channel))
        if isinstance(backend, RoomBackend) and channel.guild_id is not None and not channel.is_thread:
            payload["nsfw"] = channel.id in backend.age_restricted
        return payload

    serializers.channel_payload = channel_payload


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
