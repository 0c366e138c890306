"""Files that an embed shows: ``attachment://name`` becomes the file's address.

Discord's Message resource: "attachments used in embeds ... are not included in the attachments array";
so a file that an embed shows is taken out of the message's list, as in the real answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

SCHEME = "attachment://"
_PICTURES = ("image", "thumbnail", "video")
_ICONS = ("author", "footer")


class ShownFiles(NamedTuple):
    """Embeds with addresses, and the attachments that no embed shows."""

    embeds: list[dict[str, Any]]
    attachments: list[dict[str, Any]]


def resolve(embeds: Sequence[Mapping[str, Any]], attachments: Sequence[dict[str, Any]]) -> ShownFiles:
    """Resolve the references of a message's embeds to its own attachments."""
    by_name = {str(item["filename"]): item for item in attachments}
    shown: set[str] = set()
    resolved = [_resolve_one(embed, by_name, shown) for embed in embeds]
    return ShownFiles(resolved, [item for item in attachments if str(item["filename"]) not in shown])


def _resolve_one(
    embed: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]], shown: set[str]
) -> dict[str, Any]:
    told = dict(embed)
    for place in _PICTURES:
        file = _referenced(told.get(place), "url", by_name)
        if file is not None:
            shown.add(str(file["filename"]))
            measures = {key: file[key] for key in ("width", "height") if key in file}
            told[place] = {**told[place], "url": file["url"], "proxy_url": file["url"], **measures}
    for place in _ICONS:
        file = _referenced(told.get(place), "icon_url", by_name)
        if file is not None:
            shown.add(str(file["filename"]))
            told[place] = {**told[place], "icon_url": file["url"], "proxy_icon_url": file["url"]}
    return told


def _referenced(holder: Any, key: str, by_name: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    url: object = holder.get(key) if isinstance(holder, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(url, str) or not url.startswith(SCHEME):
        return None
    return by_name.get(url.removeprefix(SCHEME))
