"""The models as the API tells them, and whose token it is."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.protocol.predictions import ENGINE_MODEL, RIFFUSION_MODEL
from bot.web.api.accept import MODELS, Model
from bot.web.api.access import OWNER
from bot.web.api.addresses import account_of, base_url
from bot.web.api.bodies import arriving
from bot.web.api.problems import not_found
from bot.web.api.wire import json_answer

_DESCRIPTIONS = {
    RIFFUSION_MODEL: "Music from a prompt, or from two: a loop and its spectrogram.",
    ENGINE_MODEL: "Riffs, songs and morphs, with scores, stems, MIDI and lyrics.",
}
_LONGEST_QUERY = 1_000

Count = Callable[[str], Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The handlers and what they need."""

    run_count: Count
    """How many predictions of a model there are."""

    async def list_models(self, request: web.Request) -> web.Response:
        """All models."""
        return _page([await self._told(model, base_url(request)) for model in MODELS.values()])

    async def search_models(self, request: web.Request) -> web.Response:
        """Models in whose name or description every word of the body is found."""
        async with arriving(is_small=True):
            text = (await request.content.read(_LONGEST_QUERY)).decode(errors="replace")
        if text.startswith('"') and text.endswith('"'):  # npm's client sends it as JSON
            try:
                text = str(json.loads(text))
            except ValueError:
                text = text.strip('"')
        words = text.lower().split()
        found = [
            model
            for model in MODELS.values()
            if all(word in f"{model.name} {_DESCRIPTIONS[model.name]}".lower() for word in words)
        ]
        return _page([await self._told(model, base_url(request)) for model in found])

    async def get_model(self, request: web.Request) -> web.Response:
        """One model with its version."""
        return json_answer(await self._told(_model(request), base_url(request)))

    async def list_versions(self, request: web.Request) -> web.Response:
        """The only version of a model."""
        return _page([_model(request).version_told()])

    async def get_version(self, request: web.Request) -> web.Response:
        """A model's version with its schema."""
        model = _model(request)
        if model.version != request.match_info["version"]:
            raise not_found("The version")
        return json_answer(model.version_told())

    async def get_account(self, request: web.Request) -> web.Response:
        """Whose token it is."""
        name = account_of(request[OWNER])
        return json_answer({"type": "user", "username": name, "name": name, "github_url": None})

    async def _told(self, model: Model, base: str) -> dict[str, Any]:
        owner, _, name = model.name.partition("/")
        return {
            "url": f"{base}/v1/models/{model.name}",
            "owner": owner,
            "name": name,
            "description": _DESCRIPTIONS[model.name],
            "visibility": "public",
            "github_url": None,
            "paper_url": None,
            "license_url": None,
            "run_count": await self.run_count(model.name),
            "cover_image_url": None,
            "default_example": None,
            "latest_version": model.version_told(),
        }


def _model(request: web.Request) -> Model:
    path = request.match_info
    model = MODELS.get(f"{path['owner']}/{path['name']}")
    if model is None:
        raise not_found("The model")
    return model


def _page(results: list[dict[str, Any]]) -> web.Response:
    return json_answer({"next": None, "previous": None, "results": results})
