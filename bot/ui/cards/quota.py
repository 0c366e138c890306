"""What members see of a server's money: the pot, their share, who used how much; and the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import discord

from bot.money.drawing import Bar, Gauge, PotDrawing
from bot.treasury.records import PotState, Quota, ShareState, Use
from bot.ui import text
from bot.ui.cards.common import BRAND
from bot.ui.cards.prices import number, worth
from bot.ui.words import exists, say

PICTURE_NAME: Final = "pot.png"
BARS_MOST: Final = 8
_NAME_CHARS: Final = 30
_REASON_CHARS: Final = 80
_OWN: Final = ("member", "role")


def own_share(quota: Quota) -> ShareState | None:
    """The member's own share; None where none bounds them."""
    return next((each for each in quota.shares if each.subject in _OWN and each.cap is not None), None)


def drawing_of(
    quota: Quota, *, server: str, viewer_id: str, names: Mapping[str, str], locale: str
) -> PotDrawing:
    """What the picture shows."""
    period = say(f"period.{quota.money.pot.period}", locale)
    gauges = [_pot_gauge(quota, locale), *_share_gauge(quota, locale)]
    if quota.sponsored:
        gauges.append(
            Gauge(
                title=say("quota.sponsored", locale),
                amount=number(quota.sponsored),
                note=say("quota.sponsored.of", locale),
                filled=1.0,
            )
        )
    return PotDrawing(
        heading=say("quota.heading", locale, server=server, period=period),
        gauges=tuple(gauges),
        list_title=say("quota.used.title", locale, period=period),
        bars=_bars(quota.uses, viewer_id, names, locale),
    )


def _pot_gauge(quota: Quota, locale: str) -> Gauge:
    pot = quota.pot
    return Gauge(
        title=say("quota.pot", locale),
        amount=number(pot.left),
        note=say("quota.pot.of", locale, amount=number(pot.of)),
        filled=max(0.0, pot.left / pot.of) if pot.of > 0 else 0.0,
    )


def _share_gauge(quota: Quota, locale: str) -> list[Gauge]:
    share = own_share(quota)
    if share is None or share.left is None or share.cap is None:
        return []
    cap = max(0, share.cap + share.given)
    return [
        Gauge(
            title=say("quota.share", locale),
            amount=number(share.left),
            note=say("quota.share.of", locale, cap=number(cap)),
            filled=share.left / cap if cap else 0.0,
            mine=True,
        )
    ]


def _bars(uses: Sequence[Use], viewer_id: str, names: Mapping[str, str], locale: str) -> tuple[Bar, ...]:
    """Who used most, the looker among them wherever they stand, and all others in one line."""
    used = [each for each in uses if each.used > 0]
    if not used:
        return ()
    shown = used[:BARS_MOST]
    mine = next((each for each in used[BARS_MOST:] if each.user_id == viewer_id), None)
    if mine is not None:
        shown = [*shown[:-1], mine]
    most = max(each.used for each in used)
    bars = [
        Bar(
            name=_name(each.user_id, viewer_id, names, locale),
            amount=number(each.used),
            filled=each.used / most,
            mine=each.user_id == viewer_id,
        )
        for each in shown
    ]
    others = [each for each in used if each not in shown]
    if others:
        together = sum(each.used for each in others)
        name = say("quota.used.others", locale, count=len(others))
        bars.append(Bar(name=name, amount=number(together), filled=min(1.0, together / most)))
    return tuple(bars)


def _name(user_id: str, viewer_id: str, names: Mapping[str, str], locale: str) -> str:
    if user_id == viewer_id:
        return say("quota.used.you", locale)
    return names.get(user_id) or f"…{user_id[-4:]}"


def quota_card(quota: Quota, *, server: str, locale: str) -> discord.Embed:
    """The same in words, with the times in the reader's own zone."""
    period = say(f"period.{quota.money.pot.period}", locale)
    pot = quota.pot
    lines = [say("quota.text.pot", locale, left=number(pot.left), amount=number(pot.of))]
    lines += carried_in_words(pot, locale)
    lines.append(say("quota.text.resets", locale, **_when(pot.refills_at)))
    lines += _share_lines(quota, locale)
    if quota.sponsored:
        lines.append(say("quota.text.sponsored", locale, left=number(quota.sponsored)))
    if quota.set_aside:
        lines.append(say("quota.text.set_aside", locale, amount=number(quota.set_aside)))
    if (value := worth(quota.money.credit_value, quota.money.currency)) is not None:
        lines.append(say("quota.text.value", locale, value=value))
    if quota.uses:
        lines += ["", say("quota.used.title", locale, period=period), *_use_lines(quota.uses)]
    title = say("quota.title", locale, server=text.shown(server, 80), period=period)
    card = discord.Embed(title=title, description="\n".join(lines), colour=BRAND)
    return card.set_image(url=f"attachment://{PICTURE_NAME}")


def carried_in_words(pot: PotState, locale: str) -> list[str]:
    """What a pot has from before its period, or owes; nothing where there is neither."""
    if not pot.carried:
        return []
    return [say("pot.carried" if pot.carried > 0 else "pot.owed", locale, amount=number(abs(pot.carried)))]


def _when(at: datetime) -> dict[str, str]:
    return {"relative": text.moment(at), "date": text.moment(at, "f")}


def _share_lines(quota: Quota, locale: str) -> list[str]:
    share = own_share(quota)
    if share is None or share.cap is None:
        lines = [say("quota.text.share.free", locale)]
    else:
        cap = number(max(0, share.cap + share.given))
        relative = _when(quota.shares_refill_at)["relative"]
        lines = [say("quota.text.share", locale, left=number(share.left or 0), cap=cap, relative=relative)]
        if share.given:
            key = "quota.text.given" if share.given > 0 else "quota.text.given.less"
            lines.append(say(key, locale, given=number(abs(share.given))))
    for each in quota.shares:
        if each.subject in ("channel", "command") and each.cap is not None:
            told = {"left": number(each.left or 0), "cap": number(each.cap)}
            lines.append(
                say(f"quota.text.{each.subject}", locale, **told, kind=kind_in_words(each.id, locale))
            )
    return lines


def _use_lines(uses: Sequence[Use]) -> list[str]:
    """Names by their ids: Discord writes them, and nobody is called."""
    return [f"<@{each.user_id}> · {number(each.used)}" for each in uses[:BARS_MOST] if each.used > 0]


def picture_in_words(quota: Quota, *, server: str, locale: str) -> str:
    """What stands for the picture where it cannot be seen; at most 1,024 characters."""
    told = {"server": text.plain(server, 100), "left": quota.pot.left, "amount": quota.pot.of}
    share = own_share(quota)
    if share is None or share.cap is None:
        return say("quota.picture", locale, **told)
    cap = max(0, share.cap + share.given)
    return say("quota.picture.share", locale, **told, mine=share.left or 0, cap=cap)


def kind_in_words(kind: str | None, locale: str) -> str:
    """What was ordered."""
    key = f"quota.kind.{kind}"
    return say(key if exists(key) else "quota.kind.other", locale)
