"""The panel of ``/setup``: one page at a time, each with what it decides and the way to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, get_args

import discord

from bot.jobs.preferences import Settings
from bot.moderation.setup import Layout
from bot.moderation.setup_file import Reference
from bot.money.policy import PERIODS
from bot.ui import text
from bot.ui.buttons import ActionButton, ActionMenu, PickMenu
from bot.ui.cards.common import BRAND
from bot.ui.cards.quota import kind_in_words, number
from bot.ui.cards.settings import option_label, value_of, values_of
from bot.ui.discord_limits import BUTTON_CHARS, OPTIONS_MOST, PLACEHOLDER_CHARS
from bot.ui.words import named, say

PAGES: Final = (
    "start",
    "channels",
    "moderators",
    "music",
    "pot",
    "prices",
    "newcomers",
    "screen",
    "keys",
    "check",
)
OF_SETTINGS: Final = ("language", "format", "host", "picture")
"""Menus that stand in ``/settings`` as well."""
OF_POT: Final = ("period", "carry_over", "hard_stop")
"""Menus that stand in ``/pot`` as well."""
PRICED: Final = ("riff", "song", "morph", "image", "parts")
PAGE_OF: Final[dict[str, str]] = {
    **dict.fromkeys(OF_SETTINGS, "music"),
    **dict.fromkeys(OF_POT, "pot"),
    "music_channels": "channels",
    "moderators_channel": "moderators",
    "moderator_roles": "moderators",
    "newcomer_role": "newcomers",
    "approval": "newcomers",
    "strict": "screen",
    "off": "screen",
    "rules": "newcomers",
    "appeals": "newcomers",
    "prices": "prices",
}
"""On which page something is decided."""
_SHOWN_MOST: Final = 8
_GONE_MOST: Final = 5
MUSIC_KINDS: Final = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum)
_Box = discord.ui.Container[discord.ui.LayoutView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the pages tell of, as it stands now."""

    layout: Layout
    hosts: Sequence[str]
    default_host: str
    lacking: Mapping[str, Sequence[str]]
    """Channels that were looked at, with the permissions that the bot lacks there, by their names."""
    bot_name: str = "Riffcord"
    """As it is called in this server."""
    is_public: bool = False
    """Whether everybody sees the moderators' channel."""
    gone: Sequence[Reference] = ()
    """What the settings name and this server has no more."""
    key_hosts: Sequence[str] | None = None
    """Those that keys can be brought for; None: nobody can bring any."""
    keys: Sequence[str] = field(default_factory=tuple[str, ...])
    """Hosts that the server brought a key for."""

    @property
    def host(self) -> str:
        """Where this server's music is made."""
        return self.layout.guild.host or self.default_host


def setup_panel(page: str, facts: Facts, locale: str) -> discord.ui.LayoutView:
    """A page, with the way to the others."""
    box = _Box(accent_colour=BRAND)
    place = PAGES.index(page)
    title = say(
        "setup.step", locale, number=place + 1, count=len(PAGES), page=say(f"setup.page.{page}", locale)
    )
    about = say(f"setup.about.{page}", locale, host=text.shown(facts.host, 60))
    box.add_item(discord.ui.TextDisplay(f"{title}\n{about}"))
    _BUILDERS[page](box, facts, locale)
    box.add_item(discord.ui.Separator())
    options = [
        discord.SelectOption(
            label=f"{number}. {say(f'setup.page.{each}', locale)}", value=each, default=each == page
        )
        for number, each in enumerate(PAGES, 1)
    ]
    box.add_item(_row(ActionMenu("setup-page", "any", options, locale)))
    ways: list[Any] = []
    if place:
        ways.append(ActionButton("setup-back", PAGES[place - 1], locale))
    if place + 1 < len(PAGES):
        ways.append(ActionButton("setup-next", PAGES[place + 1], locale))
    if page == "check":
        ways.append(ActionButton("setup-export", "any", locale))
    box.add_item(_row(*ways))
    return discord.ui.LayoutView(timeout=None).add_item(box)


def _row(*items: Any) -> discord.ui.ActionRow[discord.ui.LayoutView]:
    return discord.ui.ActionRow[discord.ui.LayoutView](*items)


def _good(key: str, locale: str, **facts: object) -> str:
    return f"✅ {say(key, locale, **facts)}"


def _warn(key: str, locale: str, **facts: object) -> str:
    return f"⚠️ {say(key, locale, **facts)}"


def _say_lines(box: _Box, lines: Sequence[str]) -> None:
    if told := "\n".join(line for line in lines if line):
        box.add_item(discord.ui.TextDisplay(text.clip(told, 2_000)))


# menus


def _channels(name: str, chosen: Sequence[str], locale: str, *, most: int = OPTIONS_MOST) -> Any:
    picker = discord.ui.ChannelSelect[discord.ui.View](
        placeholder=text.plain(say(f"setup.pick.{name}", locale), PLACEHOLDER_CHARS),
        channel_types=[*MUSIC_KINDS] if most > 1 else [discord.ChannelType.text],
        min_values=0,
        max_values=most,
        default_values=[
            discord.SelectDefaultValue(id=int(each), type=discord.SelectDefaultValueType.channel)
            for each in chosen[:most]
        ],
    )
    return _row(PickMenu("setup-pick", name.replace("_", ""), picker))


