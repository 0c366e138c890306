"""A host's clip brought to the asked length: a short one goes round, a long one is cut."""

from __future__ import annotations

from collections.abc import Callable

from bot.audio.segment import Segment, headroom_scale, to_audio, to_segment
from bot.audio.sound import SAMPLE_RATE_HZ, Audio

_NEAR = 0.85
"""From this share of the asked length on, a clip is long enough as it is."""
_BEATS_PER_BAR = 4
_SPARE_BARS = 1.25
"""How far a clip may outlast the asked length: our engine ends at the next bar line."""
_UNKNOWN_BEAT_MS = 500.0
_MOST_OF_IT = 0.6


def fit(audio: Audio, *, length_s: float | None, tempo: Callable[[], float | None]) -> Audio:
    """``audio`` (samples, 2) at ``length_s`` (None: as long as it is); ``tempo`` is asked where it matters.

    Going round, each copy starts a whole number of bars (of beats, where the clip is too short for
    bars) after the one before, so the beat goes on, and a beat-long crossfade hides the seam.
    """
    duration_s = len(audio) / SAMPLE_RATE_HZ
    if length_s is None or length_s * _NEAR <= duration_s <= length_s:
        return audio
    bpm = tempo()
    beat_ms = 60_000 / bpm if bpm else _UNKNOWN_BEAT_MS
    length_ms = round(length_s * 1000)
    scale = headroom_scale(audio)
    if duration_s < length_s:
        return to_audio(_go_round(to_segment(audio, scale), length_ms, beat_ms), scale)
    if duration_s > length_s + _SPARE_BARS * _BEATS_PER_BAR * beat_ms / 1000:
        return to_audio(_cut(to_segment(audio, scale), length_ms, beat_ms), scale)
    return audio


def _go_round(clip: Segment, length_ms: int, beat_ms: float) -> Segment:
    fade_ms = min(round(beat_ms), len(clip) // 2)
    period_ms = _period_ms(len(clip) - fade_ms, beat_ms)
    once = clip[: period_ms + fade_ms]
    whole = once
    while len(whole) < length_ms:
        whole = whole.append(once, crossfade=fade_ms)
    return _cut(whole, length_ms, fade_ms)


def _period_ms(room_ms: int, beat_ms: float) -> int:
    """The longest good stretch of whole beats in ``room_ms``, or all of it where no beat fits.

    Whole bars where that keeps most of the clip; else an even number of beats, after which strong
    and weak beats still follow each other.
    """
    beats = int(room_ms / beat_ms + 0.05)
    for group in (_BEATS_PER_BAR, 2, 1):
        grouped = beats - beats % group
        if grouped >= beats * _MOST_OF_IT and grouped:
            return min(round(grouped * beat_ms), room_ms)
    return room_ms


def _cut(clip: Segment, length_ms: int, fade_ms: float) -> Segment:
    return clip[:length_ms].fade_out(min(round(fade_ms), length_ms))
