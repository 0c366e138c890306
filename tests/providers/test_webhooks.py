"""Incoming signatures, and which addresses are public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.addresses import connector, is_loopback_name, is_public, met_private
from bot.providers.webhooks import Verifier, new_secret, signed_headers
from tests.providers.support import raw, scripted

BODY = '{"id":"p","status":"succeeded","input":{"prompt_a":"é🎹"}}'.encode()
SECRET = "whsec_d29iYmxlLWJvYXJkLXRlc3Qta2V5LTAwMDAwMA=="


def _headers(secret: str = SECRET, *, minutes: float = 0, message: str = "msg_1") -> dict[str, str]:
    return signed_headers(secret, message, BODY, now=datetime.now(UTC) + timedelta(minutes=minutes))


def test_the_signature_is_the_published_one() -> None:
    """A vector computed with openssl: HMAC-SHA256 over ``id.timestamp.body``."""
    now = datetime.fromtimestamp(1_760_000_000, UTC)
    headers = signed_headers(SECRET, "msg_demo_1", b'{"id":"pred0001","status":"succeeded"}', now=now)
    assert headers["webhook-signature"] == "v1,zu+BZ4XW/yJTIPSYpLqQkTkNdzeckdwMr5ArLTV1V+M="


def test_a_good_webhook_passes_as_often_as_it_is_sent() -> None:
    """Header names in any case; a host that heard no answer says it again and must not be refused."""
    verifier = Verifier(SECRET)
    headers = {name.title(): value for name, value in _headers().items()}
    assert verifier.verify(headers, BODY)
    assert verifier.verify(headers, BODY)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_five_minutes_and_no_more(minutes: float) -> None:
    """An old recording is refused, and so is one from the future."""
    assert not Verifier(SECRET).verify(_headers(minutes=minutes), BODY)
    assert Verifier(SECRET).verify(_headers(minutes=minutes * 0.8), BODY)


def test_another_secret_or_body_is_refused() -> None:
    """Forged is forged."""
    assert not Verifier(new_secret()).verify(_headers(), BODY)
    assert not Verifier(SECRET).verify(_headers(), BODY + b" ")


NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")
MALFORMED = (None, "", " ", "v1", "v1,", "v1,é", "v1,a  v1,b", ",", "nan", "inf", "9" * 400)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", MALFORMED)
def test_malformed_headers_are_a_plain_no(name: str, value: str | None) -> None:
    """Missing or broken, whatever the library thinks of it."""
    headers = _headers()
    del headers[name]
    if value is not None:
        headers[name] = value
    assert not Verifier(SECRET).verify(headers, BODY)


@given(st.dictionaries(st.sampled_from(NAMES), st.text()), st.binary())
def test_nothing_hostile_gets_through(headers: dict[str, str], body: bytes) -> None:
    """No header or body raises, and none passes without the secret."""
    assert not Verifier(SECRET).verify(headers, body)


def test_new_secrets_differ_and_are_padded_standard_base64() -> None:
    """The official client refuses anything else."""
    secrets = {new_secret() for _ in range(3)}
    assert len(secrets) == 3
    assert all(len(secret) == len("whsec_") + 44 and "_" not in secret[6:] for secret in secrets)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("1.1.1.1", True),
        ("2606:4700:4700::1111", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::101:101", True),
        ("64:ff9b:1::a00:1", False),
        ("64:ff9b:1::101:101", False),
        ("::10.0.0.1", False),
        ("::127.0.0.1", False),
        ("::ffff:0:10.0.0.1", False),
        ("::ffff:0:1.1.1.1", True),
        ("2002:7f00:1::", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_public_addresses_are_told_from_private_ones(address: str, public: bool) -> None:
    """In every wrapping that a host could choose."""
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("name", "loopback"),
    [("localhost", True), ("LOCALHOST.", True), ("127.0.0.5", True), ("::1", True), ("evil.example", False)],
)
def test_this_machines_names_are_known(name: str, loopback: bool) -> None:
    """Names and literals of the loopback alone."""
    assert is_loopback_name(name) is loopback


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_the_check_stands_where_the_socket_is_made(name: str) -> None:
    """A literal address never meets a resolver, a name may change after it was checked: both are refused."""
    async with scripted(raw(200, b"")) as host:
        port = host.url.rpartition(":")[2]
        async with aiohttp.ClientSession(connector=connector(public_only=True)) as session:
            with pytest.raises(aiohttp.ClientConnectorError) as caught:
                await session.get(f"http://{name}:{port}/")
    assert met_private(caught.value)
    assert host.calls == []
