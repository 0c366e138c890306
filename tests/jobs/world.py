"""A small world around the job machine: a host, a Discord, a clock, and accidents at chosen points.

What stands here outlives the machine, as a real host and a real Discord outlive a killed bot.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound, UnusableAudio
from bot.gate import ServerGate
from bot.jobs.clock import Clock
from bot.jobs.limits import Limits, Pace, Times
from bot.jobs.order import Order
from bot.jobs.parcels import Delivery, FileFormat, Packed, Posted, Voice
from bot.jobs.ports import Gate, Host, OwnAccounts, Verifier, WriteAhead
from bot.jobs.recipes import Riff
from bot.jobs.records import (
    Facts,
    Fetched,
    Finished,
    HostHealth,
    Job,
    Offers,
    Piece,
    Place,
    Source,
    Take,
)
from bot.jobs.service import Jobs
from bot.jobs.upkeep import Keeping
from bot.money.prices import Prices
from bot.protocol.engine import EngineInput, Transform
from bot.protocol.image_models import ImageInput
from bot.protocol.runs import Result, Run
from bot.store.blobs import FolderBlobs
from bot.store.db import Database, open_database
from tests.jobs.atelier import Atelier, painted


class Killed(BaseException):
    """The process is dead: nothing after this point happens."""


class HandClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """The time that the test wants."""
        return self.time

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)


@dataclass
class Accidents:
    """Named points at which an error is raised, once for each that was planned."""

    planned: defaultdict[str, list[BaseException]] = field(default_factory=lambda: defaultdict(list))
    passed: list[str] = field(default_factory=list[str])
    chance: Callable[[str], BaseException | None] = lambda point: None
    """A second source: asked at every point."""

    def plan(self, point: str, *errors: BaseException) -> None:
        """At the next visits of ``point`` these are raised, one a visit."""
        self.planned[point] += errors

    def point(self, name: str) -> None:
        """The machine comes by."""
        self.passed.append(name)
        if self.planned[name]:
            raise self.planned[name].pop(0)
        if (error := self.chance(name)) is not None:
            raise error


class HostDouble:
    """A host with a list and no idempotency key; it charges for each create."""

    def __init__(self, name: str, clock: Clock, accidents: Accidents) -> None:
        self.name = name
        self.base_url = "http://127.0.0.1:8"
        self.local = True
        self.pace: Pace | None = None
        self.offers = Offers(
            songs=True,
            transforms=frozenset(get_args(Transform)),
            engine_extras=True,
            lists=True,
            signs=True,
        )
        self._clock = clock
        self._accidents = accidents
        self.mark = "p"
        """How its runs are called before their number."""
        self.runs: dict[str, Run] = {}
        self.references: dict[str, str] = {}
        """Of each run."""
        self.wanted: dict[str, EngineInput | ImageInput] = {}
        self.webhooks: dict[str, str | None] = {}
        self.cancelled: list[str] = []
        self.tells_score = False
        self.paints = painted()
        self.versions = 1
        """How many of each it makes."""
        self.sources: list[tuple[str, bytes]] = []
        """What came with each call to rework something: kind of file and content."""
        self.before_create: Callable[[], Awaitable[object]] | None = None
        self.during_create: Callable[[], Awaitable[object]] | None = None
        self.during_get: Callable[[], Awaitable[object]] | None = None

    async def create(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        webhook: str | None,
        source: Source | None = None,
        ahead: WriteAhead | None = None,
    ) -> Run:
        """Accept and charge; the answer may get lost at the point ``created``."""
        self._accidents.point("prepare")
        if self.before_create is not None:
            await self.before_create()
        if ahead is not None:
            await ahead()
        self._accidents.point("create")
        if source is not None:
            content = await asyncio.to_thread(source.file.read_bytes)
            self.sources.append((source.file.suffix, content))
        made = self.make(reference, webhook)
        self.wanted[made.id] = wanted
        if self.during_create is not None:
            await self.during_create()
        self._accidents.point("created")
        return made

    def make(self, reference: str, webhook: str | None = None) -> Run:
        """What a create call leads to, answered or not."""
        made = Run(id=f"{self.mark}{len(self.runs)}", status="starting", created_at=self._clock.now())
        self.runs[made.id] = made
        self.references[made.id] = reference
        self.webhooks[made.id] = webhook
        return made

    async def get(self, run_id: str, *, since: datetime | None = None, urgent: bool = False) -> Run:
        """The run as it stood when it was asked for."""
        self._accidents.point("get")
        answer = self.runs[run_id]
        if self.during_get is not None:
            await self.during_get()
        return answer

    async def find(
        self,
        wanted: EngineInput | ImageInput,
        *,
        reference: str,
        since: datetime,
        until: datetime | None = None,
        urgent: bool = False,
    ) -> list[Run]:
        """All that echo the reference."""
        self._accidents.point("find")
        return [
            made
            for made in self.runs.values()
            if self.references[made.id] == reference and made.created_at and made.created_at >= since
        ]

    async def cancel(self, run_id: str) -> None:
        """Stop it; harmless where it is over."""
        self._accidents.point("cancel")
        self.cancelled.append(run_id)
        if not self.runs[run_id].ended:
            self.change(run_id, status="canceled")

    async def fetch(self, result: Result, folder: Path) -> Fetched:
        """A small file instead of sound."""
        self._accidents.point("fetch")
        audio = folder / "fetched.wav"
        audio.write_bytes(b"RIFF" + (result.audio or "").encode())
        score = folder / "score.json"
        if self.tells_score:
            score.write_text(f'{{"of": "{result.audio}"}}')
        self._accidents.point("fetched")
        facts = Facts(bpm=90.0, key="A minor", seed=7, title=result.title, lyrics=result.lyrics)
        return Fetched(audio=audio, facts=facts, score=score if self.tells_score else None)

    async def fetch_picture(self, result: Result, folder: Path) -> Path:
        """What it paints."""
        picture = folder / "fetched.png"
        picture.write_bytes(self.paints)
        return picture

    def told(self, body: bytes) -> Run:
        """Webhooks of this host carry the record itself."""
        return Run.model_validate_json(body)

    async def verifier(self) -> Verifier | None:
        """Nobody's signature is checked here."""
        return None

    async def check(self) -> HostHealth:
        """It is always well."""
        return HostHealth("answers", "a double")

    async def close(self) -> None:
        """Nothing is open."""

    def change(self, run_id: str, **values: object) -> Run:
        """The run gets on."""
        changed = self.runs[run_id].model_copy(update=values)
        if changed.status == "succeeded" and not changed.results:
            names = [run_id, *(f"{run_id} again" for _ in range(1, self.versions))]
            made = tuple(Result(audio=name) for name in names)
            changed = changed.model_copy(update={"results": made})
        self.runs[run_id] = changed
        return changed

    def of(self, job: Job) -> list[Run]:
        """All that was made, and is to be paid, for a job."""
        return [made for made in self.runs.values() if self.references[made.id] == job.reference]


