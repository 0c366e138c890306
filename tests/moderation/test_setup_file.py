"""Settings as a file: read back as they were written, and as a stranger's."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InvalidOption
from bot.jobs.preferences import ChannelSettings, GuildSettings, Preset
from bot.moderation.references import Reference, references, without
from bot.moderation.setup_file import FILE_MOST_BYTES, read, write
from bot.moderation.setup_plan import Known, Plan, planned
from bot.money.policy import MoneySettings, PotPolicy, Price, Share
from bot.safety.policy import RuleSettings
from bot.safety.words import RULES_MOST, Rule

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
RULES = (
    Rule(id=1, kind="word", text="zonk"),
    Rule(id=2, kind="word", text="*bäzzle*", action="hold", spares_age_restricted=True),
    Rule(id=3, kind="pattern", text=r"qu+x\d"),
    Rule(id=4, kind="allow", text="zonk forever"),
)


def plan_of(content: bytes, known: Known = HERE, guild: GuildSettings | None = None) -> Plan:
    """What a file would change where nothing, or this, was decided."""
    return planned(read(content), known, guild or GuildSettings(), {}, ())


def test_a_file_is_read_back_as_it_was_written() -> None:
    """Everything; and where it stands already, nothing changes."""
    content = write("1", WHOLE, CHANNELS, RULES, NOW)
    same = planned(read(content), HERE, WHOLE, CHANNELS, RULES)
    assert (same.changes, same.dropped, same.count) == ([], [], 0)
    fresh = plan_of(content)
    assert fresh.dropped == []
    assert {replace(each, id=0) for each in fresh.rules.new} == {replace(each, id=0) for each in RULES}
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
    plan = plan_of(write("1", WHOLE, CHANNELS, RULES, NOW), there)
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
    rb'{"riffcord": 1, "screen": [{"kind": "word", "texts": ["zonk\ud800"]}]}',
    b" " * (FILE_MOST_BYTES + 1),
]


@pytest.mark.parametrize("content", HOSTILE)
def test_other_files_are_refused(content: bytes) -> None:
    """Whatever they are, with a sentence."""
    with pytest.raises(InvalidOption):
        read(content)


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
        "screen": [
            {"kind": "word", "texts": ["zonk", "*", 7, "x" * 101], "spares_age_restricted": "yes"},
            {"kind": "pattern", "texts": ["(a+)+$", "["]},
            {"kind": "curse", "texts": ["zink"]},
            {"kind": "word", "action": "ban", "texts": ["zink"]},
            {"kind": "allow"},
            "zink",
        ],
    }
    plan = plan_of(json.dumps(told).encode())
    assert [(each.name, each.after, each.channel_id) for each in plan.changes] == [
        ("money.pot.period", "week", None),
        ("paused", True, "12"),
    ]
    assert plan.rules.new == (Rule(id=0, kind="word", text="zonk"),)
    assert Counter(each.why for each in plan.dropped) == {"bad_value": 12, "unknown_name": 1, "bad_rule": 6}
    stand = [Rule(id=n, kind="word", text=text) for n, text in enumerate(("zink", "x" * 101, "other"))]
    kept = planned(read(json.dumps(told).encode()), HERE, GuildSettings(), {}, stand).rules
    assert kept.gone == (stand[2],)  # what cannot be read is no wish that it goes


def test_rules_of_the_screen_become_those_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """New ones, others with another action, and those that are not in it; without any said, all stay."""
    wanted = [replace(RULES[0], action="hold"), RULES[2], Rule(id=0, kind="word", text="new")]
    file = read(write("1", WHOLE, CHANNELS, wanted, NOW))
    changes = planned(file, HERE, WHOLE, CHANNELS, RULES).rules
    assert [each.text for each in changes.new] == ["new"]
    assert [(each.text, each.action) for each in changes.otherwise] == [("zonk", "hold")]
    assert changes.gone == (RULES[1], RULES[3])
    told: dict[str, Any] = json.loads(write("1", WHOLE, CHANNELS, wanted, NOW))
    del told["screen"]
    said: list[dict[str, Any]] = [{}, {"screen": None}, {"screen": {}}, {"screen": []}]
    for screen, gone in zip(said, (0, 0, 0, len(RULES)), strict=True):
        content = json.dumps({**told, **screen}).encode()
        assert len(planned(read(content), HERE, WHOLE, CHANNELS, RULES).rules.gone) == gone
    words = [Rule(id=0, kind="word", text=f"{'word' * 24}{number}") for number in range(RULES_MOST)]
    assert len(write("1", WHOLE, CHANNELS, words, NOW)) < FILE_MOST_BYTES
    monkeypatch.setattr("bot.safety.entry.RULES_MOST", 2)
    with pytest.raises(InvalidOption, match="too_many_rules"):
        read(write("1", WHOLE, CHANNELS, RULES, NOW))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["money", "rules", "pot", "shares", "host", "12", "x", "texts", *RuleSettings.model_fields]
            ),
            below,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=60, deadline=None)
@given(_JSON, _JSON, _JSON)
def test_no_file_breaks_the_reader(guild: Any, channels: Any, rules: Any) -> None:
    """Whatever stands in it: what is planned can be had, all else is left out."""
    told = {"riffcord": 1, "settings": guild, "channels": channels, "screen": rules}
    plan = plan_of(json.dumps(told).encode())
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
