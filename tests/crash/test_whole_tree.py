"""Everything was killed, the room with it: what was ordered there ends kindly, and costs nothing."""

from __future__ import annotations

from pathlib import Path

from tests.live.house import house


async def test_jobs_of_a_room_that_is_gone_end_refunded(tmp_path: Path) -> None:
    """The next life finds the old channel gone: no message in the new room, the reserve given back."""
    async with house(tmp_path) as first:
        await first.room.slash("Ana", "riffs", "riff", {"prompt": "slow waltz", "length_s": 60, "steps": 150})
        await first.kill_bot()
        assert first.rows("SELECT state FROM jobs") != [("done",)]
    async with house(tmp_path) as second:
        await second.until_states("failed", "done")
        assert second.rows("SELECT state, ending FROM jobs") == [("failed", "ending.channel_gone")]
        assert await second.room.messages("riffs") == []
        kinds = sorted(kind for (kind,) in second.rows("SELECT kind FROM ledger WHERE job_id IS NOT NULL"))
        assert "refund" in kinds
        assert "settle" not in kinds
