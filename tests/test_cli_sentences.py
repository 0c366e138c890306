"""What the command line refuses, in one plain sentence that names the option."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bot import logs
from bot.__main__ import main
from bot.cli import following
from bot.cli.outs import checked_out
from bot.cli.parser import build_parser
from bot.cli.riff import run_riff
from bot.cli.song import run_morph
from bot.errors import ExitCode, InvalidInput, InvalidOption
from bot.settings import Settings


@pytest.mark.parametrize(
    ("options", "option"),
    [
        (["--transform", "cover"], "--tags"),
        (["--transform", "swap_sound"], "--tags"),
        (["--transform", "swap_vocals"], "--voice"),
        (["--transform", "cover", "--tags", "jazz", "--variation-strength", "1"], "--variation-strength"),
    ],
)
def test_a_morph_that_would_change_nothing_is_refused(options: list[str], option: str) -> None:
    """Before anything is started."""
    arguments = build_parser().parse_args(["morph", "song.json", *options, "--out", "x.wav"])
    with pytest.raises(InvalidOption) as refused:
        asyncio.run(run_morph(arguments, Settings.model_construct()))
    assert refused.value.facts["option"] == option


def test_a_refused_field_is_told_by_its_option() -> None:
    """No name of the API and no words of the library that checks."""

    class Host:
        local = True

    async def refuse() -> None:
        raise InvalidInput("engine", "- input.bars: Input should be less than or equal to 64")

    with pytest.raises(InvalidOption) as refused:
        asyncio.run(following.until_made(Host(), refuse()))  # pyright: ignore[reportArgumentType]
    assert refused.value.facts["option"] == "--bars"
    assert refused.value.facts["told"] == "must be at most 64"


def test_more_steps_than_there_are_is_refused(tmp_path: Path) -> None:
    """Instead of quietly searching less."""
    arguments = build_parser().parse_args(
        ["riff", "jazz", "--steps", "151", "--out", str(tmp_path / "x.wav")]
    )
    with pytest.raises(InvalidOption):
        asyncio.run(run_riff(arguments, Settings.model_construct()))


def test_a_place_that_cannot_be_written_is_told() -> None:
    """Instead of a traceback after the music was made."""
    with pytest.raises(InvalidOption):
        checked_out(Path("/proc/x.wav"))


def test_a_misspelt_setting_is_told_by_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would change nothing, and nobody would find out why. Who reads no further is no fault."""

    def untouched(_settings: Settings, *, process: str) -> None:
        """The logs of this process belong to all its tests."""

    monkeypatch.setattr(logs, "configure", untouched)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("HOST_STUDIO_KEY=secret\n")
    assert main(["hosts"]) == ExitCode.OK
    told = capsys.readouterr()
    assert "HOST_STUDIO_KEY" in told.err
    assert "secret" not in told.err + told.out
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        assert main(["hosts"]) == ExitCode.OK
