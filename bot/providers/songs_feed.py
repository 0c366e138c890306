"""A feed of songs as its host tells it, made into the record that everybody else knows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.errors import NotUnderstood
from bot.protocol.runs import Result, Run
from bot.protocol.songs import Feed, Generation
from bot.providers.failures import cause_of
from bot.providers.songs_answers import answered, fields_of, id_in, listed_in, number_in, text_in

_MOST_ERROR: Final = 2_000


def feed_of(host: str, body: bytes) -> Feed:
    """The feed in an answer. Raises ``NotUnderstood`` for what tells neither a status nor songs."""
    told = answered(host, body)
    fields = fields_of(told)
    songs = [song for song in map(_generation, listed_in(told)) if song is not None]
    status = text_in(fields.get("status")) or text_in(fields.get("state"))
    if not status and not songs:
        raise NotUnderstood(host, "a feed without status and songs")
    return Feed(
        # Without a word for it, songs that can be heard are what there will be.
        status=status or ("success" if all(song.audio_url for song in songs) else "process"),
        process=min(100.0, number_in(fields.get("process", fields.get("progress")))),
        generations=songs,
        error=_reason(fields),
    )


def _generation(told: object) -> Generation | None:
    fields = fields_of(told)
    song_id = id_in(fields.get("id"))
    if song_id is None:
        return None
    return Generation(
        id=song_id,
        model_display_name=text_in(fields.get("model_display_name")),
        duration_s=number_in(fields.get("duration_s")),
        audio_url=text_in(fields.get("audio_url")).strip() or None,
        image_url=text_in(fields.get("image_url")).strip() or None,
        title=text_in(fields.get("title")) or None,
        lyrics=text_in(fields.get("lyrics")) or None,
    )


def _reason(fields: Mapping[str, Any]) -> str | None:
    for name in ("error", "fail_reason", "error_message", "message"):
        told = fields.get(name)
        text = text_in(told) or text_in(fields_of(told).get("message"))
        if text:
            return text[:_MOST_ERROR]
    return None


def run_of(ids: Sequence[str], feed: Feed) -> Run:
    """The run of a feed. A song counts once it can be heard; one is enough when no more will come.

    A success with a song that cannot be heard yet is still running: addresses may come after the songs.
    """
    results = _results(ids, feed)
    run_id = ",".join(ids)
    if feed.state == "failed" and not results:
        error = feed.error or feed.status
        return Run(id=run_id, status="failed", error=error[:_MOST_ERROR], cause=cause_of(error))
    if feed.state == "failed" or (feed.state == "done" and len(results) >= len(ids)):
        return Run(id=run_id, status="succeeded", progress=1.0, results=results)
    return Run(id=run_id, status="processing", progress=feed.process / 100 or None, results=results)


def _results(ids: Sequence[str], feed: Feed) -> tuple[Result, ...]:
    """What can be heard, in the order of the ids; songs by other names only where there are no others."""
    heard = {song.id: song for song in feed.generations if song.audio_url}
    named = any(song.id in ids for song in feed.generations)
    songs = [heard[each] for each in ids if each in heard] if named else list(heard.values())[: len(ids)]
    return tuple(
        Result(
            id=song.id,
            audio=song.audio_url,
            picture=song.image_url,
            title=song.title,
            lyrics=song.lyrics,
            duration_s=song.duration_s or None,
        )
        for song in songs
    )
