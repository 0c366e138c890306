"""``/pot``: by options, by the panel and its form, for those who manage the server, each change noted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simcord import MemberActor

from bot.library.choices import Choices
from bot.money.policy import MoneySettings, PotPolicy, Price, Share
from tests.e2e.scene import Scene, card_of, read, told
from tests.e2e.test_forms import filled
from tests.e2e.test_library import message_of
from tests.e2e.test_settings_command import choices, keeper, texts

__all__ = ["keeper"]


async def stands(scene: Scene) -> MoneySettings:
    """What the server decided about its money."""
    settings = await choices(scene).of(str(scene.guild.id), str(scene.channel.id))
    return settings.guild.money


async def noted(scene: Scene) -> set[str | None]:
    """What the trail says was changed."""
    trail: Choices = choices(scene)
    return {each.subject for each in await trail.log_of(str(scene.guild.id), 50)}


async def test_the_pot_by_options(scene: Scene, keeper: MemberActor) -> None:
    """Several at once; zones are offered with their clocks; what cannot be had changes nothing."""
    (zone, *_) = await keeper.autocomplete(scene.channel, "pot set", "zone", "berl")
    assert zone["value"] == "Europe/Berlin"
    assert zone["name"].startswith("Europe/Berlin · ")
    given: dict[str, Any] = {"amount": 50, "period": "week", "reset_time": "06:30", "zone": "Europe/Berlin"}
    given |= {"carry_over": True, "hard_stop": False, "ask_above": 3, "credit_value": 0.05, "currency": "€"}
    given |= {"use_shown": False, "gifts": True, "gift_most": 4}
    panel = await keeper.slash(scene.channel, "pot set", **given)
    assert panel.ephemeral
    money = await stands(scene)
    assert money == MoneySettings(
        pot=PotPolicy(
            amount=50,
            period="week",
            reset_minute=390,
            zone="Europe/Berlin",
            carry_over=True,
            hard_stop=False,
        ),
        ask_above=3,
        credit_value=0.05,
        currency="€",
        use_shown=False,
        gift_most=4,
    )
    said = texts(message_of(panel))
    assert "**50** credits each week, on Monday, at 06:30" in said
    assert "A credit is worth 0.05 €." in said
    assert "above 3 credits (about 0.15 €) ask first" in said
    assert {"money.pot", "money.ask_above", "money.currency"} <= await noted(scene)
    assert "A member may give away 4 credits a day." in said
    nowhere = await keeper.slash(scene.channel, "pot set", zone="Atlantis")
    assert told(nowhere).startswith("There is no time zone of that name.")
    assert told(await keeper.slash(scene.channel, "pot set", reset_time="soon")).startswith("reset_time has")
    assert await stands(scene) == money
    await keeper.slash(scene.channel, "pot set", credit_value=0, ask_above=0)
    assert (await stands(scene)).credit_value is None


async def test_shares_and_prices_by_options(scene: Scene, keeper: MemberActor) -> None:
    """Put, replaced, taken back; of one thing at a time; mentions in the panel call nobody."""
    role = scene.guild.create_role("band")
    share = "pot share"
    await keeper.slash(scene.channel, share, cap=9)
    await keeper.slash(scene.channel, share, role=scene.guild.default_role, cap=10)  # as if none was named
    await keeper.slash(scene.channel, share, member=scene.ada, exempt=True)
    await keeper.slash(scene.channel, share, role=role, weight=2.5)
    await keeper.slash(scene.channel, share, channel=scene.channel, cap=30)
    panel = await keeper.slash(scene.channel, share, command="song", cap=1)
    assert (await stands(scene)).shares == (
        Share(subject="member", cap=10),
        Share(subject="member", id=str(scene.ada.id), exempt=True),
        Share(subject="role", id=str(role.id), weight=2.5),
        Share(subject="channel", id=str(scene.channel.id), cap=30),
        Share(subject="command", id="song", cap=1),
    )
    said = texts(message_of(panel))
    assert f"<@{scene.ada.id}>: no limit but the pot" in said
    assert f"<@&{role.id}>: 2.5 times what everybody has" in said
    assert "song orders, each member: 1 credit" in said
    sent = scene.requests("POST", "/callback")[-1].json["data"]
    assert sent["allowed_mentions"] == {"parse": []}
    await keeper.slash(scene.channel, share, command="song", forget=True)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"command": "song", "forget": True}, "There is no share of that."),
        ({"member": scene.ada, "role": role, "cap": 1}, "Name one of member, role, channel and command"),
        ({"cap": 1, "exempt": True}, "Say one of cap, weight and exempt."),
        ({"command": "riff", "weight": 2.0}, "Channels and commands take a cap or exempt"),
    ]
    for options, sentence in wrong:
        assert told(await keeper.slash(scene.channel, share, **options)).startswith(sentence)
    assert len((await stands(scene)).shares) == 4
    (host,) = await keeper.autocomplete(scene.channel, "pot price", "host", "eng")
    models = await keeper.autocomplete(scene.channel, "pot price", "model", "sdxl")
    model = models[0]["value"]
    await keeper.slash(scene.channel, "pot price", host=host["value"], kind="riff", credits=3)
    by_model = {"host": "engine", "model": model, "credits": 7}
    refused = await keeper.slash(scene.channel, "pot price", **by_model)
    assert told(refused).startswith("Only pictures are made by a model that one chooses")
    scene.host.offers = replace(scene.host.offers, images=True)
    for wrong_one in ({"kind": "morph"}, {"model": "🍕"}):
        assert "model" in told(await keeper.slash(scene.channel, "pot price", **by_model | wrong_one))
    priced = await keeper.slash(
        scene.channel, "pot price", host="engine", kind="image", model=model, credits=7
    )
    assert (await stands(scene)).prices == (
        Price(host="engine", kind="riff", credits=3),
        Price(host="engine", kind="image", model=model, credits=7),
    )
    shown = read(texts(message_of(priced)).replace("\\u2068", "").replace("\\u2069", ""))
    assert f"picture · {model} at engine: 7 credits" in shown
    assert "engine: riff 3 · song 10 · morph 2 · picture 4 · parts 2" in shown
    await keeper.slash(scene.channel, "pot price", host="engine", kind="riff")
    gone = await keeper.slash(scene.channel, "pot price", host="engine", kind="riff")
    assert told(gone) == "There is no price of that."
    assert "Choose one of: engine" in told(
        await keeper.slash(scene.channel, "pot price", host="x", credits=1)
    )
    assert {"money.shares", "money.prices"} <= await noted(scene)


async def test_the_pot_by_the_panel(scene: Scene, keeper: MemberActor) -> None:
    """Each menu and the form change at once, after a restart as well; what went meanwhile is no error."""
    await keeper.slash(scene.channel, "pot share", cap=10)
    panel = message_of(await keeper.slash(scene.channel, "pot price", host="engine", credits=5))
    await scene.restart()
    chosen = {"period": "day", "carryover": "on", "hardstop": "off", "useshown": "off", "gifts": "off"}
    for name, value in chosen.items():
        await keeper.select(panel, [value], custom_id=f"rm1:pot:{name}")
    money = await stands(scene)
    assert (money.pot.period, money.pot.carry_over, money.pot.hard_stop) == ("day", True, False)
    assert (money.use_shown, money.gifts) == (False, False)
    form: Any = await keeper.click(panel, custom_id="rc1:pot-form:any")
    typed = {"amount": "1 200", "reset_time": "7:05", "zone": "tokyo", "ask_above": "4", "worth": "0,1 €"}
    changed = await keeper.submit_modal(form, typed)
    money = await stands(scene)
    assert (money.pot.amount, money.pot.reset_minute, money.pot.zone) == (1_200, 425, "Asia/Tokyo")
    assert (money.ask_above, money.credit_value, money.currency) == (4, 0.1, "€")
    assert "at 07:05" in texts(message_of(changed))
    form = await keeper.click(panel, custom_id="rc1:pot-form:any")
    refused = await keeper.submit_modal(form, typed | {"worth": "much"})
    assert told(refused).startswith("“What a credit is worth, such as 0.05 €” has to be a number and")
    form = await keeper.click(message_of(refused), label="Change it")
    assert filled(form)["worth"] == "much"
    refused = await keeper.submit_modal(form, typed | {"amount": "1.5"})
    assert read(told(refused)).startswith(
        "“Credits that each period brings” has to be a whole number from 0 to 1\u00a0000\u00a0000\u00a0000"
    )
    assert (await stands(scene)).pot.amount == 1_200
    form = await keeper.click(message_of(refused), label="Change it")
    changed = await keeper.submit_modal(form, typed | {"amount": "1.500"})
    assert "**1\u00a0500** credits each day" in texts(message_of(changed)).replace("\\u00a0", "\u00a0")
    older = message_of(await keeper.slash(scene.channel, "pot show"))
    for each in (panel, older):
        await keeper.select(each, ["member|"], custom_id="rm1:share-forget:any")
    older = message_of(await keeper.slash(scene.channel, "pot show"))
    for each in (panel, older):
        await keeper.select(each, ["||engine"], custom_id="rm1:price-forget:any")
    money = await stands(scene)
    assert (money.shares, money.prices) == ((), ())


async def test_credits_that_come_beside(scene: Scene, keeper: MemberActor) -> None:
    """A top-up stays in the pot and is noted; a sponsor's credits are told to all and are spent first."""
    topped = await keeper.slash(scene.channel, "pot top-up", amount=5, reason="a good week")
    assert "Now in the pot: 1\u00a0005." in texts(message_of(topped)).replace("\\u00a0", "\u00a0")
    sponsored = await keeper.slash(scene.channel, "pot sponsor", amount=4, reason="jam *night*")
    (public,) = scene.messages()
    assert public.id == message_of(sponsored).id
    assert read(public.content) == (
        f"<@{keeper.id}> sets 4 credits from the server aside for everybody’s orders in this channel. "
        "“jam *night*”"
    )
    assert scene.requests("POST", "/callback")[-1].json["data"]["allowed_mentions"] == {"parse": []}
    await scene.riff(scene.ada)
    body = str(card_of(message_of(await scene.ada.slash(scene.channel, "quota show"))).description)
    assert "are paid from **2** credits" in body
    assert "**1\u00a0005** of 1\u00a0005" in body
    history = message_of(await scene.mod.slash(scene.channel, "quota history", everybody=True))
    lines = read(card_of(history).description)
    assert "**+5** · topped up by <@" in lines
    assert "then in the pot: 1\u00a0005 · “a good week”" in lines
    assert f"for <#{scene.channel.id}>, sponsored by <@{keeper.id}>" in lines


