"""What was understood, gathered from the intents, the styles they became and the finished score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.engine.instruments import instruments, kits
from bot.engine.piece import Understood
from bot.engine.reasons import is_seed_alone, key_from, tempo_from
from bot.engine.styles.from_intent import style_for
from bot.engine.theory.metre import metre_of
from bot.engine.words.lexicon import understand

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.engine.compose.melody import MelodySearch
    from bot.engine.score.model import Score, Track
    from bot.engine.styles.style import Style
    from bot.engine.words.intent import Intent

AUDIBLE_WEIGHT = 0.2
"""A player with less than this share is heard as a colour; it is not named."""


def understood_of(
    intents: Sequence[Intent],
    styles: Sequence[Style],
    shares: Sequence[float],
    score: Score,
    search: MelodySearch | None = None,
) -> Understood:
    """Return what was understood of prompts whose styles have these shares of the score."""
    genres: dict[str, float] = {}
    for style, share in zip(styles, shares if not is_seed_alone(score) else [0.0] * len(styles), strict=True):
        for label, weight in style.genres.items():
            genres[label] = round(genres.get(label, 0.0) + weight * share, 4)
    return Understood(
        bpm=round(score.bpm, 2),
        key=score.key,
        genres={label: share for label, share in genres.items() if share > 0.0},
        instruments=players_of(score, intents),
        ignored=_once(word for intent in intents for word in intent.ignored),
        meter=_meter(styles, score),
        moods=_once(mood for intent in intents for mood in intent.moods),
        eras=_once(f"{year}s" for intent in intents for year in intent.eras),
        words=_once(word for intent in intents for word in intent.understood_words),
        refused=_once(word for intent in intents for word in intent.refused_words),
        alone=any(intent.alone for intent in intents),
        clamped=[list(clamp) for intent in intents for clamp in intent.clamped],
        sections=[part.name for part in score.sections],
        tempo_from=tempo_from(intents, shares, score),
        key_from=key_from(intents, styles, shares, score),
        prompts=[style.identity for style in styles],
        search={} if search is None else search.report(),
    )


def understood_of_tags(score: Score, tags: str, not_done: Sequence[list[str]] = ()) -> Understood:
    """Return what was understood of a song's or a morph's tags; `not_done` is told with what they ask for."""
    intent = understand(tags)
    understood = understood_of([intent], [style_for(intent, score.seed)], [1.0], score)
    understood.clamped.extend(not_done)
    return understood


def players_of(score: Score, intents: Sequence[Intent] = ()) -> list[str]:
    """Return the labels of all players that are heard, each once; those that were asked for by name first."""
    heard = [track for track in score.tracks if not track.under_mask and track.weight >= AUDIBLE_WEIGHT]
    asked = [name for intent in intents for name, _ in intent.instruments]
    asked += [name for intent in intents for names in intent.loose.values() for name in names]
    places = {name: place for place, name in reversed(list(enumerate(asked)))}
    heard.sort(key=lambda track: places.get(track.instrument, len(asked)))
    return _once(map(label_of, heard))


def label_of(track: Track) -> str:
    """Return a player's name for people."""
    return kits()[track.instrument][0] if track.role == "drums" else instruments()[track.instrument].label


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _meter(styles: Sequence[Style], score: Score) -> str:
    asked = [style.meter_name for style in styles if style.meter_name and style.meter == score.meter]
    return asked[0] if asked else metre_of(score.meter).name
