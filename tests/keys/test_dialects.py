"""An own key at hosts of each dialect that takes one: checked, ordered with and asked by it alone."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.errors import InvalidOption, NotUnderstood
from bot.keys.service import OwnKeys
from bot.keys.vault import Vault, new_secret
from bot.providers.hosts import takes_keys, with_key
from bot.store.db import Database
from tests.keys.house import ADA, KEY
from tests.peers.standin import Dialect, standin
from tests.providers.clients import configured_client, points_of


@pytest.mark.parametrize("dialect", ["predictions", "aggregator", "songs"])
async def test_each_dialect_goes_by_the_own_key(dialect: Dialect, sqlite_database: Database) -> None:
    """A wrong key is told from a good one; all calls bear it; what nobody proved is not learnt."""
    async with standin(dialect) as host:
        client = configured_client(host)
        vault = Vault([SecretStr(new_secret())])
        keys = OwnKeys(
            sqlite_database, {client.name: client}, vault=vault, make=with_key, takes_keys=takes_keys
        )
        with pytest.raises(InvalidOption, match="refused_by_host"):
            await keys.add(ADA, client.name, SecretStr(KEY), actor_id=ADA.id)
        account = host.account(KEY)
        key = await keys.add(ADA, client.name, SecretStr(KEY), actor_id=ADA.id)
        theirs = keys.host(client.name, key.id)
        run = await theirs.create(points_of(dialect)[1], reference="job-1", webhook=None)
        if dialect == "songs":
            with pytest.raises(NotUnderstood):
                theirs.told(b"{}")
        else:
            lie = f'{{"id": "{run.id}", "status": "failed", "error": "no"}}'.encode()
            assert theirs.told(lie).status == "failed"
            assert (await theirs.get(run.id)).status != "failed"
            await account.ends(run.id)
        assert (await theirs.get(run.id)).status in ("starting", "processing", "succeeded")
        assert {call.headers["Authorization"] for call in host.calls} == {f"Bearer {KEY}"}
        await keys.close()
        await client.close()