@dataclass
class Message:
    """A message in the channel."""

    job_id: str
    text: str
    edits: int = 0


class StageDouble:
    """A channel. A nonce is honoured for as long as the test runs."""

    def __init__(self, accidents: Accidents) -> None:
        self._accidents = accidents
        self.messages: dict[str, Message] = {}
        self.originals: dict[str, str] = {}
        self.shown: list[tuple[str, str]] = []
        self.told_owners: list[tuple[str, str]] = []
        self.during_deliver: Callable[[], Awaitable[object]] | None = None

    def card(self, job: Job, token: str) -> str:
        """What the command does: answer with a card; the message's id."""
        message_id = self._post(job.id, "card")
        self.originals[token] = message_id
        return message_id

    def _post(self, job_id: str, text: str) -> str:
        message_id = str(1_000 + len(self.messages))
        self.messages[message_id] = Message(job_id, text)
        return message_id

    def _put(self, job: Job, text: str) -> str:
        message_id = job.message_id or next((i for i, m in self.messages.items() if m.job_id == job.id), None)
        if message_id is None:
            return self._post(job.id, text)
        self.messages[message_id] = replace(
            self.messages[message_id], text=text, edits=self.messages[message_id].edits + 1
        )
        return message_id

    async def find_card(self, job: Job) -> str | None:
        """The card that the command answered with."""
        self._accidents.point("find_card")
        return self.originals.get(job.interaction_token or "")

    async def show(self, job: Job, place: Place | None) -> None:
        """Note what the card would say."""
        self._accidents.point("show")
        text = job.trouble or (job.state.value if place is None else f"place {place.ahead}")
        if job.progress:
            text += f" {job.progress:.0%}"
        self.shown.append((job.id, text))

    def limit_bytes(self, job: Job) -> int:
        """As large as every server takes."""
        return 10 * 2**20

    def may_speak(self, job: Job) -> bool:
        """Everybody may."""
        return True

    async def speak(self, job: Job, take: Take, voice: Voice, message_id: str) -> str:
        """An answer of its own, once for each take."""
        self._accidents.point("speak")
        return self._post(f"voice {take.id}", message_id)

    async def deliver(self, job: Job, delivery: Delivery) -> Posted:
        """One message a job, by id or nonce."""
        self._accidents.point("deliver")
        sizes = [len(await asyncio.to_thread(path.read_bytes)) for path in delivery.files]
        takes = " ".join(part.take.id for part in delivery.parts)
        message_id = self._put(job, " ".join(["take", takes, *map(str, sizes)]))
        if self.during_deliver is not None:
            await self.during_deliver()
        self._accidents.point("delivered")
        return Posted(card_id=message_id, channel_id=job.order.channel_id, message_id=message_id)

    async def wear(self, take: Take, cover: Path, upload: Path) -> None:
        """Note the cover on the take's message."""
        self._accidents.point("wear")
        if take.message_id is not None:
            shown = self.messages[take.message_id]
            self.messages[take.message_id] = replace(shown, text=f"{shown.text} with {cover.name}")

    async def end(self, job: Job, ending: str, facts: dict[str, object]) -> str | None:
        """One message a job, by id or nonce."""
        self._accidents.point("end")
        message_id = self._put(job, " ".join([ending, *map(str, facts.values())]))
        self._accidents.point("ended")
        return message_id

    async def tell_owner(self, job: Job, ending: str, facts: dict[str, object]) -> None:
        """Note who was told what."""
        self._accidents.point("tell_owner")
        self.told_owners.append((job.order.user_id, ending))

    def of(self, job: Job) -> list[str]:
        """The texts of all messages of a job."""
        return [message.text for message in self.messages.values() if message.job_id == job.id]

    def cards_shown(self, job: Job) -> list[str]:
        """Everything that its card said, in order."""
        return [text for job_id, text in self.shown if job_id == job.id]


