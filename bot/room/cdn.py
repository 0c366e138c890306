"""The room's own CDN: attachments under the REST server's ``/cdn``, and the avatars.

It has the shape of simcord's store (``store_attachment``, ``store_sticker``, ``get``) but hands out
:class:`~bot.room.blobs.StoredBlob` handles, so that no page and no message keeps bytes in memory.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

from bot.room.blobs import BlobStore, StoredBlob
from bot.room.media import content_type, picture_size

# What a voice message says of its file travels beside the upload, not in it.
_VOICE_FIELDS = ("duration_secs", "waveform")
_NO_DETAILS: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
_upload_details: ContextVar[Mapping[str, Mapping[str, Any]]] = ContextVar("details", default=_NO_DETAILS)


@contextmanager
def describing_uploads(details: Mapping[str, Mapping[str, Any]]) -> Generator[None]:
    """Within this block, stored files get the voice fields given for their file name."""
    token = _upload_details.set(details)
    try:
        yield
    finally:
        _upload_details.reset(token)


class RoomCdn:
    """Files by address. ``base_url`` is where the REST server serves them; set once its port is known."""

    def __init__(self, blobs: BlobStore, base_url: str = "") -> None:
        self.base_url = base_url
        self._blobs = blobs
        self._files: dict[str, StoredBlob] = {}

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> dict[str, Any]:
        """Keep a file and return its attachment object as Discord's API describes it."""
        path = f"/attachments/{channel_id}/{attachment_id}"
        self._files[path] = self._blobs.put(data)
        url = f"{self.base_url}{path}/{quote(filename)}"
        attachment: dict[str, Any] = {
            "id": str(attachment_id),
            "filename": filename,
            "description": description,
            "size": len(data),
            "url": url,
            "proxy_url": url,
            "content_type": content_type(filename),
        }
        size = picture_size(data)
        if size is not None:
            attachment |= {"width": size.width, "height": size.height}
        told = _upload_details.get().get(filename, {})
        return attachment | {field: told[field] for field in _VOICE_FIELDS if told.get(field) is not None}

    def store_sticker(self, sticker_id: int, format_type: int, data: bytes) -> str:
        """Keep a sticker's picture and return its address."""
        path = f"/stickers/{sticker_id}"
        self._files[path] = self._blobs.put(data)
        return f"{self.base_url}{path}/{format_type}"

    def store_avatar(self, user_id: int, name: str, data: bytes) -> None:
        """Keep a user's picture under the hash ``name``."""
        self._files[f"/avatars/{user_id}"] = self._blobs.put(data)
        self._files[f"/avatars/{user_id}/{name}"] = self._files[f"/avatars/{user_id}"]

    def get(self, url: str) -> StoredBlob | None:
        """The file behind an address of this CDN or of Discord's own, or None."""
        path = urlsplit(url).path
        if self.base_url and url.startswith(self.base_url):
            path = path.removeprefix(urlsplit(self.base_url).path)
        return self.at_path(path)

    def at_path(self, path: str) -> StoredBlob | None:
        """The file at ``/attachments/{channel}/{id}/...`` or ``/avatars/{user}/...``, or None."""
        parts = path.strip("/").split("/")
        depth = 3 if parts[0] == "attachments" else 2
        return self._files.get("/" + "/".join(parts[:depth]))

    def forget_attachments(self, channel_id: int) -> None:
        """Let go of a deleted channel's files."""
        gone = [path for path in self._files if path.startswith(f"/attachments/{channel_id}/")]
        for path in gone:
            del self._files[path]


class CdnAssets(Mapping[str, tuple[str, StoredBlob]]):
    """The CDN as the mapping of extra assets that a preview consults for pictures in embeds."""

    def __init__(self, cdn: RoomCdn) -> None:
        self._cdn = cdn

    def __getitem__(self, url: str) -> tuple[str, StoredBlob]:
        blob = self._cdn.get(url)
        if blob is None:
            raise KeyError(url)
        return urlsplit(url).path.rsplit("/", 1)[-1], blob

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
