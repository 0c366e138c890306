"""What a morph made of its words: shares of styles by their reach, and whence tempo and key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.engine.morphs.source import pull, tags_of
from bot.engine.morphs.upload import Upload
from bot.engine.reasons import not_followed, tempo_from
from bot.engine.styles.from_intent import style_for
from bot.engine.understanding import understood_of
from bot.engine.words.lexicon import understand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.engine.piece import Understood
    from bot.engine.score.model import Score
    from bot.engine.spec import MorphSpec

SOURCE = "source"
_TEMPO_FROM = 0.5


def understood_of_morph(
    spec: MorphSpec, source: Score | Upload, score: Score, not_done: Sequence[list[str]] = ()
) -> Understood:
    """Return what was understood of a morph's tags.

    Genres have the shares that the strengths give them; the rest is the source's, of which a recording has
    none that are known. Asked numbers that the source's own stand above are told as clamped.
    """
    share = tags_share(spec, source, score)
    intent = understand(spec.tags)
    style = style_for(intent, score.seed)
    understood = understood_of([intent], [style], [1.0], score)
    shares: dict[str, float] = {label: part * share for label, part in style.genres.items()}
    if not isinstance(source, Upload):
        before = style_for(understand(tags_of(source)), source.seed)
        for label, part in before.genres.items():
            shares[label] = shares.get(label, 0.0) + part * (1.0 - share)
    covers = spec.transform == "cover" and share > 0.0 and not isinstance(source, Upload)
    moves = covers and (share > _TEMPO_FROM or intent.bpm is not None)
    in_asked_key = covers and intent.tonic == score.tonic and intent.mode in {None, score.mode}
    kept = [clamp for clamp in understood.clamped if clamp[0] != "tempo"]
    return replace(
        understood,
        genres={label: round(part, 4) for label, part in shares.items() if part > 0.0},
        tempo_from=tempo_from([intent], [1.0], score) if moves else SOURCE,
        key_from="asked" if in_asked_key else SOURCE,
        clamped=[*kept, *not_followed([intent], score), *map(list, not_done)],
    )


def tags_share(spec: MorphSpec, source: Score | Upload, score: Score) -> float:
    """Return how much of a piece, 0..1, is in the style of the morph's tags."""
    if not spec.tags.strip():
        return 0.0
    sound = pull(spec.sound_prompt_strength)
    match spec.transform:
        case "cover":
            cover = spec.cover_strength if not isinstance(source, Upload) else pull(spec.cover_strength)
            return cover * sound
        case "swap_sound":
            return spec.sound_prompt_strength
        case "swap_vocals":
            return 0.0
        case _:
            return sound * _new_part(score)


def _new_part(score: Score) -> float:
    """Return the share of a piece that is new; where nothing lies beneath, all of the score is."""
    if score.underlay is None:
        return 1.0
    end = score.beats if score.underlay.end is None else score.underlay.end
    return max(0.0, min(1.0, (end - score.underlay.start) / score.beats))
