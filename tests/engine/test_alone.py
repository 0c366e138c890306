"""Who plays alone, who leads, who has which part, and who is not wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import RiffSpec
from bot.engine.riff import write_score
from bot.engine.styles.from_intent import style_for
from bot.engine.styles.style import Style
from bot.engine.styles.templates import genres
from bot.engine.words.lexicon import understand


def style_of(prompt: str) -> Style:
    """Return the style of a prompt."""
    return style_for(understand(prompt), 3)


def playing(prompt: str) -> set[str]:
    """Return who plays: instruments, and "drums" where there are any."""
    style = style_of(prompt)
    return {layer.instrument for layer in style.layers} | ({"drums"} if style.drums else set())


@pytest.mark.parametrize(
    ("prompt", "players"),
    [
        ("solo piano", {"piano"}),
        ("jazz solo piano", {"piano"}),
        ("a sad solo piano piece", {"piano"}),
        ("unaccompanied cello", {"cello"}),
        ("piano only", {"piano"}),
        ("just a harp", {"harp"}),
        ("nothing but drums, techno", {"drums"}),
        ("drums only", {"drums"}),
        ("drums and bass guitar only, funk", {"drums", "slap"}),
        ("只有鼓", {"drums"}),
        ("钢琴独奏", {"piano"}),
        ("小提琴独奏", {"violin"}),
        ("无伴奏 大提琴", {"cello"}),
        ("a cappella", {"oohs", "choir", "voice_ooh"}),
        ("阿卡贝拉", {"oohs", "choir", "voice_ooh"}),
    ],
)
def test_players_are_left_alone(prompt: str, players: set[str]) -> None:
    """Who is asked for alone plays without a band, in both languages."""
    found = playing(prompt)
    assert found == players or ("ebass" in found and found - {"ebass"} == players - {"slap"})


@pytest.mark.parametrize(
    "prompt",
    [
        "funky synth solo",
        "rock with a guitar solo",
        "solo violin over techno",
        "home alone",
        "just chill lofi",
        "摇滚 吉他独奏",
        "solo piano and drums",
    ],
)
def test_a_solo_is_not_yet_alone(prompt: str) -> None:
    """A solo in a band, a solo over a bed, and being alone at home keep the others."""
    assert len(playing(prompt)) >= 3


@given(
    st.sampled_from(["piano", "violin", "trumpet", "harp", "classical guitar", "flute", "marimba", "sitar"])
)
def test_alone_means_one_instrument(name: str) -> None:
    """Whatever the instrument, alone there is nobody else."""
    assert len(playing(f"solo {name}")) == 1
    assert playing(f"solo {name}") == playing(f"unaccompanied {name}")


def test_two_hands_play_melody_chords_and_bass() -> None:
    """A piano alone has the genre's own melody, chords and bass."""
    patterns = {layer.role: layer.pattern for layer in style_of("solo piano, jazz").layers}
    assert patterns == {"lead": "jazzlead", "comp": "charleston", "bass": "walk"}


@pytest.mark.parametrize(
    ("prompt", "lead", "bed"),
    [
        ("fiddle over techno", "fiddle", "techno"),
        ("jazz piano over a trap beat", "piano", "trap"),
        ("piano on top of drum and bass", "piano", "drum and bass"),
        ("harp, backed by dubstep", "harp", "dubstep"),
    ],
)
def test_what_is_over_leads_and_what_is_under_is_the_bed(prompt: str, lead: str, bed: str) -> None:
    """The named player is the only soloist, and the style below keeps beat and tempo."""
    style = style_of(prompt)
    soloists = {layer.instrument for layer in style.layers if layer.role in {"lead", "vox", "bell"}}
    assert soloists == {lead}
    assert max(style.genres, key=lambda label: style.genres[label]) == bed


def test_parts_are_given_by_name() -> None:
    """A word behind an instrument gives it its part."""
    roles = {layer.instrument: layer.role for layer in style_of("flute lead and tuba bass, house").layers}
    assert (roles["flute"], roles["tuba"]) == ("lead", "bass")
    assert ("piano", "lead") in understand("rock, piano melody").instruments


def test_a_family_is_whoever_plays_in_the_genre() -> None:
    """A guitar in metal is the distorted one; a classical guitar is a classical guitar."""
    assert "nylon" not in playing("metal guitar riff, guitar")
    assert "nylon" not in playing("rock guitar")
    assert "nylon" in playing("rock with a classical guitar")
    assert "synth_bass" in playing("synthwave with bass")


@pytest.mark.parametrize(
    "prompt",
    [
        "rock, no drums/bass",
        "rock without drums and bass",
        "rock, no drums or bass",
        "摇滚 不要鼓和贝斯",
        "摇滚 没有鼓、贝斯",
        "rock free of drums, no bass",
    ],
)
def test_a_refusal_is_handed_on(prompt: str) -> None:
    """A slash, "and", "or" and their Chinese kin refuse both."""
    style = style_of(prompt)
    assert style.drums == {}
    assert all(layer.role != "bass" for layer in style.layers)


def test_an_article_ends_a_refusal() -> None:
    """In "without drums and a piano" the piano is wanted."""
    assert "piano" in playing("techno without drums and a piano")


def test_several_styles_share_the_music() -> None:
    """Three styles in a prompt all have a share; the first has most."""
    style = style_of("jazz, techno, reggae")
    assert list(style.genres) == ["jazz", "techno", "reggae"]
    assert style.genres["jazz"] > style.genres["techno"] > style.genres["reggae"] > 0.1
    assert sum(style.genres.values()) == pytest.approx(1.0)


def test_every_label_names_its_genre() -> None:
    """What cards show as a genre is understood as that genre."""
    for name, template in genres().items():
        assert understand(template.label).genres[:1] == [name]


@pytest.mark.parametrize("seed_image_id", ["vibes", "agile", "mask_gradient_dark"])
def test_a_seed_image_brings_no_band_to_somebody_alone(seed_image_id: str) -> None:
    """At the default denoising a solo stays a solo; at 0 the seed image itself plays."""
    spec = RiffSpec(prompt_a="solo piano", seed_image_id=seed_image_id, seed=2, num_inference_steps=2)
    solo = write_score(spec, [style_of("solo piano")])
    assert {track.instrument for track in solo.tracks if not track.under_mask} == {"piano"}
    itself = write_score(replace(spec, denoising=0.0), [style_of("solo piano")])
    assert len({track.instrument for track in itself.tracks}) > 1
