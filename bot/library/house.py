"""The library's services together, as the client gets them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Self

from bot.jobs.clock import Clock
from bot.jobs.ports import Blobs, Host
from bot.jobs.pricing import HostPrices
from bot.jobs.service import Jobs
from bot.keys.service import OwnKeys
from bot.library.choices import Choices
from bot.library.drafts import Drafts
from bot.library.family import Drawing
from bot.library.lending import Consent
from bot.library.privacy import Privacy, Unpost
from bot.library.shelf import Library
from bot.library.studio import Studio
from bot.moderation.approvals import Approvals
from bot.moderation.carrying import Carrying
from bot.moderation.people import People
from bot.moderation.presence import Presence
from bot.moderation.reports import Reports
from bot.moderation.screen_rules import ScreenRules
from bot.moderation.screening import Screening
from bot.moderation.setup import Setup
from bot.moderation.takedown import Takedown
from bot.moderation.telling import Board, Telling
from bot.moderation.trail import Trail
from bot.money.allowance import UNBOUNDED, Allowance
from bot.money.drawing import PotDrawing
from bot.money.policy import MoneySettings
from bot.store.db import Database
from bot.treasury.service import Treasury

DrawTree = Callable[[Drawing], Awaitable[bytes]]
"""A family as a PNG, drawn in another process."""
DrawPot = Callable[[PotDrawing], Awaitable[bytes]]
"""A pot as a PNG, drawn there too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All that is not about making music."""

    library: Library
    consent: Consent
    choices: Choices
    treasury: Treasury
    trail: Trail
    setup: Setup
    carrying: Carrying
    presence: Presence
    approvals: Approvals
    people: People
    takedown: Takedown
    reports: Reports
    telling: Telling
    privacy: Privacy
    drafts: Drafts
    studio: Studio
    blobs: Blobs
    draw_tree: DrawTree
    draw_pot: DrawPot
    hosts: Mapping[str, Host]
    """Where music is made, by name."""
    price_list: Callable[[MoneySettings], list[HostPrices]]
    """What everything costs there in a server that decided so."""
    screening: Screening
    screen_rules: ScreenRules
    keys: OwnKeys
    """What members and servers brought for these."""

    @classmethod
    def over(
        cls,
        database: Database,
        *,
        jobs: Jobs,
        blobs: Blobs,
        draw_tree: DrawTree,
        draw_pot: DrawPot,
        studio: Studio,
        hosts: Mapping[str, Host],
        unpost: Unpost,
        board: Board,
        keys: OwnKeys | None = None,
        screening: Screening | None = None,
        allowance: Allowance = UNBOUNDED,
        clock: Clock | None = None,
    ) -> Self:
        """The services over one database."""
        choices = Choices(database, clock)
        treasury = Treasury(database, choices, jobs.price_of, clock, allowance=allowance)
        screening = screening or Screening(database, clock=clock)
        approvals = Approvals(database, jobs, clock, screening=screening)
        people, takedown = People(database, jobs, clock), Takedown(database, jobs, unpost, clock)
        reports = Reports(database, people, takedown, clock)
        screen_rules = ScreenRules(database, screening, clock)
        setup = Setup(database, choices, treasury)
        return cls(
            library=Library(database, clock),
            consent=Consent(database, clock),
            choices=choices,
            treasury=treasury,
            trail=Trail(database, clock),
            setup=setup,
            carrying=Carrying(database, choices, setup, screen_rules, clock),
            presence=Presence(database, clock),
            approvals=approvals,
            people=people,
            takedown=takedown,
            reports=reports,
            telling=Telling(database, approvals, reports, board, clock),
            privacy=Privacy(database, jobs, blobs, unpost, clock),
            drafts=Drafts(database, clock),
            studio=studio,
            blobs=blobs,
            draw_tree=draw_tree,
            draw_pot=draw_pot,
            hosts=hosts,
            price_list=jobs.price_list,
            screening=screening,
            screen_rules=screen_rules,
            keys=keys or OwnKeys.nobodys(database),
        )
