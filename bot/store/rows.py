"""Rows to records and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.engine import RowMapping

from bot.jobs.order import Order
from bot.jobs.recipes import Recipe
from bot.jobs.records import Job, Take
from bot.jobs.states import State
from bot.library.search import found_by
from bot.money.ledger import pot
from bot.protocol.runs import Run

_RECIPE: TypeAdapter[Recipe] = TypeAdapter(Recipe)
_AS_THEY_ARE = (
    "id",
    "created_at",
    "updated_at",
    "moved_at",
    "attempts",
    "price",
    "cancel_requested_by",
    "reference",
    "intents",
    "intent_at",
    "empty_reads",
    "empty_read_at",
    "run_id",
    "progress",
    "message_id",
    "message_at",
    "interaction_token",
    "take_id",
    "ending",
    "trouble",
    "deadline_at",
    "poll_at",
    "parent_job_id",
    "step",
    "key_id",
)


_NO_FILES: dict[str, Any] = {
    "audio": None,
    "picture": None,
    "score": None,
    "midi": None,
    "lrc": None,
    "stems": {},
}


def job_of(row: Mapping[str, Any] | RowMapping) -> Job:
    """The job that a row of ``jobs`` holds."""
    plain: dict[str, Any] = {name: row[name] for name in _AS_THEY_ARE}
    run = row["run"]
    paid_from = row["paid_from"] or pot(row["guild_id"])
    ending_state = row["ending_state"]
    return Job(
        **plain,
        paid_from=paid_from,
        state=State(row["state"]),
        order=Order.model_validate(row["request"]),
        run=None if run is None else Run.model_validate(run),
        ending_facts=row["ending_facts"] or {},
        ending_state=None if ending_state is None else State(ending_state),
    )


def new_job_row(job: Job) -> dict[str, Any]:
    """The row of a job that was just accepted (what cannot be set yet is left out)."""
    order = job.order
    return {
        "id": job.id,
        "state": job.state.value,
        "host": order.host,
        "guild_id": order.guild_id,
        "channel_id": order.channel_id,
        "user_id": order.user_id,
        "request": order.model_dump(mode="json"),
        "price": job.price,
        "paid_from": job.paid_from,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "moved_at": job.created_at,
        "reference": job.reference,
        "interaction_token": job.interaction_token,
        "parent_job_id": job.parent_job_id,
        "step": job.step,
        "key_id": job.key_id,
    }


def stored_run(run: Run) -> dict[str, Any]:
    """A run as the ``run`` column holds it."""
    return run.model_dump(mode="json", exclude_defaults=True)


def without_files(job: Job) -> dict[str, Any]:
    """The ``run`` column without files that a host sent inline: megabytes that are of no more use."""
    run = job.run
    if run is None or not run.brings_files:
        return {}
    bare = tuple(result.model_copy(update=_NO_FILES) for result in run.results)
    return {"run": stored_run(run.model_copy(update={"results": bare}))}


def take_of(row: RowMapping) -> Take:
    """The take that a row of ``takes`` holds."""
    values: dict[str, Any] = {name: row[name] for name in Take.__slots__}
    values["recipe"] = _RECIPE.validate_python(values["recipe"])
    return Take(**values)


def take_row(take: Take) -> dict[str, Any]:
    """The row of a take."""
    values = {name: getattr(take, name) for name in Take.__slots__}
    return {
        **values,
        "recipe": take.recipe.model_dump(mode="json"),
        "label": " ".join(take.recipe.words.split())[:200],
        "words": found_by(take.title, *take.recipe.texts, take.user_name),
    }
