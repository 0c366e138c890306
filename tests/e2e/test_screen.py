"""``/screen`` and what it does to orders, titles and files: rules come, are tried, refuse, hold and go."""

from __future__ import annotations

import json
from typing import Any

import discord
import pytest
from simcord import MemberActor

from bot.jobs.states import State
from bot.moderation.deeds import REFUSED, Sought
from bot.moderation.trail import Trail
from tests.e2e.scene import Scene, card_of, custom_ids, read, told
from tests.e2e.test_forms import filled
from tests.e2e.test_library import message_of
from tests.e2e.test_moderation import look, said
from tests.e2e.test_settings_command import texts


@pytest.fixture
def keeper(scene: Scene) -> MemberActor:
    """Somebody who may manage the server."""
    role = scene.guild.create_role("owner", permissions=discord.Permissions(manage_guild=True))
    return scene.guild.add_member(scene.env.create_user("kit", global_name="Kit"), roles=[role])


def shown(result: Any) -> str:
    """All that a panel says."""
    return json.dumps([part.to_dict() for part in message_of(result).components], ensure_ascii=False)


async def deeds(scene: Scene, **sought: Any) -> list[Any]:
    """What stands in the trail, oldest first."""
    trail = Trail(scene.backstage.database, scene.clock)
    return [each.deed for each in await trail.everything(Sought(guild_id=str(scene.guild.id), **sought))]


async def test_rules_refuse_and_the_words_come_back(scene: Scene, keeper: MemberActor) -> None:
    """A rule refuses however its word is written; the form has the words; nothing was ordered or told."""
    added = told(await keeper.slash(scene.channel, "screen add", rule="zonk"))
    assert "Added (1): " in added
    assert "`zonk` does not find zonks" in added
    refused = await scene.riff(scene.ada, "a z0nk* solo")
    assert "Nothing was ordered" in told(refused)
    assert "a z0nk* solo" in told(refused)
    in_a_file = await scene.ada.slash(scene.channel, "song", lyrics_file=("l.txt", b"[Verse]\nzonk"))
    assert in_a_file.followups[-1].ephemeral
    assert "Nothing was ordered" in read(in_a_file.followups[-1].content)
    assert scene.messages() == []
    assert await scene.all_jobs() == []
    (button,) = custom_ids(message_of(refused))
    form = await scene.ada.click(message_of(refused), custom_id=button)
    assert filled(form)["prompt"] == "a z0nk* solo"
    again = await scene.ada.submit_modal(form, {"prompt": "a ｚｏｎｋ solo"})
    assert "a ｚｏｎｋ solo" in told(again)
    form = await scene.ada.click(message_of(again), custom_id=custom_ids(message_of(again))[0])
    ordered = await scene.ada.submit_modal(form, {"prompt": "a sax solo"})
    assert (await scene.job(ordered)).order.recipe.words == "a sax solo"
    noted = await deeds(scene, action=REFUSED)
    assert [(each.actor_id, each.subject, each.reason, each.after) for each in noted] == [
        (str(scene.ada.id), "rule 1", "screened", {"rule": "zonk"})
    ] * 3
    trail = await scene.mod.slash(scene.channel, "mod audit", action=REFUSED)
    assert f"<@{scene.ada.id}> met a rule for words: zonk" in read(texts(message_of(trail)))
    assert "z0nk" not in repr(await deeds(scene))


