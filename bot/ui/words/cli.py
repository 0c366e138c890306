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
    "log.guild_lacks_permissions": "In the server {guild} I lack: {permissions}. "
    "Give me these permissions, or invite me again with {invite}",
}
