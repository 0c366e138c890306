"""Cards: pure functions from records to embeds that fit Discord's limits whatever people type."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.options import PROMPT_MAX
from bot.jobs.order import Order
from bot.jobs.recipes import Riff, Song
from bot.jobs.records import Listed, Offers, Place
from bot.jobs.states import State
from bot.protocol.runs import Understood
from bot.ui.cards.deeds import deeds_of
from bot.ui.cards.ended import ended_card
from bot.ui.cards.jobs import job_choice, jobs_card
from bot.ui.cards.recipe import command_line, recipe_card
from bot.ui.cards.result import result_card
from bot.ui.cards.running import running_card
from bot.ui.rows import result_row, running_row
from tests.e2e.scene import read
from tests.ui.records import a_job, a_take, an_order

PROMPTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=PROMPT_MAX
) | (st.sampled_from(["*" * PROMPT_MAX, "`" * PROMPT_MAX, "🎸" * PROMPT_MAX, "[a](http://b)" * 30]))
NAMES = st.text(st.characters(codec="utf-8"), max_size=100)


def assert_fits(card: discord.Embed) -> None:
    """Discord, "Embed Limits": title 256, description 4096, footer 2048, field 256/1024, in all 6000."""
    assert 0 < len(card.title or "") <= 256
    assert 0 < len(card.description or "") <= 4_096
    assert len(card.footer.text or "") <= 2_048
    assert len(card.fields) <= 25
    for each in card.fields:
        assert 0 < len(each.name or "") <= 256
        assert 0 < len(each.value or "") <= 1_024
    assert len(card) <= 6_000


def riff_of(prompt: str, prompt_b: str | None) -> Riff:
    """The longest recipe with these prompts."""
    return Riff(prompt=prompt, prompt_b=prompt_b, seed=2**53 - 1, length_s=59.999)


def order_of(prompt: str, prompt_b: str | None, name: str) -> Order:
    """An order that came from another riff."""
    return an_order(recipe=riff_of(prompt, prompt_b), user_name=name, parent_user_name=name)


@given(PROMPTS, st.none() | PROMPTS, NAMES)
def test_every_card_fits(prompt: str, prompt_b: str | None, name: str) -> None:
    """The longest and strangest prompts and names."""
    order = order_of(prompt, prompt_b, name)
    job = a_job(order=order, price=1_000_000)
    take = a_take(recipe=order.recipe, user_name=name, parent_take_id="p", host="h" * 100, key=prompt)
    assert_fits(running_card(job, Place(1_000_000)))
    assert_fits(ended_card(job, "ending.host_failed", {"host": "h", "detail": prompt}))
    assert_fits(result_card(take, order, "spectrogram.png"))
    assert_fits(recipe_card(take, take))
    assert_fits(jobs_card([Listed(job=job, place=Place(3), age_s=1.0)] * 50))
    assert 0 < len(job_choice(Listed(job=job, place=None, age_s=1.0))) <= 100


def test_a_recipe_links_to_no_parent_that_was_not_posted() -> None:
    """It is named alone: there is no message to go to."""
    parent = a_take(user_name="Eve", message_id=None)
    told = str(recipe_card(a_take(parent_take_id="p"), parent).to_dict())
    assert "Eve" in told
    assert "channels/" not in told


@pytest.mark.parametrize(
    ("state", "progress", "place", "line"),
    [
        (State.HELD, None, None, "Waits for a moderator’s yes."),
        (State.QUEUED, None, None, "In line."),
        (State.QUEUED, None, Place(0), "Next in line."),
        (State.QUEUED, None, Place(1), "In line, 1 riff goes first."),
        (State.QUEUED, None, Place(7), "In line, 7 riffs go first."),
        (State.SUBMIT, None, None, "Handing it to the band…"),
        (State.WAITING, None, None, "Tuning up…"),
        (State.WAITING, 0.0, None, "▱▱▱▱▱▱▱▱▱▱ 0 %"),
        (State.WAITING, 0.45, None, "▰▰▰▰▱▱▱▱▱▱ 45 %"),
        (State.COLLECT, 1.0, None, "Mixing and levelling…"),
        (State.DELIVER, 1.0, None, "Bringing it here…"),
    ],
)
def test_a_running_card_says_where_it_stands(
    state: State, progress: float | None, place: Place | None, line: str
) -> None:
    """One line, by what is known; a bar only where the host reports one."""
    assert running_card(a_job(state, progress=progress), place).description == line


def test_a_card_says_what_holds_it_up_and_that_it_stops() -> None:
    """Trouble comes before the state, a decided end before both."""
    troubled = a_job(State.SUBMIT, trouble="trouble.host_busy")
    assert running_card(troubled, None).description == "The music host (engine) is busy. Trying again…"
    stopping = replace(troubled, ending="ending.cancelled")
    assert running_card(stopping, None).description == "Stopping…"


@pytest.mark.parametrize(("price", "footer"), [(0, "Asked by Ada"), (1, "Asked by Ada · 1 credit")])
def test_what_costs_nothing_shows_no_price(price: int, footer: str) -> None:
    """No clutter."""
    assert running_card(a_job(price=price), None).footer.text == footer


def test_whose_riff_it_came_from_is_told_to_the_end() -> None:
    """On the card, on the result, and on the reason why there is none."""
    order = an_order(user_name="Bob", parent_user_name="Ada")
    job = a_job(order=order)
    footer = "Asked by Bob · from Ada’s riff"
    assert running_card(job, None).footer.text == footer
    assert result_card(a_take(), order, "s.png").footer.text == footer
    assert ended_card(job, "ending.cancelled", {}).footer.text == footer


def test_only_what_the_music_tells_is_shown() -> None:
    """A host that tells neither tempo nor key nor seed leaves no gaps."""
    take = a_take(bpm=None, key=None, recipe=Riff(prompt="x"))
    card = result_card(take, an_order(), "s.png")
    assert (card.description or "").splitlines() == ["**5.1 s**", "denoising 0.75 · vibes · 50 steps"]


def test_what_was_understood_is_one_bounded_line() -> None:
    """Styles, moods, players and why that tempo; harmless, and nothing of a host without parameters."""
    heard = Understood(
        genres=("lofi", "*jazz*"), instruments=tuple("abcdefgh"), moods=("sad",), tempo_from="seed image"
    )
    card = result_card(a_take(), an_order(), "s.png", understood=heard, parameters=False)
    _, line, seed = read(card.description).splitlines()
    assert line == "Heard as lofi, *jazz* · sad · a, b, c · tempo of the seed image"
    assert "\\*jazz" in (card.description or "")
    assert seed == "seed 7"


def test_what_can_be_done_depends_on_the_take_and_the_hosts() -> None:
    """No button for what nobody does."""
    engine = Offers(engine_extras=True, transforms=frozenset({"cover", "extend"}))
    take = a_take(score="s")
    assert {"edit", "vary-slight", "extend", "morph", "midi", "stems"} <= deeds_of(take, {"engine": engine})
    plain = deeds_of(take, {"engine": Offers()})
    assert "reroll" in plain
    assert not plain & {"extend", "morph", "stems", "cover-art"}
    song = a_take(recipe=Song(topic="rain"))
    assert "reroll" not in deeds_of(song, {"engine": Offers()})
    assert "vary-slight" not in deeds_of(song, {"engine": Offers(songs=True)})


def test_the_most_exact_reason_is_told() -> None:
    """A sentence for the very problem where there is one; what a host said, where it said something."""
    job = a_job()
    silent = ended_card(job, "ending.unusable_audio", {"problem": "silent"}).description
    assert (silent or "").startswith("What came back was silence.")
    strange = ended_card(job, "ending.unusable_audio", {"problem": "strange"}).description
    assert "(\u2068strange\u2069)" in (strange or "")
    quiet = ended_card(job, "ending.host_failed", {"host": "h", "detail": ""}).description
    assert "It said" not in (quiet or "")


def test_a_cancelled_card_is_quiet_and_others_are_not() -> None:
    """Colour tells apart what was wanted and what went wrong."""
    assert (
        ended_card(a_job(), "ending.cancelled", {}).colour
        != ended_card(a_job(), "ending.no_space", {}).colour
    )


def test_a_recipe_can_be_typed_again() -> None:
    """The command line has every option that changes the music, and no others."""
    assert command_line(Riff(prompt="x")) == "/riff prompt:x denoising:0.75 seed_image:vibes steps:50"
    assert command_line(Riff(prompt="x", prompt_b="y", alpha=0.1, seed=0, length_s=7.5)) == (
        "/riff prompt:x prompt_b:y alpha:0.1 denoising:0.75 seed_image:vibes steps:50 seed:0 length_s:7.5"
    )


def test_ages_are_discords_own() -> None:
    """A timestamp that every client shows in its own words and keeps fresh."""
    job = a_job(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    card = jobs_card([Listed(job=job, place=Place(0), age_s=0)])
    assert (card.description or "").rstrip().endswith("<t:1767225600:R>")


def test_button_ids_stay_within_a_hundred_characters() -> None:
    """And name their version, action and take or job."""
    job, take = a_job(), a_take()
    ids = [str(getattr(item, "custom_id", "")) for item in result_row(take.id).children]
    assert ids == [
        f"rc1:{action}:{take.id}"
        for action in ("reroll", "vary-slight", "vary-strong", "edit", "extend", "morph", "like", "more")
    ]
    (cancel,) = running_row(job.id).children
    assert getattr(cancel, "custom_id", "") == f"rc1:cancel:{job.id}"
    assert max(map(len, ids)) <= 100
