"""The page's server, asked as a browser asks it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from importlib import resources
from typing import Any

import aiohttp
import pytest

from bot.room import page
from bot.room.host import Room
from bot.room.page import page_file
from bot.room.page_changes import REPLACEMENTS
from bot.room.simcord_internals import PAGE_SOURCES, OutdatedSimcord, RoomPreview, check, checked
from tests.room.driver import RoomDriver
from tests.room.tinybot import TinyBot


class Browser:
    """A tab: its page's context and what it last saw."""

    def __init__(self, session: aiohttp.ClientSession, room: Room) -> None:
        url, _, capability = room.address.page_url.partition("#")
        self._session, self._url = session, url.rstrip("/")
        self._capability = capability
        self._sequence = 0
        self.state: dict[str, Any] = {}

    @property
    def _headers(self) -> dict[str, str]:
        context = self.state.get("context", {}).get("id")
        return {
            "X-Simcord-Capability": self._capability,
            **({"X-Simcord-Context": context} if context else {}),
        }

    async def open(self, **wish: str) -> dict[str, Any]:
        """Come in."""
        self.state = {}
        url = f"{self._url}/api/pages"
        async with self._session.post(url, json=wish, headers=self._headers) as answer:
            answer.raise_for_status()
            self.state = await answer.json()
        return self.state

    async def look(self, tag: str = "") -> tuple[int, str]:
        """Ask for the state; ``(status, entity tag)``."""
        headers = {**self._headers, **({"If-None-Match": tag} if tag else {})}
        async with self._session.get(f"{self._url}/api/state", headers=headers) as answer:
            if answer.status == 200:
                self.state = await answer.json()
            return answer.status, answer.headers.get("ETag", "")

    async def act(self, kind: str, **wish: Any) -> dict[str, Any]:
        """Do something on the page, then look."""
        body = {
            "protocol_version": 3,
            "sequence": self._sequence + 1,
            "request_id": f"r{self._sequence}",
            "generation": self.state["context"]["generation"],
            "bot_generation": self.state["botGeneration"],
            "published_revision": self.state["publishedRevision"],
            "kind": kind,
            **wish,
        }
        url = f"{self._url}/api/action"
        async with self._session.post(url, json=body, headers=self._headers) as answer:
            receipt = await answer.json()
        self._sequence = receipt["expectedSequence"]
        await self.look()
        return receipt

    async def get(self, path: str, **headers: str) -> tuple[int, bytes, str]:
        """A file: status, body, entity tag."""
        async with self._session.get(self._url + path, headers=headers) as answer:
            return answer.status, await answer.read(), answer.headers.get("ETag", "")

    async def catalog(self) -> dict[str, Any]:
        """The commands that the page offers."""
        async with self._session.get(f"{self._url}/api/commands", headers=self._headers) as answer:
            return await answer.json()

    @property
    def viewer(self) -> str:
        """Who one plays as."""
        return next(who["name"] for who in self.state["viewers"] if who["id"] == self.state["viewerId"])

    @property
    def texts(self) -> list[str]:
        """What the conversation says, oldest first."""
        return [self.state["messages"][number]["content"] for number in self.state["timeline"]]


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    """Connections of the browsers."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def browser(session: aiohttp.ClientSession, room: Room, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A tab that is not open yet; it is answered at once."""
    monkeypatch.setattr(page, "HOLD_S", 0.0)
    return Browser(session, room)


async def test_page_opens_as_first_member_in_first_channel(browser: Browser) -> None:
    """With nothing remembered."""
    state = await browser.open(timezone="Europe/Berlin")
    assert (browser.viewer, state["channel"]["name"]) == ("Ana", "riffs")
    assert state["profile"]["timezone"] == "Europe/Berlin"
    assert [channel["name"] for channel in state["room"]["channels"]] == ["riffs", "lounge", "Riffcord"]
    assert not state["room"]["botIsHere"]


async def test_page_opens_where_it_was_left(browser: Browser, driver: RoomDriver) -> None:
    """Member and channel come from the browser's memory; nonsense is ignored."""
    world = await driver.world()
    await browser.open(viewer_id=world["users"]["Bo"], channel_id=world["channels"]["lounge"])
    assert (browser.viewer, browser.state["channel"]["name"]) == ("Bo", "lounge")
    await browser.open(viewer_id="12", channel_id="x")
    assert (browser.viewer, browser.state["channel"]["name"]) == ("Ana", "riffs")


