"""What a song's picture says below its sound."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from bot.audio.finish import finish
from bot.audio.picture import draw_picture
from bot.audio.sheet import Line, read_sheet
from bot.engine import RiffSpec, make_riff, score_to_json
from bot.jobs.order import Order
from bot.jobs.recipes import Riff, Song
from bot.jobs.records import Facts, Fetched
from tests.audio.sounds import plucks, write

LRC = """[ti:Rain]
[length:00:10]
[00:04.50]La la
[00:01.00][00:08.25]Oh <00:01.20>rain
[00:02]
no time
[9:59]far
"""
GROUND = (18, 11, 33)


def test_lines_and_parts_are_read_and_nonsense_is_not(tmp_path: Path) -> None:
    """Lines come in the order in which they are sung, inside the music; a broken score tells nothing."""
    lrc = tmp_path / "lyrics.lrc"
    lrc.write_text(LRC, encoding="utf-8")
    score = tmp_path / "score.json"
    score.write_text("{")
    sheet = read_sheet(score, lrc, 10.0)
    assert sheet.lines == (Line(1.0, "Oh rain"), Line(4.5, "La la"), Line(8.25, "Oh rain"))
    assert sheet.parts == ()
    assert not read_sheet(None, None, 10.0)
    told = score_to_json(make_riff(RiffSpec(prompt_a="piano", seed=1, length_s=8.0)).score)
    told["sections"] = [["verse", 0, 1, 0.6], ["chorus", 1, told["bars"] - 1, 1.0]]
    score.write_text(json.dumps(told))
    called = read_sheet(score, None, 8.0, {"verse": "Strophe"}).parts
    assert [part.name for part in called] == ["Strophe", "chorus"]
    parts = read_sheet(score, None, 8.0).parts
    bar_s = told["meter"] * 60 / told["bpm"]
    assert [(part.name, round(part.start_s, 3)) for part in parts] == [
        ("verse", 0),
        ("chorus", round(bar_s, 3)),
    ]


def test_the_sheet_stands_below_the_sound(tmp_path: Path) -> None:
    """The picture grows by what it has to say, up to two columns of a dozen lines; the sound stays."""
    audio = plucks(duration_s=10.0)
    plain = Image.open(io.BytesIO(draw_picture(audio, bpm=120.0)))
    heights: list[int] = []
    for count in (1, 10, 24, 200):
        lrc = tmp_path / "lyrics.lrc"
        lrc.write_text("".join(f"[00:0{n % 10}.00]line {n} 雨が\n" for n in range(count)), encoding="utf-8")
        drawn = Image.open(io.BytesIO(draw_picture(audio, bpm=120.0, sheet=read_sheet(None, lrc, 10.0))))
        heights.append(drawn.height)
        below = np.asarray(drawn)[500:, :, :].astype(int)
        assert np.abs(below - np.array(GROUND)).max() > 150
    assert heights == sorted(heights)
    assert heights[-2] == heights[-1] < 1_100
    sound = (slice(60, 440), slice(24, 976))
    same = np.abs(np.asarray(plain)[sound].astype(int) - np.asarray(drawn)[sound].astype(int)).mean()
    assert same < 0.5


def test_a_finished_song_shows_what_is_sung(tmp_path: Path) -> None:
    """The worker's picture of a song has its sheet; that of a riff stays as it is."""
    audio, lrc = write(tmp_path / "song.wav", plucks(duration_s=6.0)), tmp_path / "lyrics.lrc"
    lrc.write_text(LRC, encoding="utf-8")
    heights: list[int] = []
    for recipe in (Song(topic="rain"), Riff(prompt="rain")):
        folder = tmp_path / recipe.kind
        folder.mkdir()
        order = Order(host="e", recipe=recipe, guild_id="1", channel_id="2", user_id="3", user_name="Ada")
        fetched = Fetched(audio=audio, facts=Facts(bpm=120.0, key="C major"), lrc=lrc)
        with Image.open(finish(fetched, order, folder).picture) as picture:
            heights.append(picture.height)
    assert heights[0] > 580
    assert heights[1] == 500