async def test_words_of_all_kinds_are_looked_at(scene: Scene, keeper: MemberActor) -> None:
    """Lyrics, titles and names of files; a song comes back with its words; a hold waits for a moderator."""
    await keeper.slash(scene.channel, "screen add", rule="*zonk*", action="refuse")
    await keeper.slash(scene.channel, "screen add", rule="bazzle", action="hold", spare_adult_channels=True)
    lyrics = ("song.txt", b"[Verse]\nla la zonkers\n")
    refused = (await scene.ada.slash(scene.channel, "song", lyrics_file=lyrics, tags="folk")).followups[-1]
    assert refused.ephemeral
    assert "zonkers" not in read(refused.content)  # the form has the words
    form = await scene.ada.click(refused.message, label="Change it")
    assert "zonkers" in filled(form)["lyrics"]
    wrong = await scene.ada.submit_modal(form, {"tags": "x" * 600, "title": "", "lyrics": "la"})
    assert "characters" in told(wrong)
    form = await scene.ada.click(message_of(wrong), label="Change it")
    ordered = await scene.ada.submit_modal(form, {"tags": "folk", "title": "", "lyrics": "la la la"})
    assert (await scene.job(ordered)).order.recipe.texts == ("folk", "la la la")
    brought = {"lyrics_file": ("l.txt", b"la la")}
    unwanted = await scene.ada.slash(scene.channel, "song", title="Z O N K", **brought)
    assert unwanted.ephemeral  # nobody else reads what was typed while the file comes
    assert "want some of these words" in read(unwanted.followups[-1].content)
    waiting = await scene.bob.slash(scene.channel, "song", title="b@zzle", **brought)
    assert waiting.ephemeral
    assert [("b@zzle" in read(each.content), each.ephemeral) for each in waiting.followups] == [(True, True)]
    (job,) = [each for each in await scene.all_jobs() if each.state is State.HELD]
    await scene.jobs.cancel(job.id, actor_id=str(scene.bob.id), is_moderator=False)
    await scene.jobs.step_until_idle()
    assert not (await scene.ada.slash(scene.channel, "song", title="rain", **brought)).ephemeral
    held = await scene.riff(scene.bob, "drums", prompt_b=f"{'la ' * 40}b@zzle")
    assert "b@zzle" in told(held)  # to Bob alone: a public answer shows what was typed
    waits = scene.messages()[-1]
    assert str(card_of(waits).title) == "An order whose words are not shown"
    (job,) = [each for each in await scene.all_jobs() if each.state is State.HELD]
    assert job.message_id == str(waits.id)
    trail = await scene.mod.slash(scene.channel, "mod audit", action="held")
    assert f"let an order of <@{scene.bob.id}> wait, for rules for words: bazzle" in read(
        texts(message_of(trail))
    )
    card = message_of(await look(scene, 0))
    assert "Rule bazzle: …la la" in said(card)
    assert "la **b@zzle**" in said(card).translate(str.maketrans("", "", "\u2068\u2069"))
    words = await scene.mod.click(card, label="All of its words")
    file = await message_of(words).attachments[0].read()
    assert file.decode().endswith(f"{'la ' * 40}b@zzle")
    await keeper.slash(scene.channel, "screen remove", rule="bazzle")
    assert "Rules: bazzle" in said(message_of(await look(scene, 0)))  # which stood when it was held
    await keeper.slash(scene.channel, "screen add", rule="bazzle", action="hold")
    form = await scene.mod.click(card, label="Reject…")
    await scene.mod.submit_modal(form, {"reason": "Not that"})
    await scene.jobs.step_until_idle()
    ended = next(each for each in scene.messages() if each.id == waits.id)
    assert str(card_of(ended).title) == "An order whose words are not shown"
    assert "Not that" in read(card_of(ended).description)
    message = await scene.result(scene.ada)
    take = await scene.take(message)
    named = await scene.ada.slash(scene.channel, "library rename", take=take.id, title="my b@zzle")
    assert "want some of these words" in told(named)
    turned = await scene.ada.slash(scene.channel, "library rename", take=take.id, title="o\u202ene\ttwo")
    assert "“one two”" in told(turned)
    assert (await scene.take(message)).title == "one two"
    await scene.ada.slash(scene.channel, "privacy consent", who="ask")
    form = await scene.press(scene.bob, message, "Edit prompt")
    assert "bazzle again" in told(await scene.bob.submit_modal(form, {"prompt": "bazzle again"}))
    question = scene.messages()[-1]
    assert str(card_of(question).title) == "An order whose words are not shown"
    await scene.press(scene.ada, question, "Allow")
    assert (await scene.all_jobs())[0].state is State.HELD
    assert str(card_of(scene.messages()[-1]).title) == "An order whose words are not shown"
    for command, options in (("gift", {"member": scene.ada}), ("sponsor", {})):
        said_aloud = {**options, "amount": 1, "reason": "you z0nker"}
        refused = await scene.bob.slash(scene.channel, f"quota {command}", **said_aloud)
        assert "want some of these words" in told(refused)
        form = await scene.bob.click(message_of(refused), label="Change it")
        assert filled(form) == {"reason": "you z0nker"}
        assert "want some of these words" in told(await scene.bob.submit_modal(form, {"reason": "zonk"}))
    await scene.mod.slash(scene.channel, "mod block", member=scene.ada, reason="spam")
    named = await scene.ada.slash(scene.channel, "library rename", take=take.id, title="mine")
    assert told(named).endswith("They said: spam")


