"""The calls of the songs dialect, for routes and OpenAPI document."""

from __future__ import annotations

from typing import Final

from bot.protocol.songs import (
    FEED_PATH,
    GENERATE_PATH,
    TOPIC_PATH,
    UPLOAD_PATH,
    Feed,
    SongJobs,
    Uploaded,
)
from bot.web.api.call import Call

SONG_CALLS: Final = (
    Call(
        method="POST",
        path=GENERATE_PATH,
        name="generate",
        summary="Make two versions of a song, or of what a morph makes of one",
        success={200: SongJobs},
        refusals=(408, 413, 415, 503),
        body="song",
        dialect="songs",
    ),
    Call(
        method="POST",
        path=TOPIC_PATH,
        name="generate_from_topic",
        summary="Make two versions of a song about a topic",
        success={200: SongJobs},
        refusals=(408, 413, 415, 503),
        body="topic",
        dialect="songs",
    ),
    Call(
        method="GET",
        path=FEED_PATH + "{ids}",
        name="feed",
        summary="How far songs are, and where to hear them",
        success={200: Feed},
        refusals=(404,),
        dialect="songs",
    ),
    Call(
        method="POST",
        path=UPLOAD_PATH,
        name="upload",
        summary="Bring audio to be morphed",
        success={200: Uploaded},
        refusals=(408, 413, 415, 503),
        body="audio",
        dialect="songs",
    ),
)
