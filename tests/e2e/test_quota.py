"""``/quota`` and prices from what a member types to what they see, and what is asked before it is spent."""

from __future__ import annotations

from typing import Any

from bot.library.house import House
from bot.money.policy import PotPolicy, Price, Share
from tests.e2e.scene import Scene, all_labels, card_of, read, told
from tests.e2e.test_library import message_of


def house(scene: Scene) -> House:
    """The services of the running bot."""
    found = scene.backstage.house
    assert found is not None
    return found


def treasury(scene: Scene) -> Any:
    """The money of the scene's server."""
    return house(scene).treasury


async def share_of(scene: Scene, cap: int) -> None:
    """Every member may use so much a day."""
    share = Share(subject="member", cap=cap)
    await treasury(scene).set_share(str(scene.guild.id), share, actor_id=str(scene.mod.id))


async def test_what_is_left_is_a_picture_and_words(scene: Scene) -> None:
    """Pot, share and who used how much, for the asker alone; without names where the server wants none."""
    await share_of(scene, 10)
    await scene.result(scene.ada)
    await scene.riff(scene.bob, "slow jazz")
    called = await house(scene).library.names_of(str(scene.guild.id), [str(scene.bob.id), "77"])
    assert called == {str(scene.bob.id): "Bob"}, "in the picture, also before anything of theirs is ready"
    shown = message_of(await scene.ada.slash(scene.channel, "quota show"))
    card = card_of(shown)
    assert read(card.title) == "Credits of Riffers, this month"
    body = read(card.description)
    assert "In the pot: 996 of 1\u00a0000 credits." in body.replace("**", "")
    assert "Your share of today: 8 of 10 credits" in body.replace("**", "")
    assert f"<@{scene.ada.id}> · 2" in body
    (picture,) = shown.attachments
    assert picture.filename == "pot.png"
    assert "996 of 1000" in str(picture.description)
    assert shown.flags.ephemeral
    guild_id, actor_id = str(scene.guild.id), str(scene.mod.id)
    await treasury(scene).set_money(guild_id, "use_shown", False, actor_id=actor_id)
    bobs = card_of(message_of(await scene.bob.slash(scene.channel, "quota show")))
    assert "<@" not in str(bobs.description)
    moderators = card_of(message_of(await scene.mod.slash(scene.channel, "quota show")))
    assert "<@" in str(moderators.description)


async def test_the_history_is_turned_and_is_ones_own(scene: Scene) -> None:
    """Newest first, a page at a time; of others for moderators alone, also by an old button."""
    await share_of(scene, 100)
    for number in range(13):
        await scene.result(scene.ada, f"riff {number}")
    failed = await scene.riff(scene.bob, "slow jazz")
    await scene.press(scene.bob, failed.response, "Cancel")
    await scene.jobs.step_until_idle()
    first = message_of(await scene.ada.slash(scene.channel, "quota history"))
    assert read(card_of(first).title) == "Your credits, line by line"
    assert str(card_of(first).description).count("−2") == 12
    await scene.riff(scene.ada, "in the making")
    shown = message_of(await scene.ada.slash(scene.channel, "quota show"))
    assert "Set aside for orders of yours that are not made yet: **2**" in str(card_of(shown).description)
    await scene.play()
    older = message_of(await scene.press(scene.ada, first, "Older"))
    assert str(card_of(older).description).count("−2") == 1
    assert (
        str(card_of(message_of(await scene.press(scene.ada, older, "Newest"))).description).count("−2") == 12
    )
    refused = await scene.ada.slash(scene.channel, "quota history", member=scene.bob)
    assert told(refused) == "Only moderators see what others used."
    assert told(await scene.ada.slash(scene.channel, "quota history", everybody=True)).startswith("Only mod")
    bobs = message_of(await scene.mod.slash(scene.channel, "quota history", member=scene.bob))
    back, paid = str(card_of(bobs).description).splitlines()[1:]
    assert "**+2**" in back
    assert "given back" in back
    assert "**−2**" in paid
    every = message_of(await scene.mod.slash(scene.channel, "quota history", everybody=True))
    assert read(card_of(every).title) == "Credits of this server, line by line"
    last = message_of(await scene.press(scene.mod, every, "Older"))
    assert "new credits" in str(card_of(last).description)
    scene.forbid("manage_messages")
    assert told(await scene.press(scene.mod, last, "Newest")).startswith("Only moderators")