async def test_switching_channel_and_member_in_one_page(browser: Browser, driver: RoomDriver) -> None:
    """Each channel shows its own words, and one speaks as who one is where one is."""
    world = await driver.world()
    await driver.say("Ana", "riffs", "in riffs")
    await driver.say("Ana", "lounge", "in lounge")
    await browser.open()
    assert browser.texts == ["in riffs"]
    await browser.act("viewer", viewer_id=world["users"]["Bo"], channel_id=world["channels"]["lounge"])
    assert (browser.viewer, browser.texts) == ("Bo", ["in lounge"])
    await browser.act("send_message", content="hello")
    said = (await driver.messages("lounge"))[-1]
    assert (said["content"], said["author"]["global_name"]) == ("hello", "Bo")


async def test_each_member_sees_their_own_places(browser: Browser, driver: RoomDriver) -> None:
    """Moderators have a place and a switch more; each is alone with the bot; shut doors lead to the first."""
    users = (await driver.world())["users"]
    await browser.open()
    await browser.act("viewer", viewer_id=users["Mira"])
    shut = browser.state["room"]["channels"][2]
    assert shut["name"] == "moderators"
    await browser.act("viewer", viewer_id=users["Mira"], channel_id=shut["id"])
    assert browser.state["channel"]["name"] == "moderators"
    await browser.act("viewer", viewer_id=users["Bo"])
    assert browser.state["channel"]["name"] == "riffs"
    await browser.act("viewer", viewer_id=users["Bo"], channel_id="dm")
    await browser.act("send_message", content="between us")
    assert (browser.state["room"]["channelId"], browser.texts) == ("dm", ["between us"])
    await browser.act("viewer", viewer_id=users["Ana"])
    assert (browser.state["room"]["channelId"], browser.texts) == ("dm", [])
    assert (await browser.act("viewer", viewer_id="12"))["rejected"]
    riffs = (await driver.world())["channels"]["riffs"]
    assert not browser.state["room"]["manages"]
    await browser.act("viewer", viewer_id=users["Ana"], channel_id=riffs)
    assert (await browser.act("viewer", viewer_id=users["Ana"], age_restricted=True))["rejected"]
    await browser.act("viewer", viewer_id=users["Mira"], age_restricted=True)
    assert browser.state["room"]["manages"]
    assert browser.state["room"]["ageRestricted"]
    assert (await driver.request_as_bot("GET", f"/channels/{riffs}"))["nsfw"]
    await browser.act("viewer", viewer_id=users["Mira"], age_restricted=False)
    assert not browser.state["room"]["ageRestricted"]


async def test_commands_are_named_in_the_members_language(
    browser: Browser, driver: RoomDriver, bot: TinyBot
) -> None:
    """The catalog is German, what is sent back is understood, and the bot is told both languages."""
    users = (await driver.world())["users"]
    await browser.open()
    plain = browser.state["commands"]["fingerprint"]
    await browser.act("viewer", viewer_id=users["Ana"], locale="de", guild_locale="ja")
    catalog = await browser.catalog()
    assert plain != browser.state["commands"]["fingerprint"] == catalog["fingerprint"]
    entry = next(each for each in catalog["entries"] if each["path"] == ["greet"])
    assert (entry["invocation"], entry["description"]) == ("gruss", "Sag guten Tag")
    assert [option["name"] for option in entry["options"]] == ["wen", "how"]
    assert entry["options"][1]["choices"] == [{"name": "leise", "value": "soft"}]
    assert [menu["label"] for menu in browser.state["room"]["menus"]] == ["Darüber riffen"]
    call = {
        "command_id": entry["commandId"],
        "path": ["greet"],
        "schema_fingerprint": entry["schemaFingerprint"],
    }
    wrong = await browser.act("run_command", **call, options={"how": "soft"})
    assert wrong["diagnostics"][0]["subject"] == {"commandOption": "wen"}
    await browser.act("run_command", **call, options={"wen": "Bo", "how": "soft"})
    assert browser.texts == ["hello Bo, soft, de/ja"]


async def test_unchanged_state_is_not_sent_again(browser: Browser, driver: RoomDriver) -> None:
    """304 until something happens; then one look shows it."""
    await browser.open()
    _, tag = await browser.look()
    assert (await browser.look(tag))[0] == 304
    await driver.say("Bo", "riffs", "news")
    assert (await browser.look(tag))[0] == 200
    assert browser.texts == ["news"]


