"""The songs dialect over a real socket, with a tiny engine behind it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import aiohttp

from bot.web.api.app import Bounds
from tests.web.api.support import server
from tests.web.songs.support import SONG, STRENGTHS, TinySinger, feed, finished, generate

DOCUMENTED: dict[str, Any] = {
    "model": "FUZZ-1.0",
    "lyrics": "string",
    "tag": "string",
    "title": "string",
    "instrumental": False,
    "morph": {
        "riff_id": "string",
        "audio_upload_id": "string",
        "transform": "cover",
        "normalized_lyrics_strength": 0,
        "normalized_sound_prompt_strength": 0,
        "normalized_weirdness": 0,
        "normalized_cover_strength": 0,
        "normalized_variation_strength": 0,
        "crop_end_at": 0,
        "replace_start_at": 0,
        "replace_end_at": 0,
        "duration": 0,
    },
}
"""The one example request of the published document, word for word."""


async def test_a_request_becomes_two_songs(tmp_path: Path) -> None:
    """Two UUIDs at once; then both versions with sound, cover, words, and who made them."""
    async with server(tmp_path, engine=TinySinger()) as here:
        ids = await generate(here)
        assert len(set(ids)) == 2
        assert [str(uuid.UUID(each)) for each in ids] == ids
        told = await finished(here, *ids)
        assert (told.status, told.process, told.error) == ("success", 100, None)
        assert [song.id for song in told.generations] == ids
        for song in told.generations:
            assert (song.title, song.lyrics, song.sound) == (SONG["title"], SONG["lyrics"], SONG["tag"])
            assert song.model_display_name == "FUZZ-1.1 Pro"
            assert song.duration_s == 0.1
            assert song.topic == ""
            for address in (song.audio_url, song.image_url):
                async with aiohttp.ClientSession() as stranger, stranger.get(address or "") as response:
                    assert response.status == 200
        takes = [job.wanted.specs[0] for job in here.engine.jobs]
        assert sorted(spec["take"] for spec in takes) == [0, 1]
        assert len({spec["seed"] for spec in takes}) == 1
        assert {(job.wanted.form, job.wanted.cover) for job in here.engine.jobs} == {("m4a", True)}


async def test_the_documents_own_example_is_accepted(tmp_path: Path) -> None:
    """Its morph names the placeholder as both ids; it is left out and a song is made."""
    async with server(tmp_path, engine=TinySinger()) as here:
        status, told, _ = await here.call("POST", "/riffusion/generate", json=DOCUMENTED)
        assert status == 200
        ids = [job["id"] for job in told["jobs"]]
        assert (await finished(here, *ids)).status == "success"
        assert {job.wanted.kind for job in here.engine.jobs} == {"song"}


async def test_progress_is_of_both_songs(tmp_path: Path) -> None:
    """While one plays and one waits the whole is a quarter done, and nothing can be heard yet."""
    engine = TinySinger()
    engine.free.clear()
    async with server(tmp_path, engine=engine) as here:
        ids = await generate(here)
        while (told := await feed(here, *ids)).process < 25:
            await here.rest()
        assert (told.status, told.process, told.generations) == ("process", 25, [])
        assert (await feed(here, ids[0])).process == 50
        engine.free.set()
        assert (await finished(here, *ids)).process == 100


async def test_a_topic_is_enough(tmp_path: Path) -> None:
    """One theme in place of lyrics, tag and title."""
    async with server(tmp_path, engine=TinySinger()) as here:
        sent = {"model": "FUZZ-1.0", "topic": "rain in the city"}
        status, told, _ = await here.call("POST", "/riffusion/generate/topic", json=sent)
        assert status == 200
        made = await finished(here, *(job["id"] for job in told["jobs"]))
        assert [song.topic for song in made.generations] == ["rain in the city"] * 2
        assert {job.wanted.specs[0]["topic"] for job in here.engine.jobs} == {"rain in the city"}


async def test_an_instrumental_has_no_words(tmp_path: Path) -> None:
    """Lyrics that come along are not sung."""
    async with server(tmp_path, engine=TinySinger()) as here:
        ids = await generate(here, instrumental=True)
        assert (await finished(here, *ids)).generations[0].lyrics == ""
        spec = here.engine.jobs[0].wanted.specs[0]
        assert (spec["instrumental"], spec["lyrics"]) == (True, "")


async def test_a_song_that_fails_says_why(tmp_path: Path) -> None:
    """The engine's own sentence; nothing to hear."""
    engine = TinySinger()
    engine.fail = ValueError("The lyrics are too long to be sung in that time.")
    async with server(tmp_path, engine=engine) as here:
        told = await finished(here, *await generate(here))
        assert (told.status, told.generations) == ("failed", [])
        assert told.error == "The lyrics are too long to be sung in that time."


async def test_one_of_two_is_a_success(tmp_path: Path) -> None:
    """The one that was made can be heard; why the other was not is told beside it."""
    engine = TinySinger()
    async with server(tmp_path, engine=engine) as here:
        good = (await generate(here))[0]
        await finished(here, good)
        engine.fail = ValueError("No.")
        bad = (await generate(here))[0]
        told = await finished(here, good, bad)
        assert (told.status, told.error) == ("success", "No.")
        assert [song.id for song in told.generations] == [good]


async def test_without_a_token_nothing_is_made(tmp_path: Path) -> None:
    """401 in the same envelope; a song belongs to the token that asked for it."""
    async with server(tmp_path, engine=TinySinger(), tokens=("one", "two"), token="one") as here:
        ids = await generate(here)
        for headers, status, code in (
            ({"Authorization": "Bearer wrong"}, 401, "invalid_token"),
            ({"Authorization": "Bearer two"}, 404, "not_found"),
        ):
            answered, told, _ = await here.call("GET", f"/riffusion/feed/{ids[0]}", headers=headers)
            assert (answered, told["error"]["code"]) == (status, code)
        assert (await finished(here, *ids)).status == "success"


async def test_a_full_queue_asks_to_come_back(tmp_path: Path) -> None:
    """429 with the seconds to wait."""
    engine = TinySinger()
    engine.free.clear()
    async with server(tmp_path, engine=engine, bounds=Bounds(queue=1)) as here:
        await generate(here)
        status, told, response = await here.call("POST", "/riffusion/generate", json=SONG)
        assert (status, told["error"]["code"]) == (429, "too_many_requests")
        assert int(response.headers["Retry-After"]) >= 1
        engine.free.set()


async def test_songs_survive_the_server(tmp_path: Path) -> None:
    """What was accepted is made by the next server, under the same ids."""
    engine = TinySinger()
    engine.free.clear()
    async with server(tmp_path, engine=engine) as here:
        ids = await generate(here)
        morphed: list[str] = []
    async with server(tmp_path, engine=TinySinger()) as here:
        made = await finished(here, *ids)
        assert [song.id for song in made.generations] == ids
        again = TinySinger()
        morphed = await generate(here, morph={"riff_id": ids[1], "transform": "cover", **STRENGTHS})
    async with server(tmp_path, engine=again) as here:
        assert (await finished(here, *morphed)).status == "success"
        assert all(source is not None for source in again.sources)
