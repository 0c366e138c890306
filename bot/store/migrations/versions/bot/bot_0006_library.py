"""Settings with their log, likes, questions to authors, erasures; takes get a title and can be searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa
from alembic import op

revision = "bot_0006"
down_revision = "bot_0005"
branch_labels = None
depends_on = None

SQLITE_GUARDS = (
    """CREATE TRIGGER settings_log_no_update BEFORE UPDATE ON settings_log
       BEGIN SELECT RAISE(ABORT, 'the log of settings only grows'); END""",
    """CREATE TRIGGER settings_log_no_delete BEFORE DELETE ON settings_log
       BEGIN SELECT RAISE(ABORT, 'the log of settings only grows'); END""",
)
POSTGRES_GUARDS = (
    """CREATE TRIGGER settings_log_stays BEFORE UPDATE OR DELETE ON settings_log
       FOR EACH ROW EXECUTE FUNCTION only_grows()""",
)


def upgrade() -> None:
    """Create the tables, widen takes, and make those that stand findable."""
    _create_settings()
    _create_likes()
    _create_asks()
    op.create_table(
        "erasures",
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("asked_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_erasures"),
    )
    op.create_table(
        "searches",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_searches"),
    )
    op.create_index("ix_searches_at", "searches", ["at"])
    _widen_takes()
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRES_GUARDS if postgres else SQLITE_GUARDS:
        op.execute(statement)


def _create_settings() -> None:
    for owner in ("guild", "channel", "member"):
        name = f"{owner}_settings"
        key = "user_id" if owner == "member" else f"{owner}_id"
        extra = [sa.Column("guild_id", sa.String(24), nullable=False)] if owner == "channel" else []
        op.create_table(
            name,
            sa.Column(key, sa.String(24), nullable=False),
            *extra,
            sa.Column("value", sa.JSON, nullable=False),
            sa.PrimaryKeyConstraint(key, name=f"pk_{name}"),
        )
    op.create_table(
        "settings_log",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("channel_id", sa.String(24)),
        sa.Column("actor_id", sa.String(24), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_settings_log"),
    )
    op.create_index("ix_settings_log_guild_id", "settings_log", ["guild_id"])


def _create_likes() -> None:
    op.create_table(
        "likes",
        sa.Column("take_id", sa.String(24), nullable=False),
        sa.Column("user_id", sa.String(24), nullable=False),
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("take_id", "user_id", name="pk_likes"),
        sa.ForeignKeyConstraint(["take_id"], ["takes.id"], name="fk_likes_take_id", ondelete="CASCADE"),
    )
    op.create_index("ix_likes_user_id_guild_id_at", "likes", ["user_id", "guild_id", "at"])


def _create_asks() -> None:
    op.create_table(
        "asks",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("take_id", sa.String(24), nullable=False),
        sa.Column("author_id", sa.String(24), nullable=False),
        sa.Column("asker_id", sa.String(24), nullable=False),
        sa.Column("guild_id", sa.String(24), nullable=False),
        sa.Column("channel_id", sa.String(24), nullable=False),
        sa.Column("request", sa.JSON, nullable=False),
        sa.Column("granted", sa.JSON, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_asks"),
        sa.CheckConstraint(
            "state IN ('open', 'allowed', 'refused', 'withdrawn')", name="ck_asks_state_known"
        ),
    )
    op.create_index("ix_asks_asker_id_take_id", "asks", ["asker_id", "take_id"])
    op.create_index("ix_asks_author_id", "asks", ["author_id"])
    op.create_index("ix_asks_expires_at", "asks", ["expires_at"])


def _widen_takes() -> None:
    op.add_column("takes", sa.Column("title", sa.String(100)))
    op.add_column("takes", sa.Column("label", sa.String(200), nullable=False, server_default=""))
    op.add_column("takes", sa.Column("words", sa.Text, nullable=False, server_default=""))
    op.add_column("takes", sa.Column("consent", sa.String(10)))
    for column in ("guild_id", "user_id"):
        op.create_index(f"ix_takes_{column}_created_at", "takes", [column, "created_at"])
    op.create_index("ix_takes_parent_take_id", "takes", ["parent_take_id"])
    _label()


def _label() -> None:
    takes = sa.table(
        "takes",
        sa.column("id", sa.String),
        sa.column("user_name", sa.String),
        sa.column("recipe", sa.JSON),
        sa.column("label", sa.String),
        sa.column("words", sa.Text),
    )
    connection = op.get_bind()
    last = ""
    while rows := _some(connection, takes, after=last):
        for take_id, user_name, recipe in rows:
            told = cast("dict[str, Any]", recipe) if isinstance(recipe, dict) else {}
            texts = [str(told[name]) for name in ("prompt", "tags", "prompt_b") if told.get(name)]
            values = {
                "label": " ".join("".join(texts[:1]).split())[:200],
                "words": " ".join(" ".join([*texts, user_name]).split()).lower(),
            }
            connection.execute(sa.update(takes).where(takes.c.id == take_id).values(values))
        last = rows[-1][0]


def _some(connection: sa.Connection, takes: sa.TableClause, *, after: str) -> Sequence[Any]:
    columns = (takes.c.id, takes.c.user_name, takes.c.recipe)
    return connection.execute(
        sa.select(*columns).where(takes.c.id > after).order_by(takes.c.id).limit(500)
    ).all()
