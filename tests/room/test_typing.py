"""Discord's habits of hand, in a real Chromium: what is typed is what is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Request, Route

from tests.browser import DESKTOP, PHONE, RoomPage, chromium
from tests.room.driver import RoomDriver, bot_environment, process, room_process

# One room and one Chromium serve all of these tests: what they do in it does not meet.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
shared = pytest_asyncio.fixture(scope="module", loop_scope="module")

README_COMMANDS = ("riff", "morph cover", "jobs list", "jobs cancel")
OFFERED = ".command-suggestion-label"


@shared
async def browser() -> AsyncGenerator[Browser]:
    """A Chromium."""
    async with chromium() as started:
        yield started


@shared
async def driver() -> AsyncGenerator[RoomDriver]:
    """A room in a process of its own, with the small bot in it."""
    async with (
        room_process() as room,
        process("tests.room.tinybot", bot_environment(room.address, TINYBOT_STEP_S="0")),
    ):
        await room.until_bot_is(here=True)
        yield room


@pytest_asyncio.fixture(loop_scope="module")
async def room(browser: Browser, driver: RoomDriver) -> AsyncGenerator[RoomPage]:
    """A tab whose composer has the focus and knows the commands."""
    opened = await RoomPage.open(browser, driver.address.page_url)
    await opened.until_bot_is_here()
    await begin(opened)
    yield opened
    assert opened.errors == []
    await opened.close()


async def begin(room: RoomPage) -> None:
    """Wait until the picker knows the commands, then leave the composer empty."""
    composer = room.page.locator("#channel-composer-input")
    await composer.click()
    await room.page.keyboard.type("/")
    await room.page.locator(".command-entry").first.wait_for()
    await room.page.keyboard.press("Backspace")


def field(room: RoomPage, option: str) -> Locator:
    """An option's field."""
    return room.page.locator(f"input[data-option='{option}']")


async def focused(room: RoomPage) -> str:
    """Which option's field has the focus."""
    return str(await room.page.evaluate("document.activeElement.dataset.option || ''"))


async def paste(room: RoomPage, line: str) -> None:
    """Paste a text into the composer as the clipboard does."""
    await room.page.locator("#channel-composer-input").evaluate(
        "(box, line) => { const data = new DataTransfer(); data.setData('text', line); box.focus();"
        " const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }"
        " );"
        " if (box.dispatchEvent(paste)) document.execCommand('insertText', false, line); }",
        line,
    )


async def test_every_command_can_be_typed(room: RoomPage) -> None:
    """Letter by letter, a space at the end: the command that was named, also where another comes first."""
    for command in README_COMMANDS:
        await room.page.keyboard.type(f"/{command} ")
        assert await room.page.locator(".command-chip").inner_text() == f"/{command}"
        await room.page.locator(".command-context-close").click()
        await room.page.locator("#channel-composer-input").fill("")
    await room.page.keyboard.type("/jobs list ")
    await room.page.keyboard.press("Enter")
    await room.until_text("no jobs")


async def test_what_is_offered_is_what_is_sent(room: RoomPage) -> None:
    """Takes stand there before a letter is typed; Enter takes the marked one, shown by its name."""
    page = room.page
    await page.keyboard.type("/morph cover ")
    await page.locator(OFFERED, has_text="slow jazz").wait_for()
    assert await page.locator(OFFERED).count() == 2
    assert await page.locator(".command-popup-heading").inner_text() == "OPTIONS"
    await page.keyboard.type("bells")
    await page.locator(f"{OFFERED}:only-of-type", has_text="church bells").first.wait_for()
    await page.wait_for_function(f"() => document.querySelectorAll('{OFFERED}').length === 1")
    await page.keyboard.press("Enter")
    assert await field(room, "take").input_value() == "church bells · Bo · 7 s"
    assert await focused(room) == "tags"
    await page.keyboard.type("techno, 140 bpm")
    await page.keyboard.press("Enter")
    await room.until_text("cover of t2: techno, 140 bpm, None, None")


async def test_typed_words_are_sent_where_the_list_repeats_them(room: RoomPage) -> None:
    """One Enter is enough when the marked suggestion is what stands in the field."""
    await room.page.keyboard.type("/riff slow jazz")
    await room.page.locator(OFFERED, has_text="slow jazz").wait_for()
    await room.page.keyboard.press("Enter")
    await room.until_text("done")


