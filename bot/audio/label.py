"""What a file says about itself: title, artist, album and the recipe. Light: no audio library."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot.jobs.order import Order
from bot.jobs.recipes import Riff

ALBUM = "Riffcord"
AI_MADE = "Made with AI (Riffcord)"
"""Stands in every file, as the tag that players show as rights: whoever gets it shall know."""
_TITLE_MAX = 200
"""Players cut longer titles anyway; the whole prompt stands in the recipe."""
_SOURCES = ("source", "like", "cover_of")
_ELSEWHERE = {"channel_id", "message_id", "key", "upload_id"}
"""Where a source lies is nobody's business but ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The tags of one clip, safe for every container: no NUL, no control character, valid UTF-8."""

    title: str
    artist: str
    comment: str
    """The recipe as JSON: host, prompts, parameters, seed."""
    album: str = ALBUM

    @classmethod
    def of(cls, order: Order, *, seed: int | None = None) -> Self:
        """The label of a clip made for ``order``; ``seed`` is the one that the host drew, if it told."""
        recipe = order.recipe
        told = recipe.model_dump(exclude_none=True, exclude=dict.fromkeys(_SOURCES, _ELSEWHERE))
        title = recipe.words
        if isinstance(recipe, Riff):
            if recipe.prompt_b is None:
                told.pop("alpha")
            title = " → ".join(recipe.texts)
        if seed is not None:
            told["seed"] = seed
        return cls.written(title, _authors(order), {"host": order.host, **told})

    @classmethod
    def written(cls, title: str, artist: str, recipe: Mapping[str, Any]) -> Self:
        """The label of any music; ``recipe`` holds plain values."""
        return cls(
            title=_plain(title)[:_TITLE_MAX],
            artist=_plain(artist),
            comment=_plain(json.dumps(recipe, ensure_ascii=False)),
        )

    def tags(self) -> dict[str, str]:
        """Tag name -> text, empty ones left out."""
        told = {
            "title": self.title,
            "artist": self.artist,
            "album": self.album,
            "copyright": AI_MADE,
            "comment": self.comment,
        }
        return {name: text for name, text in told.items() if text}


def _authors(order: Order) -> str:
    """Who asked, and whose music it came from."""
    names = [order.user_name, order.parent_user_name or ""]
    return ", ".join(dict.fromkeys(name for name in names if name))


def _plain(text: str) -> str:
    """The text with control characters as blanks and lone surrogates as replacement characters."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(" " if unicodedata.category(c) == "Cc" else c for c in whole).strip()