async def test_the_pot_is_for_those_who_manage_the_server(scene: Scene, keeper: MemberActor) -> None:
    """Others are not offered it; an old panel and its open form are refused to who lost the right; noted."""
    assert "pot show" not in scene.bob.available_commands(scene.channel)
    assert "pot" not in scene.mod.available_commands(scene.channel)
    await keeper.slash(scene.channel, "pot share", cap=10)
    panel = message_of(await keeper.slash(scene.channel, "pot price", host="engine", credits=5))
    panel = message_of(await keeper.slash(scene.channel, "pot show"))
    form: Any = await keeper.click(panel, custom_id="rc1:pot-form:any")
    before = await stands(scene)
    scene.forbid("manage_guild")
    typed = {"amount": "1", "reset_time": "0:00", "zone": "UTC", "ask_above": "4", "worth": ""}
    tried = (
        keeper.select(panel, ["day"], custom_id="rm1:pot:period"),
        keeper.select(panel, ["member|"], custom_id="rm1:share-forget:any"),
        keeper.select(panel, ["||engine"], custom_id="rm1:price-forget:any"),
        keeper.click(panel, custom_id="rc1:pot-form:any"),
        keeper.submit_modal(form, typed),
    )
    for each in tried:
        assert told(await each) == "The pot is for those who manage the server (Manage Server)."
    assert await stands(scene) == before
