"""Settings as a file: read back as they were written, and as a stranger's."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InvalidOption
from bot.jobs.preferences import ChannelSettings, GuildSettings, Preset
from bot.moderation.setup import without
from bot.moderation.setup_file import FILE_MOST_BYTES, Known, Reference, read, references, write
from bot.money.policy import MoneySettings, PotPolicy, Price, Share
from bot.safety.policy import RuleSettings

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HERE = Known(
    guild_id="1",
    channel_ids=frozenset({"11", "12"}),
    role_ids=frozenset({"21", "22"}),
    hosts=frozenset({"engine"}),
)
WHOLE = GuildSettings(
    language="ja",
    host="engine",
    presets=(Preset(name="Rain", prompt="lofi"),),
    money=MoneySettings(
        pot=PotPolicy(amount=5, zone="Asia/Tokyo"),
        prices=(Price(host="engine", kind="riff", credits=3),),
        shares=(
            Share(subject="member", id="7", cap=3),
            Share(subject="role", id="21", weight=2.0),
            Share(subject="channel", id="12", cap=9),
            Share(subject="command", id="song", exempt=True),
        ),
    ),
    rules=RuleSettings(
        moderators_channel_id="11",
        moderator_role_ids=("21", "22"),
        music_channel_ids=("12",),
        newcomer_role_id="22",
        hold_above=4,
    ),
)
CHANNELS = {"12": ChannelSettings(approval=True, strictness="strict")}


def test_a_file_is_read_back_as_it_was_written() -> None:
    """Everything; and where it stands already, nothing changes."""
    content = write("1", WHOLE, CHANNELS, NOW)
    same = read(content, HERE, WHOLE, CHANNELS)
    assert (same.changes, same.dropped) == ([], [])
    fresh = read(content, HERE, GuildSettings(), {})
    assert fresh.dropped == []
    told = {(each.name, each.channel_id): each.after for each in fresh.changes}
    assert told["money.pot.zone", None] == "Asia/Tokyo"
    assert told["approval", "12"] is True
    assert len(told["money.shares", None]) == 4
    assert ("rules.paused", None) not in told


def test_what_another_server_does_not_know_is_left_out() -> None:
    """Its channels, roles, members and hosts, each said; all else is taken."""
    there = Known(
        guild_id="2", channel_ids=frozenset({"31"}), role_ids=frozenset({"22"}), hosts=frozenset({"other"})
    )
    plan = read(write("1", WHOLE, CHANNELS, NOW), there, GuildSettings(), {})
    told = {each.name: each.after for each in plan.changes}
    assert told["rules.moderator_role_ids"] == ["22"]
    assert [each["subject"] for each in told["money.shares"]] == ["command"]
    assert not {"rules.moderators_channel_id", "rules.music_channel_ids", "host"} & told.keys()
    assert told["rules.hold_above"] == 4
    assert {(each.why, each.what) for each in plan.dropped} == {
        ("unknown_host", "engine"),
        ("unknown_channel", "11"),
        ("unknown_channel", "12"),
        ("unknown_role", "21"),
        ("other_server", "7"),
    }


HOSTILE: list[Any] = [
    b"",
    b"[]",
    b"null",
    b'{"riffcord": 1',
    b'{"riffcord": "1"}',
    b"[" * 200_000,
    b'{"riffcord":' * 20_000,
    b"\x00\xff",
    b'{"riffcord": 1, "x": ' + b"9" * 5_000 + b"}",
    b" " * (FILE_MOST_BYTES + 1),
]


@pytest.mark.parametrize("content", HOSTILE)
def test_other_files_are_refused(content: bytes) -> None:
    """Whatever they are, with a sentence."""
    with pytest.raises(InvalidOption):
        read(content, HERE, GuildSettings(), {})


def test_values_that_cannot_be_had_are_left_out() -> None:
    """Each by itself: numbers out of bounds, lists too long, things twice, nonsense, names of nothing."""
    told = {
        "riffcord": 1,
        "settings": {
            "format": "exe",
            "picture": "perhaps",
            "presets": [{"name": "x" * 99, "prompt": "y"}],
            "money": {
                "pot": {"amount": -1, "zone": "../../etc/passwd", "period": "week"},
                "credit_value": float("inf"),
                "shares": [{"subject": "role", "id": "21"}] * 2,
                "prices": "many",
            },
            "rules": {"moderator_role_ids": ["21"] * 26, "hold_hours": 10**30, "appeals": "x" * 501},
            "__class__": 1,
        },
        "channels": {"12": {"slow_mode_s": -5, "paused": True}, "11": 7},
    }
    plan = read(json.dumps(told).encode(), HERE, GuildSettings(), {})
    assert [(each.name, each.after, each.channel_id) for each in plan.changes] == [
        ("money.pot.period", "week", None),
        ("paused", True, "12"),
    ]
    assert len(plan.dropped) == 13
    assert {each.why for each in plan.dropped} == {"bad_value", "unknown_name"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["money", "rules", "pot", "shares", "host", "12", "x", *RuleSettings.model_fields]
            ),
            below,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=60, deadline=None)
@given(_JSON, _JSON)
def test_no_file_breaks_the_reader(guild: Any, channels: Any) -> None:
    """Whatever stands in it: what is planned can be had, all else is left out."""
    content = json.dumps({"riffcord": 1, "settings": guild, "channels": channels}).encode()
    plan = read(content, HERE, GuildSettings(), {})
    for change in plan.changes:
        assert change.before != change.after


def test_references_are_found_and_taken_out() -> None:
    """Wherever channels, roles and members stand, each can be removed, and nothing else goes."""
    assert [(each.kind, each.id) for each in references(WHOLE, CHANNELS)] == [
        ("channel", "11"),
        ("channel", "12"),
        ("member", "7"),
        ("role", "21"),
        ("role", "22"),
    ]
    gone = without(WHOLE, Reference(kind="role", id="21"))
    assert gone["rules.moderator_role_ids"] == ("22",)
    assert len(gone["money.shares"]) == 3
    assert without(WHOLE, Reference(kind="role", id="22")) == {
        "rules.moderator_role_ids": ("21",),
        "rules.newcomer_role_id": None,
    }
    assert without(WHOLE, Reference(kind="member", id="8")) == {}
