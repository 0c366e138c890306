"""Ids of buttons: each is read by exactly one pattern, whatever stands in it."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from bot.jobs.ids import new_id
from bot.ui.buttons import DYNAMIC_ITEMS, TAKE_ACTIONS, CancelButton, StrangeButton, TakeButton

IDS = st.from_regex(r"[a-z0-9]{8,24}", fullmatch=True)
ALMOST_OURS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["rc1", "rc0", "rc2", "RC1", ""]),
    st.sampled_from([":", "", "::", "\n"]),
    st.sampled_from([*TAKE_ACTIONS, "cancel", "", "remix"]),
    st.sampled_from([":", "", "-"]),
    IDS | st.sampled_from(["", "short", "x" * 25, "UPPERCASE", "abcdefgh\n", "../../etc"]),
)


def readers(custom_id: str) -> list[tuple[type[Any], re.Match[str]]]:
    """The items whose pattern discord.py would find in this id."""
    found: list[tuple[type[Any], re.Match[str]]] = []
    for item in DYNAMIC_ITEMS:
        made: Any = item
        pattern: re.Pattern[str] = made.__discord_ui_compiled_template__
        match = pattern.fullmatch(custom_id)
        if match is not None:
            found.append((item, match))
    return found


@given(st.text(max_size=100) | ALMOST_OURS)
@example("rc1:cancel:abcdefgh\n")
def test_every_id_has_exactly_one_reader(custom_id: str) -> None:
    """No press is dead, and none is answered twice."""
    assert len(readers(custom_id)) == 1


@given(st.sampled_from(TAKE_ACTIONS), IDS)
def test_what_a_take_button_says_is_read_back(action: str, take_id: str) -> None:
    """The id carries action and take through any restart."""
    ((item, match),) = readers(str(TakeButton(action, take_id).item.custom_id))
    assert item is TakeButton
    assert (match["action"], match["take"]) == (action, take_id)


@given(IDS)
def test_what_a_cancel_button_says_is_read_back(job_id: str) -> None:
    """The id carries the job."""
    ((item, match),) = readers(str(CancelButton(job_id).item.custom_id))
    assert item is CancelButton
    assert match["job"] == job_id


def test_the_ids_that_we_make_are_among_those_that_are_read() -> None:
    """A job's id as it is drawn."""
    assert [item for item, _ in readers(f"rc1:cancel:{new_id()}")] == [CancelButton]
    assert [item for item, _ in readers("rc9:cancel:" + new_id())] == [StrangeButton]