async def test_rules_are_kept_tried_and_taken_along(scene: Scene, keeper: MemberActor) -> None:
    """Many by a form, a list with pages, a trial, a file out and in, allowed words, strictness."""
    form = await keeper.slash(scene.channel, "screen add")
    alone = await keeper.submit_modal(form, {"rules": "x" * 101})
    assert "101 characters" in told(alone)
    form = await keeper.click(message_of(alone), label="Change it")
    assert filled(form)["rules"] == "x" * 101
    typed = "\n".join([*(f"zonk{letter}" for letter in "abcdefghijklmnop"), "*", "x" * 101])
    added = told(await keeper.submit_modal(form, {"rules": typed}))
    assert read(added).startswith("Added (16): zonka, zonkb, ")
    assert "\nRules in all: 16." in added
    assert "*: There is nothing to look for in that" in read(added)
    assert "101 characters" in added
    for pattern, why in (("(a+)+$", "repeats a repetition"), ("x*", "every text"), ("(a|aa)+$", "too long")):
        assert why in told(await keeper.slash(scene.channel, "screen add", rule=pattern, kind="pattern"))
    await keeper.slash(scene.channel, "screen add", rule=r"\bba+zz\b", kind="pattern", action="hold")
    panel = await keeper.slash(scene.channel, "screen list")
    assert "17 rules" in shown(panel)
    assert "zonka" in shown(panel)
    turned = await keeper.click(message_of(panel), label="Next page")
    assert "ba+zz" in shown(turned).replace("\\\\", "").replace("\\", "")
    form = await keeper.click(message_of(panel), label="Allow words")
    await keeper.submit_modal(form, {"rules": "zonka forever"})
    form = await keeper.click(message_of(panel), label="Add words")
    await keeper.submit_modal(form, {"rules": "funky"})
    await keeper.slash(scene.channel, "screen strictness", level="off")
    await scene.result(scene.ada, "funky synth solo")
    await keeper.slash(scene.channel, "screen strictness", level="normal")
    form = await keeper.click(message_of(panel), label="Try")
    tried = told(await keeper.submit_modal(form, {"text": "z0nka forever and zonkb, baaazz"}))
    assert "That text is refused" in tried
    assert "zonkb" in tried
    assert "zonka" not in tried
    assert "Latest pieces of music here: 1. Would have met a rule: 1." in tried
    (offered,) = await keeper.autocomplete(scene.channel, "screen test", "rule", "ba+z")
    unknown = await keeper.slash(scene.channel, "screen test", rule="nothing")
    assert "no such rule" in told(unknown)
    form = await keeper.slash(scene.channel, "screen test", rule=offered["value"])
    alone = told(await keeper.submit_modal(form, {"text": "zonkb baaazz"}))
    assert alone.startswith("**That text waits for a moderator.**")
    assert "zonkb" not in alone
    file = await keeper.click(message_of(panel), label="As a file")
    assert scene.requests("POST", "/callback")[-1].json["type"] == 5  # sending it may take long
    content = await message_of(file).attachments[0].read()
    (same,) = await keeper.autocomplete(scene.channel, "screen remove", "rule", "BA+Z")
    gone = await keeper.slash(scene.channel, "screen remove", rule=same["value"])
    assert "ba+zz" in read(told(gone))
    assert "no such rule" in told(await keeper.slash(scene.channel, "screen remove", rule="nothing"))
    assert "18 rules" in shown(await keeper.slash(scene.channel, "screen list"))
    brought = await keeper.slash(scene.channel, "screen import", source="file", file=("rules.csv", content))
    assert "ba+zz" in read(told(brought).splitlines()[0])
    assert told(brought).splitlines()[1].startswith("There already (18): ")
    assert told(brought).splitlines()[2] == "Rules in all: 19."
    again = await keeper.slash(scene.channel, "screen add", rule="funky", action="hold")
    assert read(told(again)).startswith(
        "Changed (1): funky\nOrders with that wait for a moderator.\nRules in all: "
    )
    noted = texts(message_of(await scene.mod.slash(scene.channel, "mod audit")))
    assert "added rules for words that wait for a moderator: funky" in read(noted)
    assert "added words that are always allowed: zonka forever" in read(noted)
    assert "removed rules for words: " in read(noted)
    many = "\n".join(f"{'-' * 90}{kind}{number}" for kind in ("w", "-" * 11) for number in range(9))
    for words in (many, f"{many}\n{many.replace('w', 'v')}"):
        brought = ("words.txt", words.encode())
        cut = await keeper.slash(scene.channel, "screen import", source="file", file=brought)
    assert read(told(cut)).startswith("Added (9): ")
    assert told(cut).endswith("…")  # Discord takes no more, and what was done is said
    assert "Attach a file" in told(await keeper.slash(scene.channel, "screen import", source="file"))
    for wrong in (b"\xff\xfe\x00", b"kind,text\n"):
        bad = await keeper.slash(scene.channel, "screen import", source="file", file=("r.csv", wrong))
        assert "file" in told(bad)
    changes = [each.action for each in await deeds(scene, actor_id=str(keeper.id)) if each.action != "set"]
    assert changes == [*["screen_add"] * 4, "screen_remove", *["screen_add"] * 4]


