"""The README's first promise in a real Chromium: open the address, type /riff, hear music."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from tests.browser import PHONE, RoomPage, chromium
from tests.live.test_tree import address_of, started

pytestmark = [pytest.mark.browser]


async def heard(room: RoomPage, prompt: str) -> NDArray[np.float32]:
    """Type the command, wait for the player, play it, and decode what it played."""
    before = await room.player_count()
    await room.slash("riff", {"prompt": prompt})
    player = await room.newest_player(after=before)
    await player.play()
    await player.until_position(0.5)
    assert await player.is_playing()
    samples, _ = sf.read(io.BytesIO(await player.sound()), always_2d=True)
    return samples.astype(np.float32)


def level_dbfs(samples: NDArray[np.float32]) -> float:
    """RMS level relative to full scale."""
    return 20 * math.log10(float(np.sqrt(np.mean(np.square(samples)))) + 1e-12)


async def typed_through(room: RoomPage, words: str) -> None:
    """Nothing but the keyboard: slash, command, space, words, Enter."""
    await room.page.locator("#channel-composer-input").click()
    await room.page.keyboard.type("/riff")
    await room.page.locator(".command-entry").first.wait_for()
    await room.page.keyboard.type(f" {words}")
    await room.page.locator(".command-suggestion-label").first.wait_for()


async def test_type_riff_and_hear_music(tmp_path: Path) -> None:
    """One start, three people: one fills commands in, one uses nothing but the keyboard, one has a phone."""
    async with chromium() as browser, started(tmp_path) as process:
        url = await address_of(process)
        await two_prompts_and_a_guide(await RoomPage.open(browser, url))
        await the_keyboard_alone(await RoomPage.open(browser, url))
        await the_phone(await RoomPage.open(browser, url, PHONE))


async def two_prompts_and_a_guide(room: RoomPage) -> None:
    """Two prompts play, are loud enough, differ and are there after a reload; a guide turns its pages."""
    await room.until_bot_is_here()
    first = await heard(room, "lofi rain piano")
    second = await heard(room, "fast drum and bass")
    for samples in (first, second):
        assert level_dbfs(samples) > -30
    assert first.shape != second.shape or not np.allclose(first, second, atol=1e-3)
    await room.reload()
    assert await room.player_count() == 2
    assert await room.is_at_newest()
    await room.choose_member("Mira")
    await room.slash("setup start", {})
    for page in ("1. Welcome", "2. Channels", "3. Moderators", "4. Music"):
        menu = room.page.locator(".preview-select .select-value", has_text=page)
        await menu.wait_for()  # each page's menus are its own
        await room.press("Next")


async def the_keyboard_alone(desk: RoomPage) -> None:
    """As the welcome says: type /riff, a few words, Enter."""
    await desk.until_bot_is_here()
    before = await desk.player_count()
    await typed_through(desk, "lofi rain piano")
    await desk.page.keyboard.press("Enter")
    await desk.newest_player(after=before)


async def the_phone(phone: RoomPage) -> None:
    """The send button stays in sight."""
    await phone.until_bot_is_here()
    before = await phone.player_count()
    await typed_through(phone, "jazz trio in a small smoky club")
    box = await phone.page.locator("#send-message").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE[0]
    await phone.page.locator("#send-message").click()
    await phone.newest_player(after=before)
