"""The files of a result by name and number, the lines about them, and how large they may be."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.jobs.file_names import file_name
from bot.jobs.parcels import Delivery, Packed, Part, Wishes
from bot.jobs.recipes import Riff
from bot.ui.attachments import attachments, told_of
from bot.ui.upload_limits import FLOOR_BYTES, UploadLimits
from tests.ui.records import NOON, a_take

MIB = 2**20


def named(prompt: str) -> str:
    """What the file of a riff with this prompt is called."""
    return file_name(a_take(recipe=Riff(prompt=prompt)))


def test_names_are_readable_in_every_script_and_never_a_path() -> None:
    """Letters and digits stay, with the marks that belong to them; the rest becomes a dash; 40 at most."""
    assert named("爵士 钢琴 № 1") == "爵士-钢琴-1"
    assert named("สวัสดี हिन्दी") == "สวัสดี-हिन्दी"
    assert named("été") == "été"
    assert named("../../etc/passwd\x00\u202e.exe") == "etc-passwd-exe"
    assert named("🎷🎷") == "riff"
    assert len(named("la " * 100)) <= 40


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A sound, a video, a picture."""
    made = [tmp_path / name for name in ("a.mp3", "a.mp4", "a.jpg")]
    for file in made:
        file.write_bytes(b"x")
    return made


def part(files: list[Path], **values: Any) -> Part:
    """A take with all of its files."""
    filled: dict[str, Any] = {
        "take": a_take(),
        "sound": Packed(file=files[0], format="mp3", channels=2, kbit_s=256),
        "picture": files[2],
        "video": files[1],
    }
    return Part(**{**filled, **values})


def names_in(delivery: Delivery) -> list[str]:
    """The names of a message's files; each is closed again."""
    opened = attachments(delivery, "en")
    for file in opened:
        file.close()
    return [file.filename for file in opened]


def test_two_takes_have_two_names_each_and_one_picture_where_it_is_joint(files: list[Path]) -> None:
    """Discord finds pictures by name, so no two may be alike; ten files are the most that it takes."""
    two = (part(files), part(files))
    assert names_in(Delivery(parts=two)) == [
        "funky-synth-solo-A.mp3",
        "funky-synth-solo-A.mp4",
        "spectrogram.jpg",
        "funky-synth-solo-B.mp3",
        "funky-synth-solo-B.mp4",
        "spectrogram2.jpg",
    ]
    assert names_in(Delivery(parts=two, picture=files[2]))[2:] == [
        "funky-synth-solo-B.mp3",
        "funky-synth-solo-B.mp4",
        "spectrogram.jpg",
    ]
    with pytest.raises(ValueError, match="12 files"):
        names_in(Delivery(parts=two * 2))
    assert Delivery(parts=two).bare().files == ()


def test_the_card_says_what_was_done_to_fit_and_where_the_rest_is(files: list[Path]) -> None:
    """Nothing for what everybody expects; else how small it is, and a link, or whom to ask."""

    def told(wished: Wishes, **values: Any) -> str:
        return "\n".join(told_of(part(files, **values), wished.format, NOON, "en"))

    small = Packed(file=files[0], format="mp3", channels=1, kbit_s=64)
    preview = Packed(file=files[0], format="mp3", channels=2, kbit_s=64, preview_s=60.0)
    assert told(Wishes()) == ""
    assert told(Wishes(), sound=small, link="https://x/t") == (
        "Made smaller for this server: MP3, 64 kbit/s, one channel.\n"
        "[All of it as MP3](https://x/t) · the link works until <t:1767873600:D>"
    )
    assert told(Wishes(format="flac")) == "Made smaller for this server: MP3, 256 kbit/s."
    assert told(Wishes(), sound=preview).endswith("ask whoever runs me for take `zyxwvutsrqponmlkjihgfe`.")
    assert told(Wishes(), sound=None).startswith("Discord took no file here. The music is kept.\nAll of it")


def test_a_limit_is_never_believed_below_the_floor_nor_taken_from_a_members_subscription() -> None:
    """discord.py's table, what interactions tell, and 10 MiB: the largest that can be the server's."""
    guilds = {1: SimpleNamespace(filesize_limit=50 * MIB), 2: SimpleNamespace(filesize_limit=8 * MIB)}
    client: Any = SimpleNamespace(get_guild=guilds.get)
    limits = UploadLimits(client)
    assert [limits.limit_bytes(guild) for guild in "123"] == [50 * MIB, FLOOR_BYTES, FLOOR_BYTES]
    for guild_id, told_bytes in ((2, 20 * MIB), (3, 500 * MIB), (1, 10 * MIB), (None, 20 * MIB)):
        interaction: Any = SimpleNamespace(guild_id=guild_id, filesize_limit=told_bytes)
        limits.hear(interaction)
    assert [limits.limit_bytes(guild) for guild in "123"] == [50 * MIB, 20 * MIB, FLOOR_BYTES]