async def test_automod_is_brought_where_it_may_be_read(scene: Scene, keeper: MemberActor) -> None:
    """Its words, patterns and allowed words become rules; without the permission one sentence says so."""
    backend = scene.env.backend
    everything = {role.id: role.permissions for role in backend.guilds[scene.guild.id].roles.values()}
    mine = {role.id for role in backend.guilds[scene.guild.id].roles.values() if role.managed}
    assert mine
    for role_id in mine:
        less = discord.Permissions(everything[role_id])
        less.update(manage_guild=False, administrator=False)
        backend.edit_role(scene.guild.id, role_id, {"permissions": less.value})
    lacking = told(await keeper.slash(scene.channel, "screen import", source="automod"))
    assert lacking.startswith("I may not read AutoMod here: that needs Manage Server for me.")
    for role_id in mine:
        more = discord.Permissions(everything[role_id])
        more.update(manage_guild=True)
        backend.edit_role(scene.guild.id, role_id, {"permissions": more.value})
    assert "no words of its own" in told(await keeper.slash(scene.channel, "screen import", source="automod"))
    metadata = {
        "keyword_filter": ["zonk*", "*bazzle*"],
        "regex_patterns": [r"qu+x\d", "(a+)+"],
        "allow_list": ["zonkers"],
    }
    body: dict[str, Any] = {"name": "words", "event_type": 1, "trigger_type": 1, "trigger_metadata": metadata}
    body |= {"actions": [{"type": 1, "metadata": {}}], "enabled": True}
    backend.create_auto_mod_rule(scene.guild.id, scene.guild.id, body)
    brought = told(await keeper.slash(scene.channel, "screen import", source="automod", action="hold"))
    assert brought.startswith("Added (4): ")
    assert "repeats a repetition" in brought
    assert "quuux1" in told(await scene.riff(scene.ada, "quuux1"))
    assert (await scene.all_jobs())[0].state is State.HELD
    assert (await scene.job(await scene.riff(scene.bob, "zonkers"))).state is not State.HELD


async def test_rules_are_for_administrators(scene: Scene, keeper: MemberActor) -> None:
    """Others are not offered the commands; who lost the right is refused everywhere, which is noted."""
    assert "screen" not in {name.split()[0] for name in scene.mod.available_commands(scene.channel)}
    await keeper.slash(scene.channel, "screen add", rule="zonk")
    panel = message_of(await keeper.slash(scene.channel, "screen list"))
    rules_form = await keeper.click(panel, label="Add words")
    trial_form = await keeper.click(panel, label="Try")
    scene.forbid("manage_guild")
    presses = [
        await keeper.click(panel, label=label) for label in ("Add words", "Allow words", "Try", "As a file")
    ]
    presses.append(await keeper.submit_modal(rules_form, {"rules": "more"}))
    presses.append(await keeper.submit_modal(trial_form, {"text": "zonk"}))
    for refused in presses:
        assert told(refused).startswith("Rules for words are for those who may manage the server")
    noted = await deeds(scene, action=REFUSED)
    assert len(noted) == len(presses)
