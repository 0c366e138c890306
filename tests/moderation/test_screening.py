"""Rules in the database: versions, several processes, what is refused and what waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import Any

import pytest

from bot.errors import InvalidOption
from bot.jobs.order import MemberFacts, Order
from bot.jobs.preferences import Settings
from bot.jobs.recipes import Riff
from bot.library.choices import Choices
from bot.moderation.screen_files import read_file, words_in, written_file
from bot.moderation.screen_rules import ScreenRules
from bot.moderation.screening import Screening
from bot.safety.rulebook import Hit, Rulebook
from bot.safety.words import PATTERNS_MOST, RULES_MOST, Rule
from bot.store.db import Database


def order(prompt: str, *, age_restricted: bool = False) -> Order:
    """Somebody wants that."""
    return Order(
        host="engine",
        recipe=Riff(prompt=prompt),
        guild_id="1",
        channel_id="2",
        user_id="3",
        user_name="Ada",
        member=MemberFacts(age_restricted=age_restricted),
    )


async def judged(screening: Screening, database: Database, prompt: str, **facts: Any) -> str:
    """What becomes of an order."""
    settings = await Choices(database).of("1", "2")
    try:
        return "held" if await screening.judged(order(prompt, **facts), settings) else "passed"
    except InvalidOption as error:
        return error.problem


async def test_processes_agree_at_once(database: Database) -> None:
    """Each process sees what the other changed with the next order; other servers see nothing of it."""
    here, there = Screening(database), Screening(database)
    rules = ScreenRules(database, here)
    assert await judged(there, database, "a zonk") == "passed"
    hold = Rule(id=0, kind="word", text="bazzle", action="hold", spares_age_restricted=True)
    await rules.add("1", [Rule(id=0, kind="word", text="zonk"), hold], actor_id="9")
    for screening in (here, there):
        assert await judged(screening, database, "a zonk") == "screened"
        assert await judged(screening, database, "a bazzle") == "held"
        assert await judged(screening, database, "a bazzle", age_restricted=True) == "passed"
        assert await judged(screening, database, "bazzle zonk") == "screened"
    await rules.add("2", [Rule(id=0, kind="word", text="sax")], actor_id="9")
    assert await judged(there, database, "a sax") == "passed"
    (zonk, bazzle) = await rules.all("1")
    await rules.remove("1", [zonk.id], actor_id="9")
    await rules.add("1", [Rule(id=0, kind="word", text="bazzle", action="refuse")], actor_id="9")
    for screening in (here, there):
        assert await judged(screening, database, "a zonk") == "passed"
        assert await judged(screening, database, "a bazzle", age_restricted=True) == "screened"
    assert [each.id for each in await rules.all("1")] == [bazzle.id]


async def test_a_slow_pattern_leaves_it_to_moderators(sqlite_database: Database) -> None:
    """What nobody can say in time is held, whatever the rule would do."""
    screening = Screening(sqlite_database)
    slow = Rule(id=7, kind="pattern", text="(a|aa)+$")
    await screening.hand_in("1", 1, [slow])
    assert await screening.judged(order("a" * 60 + "!"), Settings(screen_version=1))


async def test_words_are_read_once_an_order_and_version(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read before the transaction is not again within it, and never where people are answered."""
    screening, threads = Screening(sqlite_database), list[int]()
    met = Rulebook.met

    def counted(book: Rulebook, text: str, **facts: Any) -> list[Hit]:
        threads.append(threading.get_ident())
        return met(book, text, **facts)

    monkeypatch.setattr(Rulebook, "met", counted)
    rules = ScreenRules(sqlite_database, screening)
    await rules.add("1", [Rule(id=0, kind="word", text="zonk")], actor_id="9")
    settings = await Choices(sqlite_database).of("1", "2")
    for _ in range(3):
        assert not await screening.judged(order("a song"), settings)
    assert len(threads) == 1
    for _ in range(2):
        with pytest.raises(InvalidOption):
            await screening.judged(order("a zonk"), settings)
    assert len(threads) == 2
    assert not await screening.judged(order("a song", age_restricted=True), settings)
    await rules.add("1", [Rule(id=0, kind="word", text="song", action="hold")], actor_id="9")
    assert await screening.judged(order("a song"), await Choices(sqlite_database).of("1", "2"))
    assert len(threads) == 4
    assert threading.get_ident() not in threads