class FinisherDouble(Atelier):
    """An audio worker that takes no time."""

    def __init__(self, accidents: Accidents) -> None:
        self._accidents = accidents

    async def finish(self, fetched: Fetched, order: Order, folder: Path) -> Finished:
        """Three files whose contents tell where they come from."""
        self._accidents.point("finish")
        files = [folder / name for name in ("take.flac", "take.mp3", "take.png")]
        for file in files:
            file.write_bytes(fetched.audio.read_bytes() + file.suffix.encode())
        self._accidents.point("finished")
        return Finished(
            lossless=files[0],
            upload=files[1],
            picture=files[2],
            duration_s=5.0,
            bpm=91.0,
            key=None,
            lufs=-14.0,
            true_peak_db=-1.2,
        )

    async def pack(
        self, source: Path, folder: Path, *, name: str, form: FileFormat, limit_bytes: int | None
    ) -> Packed:
        """The same bytes under another name, or nothing that fits."""
        content = await asyncio.to_thread(source.read_bytes)
        if limit_bytes is not None and len(content) > limit_bytes:
            raise UnusableAudio("too_large")
        file = folder / f"{name}.{form}"
        await asyncio.to_thread(file.write_bytes, content)
        return Packed(file=file, format=form, channels=2)

    async def join(self, pieces: Sequence[Piece], folder: Path) -> Path:
        """The contents in a row."""
        self._accidents.point("join")
        file = folder / "joined.flac"
        contents = [await asyncio.to_thread(piece.file.read_bytes) for piece in pieces]
        await asyncio.to_thread(file.write_bytes, b"+".join(contents))
        return file

    async def speak(self, source: Path, folder: Path, *, name: str, limit_bytes: int) -> Voice:
        """The same bytes, said to be a second long."""
        packed = await self.pack(source, folder, name=name, form="ogg", limit_bytes=limit_bytes)
        return Voice(file=packed.file, duration_s=1.0, waveform="AP8=")

    async def film(self, source: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
        """The same bytes, said to be a film."""
        packed = await self.pack(source, folder, name=name, form="mp3", limit_bytes=limit_bytes)
        return await asyncio.to_thread(packed.file.rename, folder / f"{name}.mp4")


class WatchedBlobs(FolderBlobs):
    """The real folder, with accidents."""

    def __init__(self, root: Path, accidents: Accidents) -> None:
        super().__init__(root)
        self._accidents = accidents
        self.root = root

    async def put(self, source: Path, *, key: str) -> None:
        """Keep, unless an accident happens."""
        self._accidents.point("put")
        await super().put(source, key=key)

    async def keep(self, files: Mapping[str, Path]) -> dict[str, Path]:
        """One after the other, with an accident before each."""
        kept: dict[str, Path] = {}
        for key, source in files.items():
            self._accidents.point("put")
            kept |= await super().keep({key: source})
        return kept

    def files(self) -> set[str]:
        """Every kept file's key."""
        return {"/".join(path.parts[-2:]) for path in self.root.rglob("*") if path.is_file()}


class World:
    """Everything that is not the machine. ``life`` gives it one, as often as the test wants."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.folder = folder
        self.clock = HandClock()
        self.real_clock: Clock | None = None
        self.accidents = Accidents()
        self.engine = HostDouble("engine", self, self.accidents)
        self.paid = HostDouble("paid", self, self.accidents)
        self.hosts: dict[str, Host] = {"engine": self.engine, "paid": self.paid}
        self.doubles = {"engine": self.engine, "paid": self.paid}
        self.stage = StageDouble(self.accidents)
        self.blobs = WatchedBlobs(folder / "blobs", self.accidents)
        self.limits = Limits()
        self.keeping = Keeping()
        self.prices = Prices({"engine": 0, "paid": 3})
        self.gate: Gate = ServerGate()
        self.own: OwnAccounts | None = None
        self.webhook_base: str | None = "http://127.0.0.1:9"

    def add_blind_host(self) -> HostDouble:
        """A host that has webhooks, and no list: what it took can be learnt from itself alone."""
        blind = self.doubles["blind"] = self.hosts["blind"] = HostDouble("blind", self, self.accidents)
        blind.offers = replace(blind.offers, lists=False)
        return blind

    def now(self) -> datetime:
        """The world's time: the test's own, unless it lives in real time."""
        return (self.real_clock or self.clock).now()

    def new_jobs(
        self, database: Database, *, times: Times | None = None, hosts: Mapping[str, Host] | None = None
    ) -> Jobs:
        """A machine as it stands after a start; with ``hosts`` instead of our doubles."""
        return Jobs(
            database,
            hosts=hosts or self.hosts,
            stage=self.stage,
            finisher=FinisherDouble(self.accidents),
            blobs=self.blobs,
            workspace=self.folder / "work",
            webhook_bases=dict.fromkeys(self.hosts, self.webhook_base) if self.webhook_base else {},
            limits=self.limits,
            prices=self.prices,
            gate=self.gate,
            own=self.own,
            keeping=self.keeping,
            clock=self,
            times=times,
            chance=lambda: 0.5,
        )

    @contextlib.asynccontextmanager
    async def life(self) -> AsyncGenerator[Jobs, None]:
        """One life of the bot process; the files stay. What still runs in it dies with it."""
        async with open_database(self.url) as database:
            before = asyncio.all_tasks()
            try:
                yield self.new_jobs(database)
            finally:
                left = asyncio.all_tasks() - before - {asyncio.current_task()}
                for task in left:
                    if not _gives_back(task):
                        task.cancel()
                await asyncio.gather(*left, return_exceptions=True)

    async def order(self, jobs: Jobs, *, shown: bool = True, **values: str) -> Job:
        """A member orders a riff, and the card is shown."""
        self.clock.advance(0.001)  # first come, first served needs an order
        token = f"token {self.clock.time.isoformat()}"
        job = await jobs.order(an_order(**values), interaction_token=token)
        if shown:
            await jobs.card_shown(job.id, self.stage.card(job, token))
        return job

    def host_of(self, job: Job) -> HostDouble:
        """Where the job is made."""
        return self.doubles.get(job.order.host, self.engine)

    async def play(self, jobs: Jobs, job: Job) -> None:
        """The host finishes the job's prediction and tells so by webhook."""
        host = self.host_of(job)
        made = host.of(job)[-1]
        await jobs.told(job.id, host.change(made.id, status="succeeded"))


def _gives_back(task: asyncio.Task[Any]) -> bool:
    """Whether it returns a connection to the pool; cancelled before its first step it never would."""
    return getattr(task.get_coro(), "__qualname__", "") == AsyncConnection.close.__qualname__


def an_order(
    *,
    prompt: str = "funk",
    host: str = "engine",
    guild: str = "1",
    channel: str = "11",
    user: str = "111",
) -> Order:
    """An order with everything that a test does not care about filled in."""
    return Order(
        host=host,
        recipe=Riff(prompt=prompt),
        guild_id=guild,
        channel_id=channel,
        user_id=user,
        user_name="Ada",
    )


def answering(host: HostDouble, jobs: Jobs) -> None:
    """From now on each prediction succeeds at once and its webhook comes while the call still runs."""

    async def finish_all() -> None:
        for made in list(host.runs.values()):
            if not made.ended:
                done = host.change(made.id, status="succeeded")
                await jobs.told(host.references[made.id], done)

    host.during_create = finish_all


async def exists(jobs: Jobs, take_id: str) -> bool:
    """Whether a take can still be used."""
    try:
        await jobs.take(take_id)
    except NotFound:
        return False
    return True


async def play_to_the_end(world: World, *, lives: int = 60) -> list[Killed]:
    """Restart the machine, let hosts finish and time pass, until every job has ended; returns the deaths."""
    deaths: list[Killed] = []
    for _ in range(lives):
        try:
            async with world.life() as jobs:
                await jobs.step_until_idle()
                open_jobs = [item.job for item in await jobs.recent("11", 100) if not item.job.ended]
                if not open_jobs:
                    return deaths
                for job in open_jobs:
                    for made in world.host_of(job).of(job):
                        if not made.ended:
                            world.host_of(job).change(made.id, status="succeeded")
        except Killed as death:
            deaths.append(death)
        world.clock.advance(10.5)
    raise AssertionError(f"still open after {lives} lives")