def _roles(name: str, chosen: Sequence[str], locale: str, *, most: int = OPTIONS_MOST) -> Any:
    picker = discord.ui.RoleSelect[discord.ui.View](
        placeholder=text.plain(say(f"setup.pick.{name}", locale), PLACEHOLDER_CHARS),
        min_values=0,
        max_values=most,
        default_values=[
            discord.SelectDefaultValue(id=int(each), type=discord.SelectDefaultValueType.role)
            for each in chosen[:most]
        ],
    )
    return _row(PickMenu("setup-pick", name.replace("_", ""), picker))


def _form(name: str, locale: str) -> Any:
    button = ActionButton("setup-form", name, locale)
    button.item.label = text.plain(say(f"setup.form.{name}", locale), BUTTON_CHARS)
    return _row(button)


def name_of(subject: str) -> str | None:
    """What a menu's id names; None where there is nothing of that name."""
    return next((name for name in PAGE_OF if name.replace("_", "") == subject), None)


# pages


def _start(box: _Box, facts: Facts, locale: str) -> None:
    _gone(box, facts, locale)


def _music_channels(box: _Box, facts: Facts, locale: str) -> None:
    chosen, gone = facts.layout.guild.rules.music_channel_ids, {each.id for each in facts.gone}
    there = [each for each in chosen if each not in gone]
    box.add_item(_channels("music_channels", there, locale))
    lines = [] if chosen else [say("setup.where.everywhere", locale)]
    if chosen and not there:
        lines.append(_warn("setup.where.all_gone", locale))
    _say_lines(box, [*lines, *_permissions(facts, locale)])
    _gone(box, facts, locale, "channel")


def _permissions(facts: Facts, locale: str) -> list[str]:
    """Where the bot may play, and what it lacks elsewhere and how that is mended."""
    ready = [f"<#{each}>" for each, lacking in facts.lacking.items() if not lacking]
    lines = [_good("setup.ready", locale, channels=" ".join(ready[:OPTIONS_MOST]))] if ready else []
    lacking = [(each, missing) for each, missing in facts.lacking.items() if missing]
    lines += [
        _warn("setup.lacks", locale, channel=f"<#{each}>", **_permission(missing, locale))
        for each, missing in lacking[:_SHOWN_MOST]
    ]
    if len(lacking) > _SHOWN_MOST:
        lines.append(say("setup.lacks.more", locale, count=len(lacking) - _SHOWN_MOST))
    return lines


def _permission(missing: Sequence[str], locale: str) -> dict[str, object]:
    return named({"permission": ", ".join(missing)}, locale)


def _moderators(box: _Box, facts: Facts, locale: str) -> None:
    rules, gone = facts.layout.guild.rules, {each.id for each in facts.gone}
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
        told.append(_warn("setup.mod_channel.public", locale, channel=f"<#{where}>"))
    if roles:
        told.append(
            say(
                "setup.mod_roles",
                locale,
                roles=" ".join(f"<@&{each}>" for each in roles),
                bot=text.shown(facts.bot_name, 40),
            )
        )
    _say_lines(box, told)
    _gone(box, facts, locale, "channel", "role")


def _music(box: _Box, facts: Facts, locale: str) -> None:
    settings = Settings(guild=facts.layout.guild)
    for name in OF_SETTINGS:
        stands = value_of(settings, name)
        options = [
            discord.SelectOption(label=option_label(name, each, locale), value=each, default=each == stands)
            for each in values_of(name, facts.hosts)
        ]
        box.add_item(_row(ActionMenu("setup-set", name, options, locale)))


def _pot(box: _Box, facts: Facts, locale: str) -> None:
    money = facts.layout.guild.money
    minute = money.pot.reset_minute
    told = say(
        "setup.pot",
        locale,
        amount=number(money.pot.amount),
        period=say(f"setup.period.{money.pot.period}", locale),
        time=f"{minute // 60:02d}:{minute % 60:02d}",
        zone=text.shown(money.pot.zone, 60),
        ask=number(money.ask_above),
    )
    _say_lines(box, [told])
    for name in OF_POT:
        value = getattr(money.pot, name)
        stands = value if name == "period" else "on" if value else "off"
        options = [
            discord.SelectOption(
                label=text.plain(say(f"pot.menu.{name}.{each}", locale)), value=each, default=each == stands
            )
            for each in (PERIODS if name == "period" else ("on", "off"))
        ]
        box.add_item(_row(ActionMenu("setup-set", name.replace("_", ""), options, locale)))
    box.add_item(_form("pot", locale))


def _prices(box: _Box, facts: Facts, locale: str) -> None:
    prices = {each.kind: each.credits for each in facts.layout.guild.money.prices if _is_for(each, facts)}
    lines = [
        say("setup.price", locale, kind=kind_in_words(kind, locale), price=number(prices[kind]))
        if kind in prices
        else say("setup.price.default", locale, kind=kind_in_words(kind, locale))
        for kind in PRICED
    ]
    _say_lines(box, lines)
    box.add_item(_form("prices", locale))