async def test_news_end_the_wait(
    browser: Browser, driver: RoomDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that knows the present state is answered when it changes."""
    monkeypatch.setattr(page, "HOLD_S", 20.0)
    await browser.open()
    _, tag = await browser.look()
    looking = asyncio.create_task(browser.look(tag))
    await driver.say("Bo", "riffs", "news")
    assert (await looking)[0] == 200
    assert browser.texts == ["news"]


async def test_old_revision_does_not_lose_an_action(browser: Browser, driver: RoomDriver) -> None:
    """A card that moved on while a hand was on its way is no reason to refuse."""
    await browser.open()
    await driver.say("Bo", "riffs", "one")
    seen = dict(browser.state)
    await browser.look()
    browser.state = seen
    assert not (await browser.act("send_message", content="two"))["rejected"]


async def test_room_cannot_be_closed_from_the_page(browser: Browser) -> None:
    """Nor can anything be asked of a bot that is away."""
    await browser.open()
    assert (await browser.act("close"))["rejected"]
    assert (await browser.look())[0] == 200


async def test_commands_need_the_bot(browser: Browser, driver: RoomDriver, bot: TinyBot) -> None:
    """A command is refused, and so kept in the composer, while the bot is away."""
    await browser.open()
    catalog = browser.state["commands"]
    assert catalog["state"] == "available"
    await bot.close()
    await driver.until_bot_is(here=False)
    refused = await browser.act("run_command", command_id="1", path=["ping"], options={})
    assert refused["rejected"]
    assert not browser.state["room"]["botIsHere"]


async def test_many_reloads_do_not_fill_the_room(browser: Browser) -> None:
    """The oldest page makes way; its tab is told so and can come in again."""
    first = dict(await browser.open())
    for _ in range(RoomPreview._MAX_PAGES + 2):  # pyright: ignore[reportPrivateUsage]
        await browser.open()
    assert (await browser.look())[0] == 200
    browser.state = first
    assert (await browser.look())[0] == 410


async def test_strangers_see_nothing(browser: Browser, room: Room) -> None:
    """Without the address's secret part there is only an empty frame."""
    browser._capability = "guess"  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(aiohttp.ClientResponseError, match="401"):
        await browser.open()
    assert (await browser.get("/"))[0] == 200
    assert (await browser.get("/", Host="evil.example"))[0] == 403
    assert (await browser.get("/room.js", Host="evil.example"))[0] == 403


async def test_files_carry_riffcords_name_and_are_cached(browser: Browser) -> None:
    """The frame is Riffcord's; what did not change is not sent again."""
    status, frame, tag = await browser.get("/")
    assert status == 200
    assert b"<title>Riffcord</title>" in frame
    assert b"imcord" not in frame.lower().replace(b"x-simcord", b"")
    assert (await browser.get("/", **{"If-None-Match": tag}))[0] == 304
    assert (await browser.get("/favicon.svg"))[1].startswith(b"<svg")


def test_frame_has_every_element_that_the_page_code_looks_up() -> None:
    """simcord's code reads elements by id when it starts."""
    frame = page_file("/").body.decode()
    wanted = {
        name
        for source in PAGE_SOURCES.glob("*.js")
        for name in re.findall(r'(?:getElementById|\$)\("([a-z0-9-]+)"\)', source.read_text())
    }
    assert len(wanted) > 60
    assert {name for name in wanted if f'id="{name}"' not in frame} == set()


def test_replacements_are_made_once() -> None:
    """The page code asks the room's script how to open."""
    for route, pairs in REPLACEMENTS.items():
        body = page_file(route).body.decode()
        for old, new in pairs:
            assert new in body
            assert old not in body.replace(new, "")
    assert resources.files("bot.room").joinpath("static/room.js").is_file()


def test_self_check_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear line instead of an AttributeError in the middle of something."""
    check()
    monkeypatch.setattr(checked, "_USED", {"simcord.env": ("Env._no_such_thing",)})
    with pytest.raises(OutdatedSimcord, match=r"has no simcord\.env\.Env\._no_such_thing"):
        check()
    monkeypatch.setattr(checked, "VERSION", "9.9")
    with pytest.raises(OutdatedSimcord, match=r"written for 9\.9"):
        check()
