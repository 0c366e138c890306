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
    "cli.host_not_reached": "{told} The reason: {why}.",
    "cli.not_stopped": "The music host ({host}) cannot stop what it has begun, and may charge for it.",
    "cli.host": "{name:<12} {state:<12} {dialect:<12} {base_url}",
    "cli.host.detail": "{indent:<12} {told}",
    "cli.host.answers": "answers",
    "cli.host.refuses": "refuses",
    "cli.host.troubled": "in trouble",
    "cli.host.foreign": "not a host",
    "cli.host.silent": "no answer",
    "cli.host.not_of_dialect": "answers, but not as a host of the {dialect} dialect: check {setting}",
    "cli.host.broke": "asking it went wrong on our side ({kind})",
    "cli.hosts.no_default": "DEFAULT_HOST names a host that cannot be used. {problem}",
    "cli.outcome_unknown": "The music host ({host}) did not answer clearly, so it may have taken the order, "
    "and nobody checks that from here. Look at the host whether it was ordered before you order it again.",
    "cli.unknown_settings": "These settings mean nothing to Riffcord and change nothing: {names}. "
    "A named host has HOST_<NAME>_DIALECT, _BASE_URL, _API_KEY, _MODEL and _WEBHOOK_TOKEN.",
    "cli.host.own_keys": "for those who bring a key of their own (OWN_KEY_HOSTS)",
    "cli.keys.rotated": "Keys sealed with the newest secret: {count}.",
    "cli.keys.unreadable": "A key for {host} (of {kind} {owner}) is opened by none of the secrets: put back "
    "the one that it was sealed with, or have it added again.",
    "cli.host.sleeps": "not running",
    "cli.host.default": "{told} (default)",
    "cli.host.starts": "the built-in engine starts together with the bot, or for a single command",
    "log.guild_lacks_permissions": "In the server {guild} I lack: {permissions}. "
    "Give me these permissions, or invite me again with {invite}",
}
