"""Frozen records of the jobs room: a job as read from its row, a take, and how things end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, Self

from bot.errors import NotFound
from bot.jobs.endings import UNREAD
from bot.jobs.order import Order
from bot.jobs.preferences import Remix
from bot.jobs.recipes import Recipe, TakeSource
from bot.jobs.states import ENDED, State
from bot.moderation.records import Hold
from bot.protocol.engine import Transform
from bot.protocol.runs import Result, Run

NOWHERE: Final = "0"
"""A channel that nobody is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How far a journey is."""

    steps: int
    ready: int
    """Steps whose music is there."""
    failed: int
    price: int
    """Of all steps together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Music that is to be joined with others."""

    file: Path
    """Lossless."""
    bpm: float | None
    """None: it has no beat that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One row of the jobs table. Times are aware UTC."""

    id: str
    state: State
    order: Order
    created_at: datetime
    updated_at: datetime
    attempts: int
    """Failed tries of the present state."""
    price: int
    """Credits reserved at order time."""
    paid_from: str
    """The account that they came from, and go back to."""
    cancel_requested_by: str | None
    reference: str
    """The fingerprint that the host echoes: how an unanswered create call is found again."""
    intent_at: datetime | None
    """Set and synced to disk before the paid call; with no ``run_id`` its outcome is unknown."""
    run_id: str | None
    run: Run | None
    """The newest thing that the host told; one that ended is never replaced."""
    progress: float | None
    message_id: str | None
    """The card, later the result."""
    message_at: datetime | None
    interaction_token: str | None = field(repr=False)
    """While younger than 15 minutes it finds the card as ``@original``; cleared at the end."""
    take_id: str | None
    ending: str | None
    """Words key of why it ended, or is about to end, where that is not ``done``; see ``endings``."""
    ending_facts: dict[str, object] = field(default_factory=dict[str, object])
    """What fills the sentence of ``ending``."""
    ending_state: State | None = None
    """Set with ``ending``: the state in which it will end, once host, card and money know."""
    trouble: str | None = None
    """Words key of what holds it up while it is tried again; see ``endings.TROUBLES``."""
    deadline_at: datetime | None = None
    """Until when the host must have made it; set when the job is admitted."""
    moved_at: datetime | None = None
    """When it entered its present state."""
    poll_at: datetime | None = None
    """When the host is asked next, if it has not told by then."""
    intents: int = 0
    """How many paid calls were begun; the number stands in the webhook's path."""
    empty_reads: int = 0
    """Since the last paid call: how often in a row the host's list did not show it."""
    empty_read_at: datetime | None = None
    """When that was first seen."""

    parent_job_id: str | None = None
    """The journey that this is a step of: it has no card of its own."""
    step: int | None = None
    """Which step, from 0."""
    key_id: str | None = None
    """The key that somebody brought with which its host is asked, also once that key is gone; None: ours."""
    way: Way | None = None
    """Of a journey, where somebody looked at its steps; it stands on no row."""
    hold: Hold | None = None
    """Of one that has just begun to wait for a moderator; it stands on no row of the job's."""

    @property
    def ended(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state in ENDED

    @property
    def unread(self) -> bool:
        """Whether its words are for its member and moderators alone: nobody has said yes to them yet."""
        if self.ending is not None:
            return bool(self.ending_facts.get(UNREAD))
        if self.hold is not None:
            return self.hold.for_words
        return self.state is State.HELD  # and nobody looked up why


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A finished piece of music and its recipe. Buttons live on it for as long as it exists."""

    id: str
    job_id: str
    guild_id: str
    channel_id: str
    """Where it stands; ``NOWHERE`` before it is posted, where only its owner sees it."""
    user_id: str
    user_name: str
    number: int = 0
    """Which of the takes of its job: a song has two."""
    recipe: Recipe
    """As made: the seed that the host drew is filled in where it told one."""
    host: str
    host_result_id: str | None = None
    """By which that host knows it, where it does: what a morph there is made from."""
    created_at: datetime
    duration_s: float | None
    """None of a picture, as are the next ones."""
    bpm: float | None
    key: str | None
    lufs: float | None
    true_peak_db: float | None
    audio: str | None
    """Blob key of the full-quality file (lossless), from which any upload is encoded; None where there is no
    music of its own: of a picture, and of the parts of another take."""
    upload: str | None
    """Blob key of the file for Discord (MP3); of parts, the archive that has them all."""
    picture: str
    """Blob key of the spectrogram picture, or of the picture that was wanted."""
    cover: str | None = None
    """Blob key of the cover that was made for it."""
    score: str | None = None
    """Blob key of the music in numbers, where the host told it."""
    lyrics: str | None = None
    """Blob key of what is sung: ``.lrc`` with the time of each line where the host told it, else ``.txt``."""
    parent_take_id: str | None = None
    message_id: str | None = None
    voice_message_id: str | None = None
    """What phones play, where a channel wants that."""
    deleted: bool = False
    kept: bool = False
    """Whether somebody decided that it stays, of a job with several takes."""
    title: str | None = None
    """Where its author, or the host that wrote it, gave it one."""
    consent: Remix | None = None
    """Who may make something from it, where that is not as its author says for everything."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.title or self.recipe.words

    @property
    def lossless(self) -> str:
        """``audio`` of music. Raises ``NotFound`` where it is none."""
        if self.audio is None:
            raise NotFound("sound")
        return self.audio

    @property
    def posted(self) -> str:
        """``upload`` of music. Raises ``NotFound`` where it is none."""
        if self.audio is None or self.upload is None:
            raise NotFound("sound")
        return self.upload


def source_of(take: Take) -> TakeSource:
    """The take as something to be reworked."""
    return TakeSource(
        take_id=take.id,
        prompt=take.recipe.words,
        user_name=take.user_name,
        channel_id=take.channel_id,
        message_id=take.message_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a host told about its result, where it tells anything."""

    bpm: float | None = None
    key: str | None = None
    seed: int | None = None
    title: str | None = None
    lyrics: str | None = None

    @classmethod
    def of(cls, result: Result) -> Self:
        """The facts that are about the music."""
        return cls(bpm=result.bpm, key=result.key, seed=result.seed, title=result.title, lyrics=result.lyrics)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A result brought home: files in a folder of the job's own."""

    audio: Path
    facts: Facts
    score: Path | None = None
    """The music in numbers, as our engine has it."""
    lrc: Path | None = None
    """What is sung, with the time of each line."""
    stems: Mapping[str, Path] = field(default_factory=dict[str, Path])
    """A file a player, where they were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What the audio worker made of it. All paths lie in the folder it was given."""

    lossless: Path | None
    upload: Path | None
    picture: Path
    duration_s: float | None
    bpm: float | None
    key: str | None
    lufs: float | None
    true_peak_db: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dressed:
    """A take's files with another cover in them, in a folder of their own."""

    cover: Path
    """The cover alone: a square JPEG."""
    lossless: Path
    upload: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A kept file as it lies on the disk; its blob key is ``<take_id>/<name>``."""

    take_id: str
    name: str
    size_bytes: int
    changed_at: datetime

    @property
    def key(self) -> str:
        """As in :class:`Take`."""
        return f"{self.take_id}/{self.name}"

    @property
    def is_brought(self) -> bool:
        """Whether a member brought it; then ``take_id`` is the id of an ``UploadSource``."""
        return self.name.startswith("brought.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One line of a job's story. ``old`` is None for its beginning."""

    at: datetime
    old: State | None
    new: State
    cause: str
    """A few words for the log and the story: why it moved."""
    actor: str
    """A user's id, or ``machine``, or ``host``."""


@dataclass(frozen=True, slots=True)
class Place:
    """A queued job's place in line: ``ahead`` jobs go first."""

    ahead: int
    ready_at: datetime | None = None
    """When its music may be expected; None where nothing was measured at its host yet."""
    names: tuple[str, ...] = ()
    """Members of the same server whose jobs go first, the nearest to the front first; not all of many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A job as ``/jobs list`` shows it."""

    job: Job
    place: Place | None
    """Only of a queued one."""
    age_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What can be asked of a host. It follows from its dialect and its model, not from its answers."""

    riffs: bool = True
    songs: bool = False
    transforms: frozenset[Transform] = frozenset()
    """What it can make of other music."""
    images: bool = False
    engine_extras: bool = False
    """Whether it knows the fields that only our own model has: bars, like, stems, explain and so on."""
    lists: bool = False
    """Whether a run can be found again by its reference."""
    shows_idle: bool = False
    """Whether, without a list, it can be seen that it makes nothing at all."""
    polls: bool = True
    """Whether a run can be asked for by its id."""
    cancels: bool = True
    webhooks: bool = True
    signs: bool = False
    """Whether its webhooks are signed; where not, they count by their unguessable address alone."""
    queues: bool = True
    """Whether it takes orders that it cannot begin at once."""
    inline_files: bool = False
    """Whether its webhooks carry whole files as ``data:`` addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Other music that an order is made from, in every form that a host may ask for."""

    file: Path
    """A score (``.json``) or audio."""
    result_id: str | None = None
    """By which the very host that is asked knows it, where it was made there."""
    address: str | None = None
    """Where the internet can fetch its audio, where that is so."""


HealthState = Literal["answers", "refuses", "troubled", "foreign", "silent"]
"""Of a host: it takes our orders; answers, and takes none of us now; answers that something broke there;
answers, and not in its dialect; does not answer."""


@dataclass(frozen=True, slots=True)
class HostHealth:
    """Whether a host answers, by a call that costs nothing."""

    state: HealthState
    told: str
    """In a few words: what it is, or what is wrong."""
    why: Literal["key", "credit", "rate"] | None = None
    """Of one that refuses: what it refuses by."""

    @property
    def answers(self) -> bool:
        """Whether orders can be sent there."""
        return self.state == "answers"
