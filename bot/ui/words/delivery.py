"""Words about what a result carries, and where the rest of it is."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "delivery.preview": "These are the first {seconds:.0f} seconds: all of it is too large for this server.",
    "delivery.smaller": "Made smaller for this server: {form}, {kbit_s} kbit/s.",
    "delivery.smaller_mono": "Made smaller for this server: {form}, {kbit_s} kbit/s, one channel.",
    "delivery.no_file": "Discord took no file here. The music is kept.",
    "delivery.link": "[All of it as {form}]({link}) · the link works until {until}",
    "delivery.ask": "All of it is kept: a moderator can ask whoever runs me for take `{take}`.",
    "delivery.no_voice": "I would add a voice message for phones, but I lack “Send Voice Messages” here.",
    "delivery.video": "Video of {prompt}",
    "download.gone": "This music is not here any more",
    "download.gone.why": (
        "The link is over a week old, or the music was deleted. Ask for a new one where you found it."
    ),
    "download.unknown": "There is no music at this address",
    "download.unknown.why": "Check whether the whole link was copied.",
}
