"""The instance's secret: changed beside a running bot, named where it is missing or wrong, shown nowhere."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import logs
from bot.cli.keys import run_keys
from bot.errors import ExitCode, InvalidOption, KeyGone, StartupError
from bot.keys.service import OwnKeys
from bot.keys.vault import Vault, new_secret
from bot.settings import load
from bot.ui.words import sentence
from tests.keys.house import ADA, HOST, KEY, a_house


async def test_a_secret_is_changed_beside_a_running_bot(
    tmp_path: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The new before the old, rotate, without the old: every key stays good, and the old opens none."""
    await run_keys(Namespace(action="new-secret"), load(None))
    newer = capsys.readouterr().out.strip()
    Vault([SecretStr(newer)])
    async with a_house(tmp_path, sqlite_url) as house:
        key = await house.add()
        older = house.secrets[0]
        settings = load(None, database_url=sqlite_url, riffcord_keys_secret=f"{newer},{older}")
        assert await run_keys(Namespace(action="rotate"), settings) == ExitCode.OK
        assert capsys.readouterr().out.endswith("Keys sealed with the newest secret: 1.\n")
        by_new, by_old = house.another(newer), house.another(older)
        assert (await by_new.host(HOST, key.id).check()).answers
        with pytest.raises(KeyGone):
            await by_old.host(HOST, key.id).check()
        lost = load(None, database_url=sqlite_url, riffcord_keys_secret=older)
        assert await run_keys(Namespace(action="rotate"), lost) == ExitCode.DAMAGED
        assert "opened by none of the secrets" in capsys.readouterr().out
        assert (await by_new.look(), await by_old.look()) == (0, 1)
        assert await OwnKeys.nobodys(house.database).look() == 1
        await by_new.close()
        await by_old.close()
        with pytest.raises(InvalidOption) as off:
            await OwnKeys.nobodys(house.database).add(ADA, HOST, SecretStr(KEY), actor_id="111")
        assert "RIFFCORD_KEYS_SECRET" in sentence(off.value)


async def test_a_secret_that_is_none_stops_the_start() -> None:
    """With one line that names the setting and not the value."""
    for wrong in ("short", new_secret() + ",x", "not base64 at all, really"):
        with pytest.raises(StartupError) as refused:
            load(None, riffcord_keys_secret=wrong)
        assert "RIFFCORD_KEYS_SECRET holds" in sentence(refused.value)
        assert wrong not in sentence(refused.value)
    with pytest.raises(StartupError) as missing:
        await run_keys(Namespace(action="rotate"), load(None))
    assert "python -m bot keys new-secret" in sentence(missing.value)


def test_own_keys_and_their_secrets_are_masked() -> None:
    """What was opened is masked in every later line, the last few hundred; short texts are no keys."""
    secret = new_secret()
    redact = logs.Redactor(logs.secrets_of(load(None, riffcord_keys_secret=secret)))
    redact.hide(KEY)
    redact.hide("short")
    assert redact(f"{secret} {KEY} short") == "[secret] [secret] short"
    for number in range(300):
        redact.hide(f"another-key-{number:04}")
    assert redact(f"{secret} another-key-0299 another-key-0001") == "[secret] [secret] another-key-0001"
    assert repr(Vault([SecretStr(secret)])) == "Vault()"
