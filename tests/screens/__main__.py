"""Takes the pictures: ``python -m tests.screens [--only NAME ...] [--into FOLDER]``.

A room, an engine server and the bot are started as they are shipped; Chromium looks at them, 1280 and 390
pixels wide. The pictures are made small (few colours) and end in ``docs/screens``.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser
from playwright.async_api import Error as PageError

from bot.keys.vault import new_secret
from tests.browser import RoomPage, chromium
from tests.live.house import house
from tests.peers.standin.host import TOKEN, standin
from tests.screens.makes import Set
from tests.screens.shots import SHOTS, Shot

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
DESK_WIDTH = 1280
PHONE_WIDTH = 390
LARGEST_BYTES = 150_000
TOTAL_BYTES = 5_500_000


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


async def take(shot: Shot, scene: Set, browser: Browser, folder: Path) -> None:
    """One shot in both widths."""
    home, channel = scene.home, shot.name
    try:
        await home.room.add_channel(channel)
        await photograph(shot, scene, browser, folder)
    finally:
        await home.room.delete_channel(channel)


async def photograph(shot: Shot, scene: Set, browser: Browser, folder: Path) -> None:
    """Make what is to be seen, and take it."""
    home, channel = scene.home, shot.name
    for member in (shot.member, "Ana"):
        await home.room.speak(member, shot.locale, shot.locale)
    await shot.prepare(scene, channel)
    for kind, size in (
        ("desk", (DESK_WIDTH, shot.desk_height)),
        ("phone", (PHONE_WIDTH, shot.phone_height)),
    ):
        room = await RoomPage.open(browser, home.room.address.page_url, size)
        await room.until_bot_is_here()
        await enter(room, channel, shot.member, is_phone=kind == "phone")
        await shot.show(room)
        path = folder / f"{shot.name}-{kind}.png"
        await room.page.mouse.move(0, 0)  # nothing lies under a pointer on a phone
        png = await room.page.screenshot(animations="disabled", caret="hide")
        path.write_bytes(await asyncio.to_thread(small, png))
        await room.close()


async def enter(room: RoomPage, channel: str, member: str, *, is_phone: bool) -> None:
    """Go to a channel as a member; on a phone both stand in a drawer."""
    for choose, name in ((room.choose_member, member), (room.pick_channel, channel)):
        if is_phone:
            await room.page.locator("#messages-toggle").click()
        await choose(name)
        if is_phone and await room.page.locator(".preview-shell.messages-open").count():
            await room.page.locator("#messages-toggle").click()


async def take_all(shots: Sequence[Shot], folder: Path) -> list[str]:
    """All of them, in one house, beside which stands a host that costs something; those that broke."""
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as data:
        async with chromium() as browser, standin() as paid:
            os.environ.update(REPLICATE_API_TOKEN=TOKEN, REPLICATE_BASE_URL=paid.base_url)
            os.environ.update(RIFFCORD_KEYS_SECRET=new_secret())
            async with house(Path(data)) as home:
                for shot in shots:
                    try:
                        await take(shot, Set(home, paid), browser, folder)
                        sys.stderr.write(f"{shot.name}\n")
                    except (AssertionError, TimeoutError, PageError) as error:
                        broken.append(shot.name)
                        sys.stderr.write(f"{shot.name}: {error}\n")
    return broken


def page() -> str:
    """``README.md`` of the folder: each picture with its caption, the desk beside the phone."""
    lines = ["# Pictures", "", "`python -m tests.screens` takes them in the [room](../room.md).", ""]
    for shot in SHOTS:
        lines += [f"## {shot.caption}", ""]
        lines += [f"![on a desk]({shot.name}-desk.png) ![on a phone]({shot.name}-phone.png)", ""]
    return "\n".join(lines)


def main() -> None:
    """Parse, take, and say how large it became; the exit code is 1 where that is too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", metavar="NAME", choices=[shot.name for shot in SHOTS])
    parser.add_argument("--into", type=Path, default=FOLDER)
    given = parser.parse_args()
    given.into.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in SHOTS if not given.only or shot.name in given.only]
    broken = asyncio.run(take_all(wanted, given.into))
    (given.into / "README.md").write_text(page(), encoding="utf-8")
    sizes = [path.stat().st_size for path in given.into.glob("*.png")]
    sys.stdout.write(
        f"{len(sizes)} pictures, {sum(sizes) / 1e6:.2f} MB, the largest {max(sizes) / 1e3:.0f} kB\n"
    )
    small_enough = max(sizes) <= LARGEST_BYTES and sum(sizes) <= TOTAL_BYTES
    sys.exit(0 if small_enough and not broken else 1)


if __name__ == "__main__":
    main()