async def test_a_gift_is_seen_by_all_and_calls_nobody(scene: Scene) -> None:
    """It makes one share smaller and another larger; to oneself, to a bot, too much: refused, told why."""
    without = await scene.ada.slash(scene.channel, "quota gift", member=scene.bob, amount=3)
    assert told(without).startswith("No share limits you")
    await share_of(scene, 10)
    given = await scene.ada.slash(
        scene.channel, "quota gift", member=scene.bob, amount=3, reason="for the *chorus*"
    )
    (public,) = scene.messages()
    assert public.id == message_of(given).id
    assert (
        read(public.content)
        == f"<@{scene.ada.id}> gives <@{scene.bob.id}> 3 credits today: “for the *chorus*”"
    )
    assert scene.requests("POST", "/callback")[-1].json["data"]["allowed_mentions"] == {"parse": []}
    assert "Your share of today: **13** of 13" in str(
        card_of(message_of(await scene.bob.slash(scene.channel, "quota show"))).description
    )
    mine = message_of(await scene.ada.slash(scene.channel, "quota show"))
    assert "You gave 3 of it away today." in str(card_of(mine).description)
    history = str(card_of(message_of(await scene.ada.slash(scene.channel, "quota history"))).description)
    assert "−3" in history
    too_much = told(await scene.ada.slash(scene.channel, "quota gift", member=scene.bob, amount=8))
    assert too_much.startswith("Of your share of today you can still give away 7, not 8. It is full")
    own = await scene.ada.slash(scene.channel, "quota gift", member=scene.ada, amount=1)
    assert told(own).startswith("That would be yours already.")
    await treasury(scene).set_money(str(scene.guild.id), "gifts", False, actor_id=str(scene.mod.id))
    off = await scene.ada.slash(scene.channel, "quota gift", member=scene.bob, amount=1)
    assert told(off) == "Gifts are switched off in this server."
    stranger = scene.env.create_user("eve")
    gone = await scene.ada.slash(scene.channel, "quota gift", member=stranger, amount=1)
    assert told(gone).startswith("Credits can be given to members of this server only.")


async def test_a_member_pays_for_a_channel(scene: Scene) -> None:
    """From the own share and the pot, to what everybody orders there, whose shares it leaves alone."""
    channel, guild_id = scene.channel, str(scene.guild.id)
    without = await scene.ada.slash(channel, "quota sponsor", amount=3, reason="jam")
    assert told(without).startswith("No share limits you")
    await share_of(scene, 6)
    await scene.ada.slash(channel, "quota sponsor", amount=4, reason="jam")
    (public,) = scene.messages()
    said = "4 credits for everybody’s orders in this channel. “jam”"
    assert read(public.content) == f"This one is on <@{scene.ada.id}>: {said}"
    too_much = told(await scene.ada.slash(channel, "quota sponsor", amount=4, reason="more"))
    assert too_much.startswith("Of your share of today you can still give away 2, not 4.")
    await scene.result(scene.bob)
    quota = await treasury(scene).quota(
        guild_id, user_id=str(scene.bob.id), role_ids=(), channel_id=str(channel.id)
    )
    assert (quota.pot.left, quota.sponsored, quota.shares[0].left) == (996, 2, 6)
    lines = str(card_of(message_of(await scene.ada.slash(channel, "quota history"))).description)
    assert lines.count("\n") == 0
    assert f"sponsored by <@{scene.ada.id}>" in lines
    scarce = PotPolicy(amount=5)
    await treasury(scene).set_pot(guild_id, scarce, actor_id=str(scene.mod.id))
    await scene.bob.slash(channel, "quota sponsor", amount=1, reason="all of it")
    poor = told(await scene.bob.slash(channel, "quota sponsor", amount=5, reason="more than all"))
    assert poor.startswith("The pot holds 0, so 5 cannot be set aside for this channel.")
    assert await scene.jobs.check_books() == []


