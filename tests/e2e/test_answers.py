"""One function answers an interaction in whatever state it is: fresh, deferred, answered, over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.app_commands.transformers import MemberTransformer

from bot.ui.answers import answer
from bot.ui.desks.jobs import JobDesk
from tests.e2e.scene import Scene, told

FIELD: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(label="y", required=False)
Handler = Callable[[JobDesk, discord.Interaction], Awaitable[None]]


def handle_list_by(monkeypatch: pytest.MonkeyPatch, handler: Handler) -> None:
    """Let ``/jobs list`` do something else."""
    monkeypatch.setattr(JobDesk, "list", handler)


async def test_fresh(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is the first response."""

    async def handler(_desk: JobDesk, interaction: discord.Interaction) -> None:
        await answer(interaction, "hello")

    handle_list_by(monkeypatch, handler)
    assert told(await scene.ada.slash(scene.channel, "jobs list")) == "hello"


async def test_deferred(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer takes the place of the waiting sign."""

    async def handler(_desk: JobDesk, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await answer(interaction, "hello")

    handle_list_by(monkeypatch, handler)
    assert told(await scene.ada.slash(scene.channel, "jobs list")) == "hello"


async def test_answered(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer follows the first one."""

    async def handler(_desk: JobDesk, interaction: discord.Interaction) -> None:
        await answer(interaction, "first")
        await answer(interaction, "second")

    handle_list_by(monkeypatch, handler)
    answered = await scene.ada.slash(scene.channel, "jobs list")
    assert told(answered) == "first"
    (second,) = answered.followups
    assert second.content == "second"
    assert second.ephemeral


@pytest.mark.parametrize("before", ["deferred", "form"])
async def test_a_bug_after_the_first_answer_still_gets_its_sentence(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """After a waiting sign that everybody sees, and after a form: a reference, and nothing of the cause."""

    async def handler(_desk: JobDesk, interaction: discord.Interaction) -> None:
        if before == "form":
            await interaction.response.send_modal(discord.ui.Modal(title="x").add_item(FIELD))
        else:
            await interaction.response.defer(thinking=True)
        raise LookupError("secret")

    handle_list_by(monkeypatch, handler)
    scene.expected_bugs = 1
    answered = await scene.ada.slash(scene.channel, "jobs list")
    shown = [*answered.followups, *([answered.response] if answered.response else [])]
    (said,) = [str(each.content) for each in shown if each.content]
    assert said.startswith("Something broke on our side. If it")
    assert "secret" not in said


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (404, 10015), (401, 50027)])
async def test_over(scene: Scene, status: int, code: int) -> None:
    """Nobody is left to tell: one line in the log, no error."""
    scene.env.inject_error("POST", "/interactions/*/callback", status=status, code=code)
    answered = await scene.ada.slash(scene.channel, "jobs list")
    assert not answered.acknowledged
    assert [entry["event"] for entry in scene.log if entry.get("code") == code] == ["interaction.over"]
    assert scene.env.errors == []


async def test_an_outdated_command_says_to_reload(scene: Scene) -> None:
    """Discord still shows a command that this version does not have."""
    client: Any = scene.env.bot
    client.tree.remove_command("riff")
    answer_text = told(await scene.ada.slash(scene.channel, "riff", prompt="x"))
    assert answer_text.startswith("That command has changed since your Discord loaded it.")


async def test_what_is_gone_is_no_bug(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member who left since, or a channel out of sight, was typed: one sentence, no reference."""

    async def handler(_desk: JobDesk, _interaction: discord.Interaction) -> None:
        kind, needed = discord.AppCommandOptionType.user, MemberTransformer()
        raise app_commands.TransformerError("somebody", kind, needed)

    handle_list_by(monkeypatch, handler)
    gone = "Who or what you chose is not in this server any more. Choose again."
    assert told(await scene.ada.slash(scene.channel, "jobs list")) == gone
