"""What happens to a finished clip before it is delivered: probe, fit, level, encode, picture.

The bot process sees :class:`AudioFinisher` only. Everything that loads numpy or a codec runs in its
worker processes (:mod:`bot.audio.worker`), or in the command line's own (:mod:`bot.audio.export`).
"""

from bot.audio.finisher import AudioFinisher

__all__ = ["AudioFinisher"]
