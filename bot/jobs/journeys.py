"""A journey and its steps: one job that makes nothing itself, and a job a step, which has no card.

The journey costs nothing; each step has its own price, reserve and paid call. A step whose music is kept
rests in ``deliver`` and holds no place any more, until the journey is heard (then both are done in one
transaction, and the step is settled) or ends (then the step ends too, and is refunded).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.jobs.ids import new_id
from bot.jobs.options import SEED_MAX
from bot.jobs.order import Order
from bot.jobs.recipes import Journey
from bot.jobs.recipes.journey import ground_of
from bot.jobs.records import Job, Take, Way
from bot.jobs.states import State

HELD_BACK = timedelta(minutes=30)
"""How long a step waits for the one that leads; then it goes by itself."""


def journey_of(job: Job) -> Journey | None:
    """What the job is to lead through, where it is a journey."""
    return job.order.recipe if isinstance(job.order.recipe, Journey) else None


def with_seed(order: Order) -> Order:
    """All steps of a journey have one seed, so it is drawn when it is ordered."""
    if not isinstance(order.recipe, Journey) or order.recipe.seed is not None:
        return order
    return order.model_copy(update={"recipe": order.recipe.seeded(random.randint(0, SEED_MAX))})


def steps_for(journey: Job, price: int) -> list[Job]:
    """The jobs of its steps; each costs ``price``. None for any other job."""
    recipe = journey_of(journey)
    if recipe is None:
        return []
    ids = [new_id() for _ in range(recipe.steps)]
    return [
        replace(
            journey,
            id=step_id,
            reference=step_id,
            order=journey.order.model_copy(
                # Whatever it was made after, the journey was: no family has its steps.
                update={"recipe": recipe.riff(step), "parent_take_id": None, "parent_user_name": None}
            ),
            price=price,
            interaction_token=None,
            parent_job_id=journey.id,
            step=step,
        )
        for step, step_id in enumerate(ids)
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the steps of a journey stand."""

    steps: Sequence[Job]

    @property
    def resting(self) -> list[Job]:
        """Those whose music is kept."""
        return [step for step in self.steps if step.state is State.DELIVER and step.ending is None]

    @property
    def under_way(self) -> list[Job]:
        """Those that will still rest or end."""
        return [step for step in self.steps if not step.ended and step not in self.resting]

    def way(self) -> Way:
        """As a card tells it."""
        ended = [step for step in self.steps if step.ended and step.state is not State.DONE]
        return Way(
            steps=len(self.steps),
            ready=len(self.steps) - len(self.under_way) - len(ended),
            failed=len(ended),
            price=sum(step.price for step in self.steps),
        )

    def progress(self) -> float:
        """0..1: each step counts the same."""
        under_way = [0.95 * (step.progress or 0.0) for step in self.under_way]
        over = len(self.steps) - len(under_way)
        return (over + sum(under_way)) / max(1, len(self.steps))

    def free_to_go(self, kept: dict[str, Take], *, follows: bool) -> list[tuple[str, Order]]:
        """Which steps may join the line, and with what order; those that have joined it are named as well.

        Where the host ``follows`` a tempo and a key in words, one step leads: the others go when it is made,
        and are held to its tempo and key.
        """
        waiting = [step for step in self.under_way if step.state is State.QUEUED]
        if not follows:
            return [(step.id, step.order) for step in waiting]
        if not self.resting:
            lead = next(iter(self.under_way), None)
            return [(lead.id, lead.order)] if lead is not None and lead in waiting else []
        take = kept.get(self.resting[0].id)
        ground = "" if take is None else ground_of(take.bpm, take.key)
        return [(step.id, _grounded(step.order, ground)) for step in waiting]


def _grounded(order: Order, ground: str) -> Order:
    riff = order.recipe
    if riff.kind != "riff" or riff.prompt.endswith(ground):
        return order
    both = {"prompt": riff.prompt + ground, "prompt_b": (riff.prompt_b or "") + ground}
    return order.model_copy(update={"recipe": riff.model_copy(update=both)})
