"""What is to be seen of moderation: orders that wait, reports, the trail, unwanted words, and the setup."""

from __future__ import annotations

from typing import Any

from tests.screens.makes import PROMPT, Prepare, Set, some, take_of
from tests.screens.money import BESIDE, money


async def meet_in(scene: Set, channel: str, **rules: Any) -> None:
    """Moderators are told there, and nothing waits unless ``rules`` say so.

    Naming the channel that it is already would take it back: so another goes before.
    """
    room = scene.home.room
    numbers = {"hold_above": -1, "hold_hours": 48, "trust_after": 3, "appeals": "Write to Mira."}
    for each in ("lounge", channel):
        await room.slash("Mira", BESIDE, "setup rules", {"moderators_channel": {"channel": each}})
    await room.slash("Mira", BESIDE, "setup rules", {**numbers, **rules})


async def a_held_order(scene: Set, channel: str) -> None:
    """Its card, as who ordered it sees it."""
    await money(scene)
    await meet_in(scene, "moderators", hold_above=1)
    await scene.home.room.slash("Ana", channel, "riff", {"prompt": PROMPT})
    await some(scene.home.room, channel, lambda message: bool(message["embeds"]), what="the card")
    await meet_in(scene, "moderators")


async def a_held_orders_notice(scene: Set, channel: str) -> None:
    """What moderators are told of it."""
    await money(scene)
    await meet_in(scene, channel, hold_above=1)
    await scene.home.room.slash("Ana", BESIDE, "riff", {"prompt": PROMPT, "length_s": 8})
    await some(scene.home.room, channel, lambda message: bool(message["components"]), what="the notice")
    await meet_in(scene, "moderators")


async def reported(scene: Set, prompt: str) -> None:
    """A riff of Ana's that Bo reports."""
    room = scene.home.room
    await room.slash("Ana", BESIDE, "riff", {"prompt": prompt, "seed": 7})
    message = await scene.home.result(prompt, channel=BESIDE)
    menu = await room.click("Bo", message["id"], label="More")
    form = await room.select("Bo", menu.message_id or "", f"rm1:deed:{take_of(message)}", ["report"])
    await room.submit("Bo", form, {"reason": "The prompt is my real name."})


async def a_report(scene: Set, channel: str) -> None:
    """What moderators are told of a report."""
    await meet_in(scene, channel)
    await reported(scene, "a song for Bo Lindqvist")
    await some(scene.home.room, channel, lambda message: bool(message["components"]), what="the notice")
    await meet_in(scene, "moderators")


async def a_queue(scene: Set, channel: str) -> None:
    """Two orders and a report wait."""
    await money(scene)
    await meet_in(scene, "moderators")
    await reported(scene, "shouting, very loud")
    await meet_in(scene, "moderators", hold_above=1)
    for member, prompt in (("Ana", PROMPT), ("Bo", "church bells at noon")):
        await scene.home.room.slash(member, BESIDE, "riff", {"prompt": prompt})
    await scene.home.room.slash("Mira", channel, "mod queue")
    await meet_in(scene, "moderators")


async def a_trail(scene: Set, channel: str) -> None:
    """What moderators did."""
    room, bo = scene.home.room, {"member": {"member": "Bo"}}
    await meet_in(scene, "moderators")
    await room.slash(
        "Mira", BESIDE, "mod mute", {**bo, "duration": "1h", "reason": "the same riff ten times"}
    )
    await room.slash("Mira", BESIDE, "mod unblock", {"member": (await room.world())["users"]["Bo"]})
    await room.slash("Mira", BESIDE, "mod slow", {"seconds": 30, "reason": "a busy night"})
    await room.slash("Mira", BESIDE, "mod slow", {"seconds": 0})
    await room.slash("Mira", BESIDE, "mod trust", {"member": {"member": "Ana"}, "trusted": False})
    await room.slash("Mira", channel, "mod audit")


async def unwanted(scene: Set, channel: str) -> str:
    """Words that a server does not want; the id of their list."""
    room = scene.home.room
    rules = (
        ("rickroll*", "word", "refuse"),
        ("national anthem", "word", "hold"),
        (r"\bba+zz\b", "pattern", "refuse"),
    )
    for rule, kind, action in rules:
        await room.slash("Mira", BESIDE, "screen add", {"rule": rule, "kind": kind, "action": action})
    await room.until(lambda: _are_kept(scene, len(rules)), what="the rules")
    listed = await room.slash("Mira", channel, "screen list")
    return listed.message_id or ""


async def _are_kept(scene: Set, count: int) -> bool:
    return scene.home.rows("SELECT count(*) FROM screen_rules")[0][0] == count


async def unwanted_words(scene: Set, channel: str) -> None:
    """Their list."""
    await unwanted(scene, channel)


async def a_trial(scene: Set, channel: str) -> None:
    """What they would do to a text."""
    room = scene.home.room
    form = await room.click("Mira", await unwanted(scene, channel), label="Try")
    await room.submit("Mira", form, {"text": "a slow r1ckr0lling national anthem"})


def setup(page: str) -> Prepare:
    """A page of ``/setup``."""

    async def prepare(scene: Set, channel: str) -> None:
        await money(scene)
        await meet_in(scene, "moderators", hold_above=20, newcomer_account_days=7)
        await scene.home.room.slash("Mira", channel, "setup start", {"page": page})
        await meet_in(scene, "moderators")

    return prepare
