"""Songs: what is asked of a host for each way to order one, and which hosts can."""

from __future__ import annotations

import pytest

from bot.errors import InvalidOption
from bot.jobs.able import can_make, no_host_for
from bot.jobs.order import Order
from bot.jobs.recipes import Song
from bot.jobs.records import Offers
from bot.jobs.variation import reroll
from bot.jobs.wanted import wanted_of
from bot.protocol.engine import EngineInput

ENGINE = Offers(songs=True, engine_extras=True)
RESELLER = Offers(riffs=False, songs=True)


def wanted(song: Song) -> EngineInput:
    """What its host is asked for."""
    order = Order(host="engine", recipe=song, guild_id="1", channel_id="2", user_id="3", user_name="Ada")
    asked = wanted_of(order)
    assert isinstance(asked, EngineInput)
    return asked


@pytest.mark.parametrize(
    "song",
    [
        Song.checked(topic="rain"),
        Song.checked(lyrics="la la", tags="folk"),
        Song.checked(instrumental=True, tags="jazz"),
        Song.checked(instrumental=True, topic="rain"),
        Song(tags="jazz", take=1),
    ],
)
def test_every_way_to_order_a_song_asks_for_one(song: Song) -> None:
    """Never for a riff, never for what contradicts itself, and for both takes unless one of them was made."""
    asked = wanted(song)
    assert asked.kind == "song"
    assert asked.contradictions() == []
    assert list(asked.take_numbers) == ([0, 1] if song.take is None else [song.take])
    assert list(wanted(Song.model_validate(reroll(song).model_dump())).take_numbers) == [0, 1]
    assert "prompt_a" in asked.model_fields_set or not song.tags


def test_hosts_of_songs_decide_length_and_seed_themselves() -> None:
    """A song that asks for one of them is for our engine; where there is none, that is said."""
    plain, long, again = (
        Song.checked(topic="rain"),
        Song.checked(topic="rain", length_s=90.0),
        Song.checked(topic="rain", seed=5),
    )
    assert [can_make(song, RESELLER) for song in (plain, long, again)] == [True, False, False]
    assert all(can_make(song, ENGINE) for song in (plain, long, again))
    assert no_host_for(plain) == ("host", "no_song_host")
    assert no_host_for(long) == ("host", "no_exact_song_host")


@pytest.mark.parametrize("length_s", [9.9, 240.1, float("nan")])
def test_lengths_are_bounded(length_s: float) -> None:
    """Ten seconds to four minutes."""
    with pytest.raises(InvalidOption):
        Song.checked(topic="rain", length_s=length_s)


def test_a_song_is_called_by_the_best_that_is_known() -> None:
    """Its title, else its topic, its style, or the first line that is sung; never a mark."""
    assert Song(title="T", topic="t", tags="s").words == "T"
    assert Song(topic="t", tags="s").words == "t"
    assert Song(lyrics="[Verse]\n\nla la\nlo").words == "la la"
