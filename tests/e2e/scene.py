"""The scene that the tests of this folder play in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import discord
from discord import app_commands
from simcord import ChannelHandle, Env, GuildHandle, InteractionResult, MemberActor
from structlog.typing import EventDict

from bot.audio.brought import hear
from bot.audio.marked import mark
from bot.audio.pot import draw_pot
from bot.audio.tree import draw_tree
from bot.client import RiffcordClient
from bot.errors import RemoteError, UserError
from bot.gate import ServerGate
from bot.jobs.limits import Limits
from bot.jobs.ports import Host
from bot.jobs.records import Job, Take
from bot.jobs.service import Jobs
from bot.jobs.upkeep import Keeping
from bot.keys.paying import OwnKeyPayer
from bot.keys.service import OwnKeys
from bot.keys.vault import Vault
from bot.library.family import Drawing
from bot.library.house import House
from bot.library.studio import Brought, Marking, Preview
from bot.moderation.doors import HoldDoor, PeopleDoor
from bot.moderation.screening import ScreenDoor, Screening
from bot.money.drawing import PotDrawing
from bot.money.prices import Prices
from bot.providers.hosts import takes_keys, with_key
from bot.settings import Settings, load
from bot.store.blobs import FolderBlobs
from bot.store.db import Database
from tests.jobs.world import Accidents, FinisherDouble, HandClock, HostDouble


async def draw_at_once(drawing: Drawing) -> bytes:
    """The real picture of a family, in this process."""
    return draw_tree(drawing)


async def draw_pot_at_once(drawing: PotDrawing) -> bytes:
    """The real picture of a pot, in this process."""
    return draw_pot(drawing)


class StudioAtOnce:
    """The real audio work, in this process."""

    async def hear(self, path: Path, folder: Path) -> Brought:
        """As the worker does."""
        return hear(path, folder)

    async def mark(self, sound: Path, score: Path | None, marking: Marking) -> Preview:
        """As the worker does."""
        return mark(sound, score, marking)


class Notes:
    """``bot.client.Marks`` in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        """What was noted under the key."""
        return self.kept.get(key)

    async def set(self, key: str, value: str) -> None:
        """Note it."""
        self.kept[key] = value


@cache
def _settings() -> Settings:
    """Of an empty environment, always the same: reading them took a tenth of a start."""
    return load(None, shard_count=1)


@dataclass
class Backstage:
    """What outlives a restart of the bot."""

    database: Database
    folder: Path
    clock: HandClock = field(default_factory=HandClock)
    accidents: Accidents = field(default_factory=Accidents)
    notes: Notes = field(default_factory=Notes)
    limits: Limits = field(default_factory=Limits)
    keeping: Keeping = field(default_factory=Keeping)
    prices: dict[str, int] = field(default_factory=lambda: {"engine": 2})
    house: House | None = None
    others: dict[str, Host] = field(default_factory=dict[str, Host])
    """Hosts besides the one that plays when told."""
    vault: Vault | None = None
    """Without one nobody can bring a key."""
    keys: list[OwnKeys] = field(default_factory=list[OwnKeys])
    """Of each start, to be closed."""

    def __post_init__(self) -> None:
        self.host = HostDouble("engine", self.clock, self.accidents)

    def new_bot(self) -> tuple[RiffcordClient, Jobs]:
        """The bot as it stands after a start, with the jobs behind it."""
        client = RiffcordClient(settings=_settings(), marks=self.notes, clock=self.clock)
        hosts: dict[str, Host] = {"engine": self.host, **self.others}
        keys = OwnKeys(
            self.database,
            hosts,
            vault=self.vault,
            make=with_key,
            takes_keys=takes_keys,
            tell=client.tell_of_key,
            clock=self.clock,
        )
        self.keys.append(keys)
        screening = Screening(self.database, clock=self.clock)
        jobs = Jobs(
            self.database,
            hosts=hosts,
            stage=client.stage,
            finisher=FinisherDouble(self.accidents),
            blobs=FolderBlobs(self.folder / "blobs"),
            workspace=self.folder / "work",
            webhook_bases={"engine": "http://127.0.0.1:9"},
            limits=self.limits,
            prices=Prices(self.prices),
            gate=ServerGate(
                checks=[PeopleDoor(), ScreenDoor(screening)], payers=[OwnKeyPayer(keys)], holds=HoldDoor()
            ),
            own=keys,
            keeping=self.keeping,
            clock=self.clock,
            chance=lambda: 0.5,
        )
        house = House.over(
            self.database,
            jobs=jobs,
            blobs=FolderBlobs(self.folder / "blobs"),
            draw_tree=draw_at_once,
            draw_pot=draw_pot_at_once,
            studio=StudioAtOnce(),
            unpost=client.unpost,
            board=client.board,
            hosts=hosts,
            keys=keys,
            screening=screening,
            clock=self.clock,
        )
        self.house = house
        client.serve(jobs, house)
        return client, jobs


