"""What hosts really send, made into the one record that everybody else knows."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.protocol.facts import LARGEST_EXPLAINED
from bot.protocol.image_models import VERSIONS
from bot.protocol.predictions import ENGINE_MODEL, Prediction, PredictionPage, progress_in
from bot.protocol.runs import FailureCause, Run
from bot.providers.failures import cause_of
from bot.providers.prediction_runs import result_addresses, results_of, run_created, run_of
from bot.store.rows import stored_run
from tests.providers.support import told

WAV, JPG, PNG = "https://x/a.wav", "https://x/b.jpg", "https://x/c.png?sig=1"


def _run(**changes: Any) -> Run:
    return run_of(Prediction.model_validate(told(**changes)))


@pytest.mark.parametrize(
    ("status", "read", "ended"),
    [
        ("starting", "starting", False),
        ("processing", "processing", False),
        ("succeeded", "succeeded", True),
        ("failed", "failed", True),
        ("canceled", "canceled", True),
        ("aborted", "canceled", True),
        ("something new", "processing", False),
        (None, "starting", False),
        (7, "starting", False),
    ],
)
def test_every_status_is_one_of_five(status: object, read: str, ended: bool) -> None:
    """Unknown ones still run; a deadline that ran out is a stop."""
    run = _run(status=status)
    assert (run.status, run.ended) == (read, ended)


@pytest.mark.parametrize(
    ("output", "audio", "picture"),
    [
        ({"audio": WAV, "spectrogram": JPG}, [WAV], [JPG]),
        ({"audio": WAV, "spectrogram": None}, [WAV], [None]),
        ({"audio": WAV, "spectrogram": 5, "bpm": "fast"}, [WAV], [None]),
        ({"audio": [WAV], "image": PNG}, [WAV], [PNG]),
        ({"spectrogram": JPG, "wav": WAV, "note": "hello"}, [WAV], [JPG]),
        (WAV, [WAV], [None]),
        ("https://x/without-a-name", ["https://x/without-a-name"], [None]),
        ([WAV, JPG], [WAV], [JPG]),
        ([PNG, JPG], [None, None], [PNG, JPG]),
        (PNG, [None], [PNG]),
        ({"image": "https://x/no-suffix"}, [None], ["https://x/no-suffix"]),
        ("data:image/png;base64,AAAA", [None], ["data:image/png;base64,AAAA"]),
        ("data:audio/wav;base64,AAAA", ["data:audio/wav;base64,AAAA"], [None]),
        (["data:video/mp4;base64,AAAA"], [None], ["data:video/mp4;base64,AAAA"]),
        ([], [], []),
        (None, [], []),
        ("", [], []),
        ({}, [], []),
        (7, [], []),
        ([[[[[[WAV]]]]]], [], []),
    ],
)
def test_every_shape_of_output_is_read(
    output: object, audio: list[str | None], picture: list[str | None]
) -> None:
    """One address, a list, an object with or without well known names, files inline."""
    results = _run(status="succeeded", output=output).results
    assert [each.audio for each in results] == audio
    assert [each.picture for each in results] == picture


def test_what_a_painter_made_is_pictures() -> None:
    """By the model's name or its version; of an animation only the last, which is the animation."""
    frames = ["https://x/1", "https://x/2"]
    sdxl = _run(status="succeeded", model="stability-ai/sdxl", output=frames)
    assert [each.picture for each in sdxl.results] == frames
    version = VERSIONS["andreasjansson/stable-diffusion-animation"]
    moving = _run(status="succeeded", model="inner-name", version=version, output=frames)
    assert [each.picture for each in moving.results] == frames[-1:]


def test_our_engines_takes_are_results_with_their_facts() -> None:
    """Each with its own files; the first is not told twice."""
    take = {"audio": WAV, "bpm": 93.5, "key": "A minor", "seed": 4, "stems": {"drums": WAV}, "cover": PNG}
    output = {**take, "explained": {"why": 1}, "takes": [take, {**take, "seed": 5}]}
    run = _run(model=ENGINE_MODEL, status="succeeded", output=output)
    assert [each.seed for each in run.results] == [4, 5]
    assert (run.results[0].bpm, run.results[0].key, run.results[0].picture) == (93.5, "A minor", PNG)
    assert result_addresses(run.results[1]) == (WAV, PNG, WAV)
    assert run.explained == {"why": 1}


