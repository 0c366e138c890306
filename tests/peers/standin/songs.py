"""What a host of the songs dialect answers when all is well."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from tests.peers.standin.good import Call, Good, as_json, refused
from tests.peers.standin.samples import sample

SongList = list[dict[str, Any]]
Feed = Callable[[SongList], dict[str, Any]]
"""From the songs of a request, as they are when finished, to what the feed tells."""


def _unheard(songs: SongList) -> SongList:
    return [{key: song[key] for key in song if key not in ("audio_url", "image_url")} for song in songs]


FEEDS: Final[Mapping[str, Feed]] = {
    "submitted": lambda songs: {"status": "process", "process": 0},
    "working": lambda songs: {"status": "process", "process": 40, "generations": []},
    "named, not heard": lambda songs: {"status": "process", "process": 90, "generations": _unheard(songs)},
    "one of two": lambda songs: {"status": "process", "process": 95, "generations": songs[:1]},
    "success": lambda songs: {"status": "success", "process": 100, "generations": songs},
    "complete": lambda songs: {"status": "complete", "generations": songs},
    "COMPLETED": lambda songs: {"status": "COMPLETED", "process": 100, "generations": songs},
    "success with one": lambda songs: {"status": "success", "process": 100, "generations": songs[:1]},
    "success without sound": lambda songs: {
        "status": "success",
        "process": 100,
        "generations": _unheard(songs),
    },
    "empty addresses": lambda songs: {
        "status": "process",
        "process": 50,
        "generations": [{**song, "audio_url": "", "image_url": ""} for song in songs],
    },
    "ERROR": lambda songs: {"status": "ERROR", "process": 0, "generations": []},
    "failed": lambda songs: {"status": "failed"},
    "flagged": lambda songs: {"status": "failure", "error": "lyrics were flagged by moderation"},
    "generating_audio": lambda songs: {"status": "generating_audio", "generations": []},
    "in data": lambda songs: {
        "code": "success",
        "message": "",
        "data": {"status": "success", "process": 100, "generations": songs},
    },
    "origin's fields": lambda songs: {
        "status": "success",
        "process": 100,
        "generations": [
            {
                **song,
                "group_id": "g",
                "author_id": 7,
                "lyrics_timestamped": None,
                "conditions": [],
                "privacy": 1,
            }
            for song in songs
        ],
    },
}
"""What a feed tells, by name: what is documented, and what clients and resellers have met."""


@dataclass
class Songs:
    """The requests of one account."""

    url: str
    charges: list[str]
    requests: list[SongList] = field(default_factory=list[SongList])
    feeds: dict[str, str] = field(default_factory=dict[str, str])
    """Id of a song -> what its feed tells, by name."""
    uploads: dict[str, str] = field(default_factory=dict[str, str])
    """Id -> address, or that a file came along."""

    def answer(self, call: Call) -> Good:
        """The answer to one call with a good key."""
        match call.point:
            case "feed":
                return self._feed(call.rest.split(","))
            case "upload":
                return self._upload(call)
            case "topic":
                return self._jobs(call.body, sample("songs_rules")["topic"])
            case _:
                return self._jobs(call.body, sample("songs_rules")["generate"])

    def _jobs(self, body: Any, required: list[str]) -> Good:
        if not isinstance(body, dict) or _faults(cast("dict[str, Any]", body), required):
            return refused("400 gateway")
        asked = cast("dict[str, Any]", body)
        morph = asked.get("morph")
        if morph is not None and not self._fits(morph):
            return refused("400 gateway")
        ids = self.accept(asked).split(",")
        return as_json(200, {"jobs": [{"id": song_id} for song_id in ids]})

    def accept(self, asked: dict[str, Any]) -> str:
        """Take an order, which is charged from here on; the ids of its two songs, joined by a comma."""
        ids = [str(uuid.uuid4()) for _ in range(2)]
        self.requests.append([self._song(song_id, asked) for song_id in ids])
        self.feeds.update(dict.fromkeys(ids, "submitted"))
        self.charges.append(",".join(ids))
        return self.charges[-1]

    def _fits(self, morph: Any) -> bool:
        """Exactly one source, a transform, known fields, shares from 0 to 1, times that make sense."""
        rules = sample("songs_rules")
        if not isinstance(morph, dict) or set(cast("dict[str, Any]", morph)) - set(rules["morph"]):
            return False
        told = cast("dict[str, Any]", morph)
        sources = [told[key] for key in ("riff_id", "audio_upload_id") if told.get(key) is not None]
        shares = [told[key] for key in rules["shares"] if told.get(key) is not None]
        start, end = told.get("replace_start_at"), told.get("replace_end_at")
        times = {
            "extend": bool(told.get("crop_end_at")),
            "inpaint": start is not None and end is not None and start < end,
        }
        return (
            len(sources) == 1
            and sources[0] in {*self.feeds, *self.uploads}
            and told.get("transform") in rules["transforms"]
            and all(0 <= share <= 1 for share in shares)
            and times.get(str(told["transform"]), True)
        )

    def _song(self, song_id: str, asked: dict[str, Any]) -> dict[str, Any]:
        printed = sample("feed")["generations"][len(self.feeds) % 2]
        named = {key: asked[key] for key in ("title", "lyrics", "topic") if key in asked}
        return {
            **printed,
            **named,
            "id": song_id,
            "sound": asked.get("tag", printed["sound"]),
            "audio_url": f"{self.url}/files/{song_id}/song.m4a",
            "image_url": f"{self.url}/files/{song_id}/cover.jpg",
            "model_display_name": asked["model"],
        }

    def _feed(self, ids: list[str]) -> Good:
        songs = [song for request in self.requests for song in request if song["id"] in ids]
        if not songs:
            return refused("400 gateway")
        return as_json(200, FEEDS[self.feeds[songs[0]["id"]]](copy.deepcopy(songs)))

    def _upload(self, call: Call) -> Good:
        is_form = call.headers.get("Content-Type", "").startswith("multipart/form-data")
        body: Any = {"url": "a file"} if is_form else call.body
        if not isinstance(body, dict) or not isinstance(cast("dict[str, Any]", body).get("url"), str):
            return refused("400 gateway")
        upload_id = str(uuid.uuid4())
        self.uploads[upload_id] = body["url"]
        return as_json(200, {"id": upload_id})

    def tells(self, feed: str, *, request: int = -1) -> list[str]:
        """From now on the feed of a request (the last one) tells this, by name; returns its ids."""
        ids = [str(song["id"]) for song in self.requests[request]]
        self.feeds.update(dict.fromkeys(ids, feed))
        return ids


def _faults(body: dict[str, Any], required: list[str]) -> bool:
    texts = all(isinstance(body.get(name), str) for name in required)
    return not texts or body["model"] not in sample("songs_rules")["models"]
