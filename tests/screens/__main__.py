"""Takes the pictures: ``python -m tests.screens [--only NAME ...] [--into FOLDER]``.

A room, an engine server and the bot are started as they are shipped; Chromium looks at them, 1280 and 390
pixels wide. The pictures are made small (few colours) and end in ``docs/screens``.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser

from tests.browser import RoomPage, chromium
from tests.live.house import House, house
from tests.screens.shots import SHOTS, Shot

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
DESK_WIDTH = 1280
PHONE_WIDTH = 390
LARGEST_BYTES = 150_000
TOTAL_BYTES = 4_000_000


def small(png: bytes) -> bytes:
    """The picture in as many colours as fit the largest size."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    packed = png
    for colours in (256, 128, 64, 32, 16):
        into = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(into, "PNG", optimize=True)
        packed = into.getvalue()
        if len(packed) <= LARGEST_BYTES:
            break
    return packed


async def take(shot: Shot, home: House, browser: Browser, folder: Path) -> list[Path]:
    """One shot in both widths."""
    channel = shot.name
    await home.room.add_channel(channel)
    await home.room.speak(shot.member, shot.locale, shot.locale)
    await shot.prepare(home, channel)
    taken: list[Path] = []
    for kind, size in (
        ("desk", (DESK_WIDTH, shot.desk_height)),
        ("phone", (PHONE_WIDTH, shot.phone_height)),
    ):
        room = await RoomPage.open(browser, home.room.address.page_url, size)
        await room.until_bot_is_here()
        await enter(room, channel, shot.member, is_phone=kind == "phone")
        await shot.show(room)
        path = folder / f"{shot.name}-{kind}.png"
        png = await room.page.screenshot(animations="disabled", caret="hide")
        path.write_bytes(await asyncio.to_thread(small, png))
        taken.append(path)
        await room.close()
    await home.room.delete_channel(channel)
    return taken


async def enter(room: RoomPage, channel: str, member: str, *, is_phone: bool) -> None:
    """Go to a channel as a member; on a phone both stand in a drawer."""
    for choose, name in ((room.choose_member, member), (room.pick_channel, channel)):
        if is_phone:
            await room.page.locator("#messages-toggle").click()
        await choose(name)
        if is_phone and await room.page.locator(".preview-shell.messages-open").count():
            await room.page.locator("#messages-toggle").click()


async def take_all(shots: Sequence[Shot], folder: Path) -> list[Path]:
    """All of them, in one house."""
    taken: list[Path] = []
    with tempfile.TemporaryDirectory() as data:
        async with chromium() as browser, house(Path(data)) as home:
            for shot in shots:
                taken += await take(shot, home, browser, folder)
                sys.stderr.write(f"{shot.name}\n")
    return taken


def main() -> None:
    """Parse, take, and say how large it became; the exit code is 1 where that is too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", metavar="NAME", choices=[shot.name for shot in SHOTS])
    parser.add_argument("--into", type=Path, default=FOLDER)
    given = parser.parse_args()
    given.into.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_all([shot for shot in SHOTS if not given.only or shot.name in given.only], given.into))
    sizes = [path.stat().st_size for path in given.into.glob("*.png")]
    sys.stdout.write(
        f"{len(sizes)} pictures, {sum(sizes) / 1e6:.2f} MB, the largest {max(sizes) / 1e3:.0f} kB\n"
    )
    sys.exit(0 if max(sizes) <= LARGEST_BYTES and sum(sizes) <= TOTAL_BYTES else 1)


if __name__ == "__main__":
    main()
