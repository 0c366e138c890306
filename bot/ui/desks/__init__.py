"""What commands and buttons do. A cog reads options and calls one method of a desk; a press finds its desk by
the action in its id (:mod:`bot.ui.desks.presses`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bot.jobs.service import Jobs
from bot.library.house import House
from bot.ui.desks.audit import AuditDesk
from bot.ui.desks.counter import Counter
from bot.ui.desks.deleting import DeleteDesk, Unpost
from bot.ui.desks.edits import EditDesk
from bot.ui.desks.help import HelpDesk
from bot.ui.desks.holds import HoldDesk
from bot.ui.desks.images import ImageDesk
from bot.ui.desks.jobs import JobDesk
from bot.ui.desks.keys import KeyDesk
from bot.ui.desks.lending import LendingDesk
from bot.ui.desks.library import LibraryDesk
from bot.ui.desks.mending import MendDesk
from bot.ui.desks.menus import MenuDesk
from bot.ui.desks.mod import ModDesk
from bot.ui.desks.more import MoreDesk
from bot.ui.desks.morphs import MorphDesk
from bot.ui.desks.pairs import PairDesk
from bot.ui.desks.parts import PartsDesk
from bot.ui.desks.pot import PotDesk
from bot.ui.desks.pot_panel import PotPanel
from bot.ui.desks.presses import PressTable
from bot.ui.desks.privacy import PrivacyDesk
from bot.ui.desks.private import PrivateDesk
from bot.ui.desks.quota import QuotaDesk
from bot.ui.desks.reports import ReportDesk
from bot.ui.desks.riffs import RiffDesk
from bot.ui.desks.screen import ScreenDesk
from bot.ui.desks.screen_files import ScreenFiles
from bot.ui.desks.settings import SettingsDesk
from bot.ui.desks.setup import SetupDesk
from bot.ui.desks.setup_files import SetupFiles
from bot.ui.desks.setup_forms import SetupForms
from bot.ui.desks.setup_panel import SetupPanel
from bot.ui.desks.shares import SharesDesk
from bot.ui.desks.songs import SongDesk
from bot.ui.desks.takes import TakeDesk
from bot.ui.desks.tree import TreeDesk
from bot.ui.forms.blanks import BlankForms


@dataclass(frozen=True, slots=True)
class Desks:
    """All of them, for the client to hand to its cogs."""

    counter: Counter
    morphs: MorphDesk
    menus: MenuDesk
    songs: SongDesk
    images: ImageDesk
    parts: PartsDesk
    riffs: RiffDesk
    jobs: JobDesk
    library: LibraryDesk
    deleting: DeleteDesk
    tree: TreeDesk
    lending: LendingDesk
    settings: SettingsDesk
    privacy: PrivacyDesk
    help: HelpDesk
    audit: AuditDesk
    mod: ModDesk
    holds: HoldDesk
    reports: ReportDesk
    keys: KeyDesk
    quota: QuotaDesk
    pot: PotDesk
    shares: SharesDesk
    screen: ScreenDesk
    screen_files: ScreenFiles
    setup: SetupDesk
    setup_files: SetupFiles
    presses: PressTable

    @classmethod
    def around(cls, jobs: Jobs, house: House, unpost: Unpost, *, default_host: str) -> Self:
        """The desks of a bot."""
        lending = LendingDesk(house, jobs)
        counter = Counter(jobs, house, lending, default_host=default_host)
        takes = TakeDesk(jobs, counter)
        morphs = MorphDesk(jobs, house, counter, takes)
        job_desk = JobDesk(jobs, house)
        library = LibraryDesk(house, jobs, counter)
        tree, settings = TreeDesk(house, library), SettingsDesk(house)
        privacy, help_desk = PrivacyDesk(house), HelpDesk(house)
        audit = AuditDesk(house)
        mod, holds, reports = ModDesk(house), HoldDesk(house), ReportDesk(jobs, house, morphs)
        songs, riffs = SongDesk(jobs, counter, house.drafts), RiffDesk(house, counter)
        images, parts = ImageDesk(jobs, house, counter), PartsDesk(jobs, counter, takes)
        more, deleting = MoreDesk(jobs, house), DeleteDesk(jobs, house, unpost)
        forms = BlankForms()
        quota, panel = QuotaDesk(house, forms), PotPanel(house)
        pot, shares = PotDesk(house, panel, forms), SharesDesk(house, panel)
        screen = ScreenDesk(house, forms)
        screen_files = ScreenFiles(house, screen)
        keys = KeyDesk(house.keys, house.choices, default_host=default_host)
        guide = SetupPanel(house, default_host=default_host)
        setup, files = SetupDesk(house, guide, settings, pot, keys), SetupFiles(house)
        acting = (
            *(takes, job_desk, morphs, songs, images, parts, riffs, library, deleting, tree, lending, more),
            *(EditDesk(jobs, counter, riffs), MendDesk(counter, riffs), PairDesk(jobs, house)),
            *(PrivateDesk(jobs), settings, privacy, help_desk, audit, mod, holds, reports, quota, pot),
            *(shares, screen, screen_files, setup, files, SetupForms(house, guide, pot, forms), forms),
        )
        presses = PressTable(*(desk.handlers() for desk in acting))
        more.presses = presses
        return cls(
            counter=counter,
            morphs=morphs,
            menus=MenuDesk(house, counter, takes, morphs),
            songs=songs,
            images=images,
            parts=parts,
            riffs=riffs,
            jobs=job_desk,
            library=library,
            deleting=deleting,
            tree=tree,
            lending=lending,
            settings=settings,
            privacy=privacy,
            help=help_desk,
            audit=audit,
            mod=mod,
            holds=holds,
            reports=reports,
            keys=keys,
            setup=setup,
            setup_files=files,
            quota=quota,
            pot=pot,
            shares=shares,
            screen=screen,
            screen_files=screen_files,
            presses=presses,
        )
