"""Everything was killed, the room with it: who was there is there again, and the work goes on."""

from __future__ import annotations

from pathlib import Path

from tests.live.house import House, house


async def who_is_there(house: House) -> list[object]:
    """The ids of the server, its channels, people and roles."""
    world = await house.room.world()
    return [world[part] for part in ("guild_id", "bot_id", "channels", "users", "roles")]


async def test_a_room_that_comes_back_hears_what_was_ordered_before(tmp_path: Path) -> None:
    """Its messages are gone, so the order ends in a new one of the same channel; it is made and paid once.

    What was decided about the server stands.
    """
    async with house(tmp_path) as first:
        who = await who_is_there(first)
        await first.room.slash("Mira", "riffs", "pot price", {"host": "engine", "kind": "riff", "credits": 3})
        await first.room.slash("Ana", "riffs", "riff", {"prompt": "slow waltz", "length_s": 60, "steps": 150})
        await first.kill_bot()
        assert first.rows("SELECT state FROM jobs") != [("done",)]
    async with house(tmp_path) as second:
        assert await who_is_there(second) == who
        await second.result("slow waltz")
        await second.until_states("done")
        assert len(await second.messages_about("slow waltz")) == 1
        paid = second.rows("SELECT kind, amount FROM ledger WHERE job_id IS NOT NULL ORDER BY kind")
        assert paid == [("reserve", 3), ("settle", 3)]
