"""Clients of music hosts, one a dialect, and the table of those that are configured."""

from __future__ import annotations

from bot.providers.hosts import hosts_from
from bot.providers.predictions import PredictionsHost
from bot.providers.webhooks import Verifier

__all__ = ["PredictionsHost", "Verifier", "hosts_from"]
