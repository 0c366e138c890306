"""What is photographed: one line a picture. ``SHOTS`` is the place to add to.

A shot has a channel of its own, so that nothing else is in the picture. ``prepare`` makes what is to be seen
(:mod:`tests.screens.makes`); ``show`` brings it into view in a browser, for every width anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from playwright.async_api import Locator

from tests.browser import RoomPage
from tests.screens import makes, money, order
from tests.screens.makes import PROMPT, Prepare, nothing

Show = Callable[[RoomPage], Awaitable[None]]


async def newest(room: RoomPage) -> None:
    """The end of the conversation: every answer came, its players are drawn and its pictures there."""
    await room.page.wait_for_function(
        "() => [...document.querySelectorAll('.audio-player')].every(p => p.querySelector('.room-shape'))"
        " && [...document.querySelectorAll('.channel-message img')].every(i => i.complete)"
        " && !document.querySelector('.message-loading')"
    )


class Shot(NamedTuple):
    """A picture's name and caption, its making, who looks, in which language, how tall a window has to be."""

    name: str
    caption: str
    prepare: Prepare = nothing
    show: Show = newest
    member: str = "Ana"
    locale: str = "en-US"
    desk_height: int = 800
    phone_height: int = 844


def typed(text: str, until: str) -> Show:
    """Type into the composer until something is to be seen."""

    async def show(room: RoomPage) -> None:
        await room.page.locator("#channel-composer-input").click()
        await room.page.keyboard.type(text)
        await _first(room, until).wait_for()

    return show


def form(command: str, **options: str) -> Show:
    """Send a command that answers with a form."""

    async def show(room: RoomPage) -> None:
        await room.slash(command, options)
        await _first(room, _FIELD).wait_for()

    return show


def pressed(label: str, until: str) -> Show:
    """Press a button until something is to be seen."""

    async def show(room: RoomPage) -> None:
        await newest(room)
        await room.press(label)
        await _first(room, until).wait_for()

    return show


async def opened(room: RoomPage) -> None:
    """The newest menu, unfolded."""
    await newest(room)
    await room.page.locator(".select-trigger").last.click()
    await _first(room, ".select-option").wait_for()


async def to_report(room: RoomPage) -> None:
    """*More* under a result, and *Report* in it."""
    await newest(room)
    await room.press("More")
    await room.page.locator(".select-trigger").last.click()
    await room.page.locator(".select-option", has_text="Report").click()
    await _first(room, _FIELD).wait_for()


async def in_its_thread(room: RoomPage) -> None:
    """The one thread of the channel."""
    await room.page.locator(".thread-summary a, .thread-summary button, .thread-summary").first.click()
    await room.page.locator(".audio-player").first.wait_for()
    await newest(room)


def _first(room: RoomPage, selector: str) -> Locator:
    return room.page.locator(selector).first


_ENTRY = ".command-entry"
_OFFER = ".command-suggestion-label"
_FIELD = ".modal-field"