async def test_what_costs_more_than_the_server_says_is_asked_first(scene: Scene) -> None:
    """Price and what is left, to one person; ordered once by Yes; a new price in between asks again."""
    guild_id, actor_id = str(scene.guild.id), str(scene.mod.id)
    await treasury(scene).set_money(guild_id, "ask_above", 1, actor_id=actor_id)
    await treasury(scene).set_money(guild_id, "credit_value", 0.05, actor_id=actor_id)
    await treasury(scene).set_money(guild_id, "currency", "€", actor_id=actor_id)
    asked = await scene.riff(scene.ada, steps=200, length_s=3)
    assert asked.ephemeral
    assert "This costs 2 credits (about 0.10 €)." in read(card_of(message_of(asked)).description)
    assert scene.host.runs == {}
    await scene.restart()
    dearer = Price(host="engine", kind="riff", credits=3)
    await treasury(scene).set_price(guild_id, dearer, actor_id=actor_id)
    again = await scene.press(scene.ada, message_of(asked), "Make it")
    assert read(card_of(message_of(again)).description).startswith("The price has changed meanwhile")
    ordered = await scene.press(scene.ada, message_of(again), "Make it")
    assert ordered.response is None  # the preview is gone
    assert str(card_of(ordered.followups[0]).footer.text).endswith("3 credits")
    job = (await scene.all_jobs())[0]
    assert (job.price, job.order.clamped) == (3, (("steps", "200", "150"),))
    await scene.play()
    assert await scene.jobs.check_books() == []


async def test_prices_stand_on_buttons_forms_and_suggestions(scene: Scene) -> None:
    """What a press costs is read before it; what costs more by then is asked; free things say nothing."""
    message = await scene.result(scene.ada)
    assert all_labels(message)[:3] == ["Re-roll · 2 cr", "Vary slight · 2 cr", "Vary strong · 2 cr"]
    guild_id, actor_id = str(scene.guild.id), str(scene.mod.id)
    await treasury(scene).set_price(guild_id, Price(host="engine", credits=4), actor_id=actor_id)
    asked = await scene.press(scene.bob, message, "Re-roll")
    assert asked.ephemeral
    assert "this costs 4 credits now" in read(card_of(message_of(asked)).description)
    await scene.press(scene.bob, message_of(asked), "Cancel")
    form: Any = await scene.press(scene.bob, message, "Edit prompt")
    assert form.modal["title"].endswith("· 4 cr")
    (offered,) = await scene.bob.autocomplete(scene.channel, "song", "host", "")
    assert offered == {"name": "engine · 4 cr", "value": "engine"}
    await treasury(scene).set_price(guild_id, Price(host="engine", credits=0), actor_id=actor_id)
    free = await scene.press(scene.bob, message, "Re-roll")
    assert not free.ephemeral
    assert "credit" not in str(card_of(message_of(free)).footer.text)
    await scene.play()
    unpriced = scene.messages()[-1]
    assert all_labels(unpriced)[0] == "Re-roll"
    await treasury(scene).set_price(guild_id, Price(host="engine", credits=1), actor_id=actor_id)
    assert (await scene.press(scene.ada, unpriced, "Re-roll")).ephemeral


async def test_who_cannot_pay_is_told_what_is_left_and_when_there_is_more(scene: Scene) -> None:
    """One sentence: what it costs, what is left of what, when it fills again, what to do; no order."""
    guild_id, actor_id = str(scene.guild.id), str(scene.mod.id)
    limits: dict[Any, tuple[str, str]] = {
        "channel": (str(scene.channel.id), "this channel has 1 a day"),
        "command": ("riff", "for orders of this kind you have 1 a day"),
        "member": ("", "your share of a day is 1"),
    }
    for subject, (named, said) in limits.items():
        share = Share(subject=subject, id=named, cap=1)
        await treasury(scene).set_share(guild_id, share, actor_id=actor_id)
        refused = told(await scene.riff(scene.ada))
        assert refused.startswith(f"This costs 2 of the server’s credits, and {said}.")
        assert "again" not in refused  # a day never brings so much
    policy = PotPolicy(amount=1)
    await treasury(scene).set_pot(guild_id, policy, actor_id=actor_id)
    assert "your share of a day is 1" in told(await scene.riff(scene.ada))  # a full pot would not help
    for subject, (named, _) in limits.items():
        share = Share(subject=subject, id=named, cap=2)
        await treasury(scene).set_share(guild_id, share, actor_id=actor_id)
    refused = told(await scene.riff(scene.ada))
    assert refused.startswith(
        "This costs 2 of the server’s credits, and the pot holds 1. It is filled again <t:"
    )
    assert await scene.all_jobs() == []
    commands = str(card_of(message_of(await scene.ada.slash(scene.channel, "help"))).description)
    assert "/quota" in commands
    assert "/pot" not in commands
