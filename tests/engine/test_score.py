"""Scores: JSON there and back, keys honoured, notes in scale and in range."""

from __future__ import annotations

import json

import pytest

from bot.engine import RiffSpec, Score, score_from_json, score_to_json
from bot.engine.instruments import instruments
from bot.engine.riff import write_score
from bot.engine.styles.from_intent import style_for
from bot.engine.styles.templates import genres
from bot.engine.theory.harmony import SCALES
from bot.engine.words.lexicon import understand


def score_of(prompt: str, seed: int = 1, **parameters: object) -> Score:
    """Return the score of a single prompt without any seed image."""
    spec = RiffSpec(prompt_a=prompt, denoising=1.0, seed=seed, num_inference_steps=4, **parameters)  # pyright: ignore[reportArgumentType]  # a test's shorthand
    return write_score(spec, [style_for(understand(prompt), seed)])


@pytest.mark.parametrize("length_s", [None, 40.0])
def test_a_score_survives_json(length_s: float | None) -> None:
    """Writing a score as JSON text and reading it gives an equal score."""
    score = score_of("funky synth solo, rain", length_s=length_s)
    assert score_from_json(json.loads(json.dumps(score_to_json(score)))) == score


def test_an_unknown_format_is_refused() -> None:
    """A score of another format raises ValueError instead of playing nonsense."""
    with pytest.raises(ValueError, match="format 99"):
        score_from_json({**score_to_json(score_of("jazz")), "format": 99})


@pytest.mark.parametrize("genre", sorted(genres()))
def test_every_genre_plays_in_its_scale_and_range(genre: str) -> None:
    """Nearly all notes are in the scale or the chord, and every one is in its instrument's range."""
    score = score_of(genres()[genre].label, seed=7)
    scale = {(score.tonic + step) % 12 for step in SCALES[score.mode]}
    inside = total = 0
    for track in score.tracks:
        assert all(0.0 <= note.start <= score.beats + 0.2 and note.length > 0.0 for note in track.notes)
        if track.role == "drums" or track.instrument == "growl":
            continue
        instrument = instruments()[track.instrument]
        for note in track.notes:
            bar = min(score.bars - 1, max(0, int(note.start / score.meter)))
            chords = score.chords[bar] + score.chords[(bar + 1) % score.bars]
            classes = {(score.tonic + chord.root + step) % 12 for chord in chords for step in chord.intervals}
            total += 1
            inside += round(note.pitch) % 12 in scale | classes
            assert instrument.low <= note.pitch <= instrument.high
    assert total >= 4
    assert inside / total >= (0.9 if score.mode == "blu" else 0.95)


@pytest.mark.parametrize("seed_image_id", ["vibes", "og_beat", "mask_beat_lines_80"])
@pytest.mark.parametrize(
    ("prompt", "refused"),
    [("techno, no drums", {"drums"}), ("pop, no vocals", {"vox", "oohs", "choir", "voice_aah"})],
)
def test_the_seed_image_does_not_play_what_the_prompt_refuses(
    prompt: str, refused: set[str], seed_image_id: str
) -> None:
    """Neither a blended seed nor one under a mask brings back the drums or the voices."""
    spec = RiffSpec(
        prompt_a=prompt, denoising=0.55, seed=1, seed_image_id=seed_image_id, num_inference_steps=2
    )
    score = write_score(spec, [style_for(understand(prompt), 1)])
    assert not {name for track in score.tracks for name in (track.role, track.instrument)} & refused


@pytest.mark.parametrize("genre", ["rock", "funk", "techno"])
def test_three_four_time_has_the_same_beat_in_every_bar(genre: str) -> None:
    """Patterns written for four beats begin again with each bar of three."""
    score = score_of(f"{genre} in 3/4")
    kicks = [note.start for track in score.tracks for note in track.notes if note.mark == "kick"]
    assert score.meter == 3
    assert {bar * 3.0 for bar in range(score.bars)} <= {round(start, 1) for start in kicks}


@pytest.mark.parametrize("asked", ["F# minor", "Bb major", "A minor", "E major", "C# dorian"])
@pytest.mark.parametrize("genre", ["pop", "techno", "jazz", "funk"])
def test_an_asked_key_is_played(asked: str, genre: str) -> None:
    """Tonic and mode family are the asked ones and the answer has the asker's spelling."""
    score = score_of(f"{genre} in {asked}")
    assert score.key == asked
    thirds = {
        chord.intervals[1]
        for bar in score.chords
        for chord in bar
        if chord.root == 0 and len(chord.intervals) > 2
    }
    assert thirds <= ({4} if "major" in asked else {3})


def test_an_asked_tempo_is_played_exactly() -> None:
    """The score has the asked tempo, and the loop's length agrees within 1 %."""
    for bpm in (61, 93, 118, 140, 174):
        score = score_of(f"pop {bpm} bpm")
        assert score.bpm == bpm
        assert abs(score.frames / 100 / (score.beats * 60 / bpm) - 1) < 0.01


def test_three_four_time_is_played_in_three() -> None:
    """A meter asked in figures is kept."""
    assert score_of("folk in 3/4").meter == 3


def test_long_pieces_have_a_form() -> None:
    """A minute has several sections, and they are not all played by the same people."""
    score = score_of("synthwave", length_s=60.0)
    assert len({part.name for part in score.sections}) >= 3
    lead = next(track for track in score.tracks if track.role == "lead")
    intro = score.sections[0]
    assert intro.name == "intro"
    assert min(note.start for note in lead.notes) >= intro.bars * score.meter - 0.2
