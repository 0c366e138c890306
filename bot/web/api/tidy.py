"""What is past its time goes: inputs, outputs and logs after the hour, rows and uploads later."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.store.tables.predictions import PredictionRows
from bot.web.api.book import Now
from bot.web.api.outputs import Outputs
from bot.web.api.songs import Uploads as SongUploads
from bot.web.api.told_cache import ToldCache
from bot.web.api.uploads import Uploads

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidy:
    """Knows where things lie and how long they are kept."""

    rows: PredictionRows
    outputs: Outputs
    uploads: Uploads
    song_uploads: SongUploads
    cache: ToldCache
    keep_data_s: float
    keep_rows_s: float
    every_s: float
    now: Now

    async def sweep(self) -> None:
        """Delete the files of nobody, which a killed server may have left."""
        await self.outputs.sweep(await self.rows.output_keys())
        await self.uploads.sweep()
        await self.song_uploads.sweep()

    async def run(self) -> None:
        """Forget what is past its time, again and again; a fault is told and tried again."""
        while True:
            try:
                await self.once()
            except Exception:
                log.exception("tidy.failed")
            await asyncio.sleep(self.every_s)

    async def once(self) -> None:
        """Forget what is past its time now."""
        now = self.now()
        for row in await self.rows.remove_data(now - timedelta(seconds=self.keep_data_s)):
            self.cache.forget(row.id)
            await self.outputs.remove(row.output_key)
        for prediction_id in await self.rows.forget(now - timedelta(seconds=self.keep_rows_s)):
            self.cache.forget(prediction_id)
        await self.uploads.expire()
        await self.song_uploads.expire()
