"""The mark that a host echoes: exact, unheard, and never a step less."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot.providers.fingerprint import bears, mark_of, marked

shares = st.floats(0, 1) | st.integers(0, 100).map(lambda percent: percent / 100)


def _inputs(denoising: float, alpha: float) -> dict[str, Any]:
    return {"prompt_a": "x", "alpha": alpha, "denoising": denoising, "num_inference_steps": 50}


@given(shares, shares, st.text(min_size=1, max_size=40))
@example(1.0, 1.0, "r")
@example(1.0, 0.0, "r")
@example(0.9999999995, 0.3, "r")
@example(0.0, 0.0, "r")
def test_the_mark_survives_json_and_belongs_to_one_reference(
    denoising: float, alpha: float, reference: str
) -> None:
    """What comes back from the host bears this reference and (but for a chance in a million) no other."""
    echoed = json.loads(json.dumps(marked(_inputs(denoising, alpha), reference)))
    assert bears(echoed, reference)
    assert bears({name: str(value) for name, value in echoed.items()}, reference), "echoed as text"
    other = reference + "'"
    assert not bears(echoed, other) or mark_of(other) == mark_of(reference)


@given(shares, shares, st.text(min_size=1, max_size=40))
def test_nobody_hears_the_mark(denoising: float, alpha: float, reference: str) -> None:
    """Both stay within bounds and within two billionths; denoising never gets less."""
    sent = marked(_inputs(denoising, alpha), reference)
    assert denoising <= sent["denoising"] <= min(1.0, denoising + 2e-9)
    assert 0 <= sent["alpha"] <= 1
    assert abs(sent["alpha"] - alpha) <= 2e-9
    assert set(sent) == set(_inputs(denoising, alpha))


@given(st.integers(1, 150), st.integers(0, 100), st.text(min_size=1, max_size=10))
def test_the_model_runs_no_step_less(steps: int, percent: int, reference: str) -> None:
    """``int(steps * denoising)`` of the model is at least what the plain value gives."""
    denoising = percent / 100
    sent = marked(_inputs(denoising, 0.5), reference)
    assert int(steps * sent["denoising"]) >= int(steps * denoising)


@given(st.none() | st.booleans() | st.text() | st.floats() | st.integers())
def test_foreign_inputs_bear_no_mark(value: object) -> None:
    """Other people's predictions in the list are passed over, whatever stands in them."""
    assert not bears({"denoising": value}, "some reference")
    assert not bears({}, "some reference")


@given(st.text(min_size=1, max_size=10))
def test_alpha_bears_a_mark_only_where_denoising_has_no_room(reference: str) -> None:
    """Digits that look like one elsewhere belong to somebody else's order."""
    in_alpha = marked(_inputs(1.0, 0.3), reference)
    assert bears(in_alpha, reference)
    assert not bears({**in_alpha, "denoising": 0.75}, reference)
    assert not bears({**in_alpha, "denoising": 0.999}, reference)