async def test_an_option_is_found_by_typing(room: RoomPage) -> None:
    """Letters narrow the list of further options; a name with a colon goes to that option."""
    page = room.page
    await page.keyboard.type("/morph cover t1 tags:harp ")
    assert await field(room, "take").input_value() == "t1"
    await page.locator(".command-ghost").click()
    await page.keyboard.type("se")
    assert await page.locator(f"{OFFERED}:visible").all_inner_texts() == ["seed"]
    await page.keyboard.type("x")
    await page.keyboard.press("Enter")
    assert await page.locator(f"{OFFERED}:visible").count() == 0
    await page.keyboard.press("Backspace")
    await page.keyboard.press("Enter")
    assert await focused(room) == "seed"
    await page.keyboard.type("12 strength:0.5")
    await page.keyboard.press("Enter")
    await room.until_text("cover of t1: harp , 0.5, 12")


async def test_late_suggestions_do_not_take_the_place_of_the_options(room: RoomPage) -> None:
    """Somebody who opened the further options meanwhile still chooses from them."""
    page = room.page
    asked, let_go = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        if _asks_for_suggestions(route.request):
            asked.set()
            await let_go.wait()
        await route.continue_()

    await page.route("**/api/**", late)
    await page.keyboard.type("/riff slow")
    await asked.wait()
    await page.locator(".command-ghost").click()
    async with page.expect_response(lambda answer: _asks_for_suggestions(answer.request)) as answered:
        let_go.set()
    await (await answered.value).finished()
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert await page.locator(f"{OFFERED}:visible").all_inner_texts() == ["steps"]
    await page.locator(OFFERED).click()
    assert await focused(room) == "steps"


def _asks_for_suggestions(request: Request) -> bool:
    return "autocomplete_command" in (request.post_data or "")


async def test_a_pasted_recipe_is_a_command(room: RoomPage) -> None:
    """Its values stand in their fields and Enter sends them; other texts are pasted as they are."""
    await paste(room, "/morph cover take:t2 tags:techno, 140 bpm: fast strength:0.8 seed:7")
    assert await field(room, "tags").input_value() == "techno, 140 bpm: fast"
    await room.page.keyboard.press("Enter")
    await room.until_text("cover of t2: techno, 140 bpm: fast, 0.8, 7")
    for text in ("/nothing of:the kind", "riff prompt:x"):
        await paste(room, text)
        await room.page.keyboard.press("Escape")
        assert await room.page.locator("#channel-composer-input").input_value() == text
        await room.page.locator("#channel-composer-input").fill("")


async def test_a_number_out_of_bounds_stays_to_be_mended(room: RoomPage) -> None:
    """It is refused before it is sent, and all that was typed is still there."""
    await paste(room, "/morph cover take:t2 tags:harp strength:7")
    await room.page.keyboard.press("Enter")
    await room.page.locator(".command-error").wait_for()
    assert await field(room, "tags").input_value() == "harp"
    await field(room, "strength").fill("0.7")
    await room.page.keyboard.press("Enter")
    await room.until_text("cover of t2: harp, 0.7, None")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
async def test_values_and_errors_are_seen_whole(
    browser: Browser, driver: RoomDriver, size: tuple[int, int]
) -> None:
    """No letter of a short value is hidden; an error stands above the composer's edge, not behind it."""
    room = await RoomPage.open(browser, driver.address.page_url, size)
    await room.until_bot_is_here()
    await begin(room)
    for tags in ("techno, 140 bpm", "techno"):
        await paste(room, f"/morph cover take:t2 tags:{tags} strength:7")
        hidden_px = await field(room, "tags").evaluate("field => field.scrollWidth - field.clientWidth")
        assert hidden_px <= 0
        if tags != "techno":
            await room.page.locator(".command-context-close").click()
            await room.page.locator("#channel-composer-input").fill("")
    await room.page.keyboard.press("Enter")
    error = room.page.locator(".command-error")
    await error.wait_for()
    is_on_top = await error.evaluate(
        "error => { const box = error.getBoundingClientRect(); return [[box.left + 2, box.top + 2],"
        " [box.right - 2, box.bottom - 2]].every(([x, y]) => document.elementFromPoint(x, y) === error); }"
    )
    assert is_on_top
    await room.close()


