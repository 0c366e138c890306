"""What is photographed: one line a picture. ``SHOTS`` is the place to add to.

A shot has a channel of its own, so that nothing else is in the picture. ``prepare`` makes what is to be seen,
once, as members do; ``show`` brings it into view in a browser, for every width anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from playwright.async_api import Locator

from tests.browser import RoomPage
from tests.live.house import House

PROMPT = "lofi piano in the rain"

Prepare = Callable[[House, str], Awaitable[None]]
Show = Callable[[RoomPage], Awaitable[None]]


async def nothing(home: House, channel: str) -> None:
    """Nothing needs to be there."""


async def newest(room: RoomPage) -> None:
    """The end of the conversation, its players drawn and its pictures there."""
    await room.page.wait_for_function(
        "() => [...document.querySelectorAll('.audio-player')].every(p => p.querySelector('.room-shape'))"
        " && [...document.querySelectorAll('.channel-message img')].every(i => i.complete)"
    )


class Shot(NamedTuple):
    """A picture's name, its making, who looks, in which language, and how tall a window has to be."""

    name: str
    prepare: Prepare = nothing
    show: Show = newest
    member: str = "Ana"
    locale: str = "en-US"
    desk_height: int = 800
    phone_height: int = 844


# ------------------------------------------------------------------ what is made


async def a_result(home: House, channel: str) -> None:
    """A finished riff."""
    await home.room.slash("Ana", channel, "riff", {"prompt": PROMPT, "seed": 7})
    await home.result(PROMPT, channel=channel)


async def a_recipe(home: House, channel: str) -> None:
    """A finished riff, and what it was made from, told to who asked."""
    await a_result(home, channel)
    message = (await home.room.messages(channel))[-1]
    menu = await home.room.click("Ana", message["id"], label="More")
    take_id = message["components"][0]["components"][0]["custom_id"].rpartition(":")[2]
    await home.room.select("Ana", menu.message_id or "", f"rm1:deed:{take_id}", ["recipe"])


async def what_more(home: House, channel: str) -> None:
    """A finished riff, and the menu of what else can be done with it."""
    await a_result(home, channel)
    message = (await home.room.messages(channel))[-1]
    await home.room.click("Ana", message["id"], label="More")


async def some_at_work(home: House, channel: str) -> None:
    """Riffs that are being made, and their cards."""
    for number in range(8):
        await home.room.slash(
            "Bo" if number % 2 else "Ana", channel, "riff", {"prompt": PROMPT, "steps": 150}
        )


async def a_credit(home: House, channel: str) -> None:
    """What somebody else made of a riff."""
    await a_result(home, channel)
    message = (await home.room.messages(channel))[-1]
    await home.room.click("Bo", message["id"], label="Vary slight")
    await home.result(PROMPT, channel=channel)


async def a_list_of_jobs(home: House, channel: str) -> None:
    """What was made in a channel."""
    await a_result(home, channel)
    await home.room.slash("Ana", channel, "jobs list")


async def a_story(home: House, channel: str) -> None:
    """How a job came about."""
    await a_result(home, channel)
    offered = await home.room.autocomplete("Ana", channel, "jobs show", "job", "")
    await home.room.slash("Ana", channel, "jobs show", {"job": offered[0]["value"]})


async def a_mistake(home: House, channel: str) -> None:
    """A take that there is not."""
    await home.room.slash("Ana", channel, "morph cover", {"take": "nothing like it", "tags": "surf rock"})


# ------------------------------------------------------------- what is brought into view


def typed(text: str, until: str) -> Show:
    """Type into the composer until something is to be seen."""

    async def show(room: RoomPage) -> None:
        await room.page.locator("#channel-composer-input").click()
        await room.page.keyboard.type(text)
        await _first(room, until).wait_for()

    return show


def _first(room: RoomPage, selector: str) -> Locator:
    return room.page.locator(selector).first


ENTRY = ".command-entry"
OFFER = ".command-suggestion-label"

SHOTS: Final = (
    Shot("commands", show=typed("/", ENTRY)),
    Shot("commands-ja", show=typed("/", ENTRY), locale="ja"),
    Shot("riff-options", show=typed("/riff lofi", OFFER)),
    Shot("result", a_result, phone_height=900),
    Shot("recipe", a_recipe, desk_height=1000, phone_height=1200),
    Shot("more", what_more, desk_height=900, phone_height=1000),
    Shot("credits", a_credit, desk_height=900, phone_height=1000),
    Shot("running", some_at_work, desk_height=900, phone_height=900),
    Shot("morph-takes", a_result, typed("/morph cover ", OFFER)),
    Shot("jobs-list", a_list_of_jobs, desk_height=900, phone_height=1200),
    Shot("jobs-show", a_story, desk_height=1000, phone_height=1300),
    Shot("mistake", a_mistake),
)
"""Every picture, in the order in which they are taken."""
