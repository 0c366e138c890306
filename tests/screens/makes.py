"""What is to be seen on the pictures, made as members make it: once a shot, in a channel of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from tests.live.house import House
from tests.peers.standin.host import StandIn
from tests.room.driver import RoomDriver

PROMPT: Final = "lofi piano in the rain"
INVALID_TOKEN: Final = 50027
_PATIENCE_S: Final = 90.0
VOICE: Final = 1 << 13
LYRICS: Final = (
    "[Verse]\nThe rain runs down the window\nThe kettle starts to sing\nI count the passing headlights\n"
    "and wait for you to ring\n[Chorus]\nOh, stay a little longer\nthe night is warm and long\n"
    "Oh, stay a little longer\nI wrote you half a song"
)


class Set(NamedTuple):
    """Where it is made: a whole Riffcord, and a host that costs something."""

    home: House
    paid: StandIn


Prepare = Callable[[Set, str], Awaitable[None]]


async def nothing(scene: Set, channel: str) -> None:
    """Nothing needs to be there."""


# ------------------------------------------------------------------ riffs


async def a_result(scene: Set, channel: str) -> None:
    """A finished riff."""
    await scene.home.room.slash("Ana", channel, "riff", {"prompt": PROMPT, "seed": 7})
    await scene.home.result(PROMPT, channel=channel)


async def a_result_with_voice(scene: Set, channel: str) -> None:
    """A finished riff, and the voice message that answers it."""
    room = scene.home.room
    await room.slash("Mira", channel, "settings", {"voice": True})
    await a_result(scene, channel)
    await some(room, channel, lambda message: bool(message["flags"] & VOICE), what="the voice")


async def a_result_in_a_thread(scene: Set, channel: str) -> None:
    """The card of an order, and its thread."""
    room = scene.home.room
    await room.slash("Mira", channel, "settings", {"delivery": "thread"})
    await room.slash("Ana", channel, "riff", {"prompt": PROMPT, "seed": 7})
    await some(room, channel, lambda message: "<#" in described(message), what="the thread")


async def a_preview(scene: Set, channel: str) -> None:
    """A finished riff that only who ordered it sees."""
    room = scene.home.room
    await room.slash("Mira", channel, "settings", {"delivery": "private"})
    await room.slash("Ana", channel, "riff", {"prompt": PROMPT, "seed": 7})
    await some(room, channel, lambda message: bool(message["attachments"]), what="the preview")


async def a_late_preview(scene: Set, channel: str) -> None:
    """One that was finished when its card could not be changed any more."""
    room = scene.home.room
    await room.slash("Mira", channel, "settings", {"delivery": "private"})
    await room.fault("PATCH", "/webhooks/*/messages/@original", status=401, code=INVALID_TOKEN, count=None)
    await room.slash("Ana", channel, "riff", {"prompt": PROMPT, "seed": 7})
    await some(room, channel, lambda message: "preview" in str(message["embeds"]), what="the card")
    await room.clear_faults()


async def what_more(scene: Set, channel: str) -> None:
    """A finished riff, and the menu of what else can be done with it."""
    await a_result(scene, channel)
    message = (await scene.home.room.messages(channel))[-1]
    await scene.home.room.click("Ana", message["id"], label="More")


async def a_recipe(scene: Set, channel: str) -> None:
    """A finished riff, and what it was made from, told to who asked."""
    await a_result(scene, channel)
    message = (await scene.home.room.messages(channel))[-1]
    menu = await scene.home.room.click("Ana", message["id"], label="More")
    await scene.home.room.select("Ana", menu.message_id or "", f"rm1:deed:{take_of(message)}", ["recipe"])


async def some_at_work(scene: Set, channel: str) -> None:
    """Riffs that are being made, and their cards."""
    for number in range(8):
        await scene.home.room.slash(
            "Bo" if number % 2 else "Ana", channel, "riff", {"prompt": PROMPT, "steps": 150}
        )


async def a_credit(scene: Set, channel: str) -> None:
    """What somebody else made of a riff."""
    await a_result(scene, channel)
    message = (await scene.home.room.messages(channel))[-1]
    await scene.home.room.click("Bo", message["id"], label="Vary slight")
    await several_results(scene, channel, 2)


# ------------------------------------------------------- songs, morphs, journeys


async def a_song(scene: Set, channel: str) -> None:
    """A song in two takes, to choose from."""
    options = {
        "tags": "indie folk, acoustic guitar, 100 bpm",
        "title": "Half a song",
        "seed": 4,
        "lyrics_file": ("lyrics.txt", LYRICS.encode()),
        "voice": "female",
        "length_s": 60,
    }
    await scene.home.room.slash("Ana", channel, "song", options)
    await scene.home.result("Half a song", channel=channel)


async def a_morph_preview(scene: Set, channel: str) -> None:
    """A part of a riff that would be made anew, marked."""
    await a_result(scene, channel)
    (message,) = await scene.home.room.messages(channel)
    spans = {"from": "0:02", "to": "0:04", "take": take_of(message)}
    await scene.home.room.slash("Ana", channel, "morph inpaint", spans)
    await several_results(scene, channel, 2)


async def a_journey_offer(scene: Set, channel: str) -> None:
    """What a journey would cost at a host that costs something."""
    room = scene.home.room
    await room.slash("Mira", channel, "settings", {"host": "replicate"})
    await room.slash("Ana", channel, "journey", {"prompt": "slow jazz", "prompt_b": "techno", "steps": 5})
    await room.slash("Mira", channel, "settings", {"host": "default"})


async def a_journey_under_way(scene: Set, channel: str) -> None:
    """Some steps are ready, more are to come."""
    options = {"prompt": "slow jazz", "prompt_b": "techno", "steps": 12, "denoising": 0.9}
    await scene.home.room.slash("Ana", channel, "journey", options)

    def has_begun(message: dict[str, Any]) -> bool:
        return "of 12" in described(message) and "0 of 12" not in described(message)

    await some(scene.home.room, channel, has_begun, what="a step")


async def a_journey(scene: Set, channel: str) -> None:
    """From one sound to another, in one track."""
    options = {"prompt": "slow jazz", "prompt_b": "techno", "steps": 3, "seed": 5}
    await scene.home.room.slash("Ana", channel, "journey", options)
    await scene.home.result("slow jazz", channel=channel)


# ---------------------------------------------------------------- lists and pages


async def a_shelf(scene: Set, channel: str) -> None:
    """The music of a channel, as a list."""
    room = scene.home.room
    for number, (member, prompt) in enumerate(
        (("Ana", PROMPT), ("Bo", "funky synth solo"), ("Ana", "bossa nova at the beach, 130 bpm"))
    ):
        await room.slash(member, channel, "riff", {"prompt": prompt, "seed": number})
        await scene.home.result(prompt, channel=channel)
    await room.click("Bo", (await room.messages(channel))[0]["id"], label="Like")
    await room.slash("Ana", channel, "library channel")


async def a_family(scene: Set, channel: str) -> None:
    """What was made from a riff, and from that, as a picture."""
    room = scene.home.room
    await a_result(scene, channel)
    first = (await room.messages(channel))[0]["id"]
    for number, (member, label) in enumerate((("Bo", "Vary strong"), ("Ana", "Vary slight"))):
        await room.click(member, first, label=label)
        await several_results(scene, channel, number + 2)
    last = (await room.messages(channel))[-1]
    await room.slash("Bo", channel, "morph cover", {"take": take_of(last), "tags": "techno, 140 bpm"})
    await several_results(scene, channel, 4)
    await room.slash("Ana", channel, "tree", {"take": take_of(last)})
    await several_results(scene, channel, 5)


async def a_list_of_jobs(scene: Set, channel: str) -> None:
    """What was made in a channel."""
    await a_result(scene, channel)
    await scene.home.room.slash("Ana", channel, "jobs list")


async def a_story(scene: Set, channel: str) -> None:
    """How a job came about."""
    await a_result(scene, channel)
    offered = await scene.home.room.autocomplete("Ana", channel, "jobs show", "job", "")
    await scene.home.room.slash("Ana", channel, "jobs show", {"job": offered[0]["value"]})


async def the_settings(scene: Set, channel: str) -> None:
    """What a moderator decides."""
    given = {"delivery": "here", "voice": True, "preset": "Sunday", "preset_prompt": "slow lofi, vinyl"}
    await scene.home.room.slash("Mira", channel, "settings", given)


async def help_page(scene: Set, channel: str) -> None:
    """What can be typed."""
    await scene.home.room.slash("Ana", channel, "help")


async def privacy_page(scene: Set, channel: str) -> None:
    """What is kept."""
    await scene.home.room.slash("Ana", channel, "privacy about")


# ------------------------------------------------------------------- what goes wrong


async def a_mistake(scene: Set, channel: str) -> None:
    """A take that there is not."""
    await scene.home.room.slash(
        "Ana", channel, "morph cover", {"take": "nothing like it", "tags": "surf rock"}
    )


async def a_failure(scene: Set, channel: str) -> None:
    """A host that could not make it."""
    room = scene.home.room
    await room.slash("Mira", channel, "settings", {"host": "replicate"})
    await room.slash("Ana", channel, "riff", {"prompt": PROMPT})
    await room.slash("Mira", channel, "settings", {"host": "default"})

    async def ordered() -> str | None:
        return next(iter(scene.paid.predictions.rows), None)

    await scene.paid.predictions.ends(await room.until(ordered, what="the order"), "failed")
    await some(
        room, channel, lambda message: bool(message["embeds"]) and not message["components"], what="the end"
    )


async def a_bug(scene: Set, channel: str) -> None:
    """Something that nobody foresaw."""
    await scene.home.room.fault("POST", "/interactions/*/callback", status=400, code=50035)
    await scene.home.room.slash("Ana", channel, "help")


# ---------------------------------------------------------------------------


def take_of(message: dict[str, Any]) -> str:
    """The take in the ids of a result's buttons."""
    return str(message["components"][0]["components"][0]["custom_id"]).split(":")[2]  # a price may follow


def described(message: dict[str, Any]) -> str:
    """What the card of a message says."""
    return "".join(str(embed.get("description", "")) for embed in message["embeds"])


async def some(room: RoomDriver, channel: str, fits: Callable[[dict[str, Any]], bool], *, what: str) -> None:
    """Wait until a message of the channel fits."""

    async def look() -> bool:
        return any(fits(message) for message in await room.messages(channel))

    await room.until(look, what=what, limit_s=_PATIENCE_S)


async def several_results(scene: Set, channel: str, number: int) -> None:
    """Wait until so many messages of a channel show a picture."""

    async def look() -> bool:
        messages = await scene.home.room.messages(channel)
        return sum(any("image" in card for card in each["embeds"]) for each in messages) >= number

    await scene.home.room.until(look, what=f"{number} results", limit_s=_PATIENCE_S)
