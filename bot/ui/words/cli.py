"""What the command line and the log say to the person who runs the bot."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "start.on_discord": "Riffcord is on Discord. Type /riff in one of its servers. Ctrl-C stops it.",
    "start.in_the_room": "Riffcord plays in your own local Discord. Open\n\n    {url}\n\n"
    "type /riff, choose a prompt and press Enter. Ctrl-C stops it.",
    "start.engine_for_this_machine": "The engine answers at {url}, open to this machine only: calls need no "
    "token, and come from nowhere else.\nFor others, set ENGINE_TOKENS. Ctrl-C stops it.",
    "start.engine_for_tokens": "The engine answers at {url}, to those who send one of ENGINE_TOKENS. "
    "Ctrl-C stops it.",
    "cli.made": "{audio}  ({sound})\n{picture}",
    "cli.sound": "{duration_s:.1f} s, {lufs:.1f} LUFS, true peak {true_peak_db:.1f} dBTP",
    "cli.tempo": "{bpm:.0f} BPM",
    "cli.seed": "seed {seed}",
    "cli.also": "{file}",
    "cli.host_said": "{told} It said: {detail}",
    "cli.not_stopped": "The music host ({host}) cannot stop what it has begun, and may charge for it.",
    "cli.host": "{name:<12} {state:<12} {dialect:<12} {base_url}",
    "cli.host.detail": "{indent:<12} {told}",
    "cli.host.answers": "answers",
    "cli.host.silent": "no answer",
    "cli.host.sleeps": "not running",
    "cli.host.default": "{told} (default)",
    "cli.host.starts": "the built-in engine starts together with the bot, or for a single command",
    "log.guild_lacks_permissions": "In the server {guild} I lack: {permissions}. "
    "Give me these permissions, or invite me again with {invite}",
}
