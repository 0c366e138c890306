"""Ids of buttons: each is read by exactly one pattern, whatever stands in it."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import example, given
from hypothesis import strategies as st

from bot.jobs.ids import new_id
from bot.library.house import House
from bot.ui.buttons import DYNAMIC_ITEMS, ActionButton, StrangeButton
from bot.ui.cards.deeds import MENU
from bot.ui.desks import Desks
from bot.ui.looks import CHOICES, LOOKS, MENUS, PICKERS

IDS = st.from_regex(r"[a-z0-9]{8,24}", fullmatch=True)
ALMOST_OURS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["rc1", "rc0", "rc2", "RC1", ""]),
    st.sampled_from([":", "", "::", "\n"]),
    st.sampled_from([*LOOKS, "", "strange"]),
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


@given(st.sampled_from(sorted(LOOKS)), IDS, st.from_regex(r"[a-z0-9_.,-]{0,40}", fullmatch=True))
def test_what_a_button_says_is_read_back(action: str, subject: str, more: str) -> None:
    """The id carries action, subject and what more there is through any restart, within Discord's 100."""
    custom_id = str(ActionButton(action, subject, more=more).item.custom_id)
    assert len(custom_id) <= 100
    ((item, match),) = readers(custom_id)
    assert item is ActionButton
    assert (match["action"], match["subject"], match["more"] or "") == (action, subject, more)


def test_every_button_has_a_desk() -> None:
    """No action without a deed, and no deed that no button or menu stands for."""
    nothing = cast("Any", None)
    house = House.over(
        nothing,
        jobs=cast("Any", SimpleNamespace(price_of=None, price_list=None)),
        blobs=nothing,
        draw_tree=nothing,
        draw_pot=nothing,
        studio=nothing,
        unpost=nothing,
        board=nothing,
        hosts={},
    )
    desks = Desks.around(nothing, house, nothing, default_host="engine")
    assert desks.presses.actions == {*LOOKS, *MENUS, *PICKERS, *CHOICES}
    assert {*MENU} <= {*LOOKS, *CHOICES}
    assert {*CHOICES} <= {*MENU}


def test_the_ids_that_we_make_are_among_those_that_are_read() -> None:
    """A job's id as it is drawn."""
    assert [item for item, _ in readers(f"rc1:cancel:{new_id()}")] == [ActionButton]
    assert [item for item, _ in readers("rc9:cancel:" + new_id())] == [StrangeButton]