def _is_for(price: Any, facts: Facts) -> bool:
    return price.host == facts.host and price.model is None


def _newcomers(box: _Box, facts: Facts, locale: str) -> None:
    rules, gone = facts.layout.guild.rules, {each.id for each in facts.gone}
    role = rules.newcomer_role_id
    there = [role] if role is not None and role not in gone else []
    approval = [each for each in facts.layout.those("approval", True) if each not in gone]
    newcomers: list[str] = []
    if rules.newcomer_account_days:
        newcomers.append(say("setup.newcomers.account", locale, days=rules.newcomer_account_days))
    if rules.newcomer_member_days:
        newcomers.append(say("setup.newcomers.member", locale, days=rules.newcomer_member_days))
    if there:
        newcomers.append(say("setup.newcomers.role", locale, role=f"<@&{role}>"))
    lines = newcomers or [say("setup.newcomers.none", locale)]
    if rules.hold_above is not None:
        lines.append(say("setup.hold_above", locale, credits=number(rules.hold_above)))
    if rules.trust_after:
        lines.append(say("setup.trust_after", locale, count=rules.trust_after))
    lines.append(say("setup.hold_hours", locale, hours=rules.hold_hours))
    lines.append(_in(approval, "setup.approval", locale))
    if rules.appeals:
        lines.append(say("setup.appeals", locale, text=text.shown(rules.appeals, 300)))
    _say_lines(box, lines)
    box.add_item(_roles("newcomer_role", there, locale, most=1))
    box.add_item(_channels("approval", approval, locale))
    for name in ("rules", "appeals"):
        box.add_item(_form(name, locale))
    _gone(box, facts, locale, "channel", "role")


def _in(channels: Sequence[str], key: str, locale: str) -> str:
    if not channels:
        return ""
    return say(key, locale, channels=" ".join(f"<#{each}>" for each in channels[:OPTIONS_MOST]))


def _screen(box: _Box, facts: Facts, locale: str) -> None:
    gone = {each.id for each in facts.gone}
    for name in ("strict", "off"):
        chosen = [each for each in facts.layout.those("strictness", name) if each not in gone]
        _say_lines(box, [_in(chosen, f"setup.{name}", locale)])
        box.add_item(_channels(name, chosen, locale))
    _gone(box, facts, locale, "channel")


def _keys(box: _Box, facts: Facts, locale: str) -> None:
    if facts.key_hosts is None:
        _say_lines(box, [say("setup.key.impossible", locale)])
        return
    hosts = text.shown(", ".join(facts.keys), 300)
    _say_lines(box, [say("setup.key.some" if facts.keys else "setup.key.none", locale, hosts=hosts)])
    shown = facts.key_hosts[:OPTIONS_MOST]
    options = [discord.SelectOption(label=text.plain(each), value=each) for each in shown]
    if options:
        box.add_item(_row(ActionMenu("setup-key", "any", options, locale)))


def _check(box: _Box, facts: Facts, locale: str) -> None:
    _say_lines(box, _permissions(facts, locale))
    if not facts.gone and not any(facts.lacking.values()):
        _say_lines(box, [_good("setup.all_well", locale)])
    _gone(box, facts, locale)


def _gone(box: _Box, facts: Facts, locale: str, *kinds: str) -> None:
    gone_lines(box, [each for each in facts.gone if not kinds or each.kind in kinds], locale)


def gone_lines(
    box: _Box, gone: Sequence[Reference], locale: str, *, back_to: str = "", most: int = _GONE_MOST
) -> None:
    """What was deleted, or left, and still stands in the settings: each with the way to remove it.

    ``back_to`` is the panel that is shown then, ``pot``; else it is the last page of this one.
    """
    for each in gone[:most]:
        shown = f"<@{each.id}>" if each.kind == "member" else each.id
        line = discord.ui.TextDisplay[discord.ui.LayoutView](
            _warn(f"setup.gone.{each.kind}", locale, id=shown)
        )
        button: Any = ActionButton("setup-gone", f"{each.kind}{each.id}", locale, more=back_to)
        box.add_item(discord.ui.Section[discord.ui.LayoutView](line, accessory=button))
    if len(gone) > most:
        _say_lines(box, [say("setup.gone.more", locale, count=len(gone) - most)])


def reference_of(subject: str) -> Reference | None:
    """What a button that removes is about; None where it names nothing."""
    for kind in get_args(Reference.__annotations__["kind"]) or ("channel", "role", "member"):
        rest = subject.removeprefix(kind)
        if rest != subject and rest.isascii() and rest.isdecimal():
            return Reference(kind=kind, id=rest)
    return None


_BUILDERS: Final[dict[str, Callable[[_Box, Facts, str], None]]] = {
    "start": _start,
    "channels": _music_channels,
    "moderators": _moderators,
    "music": _music,
    "pot": _pot,
    "prices": _prices,
    "newcomers": _newcomers,
    "screen": _screen,
    "keys": _keys,
    "check": _check,
}
