"""Where each host reaches our web server, and on which addresses that has to listen for it.

A host on this machine is told a loopback address, one in the network that of the interface which leads to
it, one out there ``PUBLIC_URL``. A host that is told none is polled.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import structlog

from bot.jobs.ports import Host
from bot.settings import Settings

log = structlog.get_logger(__name__)

_ANY: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104
_LOOPBACK: Final = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


@dataclass(frozen=True, slots=True)
class Reach:
    """For each host that calls us: our address towards it; None where ``PUBLIC_URL`` is told."""

    own: Mapping[str, str]
    public: Mapping[str, str]
    local_url: str | None = None

    def bases(self, port: int) -> dict[str, str]:
        """Host -> the beginning of the address that it is told, once our port is known."""
        told = {name: self.local_url or f"http://{_bracketed(ip)}:{port}" for name, ip in self.own.items()}
        return {**self.public, **told}

    def configured(self) -> dict[str, str]:
        """The same without a port of our own: what the settings name. Other hosts are polled."""
        if self.local_url is None:
            return dict(self.public)
        return {**self.public, **dict.fromkeys(self.own, self.local_url)}

    def listened(self, bind: str) -> list[str]:
        """The addresses to listen on besides ``bind``."""
        if bind in _ANY or self.local_url is not None:
            return []
        there = set(_LOOPBACK.values()) if bind == "localhost" else {bind}
        return sorted(set(self.own.values()) - there)


async def reach(settings: Settings, hosts: Mapping[str, Host]) -> Reach:
    """How the hosts that send webhooks get at us."""
    own: dict[str, str] = {}
    public: dict[str, str] = {}
    for name, host in hosts.items():
        if not host.offers.webhooks:
            continue
        address = await _towards(host.base_url) if host.local else None
        if address is not None and _takes_local(name, address, settings):
            own[name] = address
        elif settings.public_url is not None:
            public[name] = settings.public_url
    return Reach(own, public, settings.local_url)


def _takes_local(name: str, address: str, settings: Settings) -> bool:
    """An engine that others call as well posts to nothing in its own network, unless it is told to.

    One on another machine has tokens, so it is such a one.
    """
    if name != "engine" or settings.engine_private_webhooks:
        return True
    return not settings.tokens and _is_loopback(address)


async def _towards(base_url: str) -> str | None:
    """Our own address as a host sees it; no packet is sent. None where the host's name is not known."""
    parts = urlsplit(base_url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.connect(address)
            own = str(probe.getsockname()[0])
    except OSError as error:
        log.warning("host.not_in_reach", host=parts.hostname, error=str(error))
        return None
    return _LOOPBACK.get(socket.AddressFamily(family), own) if _is_loopback(own) else own


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
