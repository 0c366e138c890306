"""A tiny engine that sings: its songs have a score and a cover, and the calls of the dialect."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.protocol.songs import FEED_PATH, Feed
from bot.web.api.render import Rendered, RenderJob
from tests.web.api.support import Server, TinyEngine, growing_pauses_s

SCORE: dict[str, Any] = {
    "tracks": [{"role": "bass", "lines": []}, {"role": "vox", "lines": [{"text": "la"}]}]
}
SONG: dict[str, Any] = {
    "model": "FUZZ-1.1 Pro",
    "lyrics": "[Verse]\nThe morning comes again to me",
    "tag": "indie folk, banjo",
    "title": "Morning",
}
STRENGTHS: dict[str, Any] = {
    "normalized_lyrics_strength": 0.5,
    "normalized_sound_prompt_strength": 0.5,
    "normalized_weirdness": 0.5,
}


class TinySinger(TinyEngine):
    """Adds what a real song has besides sound and picture; keeps the sources that it was handed."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[bytes | None] = []

    def __call__(self, job: RenderJob) -> Rendered:
        """A sine, a score, a cover."""
        self.sources.append(None if job.source is None else Path(job.source).read_bytes())
        made = super().__call__(job)
        (job.folder / "score.json").write_text(json.dumps(SCORE))
        (job.folder / "cover.jpg").write_bytes(b"\xff\xd8\xff\xd9")
        return replace(made, output={**made.output, "score": "score.json", "cover": "cover.jpg"})


async def generate(server: Server, **changes: Any) -> list[str]:
    """The ids of the two songs of an accepted call."""
    status, told, _ = await server.call("POST", "/riffusion/generate", json={**SONG, **changes})
    assert status == 200, told
    return [job["id"] for job in told["jobs"]]


async def refused(server: Server, path: str = "/riffusion/generate", **sent: Any) -> tuple[str, str]:
    """The field and the message of a 400."""
    status, told, _ = await server.call("POST", path, json=sent)
    assert status == 400, told
    assert told["error"]["type"] == "new_api_error"
    assert "(request id: " in told["error"]["message"]
    return told["error"]["param"], told["error"]["message"]


async def feed(server: Server, *ids: str) -> Feed:
    """The feed as it stands."""
    status, told, _ = await server.call("GET", FEED_PATH + ",".join(ids))
    assert status == 200, told
    return Feed.model_validate(told)


async def finished(server: Server, *ids: str) -> Feed:
    """The feed when all has ended."""
    pauses_s = growing_pauses_s()
    while (now := await feed(server, *ids)).state == "running":
        await server.rest(next(pauses_s))
    return now
