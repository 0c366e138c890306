"""The players beside a genre's own: doublings that a better model brings, leads for the tune, odd choices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bot.engine.instruments import instruments, roles
from bot.engine.styles.patterns import patterns
from bot.engine.tables_io import demand, known_keys, number_of, read_table, words_of

_EXTRA_FIELDS = frozenset({"role", "instrument", "pattern", "level_db", "sections"})


@dataclass(frozen=True, slots=True)
class ExtraPlayer:
    """A doubling and the sections that it plays in."""

    role: str
    instrument: str
    pattern: str
    level_db: float
    sections: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlayerTable:
    """`extra` players in the order in which better models bring them, `leads` for tunes, `odd` choices."""

    extra: tuple[ExtraPlayer, ...]
    leads: tuple[str, ...]
    odd: tuple[str, ...]


@lru_cache(maxsize=1)
def player_table() -> PlayerTable:
    """Return the table of further players. Raises TableError if the data breaks the schema."""
    table = read_table("song_players")
    known_keys(
        table, "song_players", required=frozenset({"extra", "leads", "odd"}), optional=frozenset[str]()
    )
    extra: list[ExtraPlayer] = []
    for entry in table["extra"]:
        known_keys(entry, "song_players.extra", required=_EXTRA_FIELDS, optional=frozenset[str]())
        place = f"song_players.extra.{entry['instrument']}"
        demand(entry["role"] in roles(), place, "has an unknown role")
        demand(entry["instrument"] in instruments(), place, "is no instrument")
        demand(patterns().knows(entry["pattern"]), place, "has an unknown pattern")
        extra.append(
            ExtraPlayer(
                entry["role"],
                entry["instrument"],
                entry["pattern"],
                number_of(entry["level_db"], place, -30, 0),
                frozenset(words_of(entry["sections"], place)),
            )
        )
    lists: dict[str, tuple[str, ...]] = {}
    for name in ("leads", "odd"):
        lists[name] = words_of(table[name], f"song_players.{name}")
        unknown = set(lists[name]) - instruments().keys()
        demand(not unknown, f"song_players.{name}", f"unknown instruments {sorted(unknown)}")
    return PlayerTable(tuple(extra), lists["leads"], lists["odd"])
