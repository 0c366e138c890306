"""Results that only their owner sees until they are posted: shown again, posted once, or given up.

A preview is paid for when it was delivered: the host has made the music, and its owner can open it from
then on, whether it is posted or not. So nothing is given back where it is discarded.
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.errors import NotAllowed, NotFound
from bot.jobs.handing_over import Give, hand_over
from bot.jobs.parcels import Posted
from bot.jobs.records import Job, Take
from bot.jobs.tools import Tools
from bot.store.jobs import get_job
from bot.store.takes import get_take, mark_deleted, note_message, takes_of_job

_log = structlog.get_logger(__name__)


class Previews:
    """What their owner may do with them."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def require(self, take_id: str, *, actor_id: str, posted_too: bool = False) -> None:
        """Raise as :meth:`show`, or with ``posted_too`` as :meth:`post`, before an answer is promised."""
        _, takes = await self._of(take_id, actor_id)
        if takes[0].message_id is not None and not posted_too:
            raise NotFound("preview")

    async def show(self, take_id: str, give: Give, *, actor_id: str) -> Posted:
        """Hand the takes of the preview to ``give``, in files that fit.

        Raises:
            NotFound: They are gone, or posted.
            NotAllowed: ``preview``: somebody else's.
        """
        job, takes = await self._of(take_id, actor_id)
        if takes[0].message_id is not None:
            raise NotFound("preview")
        return await hand_over(job, takes, self._tools, give=give)

    async def post(self, take_id: str, *, actor_id: str) -> tuple[Job, Take]:
        """Make the preview the one message that everybody sees; again finds the message that stands.

        Returns the job, which knows the card that told of it, and the take with its message. Raises as
        :meth:`show`, but not for one that is posted.
        """
        job, takes = await self._of(take_id, actor_id)
        if takes[0].message_id is not None:
            return job, takes[0]
        open_order = job.order.model_copy(update={"delivery": "here"})
        # Without a message of its own it is posted anew, with a nonce: two presses are answered with one.
        bare = replace(job, order=open_order, message_id=None, message_at=None)
        posted = await hand_over(bare, takes, self._tools)
        async with self._tools.database.begin() as connection:
            for take in takes:
                await note_message(connection, take.id, posted.card_id, posted.channel_id)
        _log.info("preview.posted", job=job.id, message=posted.card_id)
        return job, replace(takes[0], message_id=posted.card_id, channel_id=posted.channel_id)

    async def discard(self, take_id: str, *, actor_id: str) -> Job:
        """Forget the music. Raises as :meth:`show`."""
        job, takes = await self._of(take_id, actor_id)
        if takes[0].message_id is not None:
            raise NotFound("preview")
        async with self._tools.database.begin() as connection:
            for take in takes:
                await mark_deleted(connection, take.id)
        for take in takes:
            await self._tools.blobs.delete_take(take.id)
        _log.info("preview.discarded", job=job.id, actor=actor_id)
        return job

    async def _of(self, take_id: str, actor_id: str) -> tuple[Job, list[Take]]:
        async with self._tools.database.connect() as connection:
            take = await get_take(connection, take_id)
            if take is None or take.deleted:
                raise NotFound("take")
            if take.user_id != actor_id:
                raise NotAllowed("preview")
            job = await get_job(connection, take.job_id)
            made = await takes_of_job(connection, take.job_id)
        if job is None:
            raise NotFound("preview")
        return job, [each for each in made if not each.deleted]