def _nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {"why": 1}
    for _ in range(depth):
        value = {"x": [value]}
    return value


@pytest.mark.parametrize(
    ("told", "is_kept"),
    [
        ({"explained": _nested(150)}, {"explained": None}),
        ({"explained": {"x": float("nan")}}, {"explained": None}),
        ({"explained": {"x": "y" * LARGEST_EXPLAINED}}, {"explained": None}),
        ({"explained": _nested(3)}, {"explained": _nested(3)}),
        ({"bpm": float("nan"), "duration_s": float("inf")}, {"bpm": None, "duration_s": None}),
        ({"bpm": "fast", "key": 4}, {"bpm": None, "key": None}),
        ({"seed": -1}, {"seed": None}),
        ({"seed": 2**53}, {"seed": None}),
        ({"seed": 2**53 - 1}, {"seed": 2**53 - 1}),
        ({"key": "F# " * 20, "title": "x" * 500}, {"key": ("F# " * 20)[:30], "title": "x" * 200}),
    ],
)
def test_no_fact_keeps_a_paid_result_from_being_kept(told: dict[str, Any], is_kept: dict[str, Any]) -> None:
    """What no database takes counts as not told, in each take; the sound and the other facts stay."""
    output = {"audio": WAV, **told, "takes": [{"audio": WAV, "midi": WAV, **told}, {"audio": WAV}]}
    run = _run(model=ENGINE_MODEL, status="succeeded", output=output)
    first, second = run.results
    assert (first.audio, first.midi, second.audio) == (WAV, WAV, WAV)
    assert {name: getattr(first, name) for name in is_kept} == is_kept
    assert Run.model_validate(json.loads(json.dumps(stored_run(run), allow_nan=False))) == run


def test_only_our_own_engine_explains_itself() -> None:
    """Under that name other models may tell megabytes of anything."""
    output = {"audio": WAV, "explained": {"why": 1}}
    run = _run(model="somebody/else", status="succeeded", output=output)
    assert (run.explained, run.results[0].explained, run.results[0].audio) == (None, None, WAV)


def test_numbers_come_as_text_too() -> None:
    """And whatever is no number at all counts as not told."""
    output = {"audio": WAV, "bpm": "93.5", "seed": "4", "duration_s": "5.11"}
    run = _run(status="succeeded", output=output, metrics={"predict_time": "8.88"}, id=77)
    assert (run.id, run.compute_s) == ("77", 8.88)
    assert (run.results[0].bpm, run.results[0].seed, run.results[0].duration_s) == (93.5, 4, 5.11)
    for odd in ("fast", float("nan"), True, None):
        assert _run(metrics={"predict_time": odd}).compute_s is None


@pytest.mark.parametrize("digits", range(3, 10))
def test_fractions_of_any_length_are_read(digits: int) -> None:
    """Hosts write three to eight digits."""
    run = _run(created_at=f"2026-02-03T04:05:06.{'123456789'[:digits]}Z")
    assert run.created_at is not None
    assert run.created_at.replace(microsecond=0) == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert 123_000 <= run.created_at.microsecond <= 123_457


@pytest.mark.parametrize("missing", sorted(set(told()) - {"id"}))
def test_nothing_but_the_id_is_needed(missing: str) -> None:
    """Whatever else is left out, null or nonsense, the answer is still an answer."""
    without = told()
    del without[missing]
    for odd in (without, told(**{missing: None}), told(**{missing: []}), told(**{missing: 12})):
        assert not run_of(Prediction.model_validate(odd)).ended


def test_a_page_outlives_an_entry_that_cannot_be_read() -> None:
    """Other people's predictions stand in the list as well."""
    page = PredictionPage.model_validate({"results": [{"id": None}, 5, told(), {}]})
    assert [each.id for each in page.results] == [told()["id"]]
    assert page.unreadable == 3
    assert PredictionPage.model_validate({"unreadable": "x"}).unreadable == 0


@pytest.mark.parametrize("output", [{"audio": WAV}, [WAV], WAV])
def test_a_create_answer_with_its_output_is_done(output: object) -> None:
    """A host that waited says ``processing`` beside the whole; a later reading may mean a part of it."""
    prediction = Prediction.model_validate(told(status="processing", output=output))
    done = run_created(prediction)
    assert (done.status, len(done.results)) == ("succeeded", 1)
    assert (run_of(prediction).status, run_of(prediction).results) == ("processing", ())
    for status in ("processing", "starting"):
        assert run_created(Prediction.model_validate(told(status=status))).status == status
    early = Prediction.model_validate(told(status="starting", output=output))
    assert run_created(early).status == "starting"


