"""What can be typed after ``python -m bot``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from bot.cli.upkeep import add_upkeep
from bot.protocol.engine import LikeAs, Quality, Transform, Voice
from bot.protocol.predictions import SeedImageId

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # pyright: ignore[reportPrivateUsage]

_STRENGTHS = {
    "lyrics-strength": "how many lines get the new lyrics: 0 = none, from 0.5 = all",
    "sound-prompt-strength": "how much of the tags' sound is taken: 0 = none, 1 = all",
    "weirdness": "up to 0.5 nothing odd; above, odder instruments and tunes",
    "cover-strength": "how far a cover goes: 0 = the source as it was, 1 = wholly the new style",
    "variation-strength": "extend, inpaint: 0 = the music that was there again, 1 = newly composed",
}


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; without a command everything is started."""
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="Riffcord: make music together on Discord. Without a command, everything starts: "
        "with DISCORD_TOKEN on Discord, without it in a local Discord in your browser.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("bot", help="only the bot: gateway, jobs and webhooks")
    commands.add_parser("worker", help="only jobs, beside bots (needs PostgreSQL as DATABASE_URL)")
    commands.add_parser("release", help="bring the database to this version's schema, then stop")
    commands.add_parser("room", help="only the local Discord")
    web = commands.add_parser("web", help="only webhooks and health (needs PostgreSQL as DATABASE_URL)")
    web.add_argument("--bind", help="address to listen on (WEB_BIND)")
    web.add_argument("--port", type=int, help="port to listen on (WEB_PORT)")
    engine = commands.add_parser("engine", help="only the music engine's HTTP server")
    engine.add_argument("--bind", help="address to listen on (ENGINE_BIND)")
    engine.add_argument("--port", type=int, help="port to listen on (ENGINE_PORT)")
    hosts = commands.add_parser("hosts", help="list the music hosts that are set up, and whether they answer")
    hosts.add_argument("--json", action="store_true", help="print one line of JSON")
    _add_riff(commands)
    _add_song(commands)
    _add_morph(commands)
    add_upkeep(commands)
    return parser


def _add_riff(commands: Commands) -> None:
    riff = commands.add_parser("riff", help="make one riff and write it to a file")
    riff.add_argument("prompt", metavar="PROMPT", help='what to play, e.g. "lofi rain piano"')
    riff.add_argument("--prompt-b", help="a second prompt to blend with")
    riff.add_argument("--alpha", type=float, help="0 = all PROMPT, 1 = all --prompt-b (0.5)")
    riff.add_argument("--denoising", type=float, help="0 = the seed picture itself, 1 = ignore it (0.75)")
    names = ", ".join(get_args(SeedImageId))
    riff.add_argument("--seed-image", metavar="NAME", help=f"one of the seed pictures (vibes): {names}")
    riff.add_argument("--steps", type=int, help="more steps search longer, 1 to 150 (50)")
    riff.add_argument("--seed", type=int, help="the same seed gives the same riff")
    riff.add_argument("--length-s", type=float, help="length in seconds, up to 60")
    riff.add_argument("--bars", type=int, help="length in bars instead, 1 to 64")
    riff.add_argument(
        "--like",
        type=Path,
        metavar="FILE",
        help="in the tempo, key and chords of this score (.json) or audio (audio: beside it only)",
    )
    riff.add_argument("--like-as", choices=get_args(LikeAs), help="how it goes with it (beside)")
    riff.add_argument("--midi", type=Path, metavar="FILE", help="write it as MIDI too")
    riff.add_argument("--score", type=Path, metavar="FILE", help="write its score as JSON too, for --like")
    _add_results(riff)


def _add_song(commands: Commands) -> None:
    song = commands.add_parser("song", help="make a song with sections, sung or instrumental")
    song.add_argument("tags", metavar="TAGS", help='how it sounds, e.g. "indie folk, banjo"')
    song.add_argument("--topic", help="what simple lyrics are to be written about")
    song.add_argument("--instrumental", action="store_true", help="nobody sings")
    _add_words(song)
    song.add_argument("--length-s", type=float, help="length in seconds, 10 to 240")
    song.add_argument("--takes", type=int, help="how many versions, 1 or 2 (2: FILE-1 and FILE-2)")
    song.add_argument("--midi", action="store_true", help="write it as MIDI too")
    _add_results(song)


def _add_morph(commands: Commands) -> None:
    morph = commands.add_parser("morph", help="make something else of a score or a recording")
    morph.add_argument("source", metavar="SOURCE", type=Path, help="a score (.json) or an audio file")
    morph.add_argument("--transform", required=True, choices=get_args(Transform))
    morph.add_argument("--tags", help="how it is to sound")
    _add_words(morph)
    for name, meaning in _STRENGTHS.items():
        morph.add_argument(f"--{name}", type=float, metavar="0..1", help=meaning)
    morph.add_argument("--crop-end-at", type=float, metavar="SECONDS", help="extend from here")
    morph.add_argument("--replace-start-at", type=float, metavar="SECONDS", help="inpaint from here")
    morph.add_argument("--replace-end-at", type=float, metavar="SECONDS", help="inpaint up to here")
    morph.add_argument("--length-s", type=float, help="length in seconds, 10 to 240")
    morph.add_argument("--takes", type=int, help="how many versions, 1 or 2 (1)")
    morph.add_argument("--midi", action="store_true", help="write it as MIDI too")
    _add_results(morph)


def _add_words(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--lyrics",
        metavar="FILE|TEXT",
        help='lyrics, up to 5,000 characters; lines like "[Chorus]" name sections',
    )
    command.add_argument("--title", help="its title")
    command.add_argument("--voice", choices=get_args(Voice), help="who sings (the tags decide)")
    command.add_argument("--quality", choices=get_args(Quality), help="how long is searched (FUZZ-1.1)")
    command.add_argument("--seed", type=int, help="the same seed gives the same music")


def _add_results(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", metavar="NAME", help="which host makes it (DEFAULT_HOST); see hosts")
    command.add_argument("--stems", type=Path, metavar="FOLDER", help="write each player as a WAV of its own")
    command.add_argument("--explain", action="store_true", help="print what was understood and decided")
    command.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="FILE.mp3, .ogg, .wav or .flac"
    )
    command.add_argument("--json", action="store_true", help="print one line of JSON about the result")
