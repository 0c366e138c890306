"""The engine in the songs dialect, beside the predictions and made by the same renders."""

from bot.web.api.songs.envelope import gateway_envelope
from bot.web.api.songs.routes import SongsApi
from bot.web.api.songs.upload_calls import UploadCalls
from bot.web.api.songs.uploads import Uploads

__all__ = ["SongsApi", "UploadCalls", "Uploads", "gateway_envelope"]
