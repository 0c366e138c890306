"""The room's small parts, each alone."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from simcord.preview import _markdown, _messages

from bot.room import blobs
from bot.room.acks import KEPT, AckBook
from bot.room.avatars import SIZE_PX, WHITE, Colour, bars_avatar
from bot.room.blobs import BlobStore
from bot.room.cdn import RoomCdn
from bot.room.clock import WallClock
from bot.room.embeds import resolve
from bot.room.faults import Fault, FaultKind, FaultTable
from bot.room.host import Room
from bot.room.media import PictureSize, content_type, picture_size
from bot.room.nonces import REMEMBERED, NonceBook, enforced_nonce
from bot.room.register import Register
from bot.room.simcord_internals import install

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_blobs_stay_within_their_memory_and_none_is_lost() -> None:
    """What does not fit into memory is read back from the folder."""
    store = BlobStore(memory_bytes=100)
    handles = [store.put(bytes([number]) * 40) for number in range(5)]
    assert store.held_bytes <= 100
    assert store.folder is not None
    assert [handle.read()[0] for handle in handles] == [0, 1, 2, 3, 4]
    assert store.held_bytes <= 100
    folder = store.folder
    store.close()
    assert not folder.exists()


def test_equal_blobs_are_kept_once() -> None:
    """The digest is the address."""
    store = BlobStore(memory_bytes=100)
    first, second = store.put(b"x" * 60), store.put(b"x" * 60)
    assert first == second
    assert store.held_bytes == 60
    assert (len(first), first[:2]) == (60, b"xx")


def test_unknown_blob_is_a_key_error() -> None:
    """Nothing is made up."""
    with pytest.raises(KeyError):
        BlobStore().read("0" * 64)


def test_blob_larger_than_memory_lives_on_disk() -> None:
    """It never stays in memory."""
    store = BlobStore(memory_bytes=10)
    handle = store.put(b"y" * 50)
    assert store.held_bytes == 0
    assert handle.read() == b"y" * 50
    store.close()
    assert blobs.MEMORY_BYTES < 64 * 1024 * 1024


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", 640, 480), PictureSize(640, 480)),
        (b"GIF89a" + struct.pack("<HH", 20, 10), PictureSize(20, 10)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x30\x00\x40\x01", PictureSize(64, 48)),
        (b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x0f\0\0\x07\0\0", PictureSize(16, 8)),
        (
            b"RIFF\0\0\0\0WEBPVP8L" + bytes(4) + b"\x2f" + (15 | 7 << 14).to_bytes(4, "little"),
            PictureSize(16, 8),
        ),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 16, 8), PictureSize(16, 8)),
        (b"ID3\x04", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"", None),
    ],
)
def test_picture_size(head: bytes, size: PictureSize | None) -> None:
    """Read from the header, None for everything else."""
    assert picture_size(head) == size


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.mp3", "audio/mpeg"),
        ("A.FLAC", "audio/flac"),
        ("p.png", "image/png"),
        ("notes.mid", "application/x-midi"),
        ("x", "application/octet-stream"),
    ],
)
def test_content_type(name: str, kind: str) -> None:
    """The same on every machine."""
    assert content_type(name) == kind


def test_avatar_is_a_png_of_the_right_size() -> None:
    """Its middle bar is light, its corner the top colour."""
    picture = bars_avatar(Colour(10, 20, 30), Colour(0, 0, 0), (0.5,))
    assert picture_size(picture) == PictureSize(SIZE_PX, SIZE_PX)
    assert picture.endswith(b"IEND\xaeB`\x82")
    assert Colour(0, 0, 0).towards(WHITE, 0.5) == Colour(128, 128, 128)


def test_cdn_finds_files_by_address_and_forgets_channels() -> None:
    """Names with spaces are quoted; a deleted channel's files are gone."""
    cdn = RoomCdn(BlobStore(), "http://127.0.0.1:1/cdn")
    told = cdn.store_attachment(7, 5, "my take.mp3", b"x", None)
    assert told["url"] == "http://127.0.0.1:1/cdn/attachments/5/7/my%20take.mp3"
    found = cdn.get(told["url"])
    assert found is not None
    assert found.read() == b"x"
    cdn.forget_attachments(5)
    assert cdn.get(told["url"]) is None


def test_clock_moves_only_forward_and_can_be_advanced() -> None:
    """``now`` never decreases and follows ``advance``."""
    clock = WallClock()
    before = clock.now()
    clock.advance(60)
    assert timedelta(seconds=60) <= clock.now() - before < timedelta(seconds=70)
    clock.advance(-120)
    assert clock.now() >= before + timedelta(seconds=60)


