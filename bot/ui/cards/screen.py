"""The rules for words on Discord: the list, what became of new ones, and what a trial showed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import discord

from bot.moderation.screen_rules import Added, Trial
from bot.safety.folding import is_unspaced
from bot.safety.policy import Strictness
from bot.safety.rulebook import Hit
from bot.safety.words import Rule
from bot.ui import text
from bot.ui.buttons import ActionButton
from bot.ui.cards.panels import Panel, new_box, panel_of, row
from bot.ui.words import counted, say, sentence

PAGE: Final = 15
_TEXT_CHARS: Final = 100
_TOLD: Final = 8
_NAMED_CHARS: Final = 300
"""Of the rules that are named in one line."""


def list_panel(rules: Sequence[Rule], page: int, strictness: Strictness, locale: str) -> Panel:
    """A page of the rules, for the person alone who asked; pages count from 0."""
    pages = max(1, -(-len(rules) // PAGE))
    page %= pages
    lines = [rule_line(rule, locale) for rule in rules[page * PAGE : (page + 1) * PAGE]]
    told = [say("screen.title", locale), here(strictness, locale)]
    if rules:
        told.append(counted("screen.count", len(rules), locale))
    box = new_box()
    box.add_item(discord.ui.TextDisplay("\n".join(told)))
    box.add_item(discord.ui.TextDisplay("\n".join(lines) or say("screen.none", locale)))
    box.add_item(row(*_buttons(bool(rules), page, pages, locale)))
    if pages > 1:
        box.add_item(discord.ui.TextDisplay("-# " + say("screen.page", locale, page=page + 1, pages=pages)))
    return panel_of(box)


def _buttons(any_rules: bool, page: int, pages: int, locale: str) -> list[Any]:
    found = [ActionButton(f"screen-{kind}", "new", locale) for kind in ("word", "allow")]
    if any_rules:
        found += [ActionButton("screen-test", "all", locale), ActionButton("screen-file", "all", locale)]
    if pages > 1:
        found.append(ActionButton("screen-page", str((page + 1) % pages), locale))
    return found


def here(strictness: Strictness, locale: str) -> str:
    """How closely this channel is looked at."""
    return say("screen.here", locale, strictness=say(f"screen.strictness.{strictness}", locale))


def rule_line(rule: Rule, locale: str) -> str:
    """A rule with what it does."""
    told = [say(f"screen.kind.{rule.kind}", locale)]
    if rule.kind != "allow":
        told.append(say(f"screen.action.{rule.action}", locale))
    if rule.spares_age_restricted:
        told.append(say("screen.spares", locale))
    return say("screen.line", locale, id=rule.id, text=shown(rule), what=", ".join(told))


def shown(rule: Rule) -> str:
    """A rule's text, harmless."""
    return text.shown(rule.text, _TEXT_CHARS)


def rule_choice(rule: Rule, locale: str) -> str:
    """A rule as a suggestion while somebody types."""
    return text.plain(f"{rule.text} · {say(f'screen.kind.{rule.kind}', locale)}")


def added_told(added: Added, wanted: Sequence[Rule], locale: str) -> str:
    """Which rules are new, changed or stood already, what they do, and which texts can be none."""
    became = {"added": added.new, "changed": added.changed, "stood": added.stood}
    lines = [
        say(f"screen.{what}", locale, count=len(texts), rules=text.shown(", ".join(texts), _NAMED_CHARS))
        for what, texts in became.items()
        if texts
    ]
    does = {each.does for each in wanted}
    if (added.new or added.changed) and len(does) == 1:
        lines.append(say(f"screen.does.{does.pop()}", locale))
    lines.append(say("screen.in_all", locale, count=added.rules))
    if added.refused:
        lines.append(say("screen.not_added", locale))
        lines += [
            say("screen.not_added.line", locale, text=text.shown(told, 60), why=sentence(error, locale))
            for told, error in added.refused[:_TOLD]
        ]
        if len(added.refused) > _TOLD:
            lines.append(say("screen.not_added.more", locale, count=len(added.refused) - _TOLD))
    return "\n".join(lines)


def whole_word_told(wanted: Sequence[Rule], added: Added, locale: str) -> list[str]:
    """That a word is not found inside others, with the first that somebody may expect to be."""
    for rule in wanted:
        is_bare = rule.kind == "word" and rule.text.isalpha() and not is_unspaced(rule.text[0])
        if is_bare and rule.text in added.new:
            return [say("screen.whole_word", locale, word=rule.text)]
    return []


def trial_told(trial: Trial, locale: str) -> str:
    """What rules do to the text, and would have done."""
    hits = trial.hits
    refused = any(hit.rule.action == "refuse" and hit.in_time for hit in hits)
    key = "refused" if refused else "held" if hits else "passes"
    lines = [f"**{say(f'screen.test.{key}', locale)}**", *(_hit_told(hit, locale) for hit in hits[:_TOLD])]
    if not trial.orders:
        return "\n".join([*lines, say("screen.test.no_latest", locale)])
    lines.append(say("screen.test.latest", locale, count=trial.orders, stopped=trial.stopped))
    lines += [
        say("screen.test.met", locale, id=rule.id, text=shown(rule), count=count)
        for rule, count in trial.met[:_TOLD]
    ]
    return "\n".join(lines)


def _hit_told(hit: Hit, locale: str) -> str:
    if not hit.in_time:
        return say(
            "screen.line", locale, id=hit.rule.id, text=shown(hit.rule), what=say("screen.test.slow", locale)
        )
    return rule_line(hit.rule, locale)
