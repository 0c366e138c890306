"""Every way to decide something, tried by people who may not: refused with a sentence, and noted."""

from __future__ import annotations

from typing import Any, Final, cast

import discord
from discord import app_commands
from simcord import InteractionResult, MemberActor

from bot.moderation.deeds import Sought
from bot.ui.looks import LOOKS, MENUS, PICKERS
from tests.e2e.scene import Scene, read, take_id_of, told
from tests.e2e.test_audit import forged, let_use, refused, trail
from tests.exercised import face_of

MODERATORS: Final = {
    *("audit-on", "audit-top", "audit-csv", "audit-json"),
    *("hold-yes", "hold-trust", "hold-no", "hold-words", "queue", "queue-all"),
    *("report-delete", "report-block", "report-dismiss", "purge-yes"),
}
ADMINISTRATORS: Final = {
    *("set", "preset", "preset-remove"),
    *("pot", "pot-form", "share-forget", "price-forget"),
    *("screen-allow", "screen-file", "screen-page", "screen-test", "screen-word"),
    *("setup-apply", "setup-back", "setup-export", "setup-form", "setup-gone", "setup-next"),
    *("setup-page", "setup-set", "setup-key", "setup-pick"),
}
THEIR_OWN: Final = {"cancel", "delete", "delete-yes", "shelf-delete"}
"""Of whoever made it, or a moderator."""
OTHERS: Final = {
    # of one person alone by what they are about, each tried in the tests of its desk
    *("allow", "refuse", "lend", "keep-a", "keep-b", "keep-both", "post", "discard", "open", "forget-me"),
    *(
        "again",
        "edit-again",
        "cover-again",
        "lyrics",
        "morph-again",
        "morph-of",
        "mend",
        "draft-make",
        "draft-change",
        "draft-drop",
        "form-again",
    ),
    # for everybody of its server
    *(
        "reroll",
        "vary-slight",
        "vary-strong",
        "recipe",
        "edit",
        "more",
        "extend",
        "morph",
        "morph-as",
        "deed",
    ),
    *("with-a", "with-b", "play", "like", "tree", "shelf-back", "shelf-on", "pick", "help"),
    *("money-on", "money-top", "title"),
    # that only take a question back
    *("delete-no", "keep-me", "purge-no", "setup-drop"),
}

OF_A_TAKE: Final = (
    *("recipe", "reroll", "vary-slight", "vary-strong", "edit", "extend", "morph", "morph-as"),
    *("more", "deed", "with-a", "like"),
)
"""What tells of a take, or makes something from it, by its id alone."""

COMMANDS: Final[dict[str, int | None]] = {
    **dict.fromkeys(("about", "help", "jobs", "journey", "key", "library", "like")),
    **dict.fromkeys(("midi", "morph", "privacy", "quota", "riff", "song", "stems", "tree")),
    **dict.fromkeys(("Morph this", "Recipe", "Report", "Riff on this")),
    "mod": discord.Permissions(manage_messages=True).value,
    **dict.fromkeys(("pot", "screen", "settings", "setup"), discord.Permissions(manage_guild=True).value),
}
"""Every command, with what Discord asks of whoever is shown it where a server did not say otherwise."""
ALONE: Final = {"about", "help", "privacy"}
"""Those that work in private as well; all others are for servers."""


def _tree(scene: Scene) -> app_commands.CommandTree[Any]:
    return cast("Any", scene.env.bot).tree


async def test_commands_are_shown_to_those_who_may_use_them(scene: Scene) -> None:
    """As Discord is told: the defaults of each command, and that only help works outside of servers."""
    told_discord = [each.to_dict(_tree(scene)) for each in _tree(scene).get_commands()]
    assert {each["name"]: each.get("default_member_permissions") for each in told_discord} == COMMANDS
    for each in told_discord:
        assert each["contexts"] == ([0, 1] if each["name"] in ALONE else [0])
        assert each["integration_types"] == [0]


def test_every_button_is_of_somebody() -> None:
    """No action is forgotten here."""
    groups = (MODERATORS, ADMINISTRATORS, THEIR_OWN, OTHERS)
    assert set.union(*groups) == {*LOOKS, *MENUS, *PICKERS}
    assert sum(map(len, groups)) == len({*LOOKS, *MENUS, *PICKERS})