def test_nonces_are_remembered_for_minutes() -> None:
    """And not longer."""
    book = NonceBook()
    book.note("n", 1, 2, NOW)
    assert book.find("n", NOW + REMEMBERED) == (1, 2)
    assert book.find("n", NOW + REMEMBERED + timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("method", "path", "body", "nonce"),
    [
        ("POST", "/channels/1/messages", {"nonce": "n", "enforce_nonce": True}, "n"),
        ("POST", "/channels/1/messages", {"nonce": 5, "enforce_nonce": True}, "5"),
        ("POST", "/channels/1/messages", {"nonce": "n"}, None),
        ("POST", "/channels/1/messages", None, None),
        ("PATCH", "/channels/1/messages", {"nonce": "n", "enforce_nonce": True}, None),
        ("POST", "/webhooks/1/t", {"nonce": "n", "enforce_nonce": True}, None),
    ],
)
def test_enforced_nonce(method: str, path: str, body: object, nonce: str | None) -> None:
    """Only Create Message, only when asked."""
    assert enforced_nonce(method, path, body) == nonce


def test_embeds_show_their_own_files_only() -> None:
    """Icons and pictures resolve, foreign addresses and unknown names stay."""
    file = {"filename": "p.png", "url": "http://cdn/p.png", "width": 2, "height": 1}
    other = {"filename": "a.mp3", "url": "http://cdn/a.mp3"}
    embed = {
        "thumbnail": {"url": "attachment://p.png"},
        "author": {"name": "x", "icon_url": "attachment://p.png"},
        "image": {"url": "attachment://gone.png"},
        "footer": {"text": "x", "icon_url": "https://elsewhere/x.png"},
    }
    shown = resolve([embed], [file, other])
    assert shown.attachments == [other]
    assert shown.embeds[0]["thumbnail"] == {
        "url": "http://cdn/p.png",
        "proxy_url": "http://cdn/p.png",
        "width": 2,
        "height": 1,
    }
    assert shown.embeds[0]["author"]["icon_url"] == "http://cdn/p.png"
    assert (shown.embeds[0]["image"], shown.embeds[0]["footer"]) == (embed["image"], embed["footer"])
    assert embed["thumbnail"] == {"url": "attachment://p.png"}


def test_faults_are_met_in_order_and_run_out() -> None:
    """The first that matches, as often as it says."""
    table = FaultTable()
    table.add(Fault("POST", "/channels/*", FaultKind.REFUSE, count=1))
    table.add(Fault("*", "*", FaultKind.LOSE, count=None))
    assert table.meet("GET", "/users/@me") is table.faults[1]
    assert table.meet("POST", "/channels/1") is table.faults[0]
    assert table.meet("POST", "/channels/1") is table.faults[1]
    table.clear()
    assert table.meet("POST", "/channels/1") is None


async def test_acknowledgements_are_measured_once_and_bounded() -> None:
    """The first answer counts; old interactions are forgotten."""
    book = AckBook()
    book.dispatched(1)
    assert not await book.wait(1, 0)
    book.answered(1)
    first = book.get(1)
    assert first is not None
    latency_ms = first.latency_ms
    book.answered(1)
    assert first.latency_ms == latency_ms
    assert await book.wait(1, 0)
    assert not await book.wait(2, 0)
    for number in range(2, KEPT + 3):
        book.dispatched(number)
    assert book.get(1) is None


def test_who_was_known_is_known_again_and_a_broken_file_is_begun_anew(tmp_path: Path) -> None:
    """Ids outlive the register; what cannot be read names nobody, and is replaced."""
    path = tmp_path / "data" / "room.json"
    first = Register(path)
    assert [first.id_of(name, lambda: 7) for name in ("Ana", "Ana")] == [7, 7]
    first.keep()
    assert Register(path).id_of("Ana", lambda: 8) == 7
    for broken in ("", "[]", '{"Ana": "x"}', "\udcff"):
        path.write_text(broken, encoding="utf-8", errors="surrogateescape")
        again = Register(path)
        assert again.id_of("Ana", lambda: 9) == 9
        again.keep()
        assert Register(path).id_of("Ana", lambda: 10) == 9


def test_a_quote_ends_with_its_line() -> None:
    """As on Discord: what follows is not drawn as if the member had said it."""
    install()
    told = _markdown.markdown_tokens("> loud\nRiff · engine\n> more", "text_display")
    assert [each["type"] for each in told] == ["blockquote", "paragraph", "blockquote"]


async def test_direct_messages_name_the_channels_that_one_sees(room: Room) -> None:
    """As on Discord; the moderators' channel is a number to whoever does not see it."""
    seen, unseen = room.world.channel("riffs"), room.world.channel("moderators")
    direct = room.world.members["Ana"].user.dm_channel
    wrote = f"in <#{seen.id}> and <#{unseen.id}>"
    message = room.backend.create_message(direct.id, room.backend.bot_user.id, wrote)
    told = _messages._markdown_context(  # pyright: ignore[reportPrivateUsage]
        room.preview,
        cast(Any, SimpleNamespace(viewer=room.world.members["Ana"].user)),
        message,
        room.backend.get_channel(direct.id),
    )
    assert told["channels"] == {str(seen.id): "riffs"}
