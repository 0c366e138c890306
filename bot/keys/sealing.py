"""Sealing every key anew after the instance's secret changed, beside running bots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.keys.records import OwnKey
from bot.keys.vault import Unreadable, Vault
from bot.store.db import Database
from bot.store.keys import reseal_key, sealed_keys

_PORTION: Final = 100


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many are sealed with the newest secret now, and which none of the secrets opens."""

    sealed: int
    unreadable: tuple[OwnKey, ...]


async def seal_all_anew(database: Database, vault: Vault) -> Resealed:
    """Seal each key with the newest secret, portion by portion; one replaced meanwhile already is."""
    sealed, unreadable, after = 0, list[OwnKey](), ""
    while True:
        async with database.begin() as connection:
            portion = await sealed_keys(connection, after=after, limit=_PORTION)
            for key in portion:
                try:
                    anew = vault.sealed_anew(key.sealed)
                except Unreadable:
                    unreadable.append(key)
                    continue
                sealed += await reseal_key(connection, key, anew)
        if len(portion) < _PORTION:
            return Resealed(sealed, tuple(unreadable))
        after = portion[-1].id
