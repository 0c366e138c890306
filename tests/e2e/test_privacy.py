"""``/privacy``, ``/help`` and ``/about``, in a server and in private."""

from __future__ import annotations

import io
import json
import zipfile

import sqlalchemy as sa

from bot.jobs.audit import findings
from bot.store.audit import read_snapshot
from bot.store.blobs import FolderBlobs
from tests.e2e.scene import Scene, card_of, read, take_id_of, told
from tests.e2e.test_library import message_of, shelf


async def everything(scene: Scene) -> str:
    """All that stands in the database, as text."""
    async with scene.backstage.database.connect() as connection:
        listed = await connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        names: list[str] = list(listed.scalars())
        found: list[str] = []
        for name in names:
            rows = await connection.execute(sa.select(sa.text("*")).select_from(sa.table(name)))
            found += [str(row) for row in rows]
    return "\n".join(found)


async def test_what_is_kept_is_told_and_handed_over_in_private(scene: Scene) -> None:
    """Counts in plain words; an archive with all facts and files, in a conversation with the bot as well."""
    message = await scene.result(scene.ada, "lofi rain")
    user = scene.env.create_user("eve")
    told_to_eve = await user.slash("privacy about")
    assert "takes: 0, orders: 0" in read(card_of(told_to_eve.response).description)
    about = await scene.ada.slash(scene.channel, "privacy about")
    assert "takes: 1, orders: 1, hearts: 0" in read(card_of(about.response).description)
    export = await scene.ada.slash(scene.channel, "privacy export")
    assert export.ephemeral
    (archive,) = message_of(export).attachments
    with zipfile.ZipFile(io.BytesIO(await archive.read())) as opened:
        facts = json.loads(opened.read("everything.json"))
        assert sum(name.endswith(".mp3") for name in opened.namelist()) == 1
    assert [take["id"] for take in facts["takes"]] == [take_id_of(message)]
    assert facts["jobs"][0]["recipe"]["prompt"] == "lofi rain"


async def test_everything_is_deleted(scene: Scene) -> None:
    """After a yes: what runs is stopped, music, messages, name and hearts go; the books stay exact."""
    message = await scene.result(scene.ada, "adas secret prompt")
    cover = await scene.bob.slash(scene.channel, "morph cover", take=take_id_of(message), tags="harp")
    await scene.play()
    panel = await scene.ada.select(message_of(await shelf(scene, scene.ada, "mine")), [take_id_of(message)])
    await scene.press(scene.ada, message_of(panel), "Like")
    await scene.ada.slash(scene.channel, "privacy consent", who="ask")
    running = await scene.riff(scene.ada, "never finished")
    sure = await scene.ada.slash(scene.channel, "privacy delete")
    assert (await scene.press(scene.ada, message_of(sure), "Keep it")).response is not None
    assert "adas secret prompt" in await everything(scene)
    sure = await scene.ada.slash(scene.channel, "privacy delete")
    done = await scene.press(scene.ada, message_of(sure), "Delete everything")
    assert done.response is not None
    await scene.jobs.step_until_idle()
    await scene.restart()
    house = scene.backstage.house
    assert house is not None
    scene.clock.advance(27 * 3_600)  # until then what was paid counts against a share
    await house.privacy.go_on()
    left = await everything(scene)
    assert str(scene.ada.id) not in left
    assert "adas secret prompt" not in left.replace(str((await scene.all_jobs())[0].order.recipe), "")
    shown = [each.id for each in scene.messages()]
    assert message.id not in shown
    assert message_of(cover).id in shown
    assert running.response is not None
    assert "Cancelled" in read(card_of(running.response).description)
    assert await scene.jobs.check_books() == []
    snapshot = await read_snapshot(scene.backstage.database)
    files = [
        filed async for shelf_ in FolderBlobs(scene.backstage.folder / "blobs").shelves() for filed in shelf_
    ]
    assert findings(snapshot, files, hosts={"engine"}, now=scene.clock.now()) == []
    page = await scene.ada.slash(scene.channel, "privacy about")
    assert "takes: 0, orders: 0, hearts: 0" in read(card_of(page.response).description)


async def test_what_a_host_may_still_be_busy_with_goes_a_week_later(scene: Scene) -> None:
    """Asked for in private, it is said at once, and done by the bot itself after a restart."""
    await scene.riff(scene.ada, "half way")
    await scene.jobs.step_until_idle()
    sure = await scene.ada.user.slash("privacy delete")
    await scene.ada.user.click(message_of(sure), label="Delete everything")
    await scene.jobs.step_until_idle()
    await scene.restart()
    house = scene.backstage.house
    assert house is not None
    ada = str(scene.ada.id)
    await house.choices.set_remix(ada, "ask")  # what is wished afterwards is no part of it
    await house.privacy.go_on()
    assert "half way" in await everything(scene)
    scene.clock.advance(8 * 86_400)
    await house.privacy.go_on()
    assert (await house.choices.member(ada)).remix == "ask"
    await house.privacy.erase(ada)
    left = await everything(scene)
    assert str(scene.ada.id) not in left
    assert "half way" not in left
    assert await scene.jobs.check_books() == []


async def test_help_shows_what_one_may_use(scene: Scene) -> None:
    """In a server all but the moderators' commands, in private the three; each explained with its options."""
    answer = await scene.bob.slash(scene.channel, "help")
    body = read(card_of(answer.response).description)
    assert "**/riff** · Make a short piece of music" in body
    assert "/settings" not in body
    assert "none of the bot's hosts has the picture models" in body
    explained = await scene.bob.select(message_of(answer), ["library"])
    assert "/library search" in read(card_of(explained.response).description)
    assert "tempo_from (may be left out)" in read(card_of(explained.response).description).replace("`", "")
    eve = scene.env.create_user("eve")
    private = read(card_of((await eve.slash("help")).response).description)
    assert "/riff" not in private
    assert {"/about", "/help", "/privacy"} <= set(private.replace("**", "").split())


async def test_about_tells_version_licence_and_hosts(scene: Scene) -> None:
    """And whether the hosts answer now."""
    answer = await scene.bob.slash(scene.channel, "about")
    body = read(card_of(answer.response).description)
    assert "MIT licence" in body
    assert "engine · answers" in body
    assert "Version" in body
    assert told(await scene.ada.slash(scene.channel, "privacy consent", who="anyone")).startswith(
        "From now on"
    )