def _part(action: str, subject: str) -> Any:
    """A button or menu that says whatever somebody likes."""
    if action in MENUS:
        option = discord.SelectOption(label="on")
        return discord.ui.Select[discord.ui.View](custom_id=f"rm1:{action}:{subject}", options=[option])
    if action in PICKERS:
        return discord.ui.ChannelSelect[discord.ui.View](custom_id=f"re1:{action}:{subject}")
    return discord.ui.Button[discord.ui.View](custom_id=f"rc1:{action}:{subject}", label="x")


async def forge(
    scene: Scene, viewer: MemberActor, channel: Any, subjects: dict[str, str]
) -> dict[str, tuple[Any, str]]:
    """Messages with such buttons and menus: of each action the message, and the id that it has there."""
    where, found = scene.env.bot.get_partial_messageable(channel.id), dict[str, tuple[Any, str]]()
    actions = sorted(subjects, key=lambda action: action in LOOKS)
    for begin in range(0, len(actions), 5):
        view = discord.ui.View(timeout=None)
        parts = {action: _part(action, subjects[action]) for action in actions[begin : begin + 5]}
        for row, part in enumerate(parts.values()):
            part.row = row
            view.add_item(part)
        sent = await where.send("old", view=view)
        (message,) = [each for each in channel.history(viewer=viewer) if each.id == sent.id]
        found |= {action: (message, part.custom_id) for action, part in parts.items()}
    return found


async def use(member: MemberActor, action: str, forged: tuple[Any, str], channel: Any) -> InteractionResult:
    """Press it, or choose something."""
    message, custom_id = forged
    if action in LOOKS:
        return await member.click(message, custom_id=custom_id)
    return await member.select(message, [channel if action in PICKERS else "on"], custom_id=custom_id)


async def test_buttons_obey_nobody_else(scene: Scene) -> None:
    """Somebody who moderated once, and is a member like any other now."""
    made = take_id_of(await scene.result(scene.ada))
    running = (await scene.job(await scene.riff(scene.ada))).id
    scene.forbid("manage_messages")  # the moderator is none any more
    subjects = dict.fromkeys(MODERATORS | ADMINISTRATORS, "abc") | dict.fromkeys(THEIR_OWN, made)
    forged = await forge(scene, scene.mod, scene.channel, subjects | {"cancel": running})
    for number, action in enumerate(forged):
        answer = await use(scene.mod, action, forged[action], scene.channel)
        assert answer.ephemeral, action
        if number % 9 == 0:
            scene.clock.advance(3_601)  # no more than ten an hour of one person are noted
    noted = await refused(scene)
    assert [str(what).split()[-1] for _, what, _, _ in noted] == list(forged)
    assert {actor for actor, _, _, _ in noted} == {str(scene.mod.id)}
    assert (await scene.jobs.take(made)).deleted is False
    assert (await scene.jobs.get(running)).cancel_requested_by is None
    decided = [
        each.deed.action for each in await trail(scene).everything(Sought(guild_id=str(scene.guild.id)))
    ]
    assert set(decided) == {"refused"}


