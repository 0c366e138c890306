"""The desk for the rules for words: administrators add, remove, bring and try them."""

from __future__ import annotations

from functools import partial

import discord

from bot.errors import InvalidOption, NotFound
from bot.library.house import House
from bot.moderation.screen_files import words_in
from bot.safety.policy import Strictness
from bot.safety.words import Action, Kind, Rule
from bot.ui.answers import answer, locale_of, show_panel
from bot.ui.buttons import number_in
from bot.ui.cards.screen import added_told, here, list_panel, rule_line, trial_told, whole_word_told
from bot.ui.desks.here import home_of, settings_here
from bot.ui.desks.people import is_age_restricted, require_manager
from bot.ui.desks.presses import Handler
from bot.ui.discord_limits import CHOICES_MOST, FIELD_CHARS
from bot.ui.forms.blanks import Blank, BlankForms, Filled, Questions
from bot.ui.words import say


class ScreenDesk:
    """Shows rules, and changes them."""

    def __init__(self, house: House, forms: BlankForms) -> None:
        self._forms = forms
        self._rules = house.screen_rules
        self._choices = house.choices

    def handlers(self) -> dict[str, Handler]:
        """Which buttons end here."""
        return {
            "screen-word": self.words_wanted,
            "screen-allow": self.allowed_wanted,
            "screen-test": self.trial_wanted,
            "screen-page": self.turned,
        }

    async def add(
        self, interaction: discord.Interaction, rule: str | None, kind: Kind, action: Action, *, spares: bool
    ) -> None:
        """Add one rule, or ask for many. Raises ``NotAllowed`` ``screen``, ``InvalidOption``."""
        require_manager(interaction, "screen")
        if rule is None:
            filled = partial(self._filled_in, kind, action, spares)
            await self._forms.ask(interaction, _rules_form(kind, filled, locale_of(interaction)))
            return
        wanted = Rule(id=0, kind=kind, text=rule, action=action, spares_age_restricted=spares)
        await self.keep(interaction, [wanted], "hand")

    async def words_wanted(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """Ask for words that are refused."""
        await self.add(interaction, None, "word", "refuse", spares=False)

    async def allowed_wanted(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """Ask for words that are always allowed."""
        await self.add(interaction, None, "allow", "refuse", spares=False)

    async def _filled_in(
        self,
        kind: Kind,
        action: Action,
        spares: bool,
        interaction: discord.Interaction,
        typed: dict[str, str],
    ) -> None:
        """The form with many was sent."""
        require_manager(interaction, "screen")
        wanted = words_in(typed["rules"], kind=kind, action=action, spares_age_restricted=spares)
        if not wanted:
            raise InvalidOption("rule", "empty")
        await self.keep(interaction, wanted, "hand")

    async def keep(self, interaction: discord.Interaction, wanted: list[Rule], origin: str) -> None:
        """Add rules, and tell what became of each; ``origin`` is for the trail."""
        if not interaction.response.is_done():
            await interaction.response.defer(ephemeral=True, thinking=True)  # patterns take a while
        added = await self._rules.add(
            str(interaction.guild_id), wanted, actor_id=str(interaction.user.id), origin=origin
        )
        locale = locale_of(interaction)
        told = [added_told(added, wanted, locale), *whole_word_told(wanted, added, locale)]
        await answer(interaction, "\n".join(told))

    async def remove(self, interaction: discord.Interaction, rule: str) -> None:
        """Remove one rule, by its number or its text. Raises ``NotAllowed``, ``NotFound``."""
        require_manager(interaction, "screen")
        ids, locale = await self._named(interaction, rule), locale_of(interaction)
        gone = await self._rules.remove(str(interaction.guild_id), ids, actor_id=str(interaction.user.id))
        told = "\n".join(rule_line(each, locale) for each in gone)
        await answer(interaction, say("screen.removed", locale, rules=told))

    async def list(self, interaction: discord.Interaction) -> None:
        """The first page. Raises ``NotAllowed``."""
        require_manager(interaction, "screen")
        await self._page(interaction, 0)

    async def turned(self, interaction: discord.Interaction, page: str, _: str) -> None:
        """Another page."""
        require_manager(interaction, "screen")
        await self._page(interaction, number_in(page) or 0)

    async def _page(self, interaction: discord.Interaction, page: int) -> None:
        settings = await settings_here(interaction, self._choices)
        rules = await self._rules.all(str(interaction.guild_id))
        panel = list_panel(rules, page, settings.channel.strictness, locale_of(interaction))
        await show_panel(interaction, view=panel)

    async def test(self, interaction: discord.Interaction, rule: str | None) -> None:
        """Ask for a text, for all rules or the one of this number or text.

        Raises:
            NotAllowed: Somebody who may not manage the server.
            NotFound: ``rule``: there is none like it.
        """
        require_manager(interaction, "screen")
        found = None if rule is None else await self._named(interaction, rule)
        if found == []:
            raise NotFound("rule")
        await self._ask_for_text(interaction, found[0] if found else None)

    async def trial_wanted(self, interaction: discord.Interaction, _: str, __: str) -> None:
        """The same, from the list: for all rules."""
        require_manager(interaction, "screen")
        await self._ask_for_text(interaction, None)

    async def _ask_for_text(self, interaction: discord.Interaction, rule_id: int | None) -> None:
        filled = partial(self._try_text, rule_id)
        await self._forms.ask(interaction, _trial_form(filled, locale_of(interaction)))

    async def _try_text(
        self, rule_id: int | None, interaction: discord.Interaction, typed: dict[str, str]
    ) -> None:
        """Tell what the rules do to it, and would have done to the latest music."""
        require_manager(interaction, "screen")
        await interaction.response.defer(ephemeral=True, thinking=True)
        settings = await settings_here(interaction, self._choices)
        trial = await self._rules.tried(
            str(interaction.guild_id),
            typed["text"],
            strictness=settings.channel.strictness,
            age_restricted=is_age_restricted(interaction),
            rule_id=rule_id,
        )
        await answer(interaction, trial_told(trial, locale_of(interaction)))

    async def set_strictness(self, interaction: discord.Interaction, strictness: Strictness) -> None:
        """How closely this channel is looked at. Raises ``NotAllowed``."""
        require_manager(interaction, "screen")
        await self._choices.set_for_channel(
            str(interaction.guild_id),
            home_of(interaction),
            "strictness",
            strictness,
            actor_id=str(interaction.user.id),
        )
        await answer(interaction, here(strictness, locale_of(interaction)))

    async def suggest(self, interaction: discord.Interaction, typed: str) -> list[Rule]:
        """Rules whose number or text has what was typed."""
        require_manager(interaction, "screen")
        wanted = typed.strip().casefold()
        every = await self._rules.all(str(interaction.guild_id))
        return [each for each in every if wanted in f"{each.id} {each.text}".casefold()][:CHOICES_MOST]

    async def _named(self, interaction: discord.Interaction, typed: str) -> list[int]:
        """The numbers of the rules that have this number or text."""
        wanted = typed.strip().casefold()
        every = await self._rules.all(str(interaction.guild_id))
        return [each.id for each in every if wanted in {str(each.id), each.text.casefold()}]


def _rules_form(kind: Kind, filled: Filled, locale: str) -> Questions:
    """Asks for many rules."""
    blank = Blank(
        name="rules",
        label=say("modal.screen.rules.label", locale),
        hint=say(f"modal.screen.rules.{kind}", locale),
        longest=FIELD_CHARS,
        is_long=True,
        required=True,
    )
    return Questions(title=say("modal.screen.title", locale), blanks=[blank], filled=filled)


def _trial_form(filled: Filled, locale: str) -> Questions:
    """Asks for a text to try them on."""
    label = say("modal.screen_test.text.label", locale)
    blank = Blank(name="text", label=label, longest=FIELD_CHARS, is_long=True)
    return Questions(title=say("modal.screen_test.title", locale), blanks=[blank], filled=filled)
