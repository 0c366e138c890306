"""A real Chromium in the room: what a person does there, as methods of a page.

Tests that use it carry ``@pytest.mark.browser`` and are skipped in one line where Chromium is missing.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import time
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any, Self

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright
from playwright.async_api import TimeoutError as PageTimeout

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
PATIENCE_MS = 45_000
SUGGESTION_MS = 700
DESKTOP = (1280, 800)
PHONE = (390, 780)

_PLAYED = """async (index) => {
  const audio = document.querySelectorAll(".audio-player audio")[index];
  const bytes = new Uint8Array(await (await fetch(audio.src)).arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768)
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}"""


def chromium_path() -> str | None:
    """Where Chromium is on this machine; None without one."""
    named = os.environ.get("CHROMIUM")
    if named is not None and Path(named).exists():
        return named
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextlib.asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """A headless Chromium. Skips the test when there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is not installed (apt-get install chromium): the browser test did not run")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


class Player:
    """A message's audio player in the page."""

    def __init__(self, page: Page, index: int) -> None:
        self._page = page
        self._index = index

    @property
    def _root(self) -> Locator:
        return self._page.locator(".audio-player").nth(self._index)

    async def _tell(self, expression: str) -> Any:
        return await self._root.locator("audio").evaluate(f"audio => {expression}")

    async def play(self) -> None:
        """Press the button, whatever it shows."""
        await self._root.locator("button").first.click()

    async def position_s(self) -> float:
        """Where the sound is."""
        return float(await self._tell("audio.currentTime"))

    async def duration_s(self) -> float:
        """How long the sound is, once the browser has read it."""
        return float(await self._tell("audio.duration"))

    async def is_playing(self) -> bool:
        """Whether it is neither paused nor over."""
        return bool(await self._tell("!audio.paused && !audio.ended"))

    async def until_position(self, at_least_s: float) -> float:
        """Wait until the sound has come that far; the position."""
        await self._tell(
            "new Promise((done) => { const look = () => audio.currentTime >= "
            f"{at_least_s} ? done() : setTimeout(look, 20); look(); }})"
        )
        return await self.position_s()

    async def sound(self) -> bytes:
        """The bytes that the player plays."""
        return base64.b64decode(await self._page.evaluate(_PLAYED, self._index))


class RoomPage:
    """One tab in the room.

    ``errors`` collects what the page's code threw; ``sent_at_s`` is when the last command was sent, on the
    monotonic clock.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.sent_at_s = 0.0
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    async def open(cls, browser: Browser, url: str, size: tuple[int, int] = DESKTOP) -> Self:
        """Open the room's address and wait until one can act."""
        context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
        room = cls(await context.new_page())
        await room.page.goto(url)
        await room.until_ready()
        return room

    async def until_ready(self) -> None:
        """Wait until the sidebar and the composer are there."""
        await self.page.wait_for_selector("#room-members [aria-current]", state="attached")
        await self.page.wait_for_selector("#channel-composer:not([hidden])")

    async def until_bot_is_here(self) -> None:
        """Wait until the page says that the bot is ready."""
        await self.page.wait_for_selector("#room-bot:not(.is-away)", state="attached")

    async def choose_member(self, name: str) -> None:
        """Play as somebody."""
        await self._choose("#room-members", name)

    async def pick_channel(self, name: str) -> None:
        """Go to a channel."""
        await self._choose("#room-channels", f"# {name}")
        await self.page.wait_for_selector(f"#channel-name:text-is('{name}')", state="attached")

    async def _choose(self, where: str, name: str) -> None:
        row = self.page.locator(f"{where} button", has=self.page.locator(f".room-row-name:text-is('{name}')"))
        await row.click()
        current = f"{where} button[aria-current] .room-row-name:text-is('{name}')"
        await self.page.wait_for_selector(current)
        await self.page.wait_for_selector("#channel-composer:not([hidden])")

    async def say(self, text: str) -> None:
        """Send a message and wait to see it."""
        await self.page.locator("#channel-composer-input").fill(text)
        await self.page.keyboard.press("Enter")
        await self.page.locator(".message-content", has_text=text).last.wait_for()

    async def slash(self, command: str, options: Mapping[str, str | Path] | None = None) -> None:
        """Fill a command in as a person does and send it. A ``Path`` is a file to upload.

        Of an option with choices or completion the one of exactly that name is chosen, where it is offered.
        """
        composer = self.page.locator("#channel-composer-input")
        await composer.click()
        await composer.press_sequentially(f"/{command}")
        entry = self.page.locator(".command-entry").first
        await entry.wait_for()
        await entry.click()
        for name, value in (options or {}).items():
            await self._fill_option(name, value)
        self.sent_at_s = time.monotonic()
        await self.page.locator("#send-message").click()
        await self.page.locator(".command-chip").wait_for(state="hidden")

    async def _fill_option(self, name: str, value: str | Path) -> None:
        field = self.page.locator(f"input[data-option='{name}']")
        if not await field.count():
            await self.page.locator(".command-ghost").click()
            await self.page.locator(f".command-suggestion-label:text-is('{name}')").click()
        if isinstance(value, Path):
            await field.set_input_files(value)
            return
        await field.fill(value)
        if await field.get_attribute("role") == "combobox":
            offered = self.page.locator(f".command-suggestion-label:text-is({json.dumps(value)})")
            with contextlib.suppress(PageTimeout):
                await offered.click(timeout=SUGGESTION_MS)

    async def press(self, label: str) -> None:
        """Press the newest button of that label."""
        await self.page.locator(".component-button", has_text=label).last.click()

    async def until_text(self, text: str) -> None:
        """Wait until the conversation shows a text."""
        await self.page.locator("#channel-message-list", has_text=text).wait_for()

    async def player_count(self) -> int:
        """How many players the conversation shows."""
        return await self.page.locator(".audio-player").count()

    async def newest_player(self, *, after: int = 0) -> Player:
        """Wait until there are more than ``after`` players and the newest can play."""
        nth = self.page.locator(".audio-player audio").nth(after)
        await nth.wait_for(state="attached")
        index = await self.player_count() - 1
        newest = self.page.locator(".audio-player audio").nth(index)
        await newest.evaluate(
            "audio => audio.readyState >= 1 ? null : new Promise((done, failed) => {"
            ' audio.addEventListener("loadedmetadata", done); audio.addEventListener("error", failed); })'
        )
        return Player(self.page, index)

    async def is_at_newest(self) -> bool:
        """Whether the end of the conversation is in sight."""
        return await self.page.locator("#channel-timeline").evaluate(
            "box => box.scrollHeight - box.scrollTop - box.clientHeight < 8"
        )

    async def reload(self) -> None:
        """Reload the tab."""
        await self.page.reload()
        await self.until_ready()

    async def close(self) -> None:
        """Close the tab."""
        await self.page.context.close()
