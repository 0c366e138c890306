"""Drafts: recipes that a member looks at before they are ordered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.jobs.recipes import Recipe
from bot.library.records import Draft, Terms
from bot.store.passing import forget_passing
from bot.store.tables.drafts import drafts

_RECIPE: TypeAdapter[Recipe] = TypeAdapter(Recipe)


async def put_draft(connection: AsyncConnection, draft: Draft) -> None:
    """Keep a draft."""
    await connection.execute(
        sa.insert(drafts).values(
            id=draft.id,
            user_id=draft.user_id,
            guild_id=draft.guild_id,
            recipe=draft.recipe.model_dump(mode="json"),
            parent_take_id=draft.parent_take_id,
            created_at=draft.created_at,
            terms=_kept(draft.terms),
        )
    )


async def get_draft(connection: AsyncConnection, draft_id: str) -> Draft | None:
    """The draft, or None."""
    row = (await connection.execute(sa.select(drafts).where(drafts.c.id == draft_id))).mappings().first()
    if row is None:
        return None
    return Draft(
        id=row["id"],
        user_id=row["user_id"],
        guild_id=row["guild_id"],
        recipe=_RECIPE.validate_python(row["recipe"]),
        parent_take_id=row["parent_take_id"],
        created_at=row["created_at"],
        terms=Terms.model_validate(row["terms"] or {}),
    )


async def change_draft(connection: AsyncConnection, draft_id: str, recipe: Recipe, terms: Terms) -> bool:
    """Another recipe in its place, on other terms; False when the draft is gone."""
    values = {"recipe": recipe.model_dump(mode="json"), "terms": _kept(terms)}
    statement = sa.update(drafts).where(drafts.c.id == draft_id)
    return (await connection.execute(statement.values(**values))).rowcount == 1


def _kept(terms: Terms) -> dict[str, Any]:
    return terms.model_dump(mode="json", exclude_defaults=True)


async def take_draft(connection: AsyncConnection, draft_id: str) -> bool:
    """Take it away; False when somebody was faster."""
    return (await connection.execute(sa.delete(drafts).where(drafts.c.id == draft_id))).rowcount == 1


async def forget_drafts(
    connection: AsyncConnection, *, before: datetime | None = None, user_id: str | None = None
) -> None:
    """Forget old drafts, or those of a member."""
    await forget_passing(connection, drafts.c.created_at, before=before, user_id=user_id)
