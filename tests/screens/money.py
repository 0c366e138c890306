"""What is to be seen of money. What is only set up is done in a channel that is not in the picture."""

from __future__ import annotations

from typing import Any, Final

from bot.keys.records import OwnerKind
from tests.screens.makes import PROMPT, Set

BESIDE: Final = "riffs"
"""Where things are set up and ordered that the picture does not show."""
KEYS: Final[dict[OwnerKind, str]] = {
    "user": "r8_miras-own-key-0123456789abcdef",
    "guild": "r8_the-servers-key-0123456789abcd",
}


async def money(scene: Set, **pot: Any) -> None:
    """A week's pot of 120 credits, 20 a day for everybody, two for a riff."""
    room = scene.home.room
    given = {"amount": 120, "period": "week", "reset_time": "06:00", "zone": "Europe/Berlin", "ask_above": 10}
    await room.slash("Mira", BESIDE, "pot set", {**given, "credit_value": 0.05, "currency": "€", **pot})
    await room.slash("Mira", BESIDE, "pot price", {"host": "engine", "kind": "riff", "credits": 2})
    await room.slash("Mira", BESIDE, "pot share", {"cap": 20})


async def some_use(scene: Set) -> None:
    """Several members ordered, one cancelled, one gave some away, and there came more."""
    room = scene.home.room
    await money(scene)
    for member, number in (("Ana", 3), ("Bo", 2), ("Mira", 1)):
        for each in range(number):
            await room.slash(member, BESIDE, "riff", {"prompt": f"{PROMPT}, number {each}"})
    dropped = await room.slash("Bo", BESIDE, "riff", {"prompt": "a drone for an hour", "steps": 150})
    await room.click("Bo", dropped.message_id or "", label="Cancel")
    gift = {"member": {"member": "Bo"}, "amount": 3, "reason": "for the chorus"}
    await room.slash("Ana", BESIDE, "quota gift", gift)
    await room.slash("Mira", BESIDE, "pot top-up", {"amount": 30, "reason": "a good week"})


async def a_quota(scene: Set, channel: str) -> None:
    """What is left, and who used how much."""
    await some_use(scene)
    await scene.home.room.slash("Ana", channel, "quota show")


async def a_history(scene: Set, channel: str) -> None:
    """Each credit, for moderators."""
    await some_use(scene)
    await scene.home.room.slash("Mira", channel, "quota history", {"everybody": True})


async def the_pot(scene: Set, channel: str) -> None:
    """How it is filled, and who may take how much of it."""
    room = scene.home.room
    await money(scene)
    await room.slash("Mira", BESIDE, "pot share", {"member": {"member": "Bo"}, "cap": 40})
    await room.slash("Mira", BESIDE, "pot share", {"command": "song", "cap": 5})
    await room.slash("Mira", channel, "pot show")
    await room.slash("Mira", BESIDE, "pot share", {"member": {"member": "Bo"}, "forget": True})
    await room.slash("Mira", BESIDE, "pot share", {"command": "song", "forget": True})


async def a_price(scene: Set, channel: str) -> None:
    """An order that costs more than is taken without asking."""
    await money(scene, ask_above=1)
    await scene.home.room.slash("Ana", channel, "riff", {"prompt": PROMPT})
    await money(scene)


async def too_dear(scene: Set, channel: str) -> None:
    """An order that costs more than a member has."""
    room, bo = scene.home.room, {"member": {"member": "Bo"}}
    await money(scene)
    await room.slash("Mira", BESIDE, "pot share", {**bo, "cap": 1})
    await room.slash("Bo", channel, "riff", {"prompt": PROMPT})
    await room.slash("Mira", BESIDE, "pot share", {**bo, "forget": True})


async def own_keys(scene: Set, channel: str) -> None:
    """A member's key and the server's; forgotten again, so that nothing else is ordered with them."""
    room = scene.home.room
    for whose, key in KEYS.items():
        scene.paid.account(key)
        form = await room.slash("Mira", BESIDE, "key add", {"host": "replicate", "whose": whose})
        await room.submit("Mira", form, {"key": key})
    await room.until(lambda: _are_kept(scene), what="the keys")
    await room.slash("Mira", channel, "key show")
    for whose in KEYS:
        await room.slash("Mira", BESIDE, "key remove", {"host": "replicate", "whose": whose})


async def _are_kept(scene: Set) -> bool:
    return scene.home.rows("SELECT count(*) FROM host_keys")[0][0] == len(KEYS)
