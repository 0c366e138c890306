"""The pages of ``/setup`` about channels and roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import discord

from bot.ui import text
from bot.ui.buttons import Picker, PickMenu
from bot.ui.cards.gone import gone_lines
from bot.ui.cards.panels import Box, good, row, say_lines, warning
from bot.ui.cards.prices import credits_in_words
from bot.ui.cards.setup_facts import MUSIC_KINDS, Facts
from bot.ui.cards.setup_values import form
from bot.ui.discord_limits import OPTIONS_MOST, PLACEHOLDER_CHARS
from bot.ui.words import counted, named, say

_SHOWN_MOST: Final = 8


def _channels(name: str, chosen: Sequence[str], locale: str, *, most: int = OPTIONS_MOST) -> Any:
    kinds = [*MUSIC_KINDS] if most > 1 else [discord.ChannelType.text]
    picker = discord.ui.ChannelSelect[discord.ui.View](channel_types=kinds)
    return _picker(picker, discord.SelectDefaultValueType.channel, name, chosen, locale, most)


def _roles(name: str, chosen: Sequence[str], locale: str, *, most: int = OPTIONS_MOST) -> Any:
    picker = discord.ui.RoleSelect[discord.ui.View]()
    return _picker(picker, discord.SelectDefaultValueType.role, name, chosen, locale, most)


def _picker(
    picker: Picker,
    kind: discord.SelectDefaultValueType,
    name: str,
    chosen: Sequence[str],
    locale: str,
    most: int,
) -> Any:
    picker.placeholder = text.plain(say(f"setup.pick.{name}", locale), PLACEHOLDER_CHARS)
    picker.min_values, picker.max_values = 0, most
    picker.default_values = [discord.SelectDefaultValue(id=int(each), type=kind) for each in chosen[:most]]
    return row(PickMenu("setup-pick", name.replace("_", ""), picker))


def start(box: Box, facts: Facts, locale: str) -> None:
    """What is gone, before anything else."""
    _gone(box, facts, locale)


def music_channels(box: Box, facts: Facts, locale: str) -> None:
    """Where music may be made."""
    chosen, gone = facts.layout.guild.rules.music_channel_ids, facts.gone_ids
    there = [each for each in chosen if each not in gone]
    box.add_item(_channels("music_channels", there, locale))
    lines = [] if chosen else [say("setup.where.everywhere", locale)]
    if chosen and not there:
        lines.append(warning("setup.where.all_gone", locale))
    say_lines(box, [*lines, *_permissions(facts, locale)])
    _gone(box, facts, locale, "channel")


def _permissions(facts: Facts, locale: str) -> list[str]:
    """Where the bot may play, and what it lacks elsewhere and how that is mended."""
    ready = [f"<#{each}>" for each, lacking in facts.lacking.items() if not lacking]
    lines = [good("setup.ready", locale, channels=" ".join(ready[:OPTIONS_MOST]))] if ready else []
    lacking = [(each, missing) for each, missing in facts.lacking.items() if missing]
    lines += [
        warning("setup.lacks", locale, channel=f"<#{each}>", **_permission(missing, locale))
        for each, missing in lacking[:_SHOWN_MOST]
    ]
    if len(lacking) > _SHOWN_MOST:
        lines.append(say("setup.lacks.more", locale, count=len(lacking) - _SHOWN_MOST))
    return lines


def _permission(missing: Sequence[str], locale: str) -> dict[str, object]:
    return named({"permission": ", ".join(missing)}, locale)


def moderators(box: Box, facts: Facts, locale: str) -> None:
    """Who moderates, and where they are told."""
    rules, gone = facts.layout.guild.rules, facts.gone_ids
    where = rules.moderators_channel_id
    there = [where] if where is not None and where not in gone else []
    box.add_item(_channels("moderators_channel", there, locale, most=1))
    roles = [each for each in rules.moderator_role_ids if each not in gone]
    box.add_item(_roles("moderator_roles", roles, locale))
    channel = say("setup.mod_channel.none", locale)
    if there:
        channel = say("setup.mod_channel", locale, channel=f"<#{where}>")
    told = [channel, *(_permissions(facts, locale) if there else ())]
    if there and facts.is_public:
        told.append(warning("setup.mod_channel.public", locale, channel=f"<#{where}>"))
    if roles:
        told.append(
            say(
                "setup.mod_roles",
                locale,
                roles=" ".join(f"<@&{each}>" for each in roles),
                bot=text.shown(facts.bot_name, 40),
            )
        )
    say_lines(box, told)
    _gone(box, facts, locale, "channel", "role")


def newcomers(box: Box, facts: Facts, locale: str) -> None:
    """Whose orders wait for a moderator."""
    rules, gone = facts.layout.guild.rules, facts.gone_ids
    role = rules.newcomer_role_id
    there = [role] if role is not None and role not in gone else []
    approval = [each for each in facts.layout.those("approval", True) if each not in gone]
    held: list[str] = []
    if rules.newcomer_account_days:
        held.append(counted("setup.newcomers.account", rules.newcomer_account_days, locale))
    if rules.newcomer_member_days:
        held.append(counted("setup.newcomers.member", rules.newcomer_member_days, locale))
    if there:
        held.append(say("setup.newcomers.role", locale, role=f"<@&{role}>"))
    lines = held or [say("setup.newcomers.none", locale)]
    if rules.hold_above is not None:
        lines.append(say("setup.hold_above", locale, price=credits_in_words(rules.hold_above, locale)))
    if rules.trust_after:
        lines.append(counted("setup.trust_after", rules.trust_after, locale))
    lines.append(counted("setup.hold_hours", rules.hold_hours, locale))
    lines.append(counted("setup.held_most", rules.held_most, locale))
    lines.append(_in(approval, "setup.approval", locale))
    if rules.appeals:
        lines.append(say("setup.appeals", locale, text=text.shown(rules.appeals, 300)))
    say_lines(box, lines)
    box.add_item(_roles("newcomer_role", there, locale, most=1))
    box.add_item(_channels("approval", approval, locale))
    for name in ("rules", "appeals"):
        box.add_item(form(name, locale))
    _gone(box, facts, locale, "channel", "role")


def _in(channels: Sequence[str], key: str, locale: str) -> str:
    if not channels:
        return ""
    return say(key, locale, channels=" ".join(f"<#{each}>" for each in channels[:OPTIONS_MOST]))


def screen(box: Box, facts: Facts, locale: str) -> None:
    """How closely channels are looked at."""
    for name in ("strict", "off"):
        chosen = [each for each in facts.layout.those("strictness", name) if each not in facts.gone_ids]
        say_lines(box, [_in(chosen, f"setup.{name}", locale)])
        box.add_item(_channels(name, chosen, locale))
    _gone(box, facts, locale, "channel")


def check(box: Box, facts: Facts, locale: str) -> None:
    """Whether all is well."""
    say_lines(box, _permissions(facts, locale))
    if not facts.gone and not any(facts.lacking.values()):
        say_lines(box, [good("setup.all_well", locale)])
    _gone(box, facts, locale)


def _gone(box: Box, facts: Facts, locale: str, *kinds: str) -> None:
    gone_lines(box, [each for each in facts.gone if not kinds or each.kind in kinds], locale)
