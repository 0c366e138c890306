"""Which addresses we connect to on somebody else's word, decided at connect time.

A name that is checked first and connected to later can change in between (DNS rebinding), and a
literal address never meets the resolver. So the check stands where the socket is made.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import aiohttp

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]
"""One entry of ``socket.getaddrinfo``."""

_IPV4_AT_THE_END = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "64:ff9b::/96",  # NAT64 (RFC 6052)
            "::ffff:0:0:0/96",  # translated (RFC 2765)
            "::/96",  # compatible (RFC 4291), which also takes in :: and ::1
        ),
    )
)
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
"""RFC 8215: a network's own translation, which leads wherever that network likes."""


class PrivateAddress(OSError):
    """The address is not on the public internet; nothing was sent to it."""

    def __init__(self) -> None:
        # Always the same text: aiohappyeyeballs keeps the class only when all addresses fail alike.
        super().__init__(errno.EACCES, "not a public address")


def is_public(address: str) -> bool:
    """Whether an IP address (no name) is on the public internet, whatever it is wrapped in."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if any(parsed in network for network in _IPV4_AT_THE_END):
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFF_FFFF)
        if inner is not None:
            parsed = inner
        elif parsed.teredo is not None or parsed in _LOCAL_NAT64:
            return False
    return parsed.is_global and not parsed.is_multicast


def is_loopback_name(host: str) -> bool:
    """Whether a host of an address names this machine itself."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


def at_home(address: str, base_url: str) -> str:
    """A local host's result where that host is now: its port may have changed since it told the address."""
    try:
        told, now = urlsplit(address), urlsplit(base_url)
    except ValueError:  # not an address at all: the download says so
        return address
    if told.scheme not in ("http", "https") or not is_loopback_name(told.hostname or ""):
        return address
    return told._replace(scheme=now.scheme, netloc=now.netloc).geturl()


def _public_socket(info: AddressInfo) -> socket.socket:
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise PrivateAddress
    return socket.socket(family, kind, protocol)


def met_private(error: BaseException) -> bool:
    """Whether a failed connection failed because a socket to a private address was refused."""
    return isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, PrivateAddress)


def connector(*, public_only: bool, limit: int = 20, keep: bool = True) -> aiohttp.TCPConnector:
    """A connection pool; with ``public_only`` a socket to any private address is refused.

    Without ``keep`` each call has a connection of its own.
    """
    factory = _public_socket if public_only else None
    return aiohttp.TCPConnector(limit=limit, force_close=not keep, socket_factory=factory)
