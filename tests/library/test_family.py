"""Families: whatever their shape, everybody stands once, below their parent."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.audio.tree import WIDTH, draw_tree
from bot.library.family import Drawing, Family, Line, Relative, Seen, family_of
from tests.ui.records import NOON


def a_relative(number: int, parent: int | None, seen: Seen = "here", author: str = "Ada") -> Relative:
    """One of a family, named by a number."""
    return Relative(
        take_id=str(number),
        parent_id=None if parent is None else str(parent),
        seen=seen,
        created_at=NOON + timedelta(minutes=number),
        title=f"take {number}",
        author=author,
    )


@st.composite
def families(draw: st.DrawFn) -> list[Relative]:
    """Trees of all shapes; each take was made from an older one, the first from one that nobody knows."""
    size = draw(st.integers(1, 40))
    seen: st.SearchStrategy[Seen] = st.sampled_from(("here", "here", "gone", "hidden"))
    parents = [None, *(draw(st.integers(0, number - 1)) for number in range(1, size))]
    return [
        a_relative(number, 99 if number == 0 else parents[number], draw(seen), draw(st.sampled_from("ABC")))
        for number in range(size)
    ]


def places(family: Family) -> dict[str, int]:
    """At which row each take stands."""
    return {branch.relative.take_id: row for row, branch in enumerate(family.branches)}


@given(families(), st.data(), st.integers(1, 12))
def test_everybody_stands_once_below_their_parent(
    relatives: list[Relative], data: st.DataObject, most: int
) -> None:
    """The chosen one always; no more rows than allowed; depth and lines as the tree is; the rest counts."""
    chosen = data.draw(st.sampled_from(relatives)).take_id
    shuffled = data.draw(st.permutations(relatives))
    whole, family = family_of(shuffled, chosen, most=100), family_of(shuffled, chosen, most=most)
    assert whole.left_out == 0
    assert len(family.branches) == min(most, len(whole.branches))
    assert family.left_out == len(whole.branches) - len(family.branches)
    assert family.credits == whole.credits
    rows = places(family)
    assert len(rows) == len(family.branches)
    assert [branch.relative.take_id for branch in family.branches if branch.chosen] == [chosen]
    for branch in family.branches[1:]:
        parent = family.branches[rows[str(branch.relative.parent_id)]]
        assert rows[parent.relative.take_id] < rows[branch.relative.take_id]
        assert branch.depth == parent.depth + 1 == len(branch.goes_on)
        assert branch.goes_on[:-1] == parent.goes_on
    assert family.branches[0].depth == 0


@given(families(), st.data())
def test_gone_takes_show_only_where_something_stands_below(
    relatives: list[Relative], data: st.DataObject
) -> None:
    """Everybody who is not gone is in the family; a gone one only above others or where it was chosen."""
    chosen = data.draw(st.sampled_from(relatives)).take_id
    family = family_of(relatives, chosen, most=100)
    shown = places(family)
    assert all(each.take_id in shown for each in relatives if each.seen != "gone")
    parents = {branch.relative.parent_id for branch in family.branches}
    for branch in family.branches:
        relative = branch.relative
        assert relative.seen != "gone" or relative.take_id in parents or relative.take_id == chosen


def test_a_circle_is_cut() -> None:
    """It cannot be, and does no harm."""
    family = family_of([a_relative(1, 2), a_relative(2, 1)], "1")
    assert [branch.relative.take_id for branch in family.branches] == ["2", "1"]


def test_the_credits_name_the_busiest_first() -> None:
    """Hidden and gone takes credit nobody."""
    relatives = [
        a_relative(0, None, author="Bob"),
        a_relative(1, 0, author="Ada"),
        a_relative(2, 0, "hidden", author="Cyd"),
        a_relative(3, 1, author="Ada"),
    ]
    assert family_of(relatives, "0").credits == (("Ada", 2), ("Bob", 1))


def test_a_drawing_is_as_high_as_its_rows_whatever_they_say() -> None:
    """Deep families, long names and any script stay within the picture's width."""
    lines = tuple(
        Line(title="長い名前 " * 40, note="Ada", goes_on=(True,) * depth, chosen=depth == 3, faded=depth == 5)
        for depth in range(20)
    )
    sizes = [
        int.from_bytes(draw_tree(Drawing(heading="Family", lines=lines[:count], footing="With Ada"))[20:24])
        for count in (1, 20)
    ]
    assert WIDTH == 1000
    assert sizes[1] - sizes[0] == 19 * 92
