"""What a host of the predictions dialect is sent for a wish, by the model that is to fulfil it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

from bot.errors import InvalidInput, NotUnderstood, Refused
from bot.jobs.records import Source
from bot.protocol.engine import EngineInput
from bot.protocol.image_models import IMAGE_MODELS, ImageInput
from bot.protocol.predictions import RiffusionInput
from bot.providers import fingerprint
from bot.providers.answers import read
from bot.providers.http import HostHttp
from bot.providers.inline import TooMuch, as_address, content_of, is_inline
from bot.providers.sources import content_of_source, media_type_of, score_of

LARGEST_INLINE_BYTES = 256 * 1024
"""Above that files are brought to the host first: https://replicate.com/docs/topics/predictions/input-files"""
_LARGEST_FILE_BYTES = 100 * 2**20
_ANY_TYPE = "application/octet-stream"
_SIX = set(RiffusionInput.model_fields)


class _Urls(BaseModel):
    model_config = ConfigDict(extra="ignore")

    get: str = Field(min_length=1)


class _Uploaded(BaseModel):
    """A file at the host, as the answer to its upload tells it."""

    model_config = ConfigDict(extra="ignore")

    urls: _Urls


def riffusion_inputs(wanted: EngineInput, reference: str) -> dict[str, Any]:
    """What ``riffusion/riffusion`` is sent: its own six and no more, marked by digits nobody hears."""
    return fingerprint.marked(wanted.model_dump(mode="json", include=_SIX, exclude_none=True), reference)


def image_inputs(wanted: ImageInput, reference: str) -> dict[str, Any]:
    """What an image model is sent: what was asked for, and a seed of ours where it takes one."""
    model = IMAGE_MODELS.get(wanted.model)
    if model is None or not model.takes_seed:
        return dict(wanted.inputs)
    return fingerprint.seeded(wanted.inputs, reference)


async def engine_inputs(
    http: HostHttp, wanted: EngineInput, reference: str, source: Source | None
) -> dict[str, Any]:
    """What ``riffcord/engine`` is sent: what was asked for, its source, and the reference it echoes.

    Raises:
        Refused: there is no source, or the host does not take the file.
        Unreachable: the file could not be brought there.
    """
    told = wanted.model_dump(mode="json", exclude_unset=True)
    if source is not None:
        told.update(await _brought(http, source.file, wanted.kind))
    elif wanted.kind == "morph" and wanted.score is None and wanted.audio is None:
        raise InvalidInput(http.host, "a morph without its source", field="source")
    return {**await placed(http, told), "reference": reference}


async def _brought(http: HostHttp, file: Path, kind: str) -> dict[str, Any]:
    """A source as an input: a small score as the object it is, anything else as an address.

    A riff goes with it, ``like`` it; whatever else is made of it.
    """
    scored = file.suffix == ".json"
    name = "like" if kind == "riff" else "score" if scored else "audio"
    media_type = media_type_of(file)
    content = await content_of_source(http.host, file)
    if len(content) > LARGEST_INLINE_BYTES:
        return {name: await upload(http, content, media_type)}
    return {name: score_of(http.host, content) if scored else as_address(content, media_type)}


async def placed(http: HostHttp, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with each large ``data:`` address brought to the host. Raises as :func:`engine_inputs`."""
    return {name: await _placed(http, name, value) for name, value in inputs.items()}


async def _placed(http: HostHttp, name: str, value: Any) -> Any:
    if not isinstance(value, str) or len(value) <= LARGEST_INLINE_BYTES or not is_inline(value):
        return value
    try:
        content = await asyncio.to_thread(content_of, value, most_bytes=_LARGEST_FILE_BYTES)
    except (ValueError, TooMuch):
        raise InvalidInput(http.host, "a file that cannot be read, or is too large", field=name) from None
    media_type = value[5:].partition(",")[0].partition(";")[0]
    return await upload(http, content, media_type or _ANY_TYPE)


async def upload(http: HostHttp, content: bytes, media_type: str) -> str:
    """Bring a file to the host, which costs nothing; the address by which its models find it.

    Raises:
        Refused, Unreachable: it is not there, so nothing was ordered either.
    """

    def form() -> aiohttp.FormData:
        made = aiohttp.FormData()
        made.add_field("content", content, filename="source", content_type=media_type)
        return made

    try:
        return read(http.host, await http.safe("POST", "/files", form=form), _Uploaded).urls.get
    except NotUnderstood as error:
        raise Refused(http.host, f"its answer to an upload: {error.detail}") from error