async def test_moderators_of_another_server_decide_nothing_here(scene: Scene) -> None:
    """They may do everything in theirs; what is of this server they are told is not theirs, or not there."""
    elsewhere = scene.env.create_guild("Elsewhere")
    channel = elsewhere.create_text_channel("general")
    rights = discord.Permissions(manage_messages=True, manage_guild=True)
    eve = elsewhere.add_member(
        scene.env.create_user("eve"), roles=[elsewhere.create_role("all", permissions=rights)]
    )
    house = scene.backstage.house
    assert house is not None
    made = take_id_of(await scene.result(scene.ada))
    await house.setup.set_rule(str(scene.guild.id), "hold_above", 0, actor_id="1")
    held = (await scene.job(await scene.riff(scene.ada))).id
    guild_id = str(scene.guild.id)
    page = await house.trail.search(Sought(guild_id=guild_id), user_id=str(eve.id))
    key = await house.carrying.keep(b'{"riffcord": 1}', guild_id=guild_id, user_id=str(eve.id))
    before = await trail(scene).everything(Sought(guild_id=guild_id))
    tries = {
        **dict.fromkeys(("hold-yes", "hold-trust", "hold-no", "hold-words"), held),
        **dict.fromkeys(OF_A_TAKE, made),
        "audit-csv": page.search_id,
        "audit-top": page.search_id,
        "setup-apply": key,
    }
    forged = await forge(scene, eve, channel, tries)
    for number, action in enumerate(tries):
        if number % 7 == 6:
            scene.clock.advance(3_601)
        answer = await use(eve, action, forged[action], channel)
        told_last = [*([answer.response] if answer.response else []), *answer.followups][-1]
        said = read(told_last.content)
        assert said.startswith(("That belongs", "That search", "That import")), action
    assert await trail(scene).everything(Sought(guild_id=guild_id)) == before
    assert told(await look_at(scene, eve, channel, f"hold:{held}")).startswith("That belongs")
    theirs = await trail(scene).everything(Sought(guild_id=str(elsewhere.id)))
    assert {str(each.deed.subject).split()[-1] for each in theirs} == {
        *("hold-yes", "hold-trust", "hold-no", "hold-words", "queue"),
        *OF_A_TAKE,
    }


async def look_at(scene: Scene, member: MemberActor, channel: Any, chosen: str) -> InteractionResult:
    """Choose from a menu of ``/mod queue`` that says whatever somebody likes."""
    option = discord.SelectOption(label="x", value=chosen)
    menu = discord.ui.Select[discord.ui.View](custom_id="rm1:queue:any", options=[option])
    view = discord.ui.View(timeout=None).add_item(menu)
    sent = await scene.env.bot.get_partial_messageable(channel.id).send("old", view=view)
    (message,) = [each for each in channel.history(viewer=member) if each.id == sent.id]
    return await member.select(message, [chosen], custom_id="rm1:queue:any")


CALLS: Final[dict[str, dict[str, Any]]] = {
    "settings": {},
    "setup start": {},
    "setup export": {},
    "setup rules": {"hold_above": 3},
    "setup channel": {"channel": "here", "music": True},
    "setup import": {"file": ("a.json", b"{}")},
    "pot show": {},
    "pot set": {"amount": 5},
    "pot top-up": {"amount": 5, "reason": "x"},
    "pot sponsor": {"amount": 5, "reason": "x"},
    "pot share": {"cap": 5},
    "pot price": {"host": "engine", "credits": 5},
    "screen list": {},
    "screen test": {},
    "screen add": {"rule": "x"},
    "screen remove": {"rule": "1"},
    "screen import": {"source": "automod"},
    "screen strictness": {"level": "off"},
    "mod audit": {},
    "mod block": {"member": "bob"},
    "mod unblock": {"member": "bob"},
    "mod mute": {"member": "bob", "duration": "1h"},
    "mod slow": {"seconds": 5},
    "mod pause": {},
    "mod resume": {},
    "mod purge": {"member": "bob"},
    "mod trust": {"member": "bob"},
    "mod queue": {},
    "key add": {"host": "engine", "whose": "guild"},
    "key use": {"host": "engine", "whose": "guild", "in_use": False},
    "key remove": {"host": "engine", "whose": "guild"},
}
"""Commands of those who decide, with options."""
ANYBODYS: Final = {
    *("about", "help", "riff", "journey", "song", "like", "midi", "stems", "tree"),
    *("morph cover", "morph extend", "morph inpaint", "morph swap-sound", "morph swap-vocals"),
    *("library mine", "library channel", "library favourites", "library search", "library play"),
    *("library export", "jobs list", "jobs show", "key show"),
    *("quota show", "quota history", "quota gift", "quota sponsor"),
    *("privacy about", "privacy consent", "privacy delete", "privacy export"),
    *("Morph this", "Recipe", "Report", "Riff on this"),
}
"""Commands that decide nothing about others."""
THEIRS: Final = {"jobs cancel": "job", "library delete": "take", "library rename": "take"}
"""Those about an order or a take that is named: of whoever made it, or a moderator."""