def test_removed_results_say_so() -> None:
    """Files live an hour."""
    run = _run(status="succeeded", output=None, data_removed=True)
    assert (run.results, run.error) == ((), "its host has removed what it made")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("NSFW content detected. Try running it again, or try a different prompt.", "prompt_refused"),
        ("The input or output was flagged as sensitive. Please try again (E005)", "prompt_refused"),
        ("Your prompt goes against our content policy", "prompt_refused"),
        ("Input validation error: 404 Client Error: Not Found for url", "input_refused"),
        ("Invalid lora, must be a Hugging Face path", "input_refused"),
        ("Prediction interrupted; please retry (code: PA)", "interrupted"),
        ("E1001: out of memory", "interrupted"),
        ("E6716 timeout starting prediction", "interrupted"),
        ("E003 the model is busy", "interrupted"),
        ("division by zero", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_cause_of_a_failure_is_read_from_its_words(error: str | None, cause: str) -> None:
    """There is no other place where a host tells it."""
    assert _run(status="failed", error=error).cause == FailureCause(cause)
    assert _run(status="canceled", error=error).cause is None


@pytest.mark.parametrize(
    ("logs", "progress"),
    [
        ("  0%|          | 0/38 [00:00<?, ?it/s]\n 64%|######4   | 25/38", 0.64),
        ("100%|##########| 38/38", 1.0),
        ("999%|", 1.0),
        ("٣%|", None),
        ("loading 50% of weights", None),
        ("1%|\n" + "x" * 10_000, None),
        ("", None),
    ],
)
def test_progress_stands_in_the_logs(logs: str, progress: float | None) -> None:
    """In the last tqdm line."""
    assert progress_in(logs) == progress


json_like = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20) | st.just(WAV),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["audio", "takes", "stems", "spectrogram", "bpm", "explained", "x"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(told())), json_like), st.booleans())
def test_no_prediction_raises_anything_of_its_own(changes: dict[str, Any], ended: bool) -> None:
    """Whatever stands in its fields, it is a run that can be stored, or no prediction."""
    status = {"status": "succeeded"} if ended else {}
    with contextlib.suppress(ValidationError):
        prediction = Prediction.model_validate(json.loads(json.dumps({**told(), **changes, **status})))
        for run in (run_of(prediction), run_created(prediction)):
            assert Run.model_validate_json(run.model_dump_json()).status == run.status


@given(json_like)
def test_results_have_something_in_them(output: object) -> None:
    """A result leads somewhere, or there is none."""
    assert all(each.audio or each.picture for each in results_of(output))


@given(st.text(max_size=200))
def test_no_words_and_no_logs_raise(words: str) -> None:
    """They are other people's text."""
    assert cause_of(words) in FailureCause
    progress = progress_in(words)
    assert progress is None or 0 <= progress <= 1


def test_what_was_understood_comes_with_each_take() -> None:
    """The strongest first, a few of each, cut short; a host that tells nothing has none."""
    told = {
        "genres": {"jazz": 0.2, "lofi": 0.8},
        "instruments": [f"player {number}" for number in range(20)],
        "moods": ["x" * 200, " "],
        "tempo_from": "asked",
    }
    (result,) = results_of({"audio": WAV, **told})
    assert result.understood is not None
    genres, moods, instruments = result.understood.lists
    assert (genres, moods, len(instruments)) == (("lofi", "jazz"), ("x" * 40,), 6)
    assert result.understood.tempo_from == "asked"
    assert results_of({"audio": WAV})[0].understood is None


def test_what_was_not_played_as_asked_comes_with_each_take() -> None:
    """What, as asked, as played; entries of another shape are left out, long ones cut."""
    clamped = [["tempo", "240", "120"], ["key"], ["lyrics", "x" * 200, "y"]]
    takes = [{"audio": WAV}, {"audio": "https://x/d.wav"}]
    results = results_of({"audio": WAV, "clamped": clamped, "takes": takes})
    assert [result.clamped for result in results] == [
        (("tempo", "240", "120"), ("lyrics", "x" * 60, "y"))
    ] * 2
