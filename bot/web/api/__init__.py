"""The engine behind HTTP, in the dialect of Replicate's predictions API."""

from bot.web.api.serve import serve_engine

__all__ = ["serve_engine"]
