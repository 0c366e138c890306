"""``Jobs``: everything that cogs and web pages may do with jobs and takes."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog

from bot.errors import InvalidOption, NotAllowed, NotFound
from bot.jobs import choosing, downloads, holding, hooks, orders, taking_back
from bot.jobs.able import can_make, no_host_for
from bot.jobs.choosing import Choice
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.downloads import Ticket, WholeFiles
from bot.jobs.handing_over import credits_of
from bot.jobs.inbox import take_news, wake_for
from bot.jobs.limits import Limits, Times
from bot.jobs.machine import Machine
from bot.jobs.news import News
from bot.jobs.order import Order
from bot.jobs.parcels import Credits, LinkedFormat
from bot.jobs.ports import Blobs, Finisher, Gate, Host, OwnAccounts, Stage
from bot.jobs.pricing import HostPrices, OpenGate, price_list, priced
from bot.jobs.privately import Previews
from bot.jobs.recipes import Recipe
from bot.jobs.records import Job, Listed, Move, Offers, Place, Take
from bot.jobs.space import Space
from bot.jobs.states import State
from bot.jobs.story import Story, read_story
from bot.jobs.taking_back import Decide, Decided
from bot.jobs.tools import Tools
from bot.jobs.upkeep import Keeping, Upkeep
from bot.moderation.records import Hold
from bot.money.audit import audit
from bot.money.policy import MoneySettings
from bot.money.prices import Prices
from bot.protocol.runs import Run
from bot.store.db import Database
from bot.store.jobs import bills_of_all, card_is_shown, get_job, recent_jobs, story_of
from bot.store.ledger import read_transfers
from bot.store.meta import first_meta
from bot.store.notices import settle_reports
from bot.store.takes import get_take, mark_deleted, recent_takes
from bot.store.wake import ring, rings

_log = structlog.get_logger(__name__)

_ACCEPTED_AT_ONCE: Final = 16
"""Orders that come together are looked at in turns, so that nothing else has to wait for all of them."""


class Jobs:
    """The jobs room's front door. Open the database first; ``start`` and ``stop`` frame its life."""

    def __init__(
        self,
        database: Database,
        *,
        hosts: Mapping[str, Host],
        stage: Stage,
        finisher: Finisher,
        blobs: Blobs,
        workspace: Path,
        webhook_bases: Mapping[str, str],
        limits: Limits | None = None,
        times: Times | None = None,
        prices: Prices | None = None,
        gate: Gate | None = None,
        own: OwnAccounts | None = None,
        keeping: Keeping | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Wire the machine.

        Args:
            database: Opened, with a current schema.
            hosts: Music hosts by name.
            stage: Discord.
            finisher: The audio worker.
            blobs: Where sounds are kept.
            workspace: A folder for half-done work, on the same disk as the blobs if possible.
            webhook_bases: Host -> our address as that host reaches it, e.g. ``https://riffcord.example``; a
                host that is not named is only polled.
            limits: How much runs at once.
            times: Patience.
            prices: Credits by host, where a server has no table of its own.
            gate: Decides which orders are accepted, and who pays; None: all, by the server's pot, on credit.
            own: Accounts at hosts that members and servers brought a key of.
            keeping: How long and how much is kept.
            clock: Time.
            chance: 0..1, spreads retries.
        """
        self._database = database
        self._webhook_bases = webhook_bases
        unqueued = frozenset(name for name, host in hosts.items() if not host.offers.queues)
        self._limits = replace(limits or Limits(), unqueued_hosts=unqueued)
        self._prices = prices or Prices()
        self._gate = gate or OpenGate()
        self._blobs = blobs
        self._at_the_door = asyncio.Semaphore(_ACCEPTED_AT_ONCE)
        self._secret = ""
        self.people_base: str | None = None
        """Our address as people reach it, e.g. ``https://riffcord.example``; without one no link is told."""
        self._tasks: list[asyncio.Task[None]] = []
        self._tools = Tools(
            database=database,
            hosts=hosts,
            stage=stage,
            finisher=finisher,
            blobs=blobs,
            workspace=workspace,
            clock=clock or SystemClock(),
            times=times or Times(),
            webhook=self._webhook,
            link=self._link,
            chance=chance,
            own=own,
        )
        self._machine = Machine(self._tools, self._limits)
        self.previews = Previews(self._tools)
        """Results that only their owner sees until they are posted."""
        self._whole_files = WholeFiles(blobs, finisher, workspace / "whole")
        keeping = keeping or Keeping()
        self._space = Space(blobs, keeping.blobs_max_gb)
        self.upkeep = Upkeep(self._tools, keeping, self._space)

    # life

    async def open(self) -> None:
        """Learn the instance's secret and clear up after an earlier life; enough for all but working."""
        if self._secret:
            return
        if not self._database.is_postgres:  # nobody else works there
            await self._machine.take_back()
            await asyncio.to_thread(shutil.rmtree, self._tools.workspace, ignore_errors=True)
        async with self._database.begin() as connection:
            self._secret = await first_meta(connection, hooks.SECRET_KEY, hooks.new_secret())

    async def start(self) -> None:
        """Take up every open job and go on with new ones until :meth:`stop`."""
        await self.open()
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "jobs machine": self._machine.run_forever,
            "jobs leases": self._renew_leases,
            "jobs line": self._machine.line.run_forever,
            "jobs upkeep": self.upkeep.run_forever,
        }
        if self._database.is_postgres:
            loops["jobs bell"] = self._listen
        self._tasks = [asyncio.create_task(_for_ever(name, run), name=name) for name, run in loops.items()]

    async def stop(self, grace_s: float = 10.0) -> None:
        """Finish running steps within ``grace_s`` seconds, then break off what is left; nothing is lost."""
        await self._machine.stop(grace_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def step_until_idle(self) -> None:
        """Without :meth:`start`: do everything that is due now, and return. For tests in one process."""
        await self.open()
        await self._machine.run_until_idle()

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(self._tools.times.renew_s)
            await self._machine.renew_leases()

    async def _listen(self) -> None:
        async with aclosing(rings(self._database)) as heard:
            async for _ in heard:
                self._machine.wake(line_moved=True)

    # orders

    async def order(
        self, order: Order, *, interaction_token: str | None, also: orders.Also | None = None
    ) -> Job:
        """Accept an order: one row and its reserve in one transaction. Show the card, then ``card_shown``.

        Args:
            order: What, for whom, where.
            interaction_token: By which the card is found as ``@original``, should we die before it is noted.
            also: What is written in the same transaction; where it raises, nothing is ordered.

        Raises:
            InvalidOption: Nothing to play, or an unknown host.
            TooMany: This person already has as many open jobs as one may have.
            NotAllowed: This person or channel may order nothing now.
            NotEnough: Pot or share cannot pay for it.
            NoSpace: The disk, or what the kept music may take up of it, is full.
        """
        await self._space.require()
        async with self._at_the_door:
            job = await orders.accept(
                order,
                self._tools,
                self._limits,
                gate=self._gate,
                prices=self._prices,
                interaction_token=interaction_token,
                also=also,
            )
        self._machine.wake()  # its timer does not know the end of the grace yet
        return job

    async def require_space(self) -> None:
        """Before something that members bring is kept. Raises ``MusicFull``."""
        await self._space.require()

    def price_of(self, recipe: Recipe, host: str, money: MoneySettings) -> int:
        """What an order costs in a server that decided so, all its parts together, in credits."""
        return priced(recipe, host, self._prices, money)

    def price_list(self, money: MoneySettings) -> list[HostPrices]:
        """What everything costs at every host in a server that decided so."""
        return price_list(self.offers, self._prices, money)

    async def card_shown(self, job_id: str, message_id: str) -> None:
        """The card stands as this message: the job may begin."""
        async with self._database.begin() as connection:
            await card_is_shown(connection, job_id, message_id, self._tools.clock.now())
            await ring(connection)
        self._machine.wake(line_moved=True)

    async def cancel(self, job_id: str, *, actor_id: str, is_moderator: bool) -> Job:
        """Stop a job, wherever it stands. Host, card and money follow at once; a job that ended stays so.

        Raises:
            NotFound: There is no such job.
            NotAllowed: Somebody else's job, and no moderator.
        """
        await orders.cancel(job_id, self._tools, actor_id=actor_id, is_moderator=is_moderator)
        self._machine.wake(line_moved=True)
        return await self.get(job_id)

    # what moderators decide

    async def approve(
        self, job_id: str, *, guild_id: str, actor_id: str, also: holding.Also | None = None
    ) -> Hold:
        """Let an order go that waits; ``also`` is written with it. Raises as :func:`holding.approve`."""
        hold = await holding.approve(job_id, self._tools, guild_id=guild_id, actor_id=actor_id, also=also)
        self._machine.wake(line_moved=True)
        return hold

    async def reject(
        self, job_id: str, *, guild_id: str, actor_id: str, reason: str, appeals: str = ""
    ) -> Hold:
        """Refuse an order that waits, refunded. Raises as :func:`holding.reject`."""
        hold = await holding.reject(
            job_id, self._tools, guild_id=guild_id, actor_id=actor_id, reason=reason, appeals=appeals
        )
        self._machine.wake()
        return hold

    async def take_back(
        self,
        *,
        guild_id: str,
        user_id: str,
        actor_id: str,
        appeals: str,
        decide: Decide[Decided],
        reason: str | None = None,
    ) -> Decided:
        """A member's orders that wait end with what ``decide`` writes. As :func:`taking_back.take_back`."""
        decided = await taking_back.take_back(
            self._tools,
            guild_id=guild_id,
            user_id=user_id,
            actor_id=actor_id,
            appeals=appeals,
            decide=decide,
            reason=reason,
        )
        self._machine.wake(line_moved=True)
        return decided

    # news from hosts

    def _webhook(self, job: Job) -> str | None:
        base = self._webhook_bases.get(job.order.host)
        return None if base is None else base + hooks.path(self._secret, job.id, job.intents)

    def is_our_hook(self, job_id: str, attempt: str, mac: str) -> bool:
        """Whether the parts of ``/hooks/<job>/<attempt>/<mac>`` were made by this instance."""
        return bool(self._secret) and hooks.is_ours(self._secret, job_id, attempt, mac)

    async def told(self, job_id: str, run: Run) -> News:
        """A host told by webhook. Duplicates, late, out-of-order and foreign news change nothing."""
        return await take_news(self._tools, self._machine, job_id, run)

    async def nudge(self, job_id: str, run_id: str) -> None:
        """A run is said to have got on, without proof: its host is asked. Raises ``HostError``."""
        await wake_for(self._tools, self._machine, job_id, run_id)

    # downloads

    def _link(self, take: Take, form: LinkedFormat) -> str | None:
        if self.people_base is None or not self._secret:
            return None
        expires_at = self._tools.clock.now() + downloads.LINK_LIFE
        return self.people_base + downloads.path(self._secret, Ticket(take.id, form, expires_at))

    def ticket(self, token: str) -> Ticket | None:
        """What the last part of a ``/takes/`` address opens; None where this instance did not make it."""
        return downloads.ticket_of(self._secret, token) if self._secret else None

    async def download(self, ticket: Ticket) -> tuple[Take, Path]:
        """The take that an address opens, and its file. Raises ``NotFound`` when time or take are over."""
        if ticket.expires_at <= self._tools.clock.now():
            raise NotFound("take")
        take = await self.take(ticket.take_id)
        return take, await self._whole_files.file(take, ticket.form)

    # reading

    @property
    def offers(self) -> dict[str, Offers]:
        """What each host can be asked for, by its name."""
        return {name: host.offers for name, host in self._tools.hosts.items()}

    async def get(self, job_id: str) -> Job:
        """The job as it stands. Raises ``NotFound``."""
        async with self._database.glance() as connection:
            job = await get_job(connection, job_id)
        if job is None:
            raise NotFound("job")
        return job

    async def place(self, job_id: str) -> Place | None:
        """A queued job's place in line; None for any other."""
        return await self._machine.line.place(job_id)

    async def recent(self, channel_id: str, limit: int = 10) -> list[Listed]:
        """The channel's jobs: open ones first, then ended ones, newest first."""
        async with self._database.connect() as connection:
            found = await recent_jobs(connection, channel_id, limit)
        queued = any(job.state is State.QUEUED for job in found)
        places = await self._machine.line.all_places() if queued else {}
        now = self._tools.clock.now()
        return [
            Listed(
                job=job,
                place=places.get(job.id),
                age_s=(now - job.created_at).total_seconds(),
            )
            for job in found
        ]

    async def story(self, job_id: str) -> list[Move]:
        """Every move of a job with time, cause and actor, oldest first."""
        async with self._database.connect() as connection:
            return await story_of(connection, job_id)

    async def whole_story(self, job_id: str) -> Story:
        """A job with its moves, what was paid, and its place in line. Raises ``NotFound``."""
        story = await read_story(self._database, job_id)
        queued = story.job.state is State.QUEUED
        return replace(story, place=await self.place(job_id)) if queued else story

    # takes

    async def take(self, take_id: str) -> Take:
        """A take that its buttons work on. Raises ``NotFound`` when it was deleted."""
        async with self._database.connect() as connection:
            take = await get_take(connection, take_id)
        if take is None or take.deleted:
            raise NotFound("take")
        return take

    async def take_made(self, take_id: str) -> Take:
        """A take, deleted or not. Raises ``NotFound``."""
        async with self._database.glance() as connection:
            take = await get_take(connection, take_id)
        if take is None:
            raise NotFound("take")
        return take

    async def takes_in(self, channel_id: str, limit: int = 100) -> list[Take]:
        """The channel's takes that can be used, newest first."""
        async with self._database.connect() as connection:
            return await recent_takes(connection, channel_id, limit)

    def host_for(self, recipe: Recipe, *preferred: str) -> str:
        """A host that can make it: the first of ``preferred`` that can, else any.

        Raises:
            InvalidOption: There is none in this instance.
        """
        able = [name for name, host in self._tools.hosts.items() if can_make(recipe, host.offers)]
        for name in (*preferred, *able):
            if name in able:
                return name
        raise InvalidOption(*no_host_for(recipe))

    def host_named(self, recipe: Recipe, name: str) -> str:
        """This very host, where it can make it. Raises ``InvalidOption``."""
        host = self._tools.hosts.get(name)
        if host is None or not can_make(recipe, host.offers):
            raise InvalidOption("host", "host_cannot", host=name)
        return name

    @property
    def offers_images(self) -> bool:
        """Whether any host paints."""
        return any(host.offers.images for host in self._tools.hosts.values())

    async def bring_picture(self, file: Path, folder: Path) -> Path:
        """A member's picture as hosts get it, in ``folder``. Raises ``UnusableAudio`` where it is none."""
        return await self._tools.finisher.bring_picture(file, folder)

    async def midi(self, take: Take) -> bytes:
        """A take's notes as a MIDI file. Raises ``NotFound``, ``UnusableAudio`` where there are none."""
        if take.score is None:
            raise NotFound("score")
        return await self._tools.finisher.midi(await self._blobs.path(take.score))

    def hosts_for(self, recipe: Recipe) -> list[str]:
        """Every host that can make it."""
        return [name for name, host in self._tools.hosts.items() if can_make(recipe, host.offers)]

    async def delete_take(
        self, take_id: str, *, actor_id: str, is_moderator: bool, also: orders.Also | None = None
    ) -> Take:
        """Forget a take's music, and write what ``also`` does with it; the caller removes the message.

        Raises:
            NotFound: It is gone already.
            NotAllowed: Somebody else's take, and no moderator.
        """
        take = await self.take(take_id)
        if actor_id != take.user_id and not is_moderator:
            raise NotAllowed("delete")
        async with self._database.begin() as connection:
            await mark_deleted(connection, take_id)
            if also is not None:
                await also(connection)
            at = self._tools.clock.now()
            await settle_reports(connection, take.guild_id, take_id, actor_id=actor_id, at=at)
        await self._blobs.delete_take(take_id)
        _log.info("take.deleted", take=take_id, actor=actor_id)
        return take

    async def choose(self, take_id: str, *, both: bool, actor_id: str, is_moderator: bool) -> Choice:
        """Of a job with two takes, keep this one alone, or both. Raises ``NotFound``, ``NotAllowed``."""
        return await choosing.choose(
            take_id,
            both=both,
            database=self._database,
            blobs=self._blobs,
            actor_id=actor_id,
            is_moderator=is_moderator,
            at=self._tools.clock.now(),
        )

    async def credits(self, take: Take) -> Credits:
        """Whose music a take comes from."""
        return await credits_of(take, self._tools)

    async def beside(self, take: Take) -> list[Take]:
        """The other takes of its job that stand, first to last."""
        return await choosing.standing_beside(self._database, take)

    # money

    async def check_books(self) -> list[str]:
        """What is wrong with the ledger, a line each; empty when it is exact."""
        async with self._database.moment() as connection:
            transfers = await read_transfers(connection)
            bills = await bills_of_all(connection)
        faults = audit(transfers, bills)
        return [f"{fault.kind}: {dict(fault.facts)}" for fault in faults]


async def _for_ever(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a background loop; one that breaks is loud, and goes on."""
    while True:
        try:
            await run()
        except Exception:
            _log.exception("jobs.loop_broke", loop=name)
        await asyncio.sleep(1.0)
