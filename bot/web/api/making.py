"""Which part of the engine makes what, and how other music gets into it. Only workers import this."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.audio.probe import decode
from bot.engine import Piece, RiffSpec, Score, make_riff
from bot.engine.arrays import Samples
from bot.engine.score.as_json import read_score
from bot.engine.spec import MAX_SONG_S
from bot.errors import UnusableAudio
from bot.protocol.engine import Kind
from bot.web.api.render import Progress

Make = Callable[[dict[str, Any], Progress], Piece]

_JSON_STARTS = (b"{", b"\xef\xbb\xbf{")
_BLANK = b" \t\r\n"
_WHY = {
    "too_large": "The source is larger than can be used.",
    "not_audio": "The source is neither a score nor audio that can be read.",
}


def maker_of(kind: Kind, source: Path | None) -> Make:
    """How takes of this kind are made. The source is read once. Raises ValueError where it is no music."""
    other = None if source is None else read_source(source)
    match kind:
        case "riff":
            return _riff_maker(other)
        case "song":
            return _song_maker()
        case "morph":
            return _morph_maker(other)


def read_source(file: Path) -> Score | Samples:
    """A score, or a recording's first four minutes, by what the file really holds.

    Of a longer recording no more than that is read.

    Raises:
        ValueError: neither, in a plain sentence.
    """
    with file.open("rb") as opened:
        is_score = opened.read(64).lstrip(_BLANK).startswith(_JSON_STARTS)
    if is_score:
        return read_score(file.read_bytes())
    try:
        return decode(file, first_s=MAX_SONG_S).audio
    except UnusableAudio as error:
        raise ValueError(_WHY.get(error.problem, "The source is no music that can be used.")) from error


def _riff_maker(other: Score | Samples | None) -> Make:
    if other is None or isinstance(other, Score):
        like = other
    else:
        from bot.engine.fitting import ground_heard

        like = ground_heard(other)

    def make(spec: dict[str, Any], progress: Progress) -> Piece:
        if like is not other and spec.get("like_as", "beside") != "beside":
            raise ValueError("A riff goes beside a recording only; to change the recording itself, morph it.")
        return make_riff(RiffSpec(**spec, like=like), progress=progress)

    return make


def _song_maker() -> Make:
    from bot.engine.songs import make_song
    from bot.engine.spec import SongSpec

    def make(spec: dict[str, Any], progress: Progress) -> Piece:
        return make_song(SongSpec(**spec), progress=progress)

    return make


def _morph_maker(other: Score | Samples | None) -> Make:
    from bot.engine.morphs import make_morph, upload_of
    from bot.engine.spec import MorphSpec

    if other is None:
        raise ValueError("A morph needs its source.")
    source = other if isinstance(other, Score) else upload_of(other)

    def make(spec: dict[str, Any], progress: Progress) -> Piece:
        return make_morph(MorphSpec(**spec), source, progress=progress)

    return make