async def test_rules_are_compiled_once_for_all_who_wait(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many orders after a change make one book of it, in a thread."""
    threads = list[int]()
    compiled = Rulebook.__init__

    def counted(book: Rulebook, rules: Iterable[Rule] = ()) -> None:
        threads.append(threading.get_ident())
        compiled(book, rules)

    screening = Screening(sqlite_database)
    pattern = Rule(id=0, kind="pattern", text="zo+nk")
    await ScreenRules(sqlite_database, screening).add("1", [pattern], actor_id="9")
    monkeypatch.setattr(Rulebook, "__init__", counted)
    books = await asyncio.gather(*(screening.book("1", 1) for _ in range(5)))
    assert len({id(book) for book in books}) == 1
    assert len(threads) == 1
    assert threading.get_ident() not in threads


async def test_rules_are_bounded(sqlite_database: Database) -> None:
    """So many rules and patterns, and not one more; what is refused changes nothing."""
    rules = ScreenRules(sqlite_database, Screening(sqlite_database))
    many = [Rule(id=0, kind="word", text=f"zonk{number}") for number in range(RULES_MOST)]
    added = await rules.add("1", many, actor_id="9")
    assert added.rules == RULES_MOST
    with pytest.raises(InvalidOption) as raised:
        await rules.add("1", [Rule(id=0, kind="word", text="more")], actor_id="9")
    assert raised.value.problem == "too_many_rules"
    assert len(await rules.all("1")) == RULES_MOST
    patterns = [Rule(id=0, kind="pattern", text=f"zo+nk{number}") for number in range(PATTERNS_MOST + 1)]
    added = await rules.add("2", patterns, actor_id="9")
    assert (added.rules, [error.problem for _, error in added.refused]) == (50, ["too_many_patterns"])


def test_files_bring_back_what_they_took() -> None:
    """CSV with all that a rule says; lists of words as people write them; what is no file of rules."""
    rules = [
        Rule(id=0, kind="word", text='a "b", c', action="hold", spares_age_restricted=True),
        Rule(id=0, kind="pattern", text="a{1,2}b"),
        Rule(id=0, kind="allow", text="scunthorpe"),
        *(Rule(id=0, kind="word", text=text) for text in ("=1+1", "@all", "'=x", "''-x", "'tis")),
    ]
    written = written_file(rules)
    assert read_file(written) == rules
    cells = [line.split(",")[1] for line in written.decode().splitlines()[4:]]
    assert cells == ["'=1+1", "'@all", "''=x", "''" + "'-x", "'tis"]  # a spreadsheet would run the others
    assert [each.text for each in words_in("one, two\n\n three four ，five")] == [
        "one",
        "two",
        "three four",
        "five",
    ]
    assert [each.text for each in words_in("a{1,2}\nb", kind="pattern")] == ["a{1,2}", "b"]
    for content, problem in (
        (b"\xff\xfe\x00", "rules_not_text"),
        (b"", "no_rules"),
        (b"kind,text\nstrange,x\n", "no_rules"),
        (b"kind,text\nword," + b"x" * 200_000, "rules_not_text"),
        (b"x" * 2_000_001, "rules_file_too_large"),
    ):
        with pytest.raises(InvalidOption) as raised:
            read_file(content)
        assert raised.value.problem == problem
    for head, row in ((b"", b"a,"), (b"", b"a\n"), (b"kind,text\n", b"word,a\n")):
        assert len(read_file(head + row * 200_000)) == RULES_MOST + 1  # no more are read than tell that
