"""What hosts told is kept in one shape, whatever their dialect; takes know their name at the host.

Until here a job held a prediction as Replicate's API has it. Jobs in flight are converted; the code for it
stands here and never changes, whatever becomes of the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa
from alembic import op

revision = "bot_0003"
down_revision = "bot_0002"
branch_labels = None
depends_on = None

_STATUSES = {"starting", "processing", "succeeded", "failed", "canceled"}
_SAME = ("score", "midi", "lrc", "stems", "title", "lyrics", "duration_s", "bpm", "key", "seed", "explained")
_ENDED_STAY = """CREATE TRIGGER jobs_ended_stay BEFORE UPDATE ON jobs
    WHEN OLD.state IN ('cancelled', 'done', 'failed', 'rejected')
    BEGIN SELECT RAISE(ABORT, 'an ended job is never changed'); END"""


def upgrade() -> None:
    """Rename two columns, convert what they hold, add one."""
    op.execute("ALTER TABLE jobs RENAME COLUMN prediction_id TO run_id")
    op.execute("ALTER TABLE jobs RENAME COLUMN prediction TO run")
    op.add_column("takes", sa.Column("host_result_id", sa.String(200)))
    postgres = op.get_bind().dialect.name == "postgresql"
    # Ended jobs never change; their shape does, once.
    op.execute("ALTER TABLE jobs DISABLE TRIGGER USER" if postgres else "DROP TRIGGER jobs_ended_stay")
    _convert()
    op.execute("ALTER TABLE jobs ENABLE TRIGGER USER" if postgres else _ENDED_STAY)


def _convert() -> None:
    jobs = sa.table("jobs", sa.column("id", sa.String), sa.column("run", sa.JSON(none_as_null=True)))
    connection = op.get_bind()
    rows: Sequence[Any] = connection.execute(
        sa.select(jobs.c.id, jobs.c.run).where(jobs.c.run.is_not(None))
    ).all()
    for job_id, prediction in rows:
        connection.execute(sa.update(jobs).where(jobs.c.id == job_id).values(run=run_of(prediction)))


def run_of(prediction: Any) -> dict[str, Any] | None:
    """The stored prediction as a stored run; None where it is neither, and the host is asked again."""
    told = _object(prediction)
    if not isinstance(told.get("id"), str):
        return None
    status = "canceled" if told.get("status") == "aborted" else told.get("status")
    run = {
        "id": told["id"],
        "status": status if status in _STATUSES else "processing",
        "results": _results(told.get("output")) if status == "succeeded" else [],
        "error": told.get("error"),
        "cause": "unknown" if status == "failed" else None,
        "created_at": told.get("created_at"),
        "compute_s": _object(told.get("metrics")).get("predict_time"),
        "stream": _object(told.get("urls")).get("stream"),
        "explained": _object(told.get("output")).get("explained"),
    }
    return {name: value for name, value in run.items() if value not in (None, [])}


def _results(output: Any) -> list[dict[str, Any]]:
    if isinstance(output, list):
        output = next(iter(cast("list[Any]", output)), None)
    if isinstance(output, str):
        return [{"audio": output}]
    whole = _object(output)
    return [_result(_object(take)) for take in whole.get("takes") or ([whole] if whole else [])]


def _result(take: dict[str, Any]) -> dict[str, Any]:
    result = {name: take.get(name) for name in _SAME}
    result |= {"audio": take.get("audio"), "picture": take.get("cover") or take.get("spectrogram")}
    return {name: value for name, value in result.items() if value is not None}


def _object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
