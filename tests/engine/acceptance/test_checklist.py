"""What the musician promises, and which test proves it: each promise stands once, wherever it fits best."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HERE = "tests/engine/acceptance"
ENGINE = "tests/engine"

CHECKS: dict[str, tuple[str, ...]] = {
    "the same request is the same music, another seed is not": (
        f"{HERE}/test_repeatable.py::test_the_same_request_gives_the_same_bits",
        f"{HERE}/test_repeatable.py::test_two_processes_make_the_same_bits",
        f"{HERE}/test_repeatable.py::test_scores_are_the_same_on_every_machine",
    ),
    "alpha and denoising are pure at their ends": (
        f"{HERE}/test_blends_and_seeds.py::test_alpha_ends_are_the_prompts_alone",
        f"{HERE}/test_blends_and_seeds.py::test_denoising_ends_are_seed_and_prompt",
    ),
    "and go one way in between": (
        f"{HERE}/test_blends_and_seeds.py::test_alpha_moves_the_sound_from_a_to_b",
        f"{HERE}/test_blends_and_seeds.py::test_denoising_moves_the_sound_from_seed_to_prompt",
    ),
    "an asked tempo is played, and heard; a loop's length follows from it": (
        f"{ENGINE}/test_score.py::test_an_asked_tempo_is_played_exactly",
        f"{HERE}/test_heard_from_outside.py::test_the_tempo_is_heard_in_nineteen_of_twenty_beats",
        f"{ENGINE}/test_form.py::test_loops_last_five_to_twelve_seconds",
    ),
    "an asked key is played, and heard": (
        f"{ENGINE}/test_score.py::test_an_asked_key_is_played",
        f"{ENGINE}/test_score.py::test_every_genre_plays_in_its_scale_and_range",
        f"{HERE}/test_heard_from_outside.py::test_the_asked_key_is_heard_in_nine_of_ten",
        f"{HERE}/test_heard_from_outside.py::test_what_sounds_is_in_the_scale",
    ),
    "dark and bright sound so": (f"{HERE}/test_heard_from_outside.py::test_dark_and_bright_sound_so",),
    "loudness, true peak, DC": (
        f"{HERE}/test_loops.py::test_every_riff_is_fit_to_be_played",
        f"{HERE}/test_loops.py::test_other_meters_agree_on_level_and_peak",
        f"{ENGINE}/songs/test_sound.py::test_a_song_is_level_and_as_long_as_its_score",
    ),
    "loops have no seam": (f"{HERE}/test_loops.py::test_nothing_sets_in_where_the_loop_closes",),
    "prompts are told apart": (f"{HERE}/test_heard_from_outside.py::test_prompts_are_told_apart_by_ear",),
    "pictures are the original's, and can be played": (
        f"{ENGINE}/test_spectrogram.py::test_the_picture_is_the_originals_to_a_grey_level",
        f"{ENGINE}/test_spectrogram.py::test_pictures_have_the_originals_size_and_tags",
        f"{ENGINE}/test_spectrogram.py::test_a_picture_can_be_played_and_drawn_again",
    ),
    "masks keep to their area, seeds to their grid": (
        f"{ENGINE}/test_masks.py::test_masks_have_the_originals_grey",
        f"{ENGINE}/test_masks.py::test_what_is_white_stays_as_it_was",
        f"{ENGINE}/test_masks.py::test_content_seeds_stand_on_the_originals_grid",
    ),
    "morphs keep what they promise to keep": (
        f"{ENGINE}/morphs/test_morphs.py::test_no_strength_leaves_the_source_as_it_was",
        f"{ENGINE}/morphs/test_morphs.py::test_more_strength_only_changes_more",
        f"{ENGINE}/morphs/test_morphs.py::test_outside_an_inpainted_stretch_every_sample_stays",
        f"{ENGINE}/morphs/test_morphs.py::test_other_sounds_play_the_same_notes",
        f"{ENGINE}/morphs/test_morphs.py::test_an_extension_keeps_every_sample_before_it",
        f"{ENGINE}/morphs/test_morphs.py::test_a_cover_keeps_key_chords_sections_and_tune",
        f"{ENGINE}/morphs/test_uploads.py::test_outside_a_replaced_stretch_the_samples_are_the_uploads",
    ),
    "a syllable a note, in tune, understood; without lyrics nobody sings": (
        f"{ENGINE}/songs/test_songs.py::test_one_note_a_syllable_in_time_and_range",
        f"{ENGINE}/singing/test_voice.py::test_a_sung_line_is_in_tune",
        f"{HERE}/test_another_ear_on_the_singer.py::test_each_note_is_where_the_score_has_it",
        f"{ENGINE}/singing/test_understood.py::test_sung_lines_are_understood",
        f"{ENGINE}/songs/test_songs.py::test_an_instrumental_has_a_tune_and_no_singer",
    ),
    "nothing heavy is imported": (
        f"{ENGINE}/test_house_rules.py::test_making_music_loads_nothing_heavy_and_nothing_of_the_bot",
    ),
    "Chinese is heard as English": (f"{HERE}/test_languages.py::test_chinese_is_heard_as_english",),
    "stems sum to the mix": (
        f"{ENGINE}/test_stems.py::test_a_riffs_stems_sum_to_it",
        f"{ENGINE}/test_stems.py::test_a_songs_stems_sum_to_it",
    ),
    "a song's sections differ in loudness": (
        f"{ENGINE}/songs/test_sound.py::test_sections_differ_in_loudness",
    ),
    "several people's riffs fit together": (
        f"{ENGINE}/test_fitting.py::test_two_that_stand_beside_each_other_can_be_summed",
        f"{ENGINE}/test_fitting.py::test_a_layer_is_heard_beside_what_was_there",
        f"{ENGINE}/test_fitting.py::test_a_continuation_joins_on_the_bar",
    ),
}


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of a file's tests."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("promise", sorted(CHECKS))
def test_every_promise_has_its_tests(promise: str) -> None:
    """Each test that is named here exists."""
    missing = [
        test for test in CHECKS[promise] if test.partition("::")[2] not in names_in(test.partition("::")[0])
    ]
    assert missing == []
