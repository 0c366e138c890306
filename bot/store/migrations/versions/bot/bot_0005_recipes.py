"""One recipe an order and a take, told apart by its kind; several takes a job; takes that are no sound.

Until here an order held a riff, and a morph beside it whose words and seed stood in the riff. Jobs in flight
and takes are converted; the code for it stands here and never changes, whatever becomes of the records.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import sqlalchemy as sa
from alembic import op

revision = "bot_0005"
down_revision = "bot_0004"
branch_labels = None
depends_on = None

_ENDED_STAY = """CREATE TRIGGER jobs_ended_stay BEFORE UPDATE ON jobs
    WHEN OLD.state IN ('cancelled', 'done', 'failed', 'rejected')
    BEGIN SELECT RAISE(ABORT, 'an ended job is never changed'); END"""
_AT_ONCE = 500
_ONLY_OF_SOUND = ("audio", "upload", "duration_s", "lufs", "true_peak_db")


def upgrade() -> None:
    """Convert both tables."""
    postgres = op.get_bind().dialect.name == "postgresql"
    # Ended jobs never change; their shape does, once.
    op.execute("ALTER TABLE jobs DISABLE TRIGGER USER" if postgres else "DROP TRIGGER jobs_ended_stay")
    _each("jobs", "request", order_of)
    op.execute("ALTER TABLE jobs ENABLE TRIGGER USER" if postgres else _ENDED_STAY)
    # Steps of a journey are jobs of their own, without a card.
    op.add_column("jobs", sa.Column("parent_job_id", sa.String(24)))
    op.add_column("jobs", sa.Column("step", sa.Integer))
    op.create_index("ix_jobs_parent_job_id", "jobs", ["parent_job_id"])
    op.add_column("takes", sa.Column("number", sa.Integer, nullable=False, server_default="0"))
    op.add_column("takes", sa.Column("recipe", sa.JSON))
    _takes()
    with op.batch_alter_table("takes") as batch:
        batch.drop_column("riff")
        batch.drop_column("morph")
        batch.alter_column("recipe", existing_type=sa.JSON, nullable=False)
        batch.alter_column("number", existing_type=sa.Integer, server_default=None)
        batch.drop_constraint("uq_takes_job_id", type_="unique")
        batch.create_unique_constraint("uq_takes_job_id_number", ["job_id", "number"])
        for name in _ONLY_OF_SOUND:
            text = name in ("audio", "upload")
            batch.alter_column(name, existing_type=sa.String(100) if text else sa.Double, nullable=True)


def _each(table: str, column: str, converted: Callable[[Any], Any]) -> None:
    rows = sa.table(table, sa.column("id", sa.String), sa.column(column, sa.JSON))
    connection = op.get_bind()
    last = ""
    while found := connection.execute(
        sa.select(rows.c.id, rows.c[column]).where(rows.c.id > last).order_by(rows.c.id).limit(_AT_ONCE)
    ).all():
        for row_id, value in found:
            connection.execute(sa.update(rows).where(rows.c.id == row_id).values({column: converted(value)}))
        last = found[-1][0]


def _takes() -> None:
    held = (sa.column(name, sa.JSON) for name in ("riff", "morph", "recipe"))
    rows = sa.table("takes", sa.column("id", sa.String), *held)
    connection = op.get_bind()
    last = ""
    while found := connection.execute(
        sa.select(rows.c.id, rows.c.riff, rows.c.morph)
        .where(rows.c.id > last)
        .order_by(rows.c.id)
        .limit(_AT_ONCE)
    ).all():
        for take_id, riff, morph in found:
            values = {"recipe": recipe_of(riff, morph)}
            connection.execute(sa.update(rows).where(rows.c.id == take_id).values(values))
        last = found[-1][0]


def order_of(request: Any) -> Any:
    """A stored order with a recipe in place of riff and morph; what is no order stays as it is."""
    if not isinstance(request, dict):
        return request
    return _with_recipe(cast("dict[str, Any]", request))


def _with_recipe(request: dict[str, Any]) -> dict[str, Any]:
    if "riff" not in request:
        return request
    kept = {name: value for name, value in request.items() if name not in ("kind", "riff", "morph")}
    return {**kept, "recipe": recipe_of(request["riff"], request.get("morph"))}


def recipe_of(riff: dict[str, Any], morph: dict[str, Any] | None) -> dict[str, Any]:
    """The recipe of a riff, or of a morph with its words and its seed."""
    if morph is None:
        return {"kind": "riff", **riff}
    return {"kind": "morph", **morph, "tags": riff["prompt"], "seed": riff.get("seed")}
