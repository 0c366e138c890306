"""What can be typed after ``python -m bot``."""

from __future__ import annotations

import argparse
from pathlib import Path


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; without a command everything is started."""
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="Riffcord: make music together on Discord. Without a command, everything starts: "
        "with DISCORD_TOKEN on Discord, without it in a local Discord in your browser.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("bot", help="only the bot: gateway, jobs and webhooks")
    commands.add_parser("release", help="bring the database to this version's schema, then stop")
    commands.add_parser("room", help="only the local Discord")
    web = commands.add_parser("web", help="only webhooks and health (needs PostgreSQL as DATABASE_URL)")
    web.add_argument("--bind", help="address to listen on (WEB_BIND)")
    web.add_argument("--port", type=int, help="port to listen on (WEB_PORT)")
    engine = commands.add_parser("engine", help="only the music engine's HTTP server")
    engine.add_argument("--bind", help="address to listen on (ENGINE_BIND)")
    engine.add_argument("--port", type=int, help="port to listen on (ENGINE_PORT)")
    _add_riff(commands)
    return parser


def _add_riff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    riff = commands.add_parser("riff", help="make one riff and write it to a file")
    riff.add_argument("prompt", metavar="PROMPT", help='what to play, e.g. "lofi rain piano"')
    riff.add_argument("--prompt-b", help="a second prompt to blend with")
    riff.add_argument("--alpha", type=float, help="0 = all PROMPT, 1 = all --prompt-b (0.5)")
    riff.add_argument("--denoising", type=float, help="0 = the seed picture itself, 1 = ignore it (0.75)")
    riff.add_argument("--seed-image", help="one of the eleven seed pictures (vibes)")
    riff.add_argument("--steps", type=int, help="more steps search longer, 1 to 150 (50)")
    riff.add_argument("--seed", type=int, help="the same seed gives the same riff")
    riff.add_argument("--length-s", type=float, help="length in seconds, up to 60")
    riff.add_argument("--host", help="which host makes it (DEFAULT_HOST)")
    riff.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.mp3, .ogg, .wav or .flac")
    riff.add_argument("--json", action="store_true", help="print one line of JSON about the result")
