"""Other words and another voice over the same band."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.morphs.source import pull, tags_of
from bot.engine.morphs.words import newly_sung, revoiced, reworded, voice_of
from bot.engine.songs.singers import asked_voice, qualities, voice_or_guess
from bot.engine.songs.writer import write_lyrics

if TYPE_CHECKING:
    from bot.engine.score.model import Score
    from bot.engine.spec import MorphSpec


def swap_vocals(score: Score, spec: MorphSpec) -> Score:
    """Return the song with new words by `lyrics_strength` and another voice by `sound_prompt_strength`.

    The voice is the asked one or that of the tags. Where nobody sang, a singer joins in for the given
    lyrics, or for simple ones about the title.
    """
    words, sound = pull(spec.lyrics_strength), pull(spec.sound_prompt_strength)
    candidates = qualities()[spec.quality].candidates
    voice = spec.voice or asked_voice(spec.tags)
    if voice_of(score) is None:
        if words <= 0.0:
            return score
        lyrics = spec.lyrics if spec.lyrics.strip() else _written(score, spec)
        voice = voice_or_guess(spec.voice, spec.tags)
        return newly_sung(score, lyrics, voice, words, candidates=candidates)
    changed = reworded(score, spec.lyrics, words, candidates=candidates, name="words")
    return revoiced(changed, voice, sound, "voice") if voice else changed


def _written(score: Score, spec: MorphSpec) -> str:
    return write_lyrics(spec.title.strip() or score.title, tags=tags_of(score), seed=spec.seed)
