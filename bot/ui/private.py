"""What only one person sees: cards that are edited by the interaction's own webhook while its token lives,
and the public card that says that a preview is ready when it does not any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import discord
from discord.http import Route, handle_message_parameters

from bot.jobs.records import Job
from bot.ui import text
from bot.ui.buttons import ActionButton, View
from bot.ui.cards.common import BRAND, NAME_CHARS, QUIET
from bot.ui.discord_errors import INVALID_TOKEN
from bot.ui.mentions import NOBODY
from bot.ui.words import say


async def edit_original(
    client: discord.Client,
    token: str,
    *,
    embeds: list[discord.Embed],
    view: discord.ui.View | None,
    files: Callable[[], list[discord.File]] | None = None,
) -> str | None:
    """Change the first answer of an interaction; its id, or None where the token or the answer is over.

    Args:
        client: Ours.
        token: The interaction's.
        embeds: What it shows from now on.
        view: Its buttons; None takes them away.
        files: Makes what it carries; None leaves what it has.

    Raises:
        discord.HTTPException: Anything else.
    """
    route = Route(
        "PATCH",
        "/webhooks/{application_id}/{token}/messages/@original",
        application_id=client.application_id,
        token=token,
    )
    carried: dict[str, Any] = {} if files is None else {"attachments": files()}
    with handle_message_parameters(embeds=embeds, view=view, allowed_mentions=NOBODY, **carried) as params:
        sent: dict[str, Any] = (
            {"files": params.files, "form": params.multipart} if params.files else {"json": params.payload}
        )
        try:
            answered = await client.http.request(route, **sent)
        except discord.NotFound:
            return None
        except discord.HTTPException as error:
            if error.status == 401 or error.code == INVALID_TOKEN:
                return None
            raise
    return str(answered["id"])


def preview_row(take_id: str, locale: str) -> View:
    """The buttons under a preview."""
    row = View(timeout=None)
    for action in ("post", "discard", "reroll", "recipe"):
        row.add_item(ActionButton(action, take_id, locale))
    return row


def ready_card(job: Job, locale: str) -> discord.Embed:
    """For everybody to see, so without a word of what was asked for."""
    name = text.shown(job.order.user_name, NAME_CHARS)
    return discord.Embed(
        title=say("private.ready", locale),
        description=say("private.ready.whose", locale, name=name),
        colour=BRAND,
    )


def ready_row(take_id: str, locale: str) -> View:
    """The one button under it."""
    return View(timeout=None).add_item(ActionButton("open", take_id, locale))


def over_card(job: Job, locale: str) -> discord.Embed:
    """The same of an order that ended without music."""
    name = text.shown(job.order.user_name, NAME_CHARS)
    return discord.Embed(description=say("private.over", locale, name=name), colour=QUIET)
