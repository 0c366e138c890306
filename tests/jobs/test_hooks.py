"""Addresses that prove themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs import hooks

SECRET = "0" * 64


def parts(path: str) -> tuple[str, str, str]:
    """Job, attempt and mac of a path."""
    empty, hooks_, job_id, attempt, mac = path.split("/")
    assert (empty, hooks_) == ("", "hooks")
    return job_id, attempt, mac


def test_what_we_made_we_recognise() -> None:
    """A path is accepted by the instance that made it, and by no other."""
    job_id, attempt, mac = parts(hooks.path(SECRET, "job", 2))
    assert hooks.is_ours(SECRET, job_id, attempt, mac)
    assert not hooks.is_ours(hooks.new_secret(), job_id, attempt, mac)


@pytest.mark.parametrize("attempt", ["1", "02x", "", "-2", "²", "9999999", "2 "])
def test_another_attempt_needs_another_mac(attempt: str) -> None:
    """The mac holds for its own attempt only, and nonsense is refused without an error."""
    _, _, mac = parts(hooks.path(SECRET, "job", 2))
    assert not hooks.is_ours(SECRET, "job", attempt, mac)


@given(st.text(), st.text(), st.text())
def test_forgeries_are_refused_without_an_error(job_id: str, attempt: str, mac: str) -> None:
    """Whatever is called, nothing but our own path passes."""
    assert not hooks.is_ours(SECRET, job_id, attempt, mac)
