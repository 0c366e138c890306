"""A short crash campaign on each database: every state is killed in once, and all books agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.campaign.plan import ONE_A_STATE, Moment, plan
from tests.crash.campaign.run import campaign
from tests.crash.campaign.table import table
from tests.store.databases import new_postgres


@pytest.mark.timeout(300)  # a machine with much else to do takes several times as long
@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
async def test_a_short_campaign(tmp_path: Path, database: str) -> None:
    """Orders while bots, web and engine are killed: none charged twice, one message each, exact books."""
    url = new_postgres() if database == "PostgreSQL" else None
    report = await campaign(tmp_path, jobs=6, kills=len(ONE_A_STATE), seed=2, database_url=url)
    assert report.breaches() == [], table(report)
    assert report.kills == len(ONE_A_STATE)
    assert report.orders >= 6
    assert report.charges_paid > 0
    assert report.charges_engine > 0
    for broken in (
        "double_charges",
        "orders_with_several",
        "ledger_sum",
        "stuck",
        "credits_spent",
        "charged_unapproved",
    ):
        told = replace(report, **{broken: getattr(report, broken) + 1}).breaches()
        assert len(told) == 1, broken


def test_a_seed_repeats_its_plan() -> None:
    """The same seed brings the same rounds; every moment comes before any comes twice."""
    assert plan(3, 40, postgres=True) == plan(3, 40, postgres=True)
    assert plan(3, 40, postgres=True) != plan(4, 40, postgres=True)
    first = [this.moment for this in plan(3, len(Moment), postgres=False)]
    assert set(first) == set(Moment)
    assert set(first[: len(ONE_A_STATE)]) == set(ONE_A_STATE)