@dataclass
class Scene:
    """A channel with the bot, two members and a moderator."""

    env: Env
    backstage: Backstage
    jobs: Jobs
    guild: GuildHandle
    channel: ChannelHandle
    ada: MemberActor
    bob: MemberActor
    mod: MemberActor
    log: list[EventDict]
    expected_bugs: int = 0

    @property
    def host(self) -> HostDouble:
        """The one host."""
        return self.backstage.host

    @property
    def clock(self) -> HandClock:
        """The time of jobs and cards."""
        return self.backstage.clock

    async def restart(self) -> None:
        """The bot process ends and starts again; Discord, host and database stand."""
        client, self.jobs = self.backstage.new_bot()
        await self.env.restart_bot(client)

    async def riff(
        self, member: MemberActor, prompt: str = "funky synth solo", **options: Any
    ) -> InteractionResult:
        """A member types /riff."""
        return await member.slash(self.channel, "riff", prompt=prompt, **options)

    async def press(self, member: MemberActor, message: Any, button: str) -> InteractionResult:
        """A member presses the button with this label, whatever price stands behind it."""
        label = next((each for each in all_labels(message) if _without_price(each) == button), button)
        return await member.click(message, label=label)

    async def do(self, member: MemberActor, message: Any, deed: str) -> InteractionResult:
        """A member chooses something from the menu behind *More*."""
        menu = await self.press(member, message, "More")
        return await member.select(cast("Any", menu.response), [deed])

    async def delete(self, member: MemberActor, message: Any) -> InteractionResult:
        """A member deletes a result, and is sure."""
        asked = await self.do(member, message, "delete")
        return await member.click(cast("Any", asked.response), label="Delete it")

    async def report(self, **values: Any) -> None:
        """The host tells about everything that it still plays, by webhook."""
        for made in [made for made in self.host.runs.values() if not made.ended]:
            await self.jobs.told(self.host.references[made.id], self.host.change(made.id, **values))
        await self.jobs.step_until_idle()

    async def play(self, **told: Any) -> None:
        """Every open job is ordered at the host, played by it, with what it tells, and delivered."""
        await self.jobs.step_until_idle()
        await self.report(status="succeeded", **told)

    async def result(self, member: MemberActor, prompt: str = "funky synth solo", **options: Any) -> Any:
        """The finished message of a new riff."""
        ordered = await self.riff(member, prompt, **options)
        await self.play()
        return cast("Any", ordered.response).message

    async def job(self, result: InteractionResult) -> Job:
        """The job behind a card."""
        return await self.jobs.get(await self._job_id(result))

    async def _job_id(self, result: InteractionResult) -> str:
        shown = {str(each.id) for each in (result.response, *result.followups) if each is not None}
        listed = await self.jobs.recent(str(self.channel.id), 100)
        return next(each.job.id for each in listed if each.job.message_id in shown)

    async def all_jobs(self) -> list[Job]:
        """Every job of the channel, newest first among the ended ones."""
        return [each.job for each in await self.jobs.recent(str(self.channel.id), 100)]

    async def take(self, message: Any) -> Take:
        """The take behind a result."""
        return await self.jobs.take(take_id_of(message))

    def messages(self) -> list[discord.Message]:
        """What everybody sees in the channel, oldest first."""
        return [message for message in self.channel.history(viewer=self.mod) if not message.flags.ephemeral]

    def requests(self, method: str, part: str) -> list[Any]:
        """Bodies of the requests that the bot made of this kind."""
        return [each for each in self.env.http_requests if each.method == method and part in each.path]

    def forbid(self, *permissions: str) -> None:
        """Take permissions from everybody and from the bot, as a server's owner does in its settings."""
        for role in list(self.env.backend.guilds[self.guild.id].roles.values()):
            left = discord.Permissions(role.permissions)
            left.update(**dict.fromkeys(permissions, False))
            self.env.backend.edit_role(self.guild.id, role.id, {"permissions": left.value})

    def nothing_else_went_wrong(self) -> None:
        """Only people's mistakes and named remote failures reached an error handler."""
        bugs = [entry for entry in self.log if entry["log_level"] == "error"]
        assert len(bugs) == self.expected_bugs, bugs
        for error in self.env.errors:
            cause: BaseException = getattr(error, "original", error)
            outdated = isinstance(cause, app_commands.CommandNotFound | app_commands.TransformerError)
            over = isinstance(cause, discord.NotFound) and cause.code == 10062
            excused = outdated or over or self.expected_bugs
            assert excused or isinstance(cause, UserError | RemoteError), repr(cause)


