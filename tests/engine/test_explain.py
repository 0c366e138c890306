"""What was understood is told: as data, in lines that people read, and in numbers that are true."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine import RiffSpec
from bot.engine.explain import explain, explanation_text
from bot.engine.piece import Understood
from bot.engine.riff import write_score
from bot.engine.score.model import Score
from bot.engine.styles.from_intent import style_for
from bot.engine.styles.templates import genres
from bot.engine.theory.chord_names import chord_name, numeral
from bot.engine.theory.harmony import parse_bar, parse_chord
from bot.engine.understanding import AUDIBLE_WEIGHT, understood_of
from bot.engine.words.lexicon import understand
from tests.engine.support import riff

ALL_CHORDS = sorted(
    {
        symbol
        for template in genres().values()
        for progression in template.progressions
        for bar in progression
        for symbol in bar.split("/")
    }
)


def told(prompt: str, **parameters: object) -> tuple[Score, Understood]:
    """Return the score of a prompt and what was understood of it, without any sound."""
    spec = RiffSpec(prompt_a=prompt, seed=3, num_inference_steps=2, denoising=1.0)
    intent = understand(prompt)
    style = style_for(intent, spec.seed)
    score = write_score(spec, [style])
    return score, understood_of([intent], [style], [1.0], score)


def test_everything_that_was_understood_is_there() -> None:
    """Words, moods, eras, refusals, metre, reasons and numbers out of reach are fields of their own."""
    _, understood = told("sad 80s synthwave, no drums, 300 bpm, 7/8, F# minor, zorgle")
    assert (understood.bpm, understood.key, understood.meter) == (260.0, "F# minor", "7/8")
    assert (understood.tempo_from, understood.key_from) == ("nearest", "asked")
    assert understood.moods == ["sad"]
    assert understood.eras == ["1980s"]
    assert understood.refused == ["drums"]
    assert understood.ignored == ["zorgle"]
    assert understood.clamped == [["tempo", "300", "260"]]
    assert {"sad", "synthwave"} <= set(understood.words)
    assert understood.sections == ["loop"]
    assert json.loads(json.dumps(understood.to_json())) == understood.to_json()


def test_a_style_chooses_what_nobody_asked_for() -> None:
    """Without numbers in the prompt, the reasons say so."""
    _, understood = told("happy folk in a minor key")
    assert (understood.tempo_from, understood.key_from) == ("style", "mode asked")
    assert told("happy folk")[1].key_from == "chosen"


def test_only_players_who_are_heard_are_named() -> None:
    """A tenth of a style colours the sound; its players are not named."""
    made = riff("jazz piano trio", "death metal", alpha=0.1, denoising=1.0, seed=3)
    assert "distorted guitar" not in " ".join(made.understood.instruments)
    heard = {track.instrument for track in made.score.tracks if track.weight >= AUDIBLE_WEIGHT}
    assert len(made.understood.instruments) <= len(heard)


def test_players_who_were_asked_for_are_named_first() -> None:
    """In the order of the prompt, before the band that comes with the style: cards show few of them."""
    assert told("lofi with saxophone and harp")[1].instruments[:3] == ["alto saxophone", "harp", "drum kit"]


def test_an_explanation_is_true_to_the_score() -> None:
    """Tempo, chords, players, search and lengths are those of the piece, as JSON."""
    made = riff("funky synth solo", seed=3, num_inference_steps=20)
    explained = explain(made, made.understood)
    assert json.loads(json.dumps(explained)) == explained
    assert explained == explain(made.score, made.understood)
    assert explained["length"] == {"bars": made.score.bars, "seconds": made.score.frames / 100}
    assert [player["notes"] for player in explained["players"]] == [
        len(track.notes) for track in made.score.tracks
    ]
    assert len(explained["chords"]) == made.score.bars
    assert explained["search"]["candidates"] == 20
    assert explained["search"]["best"] >= explained["search"]["first"]


@pytest.mark.parametrize(
    "prompt", ["jazz, no drums, 7/8, zorgle", "ambient", "💀", "drums only", "techno 140"]
)
def test_an_explanation_is_readable(prompt: str) -> None:
    """Ten to thirty lines, none empty or endless, with tempo, key, chords and players."""
    lines = explanation_text(explain(*told(prompt))).splitlines()
    assert 10 <= len(lines) <= 30
    assert all(line.strip() for line in lines)
    starts = {line.split(":")[0] for line in lines}
    assert {
        "Understood",
        "Not known",
        "Style",
        "Tempo",
        "Metre",
        "Key",
        "Chords",
        "Sections",
        "Feel",
    } <= starts


@pytest.mark.parametrize("symbol", ALL_CHORDS)
def test_numerals_are_read_and_written_alike(symbol: str) -> None:
    """A chord's numeral, read again, is the chord; so nothing is lost in an explanation."""
    chord = parse_chord(symbol)
    written = numeral(chord).replace("m7b5", "ø").replace("dim7", "o7").replace("dim", "o")
    assert parse_chord(written.replace("#IV", "bV").replace("#iv", "bv")) == chord


@pytest.mark.parametrize(
    ("symbol", "tonic", "mode", "name"),
    [
        ("i7", 6, "min", "F#m7"),
        ("bVImaj7", 0, "min", "Abmaj7"),
        ("V13", 0, "maj", "G13"),
        ("iiø", 9, "min", "Bm7b5"),
        ("i5", 4, "phr", "E5"),
        ("IVmaj9", 10, "maj", "Ebmaj9"),
        ("#ivo7", 0, "maj", "F#dim7"),
        ("Iadd9", 2, "maj", "Dadd9"),
        ("v", 2, "min", "Am"),
        ("bII", 7, "phr", "Ab"),
        ("bVII", 8, "min", "F#"),
        ("iv", 3, "min", "Abm"),
        ("iii7", 9, "maj", "C#m7"),
    ],
)
def test_chords_have_the_names_that_players_read(symbol: str, tonic: int, mode: str, name: str) -> None:
    """Root, quality and additions, spelled with the key's sharps or flats."""
    assert chord_name(parse_bar(symbol)[0], tonic, mode) == name


@given(st.text(max_size=120))
@settings(max_examples=40, deadline=None)
def test_any_prompt_can_be_explained(text: str) -> None:
    """Whatever was asked, there is an explanation."""
    score, understood = told(text if text.strip() else "x")
    assert explanation_text(explain(score, understood))
