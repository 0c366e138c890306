"""The card while a riff is made: by what the host reports, sparing with edits, and not for ever."""

from __future__ import annotations

from typing import Any

from bot.jobs.limits import Limits
from tests.e2e.scene import Scene, card_of, labels, read


def description(scene: Scene) -> str:
    """What the newest message's card says."""
    return str(card_of(scene.messages()[-1]).description)


async def test_the_bar_moves_by_the_hosts_report(scene: Scene) -> None:
    """Each report that comes after a pause is shown; the button to stop it stays."""
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    for percent, bar in ((10, "▰▱▱▱▱▱▱▱▱▱"), (45, "▰▰▰▰▱▱▱▱▱▱"), (99, "▰▰▰▰▰▰▰▰▰▱")):
        scene.clock.advance(3)
        await scene.report(status="processing", progress=percent / 100)
        assert description(scene) == f"{bar} {percent} %"
        assert labels(scene.messages()[-1]) == ["Cancel"]


async def test_edits_are_two_seconds_apart(scene: Scene) -> None:
    """A host that reports ten times a second costs one edit in two seconds."""
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    scene.clock.advance(2.5)
    before = len(scene.requests("PATCH", "/messages/"))
    for percent in range(10, 50):
        await scene.report(status="processing", progress=percent / 100)
        scene.clock.advance(0.1)
    assert len(scene.requests("PATCH", "/messages/")) - before == 2


async def test_nothing_new_is_no_edit(scene: Scene) -> None:
    """The same report again changes nothing."""
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    scene.clock.advance(5)
    await scene.report(status="processing", progress=0.4)
    before = len(scene.requests("PATCH", "/messages/"))
    for _ in range(5):
        scene.clock.advance(5)
        await scene.report(status="processing", progress=0.4)
    assert len(scene.requests("PATCH", "/messages/")) == before


async def test_the_line_gets_shorter_on_the_cards(scene: Scene) -> None:
    """Whoever waits sees how many go first and who of this server they are, harmless; others stay unnamed."""
    scene.backstage.limits = Limits(total=1)
    await scene.restart()
    await scene.riff(scene.ada, "one")
    await scene.jobs.step_until_idle()
    elsewhere = scene.env.create_guild("Elsewhere")
    eve = elsewhere.add_member(scene.env.create_user("eve"))
    await eve.slash(elsewhere.create_text_channel("general"), "riff", prompt="two")
    scene.clock.advance(1)
    loud = scene.guild.add_member(scene.env.create_user("loud", global_name="**B** <@1>"))
    await scene.riff(loud, "three")
    scene.clock.advance(1)
    last = await scene.riff(scene.mod, "four")
    card: Any = last.response
    shown = card_of(card).description
    assert read(shown) == "In line, 2 go first, among them **B** <@1>."
    assert "\\*\\*B" in str(shown)
    await scene.jobs.step_until_idle()
    scene.clock.advance(5)
    await scene.play()
    assert read(card_of(card).description).startswith("In line, 1 goes first: **B** <@1>.")


async def test_an_old_card_is_replaced_by_the_result(scene: Scene) -> None:
    """After an hour the result is a message of its own, with a nonce, and the old card goes."""
    ordered = await scene.riff(scene.ada)
    job = await scene.job(ordered)
    scene.clock.advance(3_700)
    await scene.play()
    assert scene.requests("PATCH", "/messages/") == []
    (message,) = scene.messages()
    assert str(message.id) != job.message_id
    assert len(message.attachments) == 2
    (sent,) = scene.requests("POST", f"/channels/{scene.channel.id}/messages")
    assert sent.json["nonce"].startswith(job.id)
    assert sent.json["enforce_nonce"] is True
    assert (await scene.jobs.get(job.id)).message_id == str(message.id)
    assert (await scene.take(message)).message_id == str(message.id)


async def test_an_old_card_is_replaced_by_the_reason(scene: Scene) -> None:
    """After an hour a failed riff says why in a new message, and the old card goes."""
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    await scene.report(status="failed", error="out of strings")
    (first,) = scene.messages()
    await scene.riff(scene.ada, "later")
    scene.clock.advance(3_700)
    await scene.jobs.step_until_idle()
    await scene.report(status="failed", error="out of strings")
    assert scene.messages()[0].id == first.id
    assert len(scene.messages()) == 2
    assert description(scene).startswith("The music host (\u2068engine\u2069) failed to play this.")


async def test_a_moment_of_clock_trouble_does_not_silence_a_card(scene: Scene) -> None:
    """A clock that is set back by an hour does not stop the bar for an hour."""
    await scene.riff(scene.ada)
    await scene.jobs.step_until_idle()
    scene.clock.advance(5)
    await scene.report(status="processing", progress=0.1)
    scene.clock.advance(-3_600)
    await scene.report(status="processing", progress=0.6)
    assert description(scene).endswith(" 60 %")