def set_scene(env: Env, backstage: Backstage, jobs: Jobs, log: list[EventDict]) -> Scene:
    """A server with a channel, two members and a moderator."""
    guild = env.create_guild("Riffers")
    keeper = guild.create_role("keeper", permissions=discord.Permissions(manage_messages=True))
    people = [env.create_user(name, global_name=name.title()) for name in ("ada", "bob", "mod")]
    return Scene(
        env=env,
        backstage=backstage,
        jobs=jobs,
        guild=guild,
        channel=guild.create_text_channel("riffs"),
        ada=guild.add_member(people[0]),
        bob=guild.add_member(people[1]),
        mod=guild.add_member(people[2], roles=[keeper]),
        log=log,
    )


def card_of(message: Any) -> discord.Embed:
    """The one embed of a message."""
    (card,) = message.embeds
    return card


def read(shown: str | None) -> str:
    """Text as a person reads it: escapes and direction marks do their work and are not seen."""
    text = shown or ""
    read_so_far, escaped = "", False
    for character in text:
        if character == "\\" and not escaped:
            escaped = True
            continue
        escaped = False
        if character not in "\u2068\u2069":
            read_so_far += character
    return read_so_far


def custom_ids(message: Any) -> list[str]:
    """The ids of a message's buttons, in order."""
    return [child.custom_id for row in message.components for child in row.children]


def all_labels(message: Any) -> list[str]:
    """What stands on a message's buttons, in order, with what they cost."""
    return [
        getattr(child, "label", None) or ""
        for row in message.components
        for child in getattr(row, "children", ())
    ]


def labels(message: Any) -> list[str]:
    """What stands on a message's buttons, in order, without prices."""
    return [_without_price(label) for label in all_labels(message)]


def _without_price(label: str) -> str:
    return re.sub(r" · \d+ cr$", "", label)


def take_id_of(message: Any) -> str:
    """The take in the ids of a result's buttons."""
    return custom_ids(message)[0].split(":")[2]


def told(result: InteractionResult) -> str:
    """What an ephemeral answer says, to this person alone."""
    assert result.ephemeral
    response = result.response
    assert response is not None
    return read(response.content)