SHOTS: Final = (
    Shot("commands", "What can be typed", show=typed("/", _ENTRY)),
    Shot("commands-ja", "The same for whoever reads Japanese", show=typed("/", _ENTRY), locale="ja"),
    Shot("riff-options", "Suggestions while one types", show=typed("/riff lofi", _OFFER)),
    Shot(
        "riff-form",
        "`/riff … more:True`",
        show=form("riff", prompt=PROMPT, more="True"),
    ),
    Shot("running", "Orders and their places in line", makes.some_at_work, desk_height=900, phone_height=900),
    Shot("result", "A riff", makes.a_result, phone_height=900),
    Shot("result-ja", "The same on a Japanese server", makes.a_result, locale="ja", phone_height=900),
    Shot("voice", "With a voice message", makes.a_result_with_voice, desk_height=900, phone_height=1000),
    Shot(
        "more",
        "*More* under a result",
        makes.what_more,
        opened,
        desk_height=1000,
        phone_height=1300,
    ),
    Shot("recipe", "Its recipe", makes.a_recipe, desk_height=1000, phone_height=1200),
    Shot("edit-form", "*Edit prompt*", makes.a_result, pressed("Edit prompt", _FIELD), desk_height=1000),
    Shot("credits", "What another member made of it", makes.a_credit, desk_height=900, phone_height=1000),
    Shot("song", "A song in two takes", makes.a_song, desk_height=1100, phone_height=1300),
    Shot("song-form", "`/song` asks for lyrics", show=form("song")),
    Shot("takes", "Music of the channel, to choose from", makes.a_shelf, typed("/like ", _OFFER)),
    Shot("morph-menu", "*Morph*", makes.a_result, pressed("Morph", ".select-trigger"), phone_height=900),
    Shot(
        "morph-preview",
        "What would be made anew, and its price",
        makes.a_morph_preview,
        desk_height=900,
        phone_height=1000,
    ),
    Shot(
        "morph-form",
        "Other times",
        makes.a_morph_preview,
        pressed("Change", _FIELD),
        desk_height=900,
        phone_height=1000,
    ),
    Shot("journey-offer", "The price of a journey", makes.a_journey_offer),
    Shot("journey-running", "Step by step", makes.a_journey_under_way),
    Shot("journey", "A journey", makes.a_journey, phone_height=900),
    Shot("private", "A preview that nobody else sees", makes.a_preview, phone_height=900),
    Shot("private-ready", "It came later than a quarter of an hour", makes.a_late_preview),
    Shot("thread-card", "A channel with a thread for each order", makes.a_result_in_a_thread),
    Shot("thread", "In that thread", makes.a_result_in_a_thread, in_its_thread, phone_height=900),
    Shot("library", "`/library channel`", makes.a_shelf, desk_height=900, phone_height=1000),
    Shot("tree", "`/tree`", makes.a_family, desk_height=900, phone_height=1000),
    Shot("jobs-list", "`/jobs list`", makes.a_list_of_jobs, desk_height=900, phone_height=1200),
    Shot("jobs-show", "`/jobs show`", makes.a_story, desk_height=1000, phone_height=1300),
    Shot(
        "settings",
        "`/settings`",
        makes.the_settings,
        member="Mira",
        desk_height=1000,
        phone_height=1300,
    ),
    Shot("help", "`/help`", makes.help_page, desk_height=1000, phone_height=1300),
    Shot("privacy", "`/privacy about`", makes.privacy_page, desk_height=900, phone_height=1100),
    Shot("mistake", "What one can do right oneself", makes.a_mistake),
    Shot("failure", "What a host did wrong", makes.a_failure),
    Shot("bug", "What we did wrong", makes.a_bug),
    Shot("quota", "`/quota show`", money.a_quota, phone_height=1000),
    Shot("quota-history", "`/quota history`", money.a_history, member="Mira"),
    Shot("pot", "`/pot show`", money.the_pot, member="Mira", desk_height=1100, phone_height=1300),
    Shot("price", "It costs more than is taken without asking", money.a_price),
    Shot("too-dear", "It costs more than one has", money.too_dear, member="Bo"),
    Shot("keys", "`/key show`", money.own_keys, member="Mira"),
    Shot("held", "An order waits for the moderators", order.a_held_order),
    Shot("held-notice", "What moderators are told of it", order.a_held_orders_notice, member="Mira"),
    Shot(
        "reject-form",
        "*Reject*",
        order.a_held_orders_notice,
        pressed("Reject", _FIELD),
        member="Mira",
    ),
    Shot("report-form", "*Report* behind *More*", makes.a_result, to_report, member="Bo", desk_height=1000),
    Shot("report-notice", "What moderators are told of a report", order.a_report, member="Mira"),
    Shot("mod-queue", "`/mod queue`", order.a_queue, member="Mira"),
    Shot("mod-audit", "`/mod audit`", order.a_trail, member="Mira", desk_height=1000, phone_height=1200),
    Shot("screen-list", "`/screen list`", order.unwanted_words, member="Mira"),
    Shot("screen-test", "*Try* in it", order.a_trial, member="Mira", phone_height=1000),
    Shot("setup", "`/setup start`", order.setup("start"), member="Mira"),
    Shot("setup-moderators", "Its page of moderators", order.setup("moderators"), member="Mira"),
    Shot(
        "setup-newcomers", "Its page of newcomers", order.setup("newcomers"), member="Mira", phone_height=1000
    ),
    Shot("setup-check", "Its last page", order.setup("check"), member="Mira"),
)
"""Every picture, in the order in which they are taken."""