async def test_commands_obey_nobody_else(scene: Scene) -> None:
    """Where a server shows a command to everybody, it still asks who they are; each try is noted."""
    restricted = {name for name, needed in COMMANDS.items() if needed is not None}
    every = [each for kind in discord.AppCommandType for each in _tree(scene).walk_commands(type=kind)]
    leaves = {each.qualified_name for each in every if not hasattr(each, "commands")}
    assert leaves == {*CALLS, *ANYBODYS, *THEIRS}
    assert {name for name in leaves if name.split()[0] in restricted} <= CALLS.keys()
    subjects = {"take": take_id_of(await scene.result(scene.bob))}
    subjects["job"] = (await scene.job(await scene.riff(scene.bob))).id
    of_others = {name: {option: subjects[option]} for name, option in THEIRS.items()}
    of_others["library rename"]["title"] = "mine"
    for name in sorted(restricted):
        await let_use(scene, scene.ada, name)
    for number, (name, options) in enumerate((CALLS | of_others).items()):
        given = {
            option: {"bob": scene.bob, "here": scene.channel}.get(value, value)
            if name != "mod unblock" and isinstance(value, str)
            else value
            for option, value in options.items()
        }
        answer = await scene.ada.slash(scene.channel, name, **given)
        assert answer.ephemeral, name
        if number % 9 == 0:
            scene.clock.advance(3_601)
    noted = await trail(scene).everything(Sought(guild_id=str(scene.guild.id)))
    assert [each.deed.subject for each in noted] == [f"/{name}" for name in (*CALLS, *THEIRS)]
    assert {each.deed.action for each in noted} == {"refused"}


FORMS: Final[tuple[tuple[str, str, dict[str, str]], ...]] = (
    (
        "_BlankForm",
        "pot-form:any",
        {"amount": "1", "reset_time": "0:00", "zone": "UTC", "ask_above": "4", "worth": ""},
    ),
    ("_BlankForm", "setup-form:appeals", {"text": "x"}),
    ("PresetModal", "preset:new", {"name": "x", "prompt": "x"}),
    ("RejectForm", "hold-no:{job}", {"reason": "x"}),
    ("_BlankForm", "screen-word:any", {"rules": "x"}),
    ("_BlankForm", "screen-test:any", {"text": "x"}),
)
"""Forms of those who decide, the button that opens each, and what is typed."""
FORMS_OF_OTHERS: Final = {
    *("CoverForm", "KeyModal", "LyricsModal", "MorphForm", "ReportForm", "RiffForm", "RiffModal"),
    *("TimesForm", "TitleModal", "WordsModal"),
}
"""Of whoever opened them, each tried in the tests of its desk; keys of the server in ``test_own_keys``."""


async def test_forms_obey_nobody_who_may_no_more(scene: Scene) -> None:
    """Opened by somebody who decided then, sent by somebody who does not now: refused, and each is noted."""
    shown = {
        each.removeprefix("form: ")
        for each in face_of(cast("Any", scene.env.bot))
        if each.startswith("form: ")
    }
    assert shown == {*(name for name, _, _ in FORMS), *FORMS_OF_OTHERS}
    house = scene.backstage.house
    assert house is not None
    await house.setup.set_rule(str(scene.guild.id), "hold_above", 0, actor_id="1")
    held = (await scene.job(await scene.riff(scene.ada))).id
    rights = discord.Permissions(manage_messages=True, manage_guild=True)
    boss = scene.guild.add_member(
        scene.env.create_user("boss"), roles=[scene.guild.create_role("all", permissions=rights)]
    )
    forms: list[tuple[InteractionResult, dict[str, str]]] = []
    for _, button, typed in FORMS:
        forms.append((await forged(scene, boss, f"rc1:{button.format(job=held)}"), typed))
    before = await trail(scene).everything(Sought(guild_id=str(scene.guild.id)))
    scene.forbid("manage_messages", "manage_guild")
    for opened, typed in forms:
        assert (await boss.submit_modal(opened, typed)).ephemeral
    after = await trail(scene).everything(Sought(guild_id=str(scene.guild.id)))
    assert [(each.deed.action, each.deed.subject) for each in after[len(before) :]] == [
        ("refused", "form")
    ] * len(FORMS)
