"""A host as one key sees it, for everybody who asks hosts: no caller knows whose account it is."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.jobs.limits import Pace
from bot.jobs.ports import Host, Verifier, WriteAhead
from bot.jobs.records import Fetched, HostHealth, Offers, Source
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import ImageInput
from bot.protocol.runs import Result, Run


class Clients(Protocol):
    """Who keeps the clients of keys (:class:`bot.keys.clients.KeyedClients`)."""

    def borrowed(self, name: str, key_id: str) -> contextlib.AbstractAsyncContextManager[Host]:
        """The client of a key for one call. Raises ``KeyGone``."""
        ...

    def keyless(self, name: str) -> Host:
        """The host, asked with no key."""
        ...

    def pace_of(self, key_id: str) -> Pace | None:
        """How fast the host takes orders of this key now."""
        ...


class KeyedHost:
    """A host as one key sees it (``bot.jobs.ports.Host``). What needs no key is asked for without one."""

    def __init__(self, host: Host, key_id: str, clients: Clients) -> None:
        self._host = host
        self._key_id = key_id
        self._clients = clients

    @property
    def name(self) -> str:
        """The host's."""
        return self._host.name

    @property
    def base_url(self) -> str:
        """The host's: whoever brings a key does not say where it goes."""
        return self._host.base_url

    @property
    def local(self) -> bool:
        """The host's."""
        return self._host.local

    @property
    def offers(self) -> Offers:
        """The host's: they follow from dialect and model."""
        return self._host.offers

    @property
    def pace(self) -> Pace | None:
        """This account's own."""
        return self._clients.pace_of(self._key_id)

    async def create(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        webhook: str | None,
        source: Source | None = None,
        ahead: WriteAhead | None = None,
    ) -> Run:
        """As the port has it; ``KeyGone`` (nothing was ordered) where the key is."""
        async with self._client() as client:
            return await client.create(
                wanted, reference=reference, webhook=webhook, source=source, ahead=ahead
            )

    async def get(self, run_id: str, *, since: datetime | None = None, urgent: bool = False) -> Run:
        """As the port has it, or ``KeyGone``."""
        async with self._client() as client:
            return await client.get(run_id, since=since, urgent=urgent)

    async def find(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        since: datetime,
        until: datetime | None = None,
        urgent: bool = False,
    ) -> list[Run]:
        """What this account's list has, or ``KeyGone``."""
        async with self._client() as client:
            return await client.find(wanted, reference=reference, since=since, until=until, urgent=urgent)

    async def cancel(self, run_id: str) -> None:
        """As the port has it, or ``KeyGone``."""
        async with self._client() as client:
            await client.cancel(run_id)

    async def fetch(self, result: Result, folder: Path) -> Fetched:
        """Results lie in the open."""
        return await self._clients.keyless(self.name).fetch(result, folder)

    async def fetch_picture(self, result: Result, folder: Path) -> Path:
        """Results lie in the open."""
        return await self._clients.keyless(self.name).fetch_picture(result, folder)

    def told(self, body: bytes) -> Run:
        """What a body says, believed of nobody: these accounts' signatures are not known here."""
        return self._clients.keyless(self.name).told(body)

    async def verifier(self) -> Verifier | None:
        """None: such webhooks count by their address, and only make us ask."""
        return None

    async def check(self) -> HostHealth:
        """Whether the host takes this key. Raises ``KeyGone``."""
        async with self._client() as client:
            return await client.check()

    async def close(self) -> None:
        """Nothing: the clients are closed together."""

    def _client(self) -> contextlib.AbstractAsyncContextManager[Host]:
        return self._clients.borrowed(self.name, self._key_id)