async def test_a_room_that_stays_away_is_told(browser: Browser) -> None:
    """At first the tab tries again; after a while it says what to do."""
    async with room_process() as gone:
        context = await browser.new_context()
        room = RoomPage(await context.new_page())
        await room.page.clock.install()
        await room.page.goto(gone.address.page_url)
        await room.until_ready()
    await room.page.locator("#room-away", has_text="Trying again").wait_for()
    assert not await room.page.locator("#room-closed").is_visible()
    await room.page.clock.fast_forward(16_000)
    await room.page.locator("#room-closed", has_text="Start it again and open the address").wait_for()
    await room.close()


async def go(room: RoomPage, kind: str) -> None:
    """Go to the first place of a kind in the list."""
    await room.page.locator(f"#room-channels button[data-kind='{kind}']").first.click()
    await room.page.wait_for_selector(f"body[data-place='{kind}']", state="attached")


async def test_message_menus_threads_and_direct_words(room: RoomPage, driver: RoomDriver) -> None:
    """A right click opens a form, a line leads into a thread, a menu and a voice stand under messages."""
    page = room.page
    message_id = await driver.say("Bo", "riffs", "a tune for a menu")
    article = page.locator(f"[data-message-id='{message_id}']")
    await article.click(button="right")
    await page.get_by_role("menuitem", name="Riff on this").click()
    assert await page.locator(".modal-body input").input_value() == "about a tune for a menu"
    await page.get_by_role("button", name="Submit").click()
    await room.until_text("you wrote about a tune for a menu")
    await article.hover()
    await article.get_by_role("button", name="Apps").click()
    await page.keyboard.press("Escape")
    await page.locator(".room-apps").wait_for(state="detached")

    await driver.slash("Ana", "riffs", "side")
    await page.locator(".thread-summary").last.click()
    await room.until_text("in here")
    await go(room, "dm")
    await driver.slash("Ana", "dm", "greet", {"whom": "me"})
    await room.until_text("hello me, plain, en-US/None")
    await page.locator(
        "#channel-message-list .select-control, #channel-message-list [role=combobox]"
    ).last.click()
    await page.get_by_role("option", name="Recipe").click()
    await room.until_text("you chose recipe")
    await go(room, "text")


async def test_language_and_phone(room: RoomPage, driver: RoomDriver) -> None:
    """Commands are shown, and typed, in the chosen language; the phone's frame is a room 390 pixels wide.

    The name that a command was registered with is understood, too; whoever was reading further up is brought
    to what comes of it.
    """
    page = room.page
    await page.locator("#room-locale").select_option("de")
    await page.wait_for_function("() => window.simcordPreview.profile.locale === 'de'")
    await page.locator("#channel-composer-input").click()
    await page.keyboard.type("/gruss")
    await page.locator(".command-entry", has_text="/gruss").wait_for()
    await page.keyboard.type(" ")
    await page.locator(".command-chip", has_text="/gruss").wait_for()
    await page.keyboard.type("alle")
    await page.keyboard.press("Enter")
    await room.until_text("hello alle, plain, de/en-US")
    await driver.say("Bo", "riffs", "long\n" * 80)
    await room.until_text("long")
    await page.locator("#channel-timeline").hover()
    await page.mouse.wheel(0, -2000)
    await page.locator("#channel-timeline").evaluate(
        "box => box.scrollHeight - box.scrollTop - box.clientHeight > 100 ? null"
        " : new Promise((done) => { box.addEventListener('scroll', done); })"
    )
    await page.locator("#channel-composer-input").click()
    await page.keyboard.type("/greet")
    await page.locator(".command-entry", has_text="/gruss").wait_for()
    await page.keyboard.type(" ")
    await page.locator(".command-chip", has_text="/gruss").wait_for()
    await page.keyboard.type("wieder")
    assert not await room.is_at_newest()
    await page.keyboard.press("Enter")
    await room.until_text("hello wieder, plain, de/en-US")
    assert await room.is_at_newest()
    await page.locator("#room-locale").select_option("en-US")
    await page.locator("#room-phone-open").click()
    phone = page.frame_locator("#room-phone-frame")
    await phone.locator("#channel-composer").wait_for()
    await phone.locator("#messages-toggle").click()
    await phone.locator("#room-members button", has_text="Mira").click()
    await phone.locator("#room-channels button", has_text="moderators").wait_for(state="attached")
    assert await phone.locator("body").evaluate("body => [innerWidth, body.scrollWidth]") == [390, 390]
