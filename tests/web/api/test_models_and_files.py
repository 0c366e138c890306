"""Models, account and uploaded files, by plain calls and by the official client."""

from __future__ import annotations

import asyncio
import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import httpx
import pytest
from replicate.client import Client

from bot.protocol.predictions import ENGINE_VERSION
from bot.web.api.app import Bounds
from bot.web.api.book import utc_now
from bot.web.api.uploads import UploadLimits
from tests.web.api.support import VERSION, Server, server

CONTENT = b"RIFF some sound"


async def upload(engine: Server, content: bytes = CONTENT, **fields: str) -> tuple[int, dict[str, Any]]:
    """Upload as npm's client does: each field a part."""
    form = aiohttp.FormData()
    form.add_field("content", content, filename="ab.wav", content_type="audio/wav")
    for name, value in fields.items():
        form.add_field(name, value, filename="blob", content_type="application/json")
    async with engine.session.post(engine.url + "/v1/files", data=form) as response:
        return response.status, await response.json(content_type=None)


@pytest.mark.parametrize("prefix", ["/v1", "", "/replicate/v1"])
async def test_models_and_their_versions_are_told(tmp_path: Path, prefix: str) -> None:
    """Under each prefix: the list, one of them, its versions and one version with the input's bounds."""
    async with server(tmp_path) as engine:
        _, models, _ = await engine.call("GET", f"{prefix}/models")
        assert [model["name"] for model in models["results"]] == ["riffusion", "engine"]
        _, model, _ = await engine.call("GET", f"{prefix}/models/riffusion/riffusion")
        assert model["latest_version"]["id"] == VERSION
        _, versions, _ = await engine.call("GET", f"{prefix}/models/riffcord/engine/versions")
        assert [version["id"] for version in versions["results"]] == [ENGINE_VERSION]
        _, version, _ = await engine.call("GET", f"{prefix}/models/riffusion/riffusion/versions/{VERSION}")
        inputs = version["openapi_schema"]["components"]["schemas"]["Input"]["properties"]
        assert (inputs["alpha"]["maximum"], inputs["num_inference_steps"]["minimum"]) == (1, 1)
        assert (await engine.call("GET", f"{prefix}/models/a/b"))[0] == 404
        assert (await engine.call("GET", f"{prefix}/models/riffusion/riffusion/versions/x"))[0] == 404


async def test_models_are_searched_in_words(tmp_path: Path) -> None:
    """QUERY with the words as text, or as JSON as npm's client sends them."""
    async with server(tmp_path) as engine:
        for body, found in ((b"riffusion", 1), (b'"songs riffs"', 1), (b"zither", 0), (b"", 2)):
            async with engine.session.request("QUERY", engine.url + "/v1/models", data=body) as response:
                assert len((await response.json())["results"]) == found


async def test_a_file_is_kept_told_listed_and_deleted(tmp_path: Path) -> None:
    """With its checksums and what came along; afterwards it is gone."""
    async with server(tmp_path, tokens=["t", "u"], token="t") as engine:
        status, told = await upload(engine, metadata='{"a": 1}')
        assert status == 201
        assert (told["name"], told["content_type"], told["size"]) == ("ab.wav", "audio/wav", len(CONTENT))
        assert told["checksums"]["sha256"] == hashlib.sha256(CONTENT).hexdigest()
        assert told["metadata"] == {"a": 1}
        here = f"/v1/files/{told['id']}"
        assert told["urls"]["get"] == engine.url + here
        assert (await engine.call("GET", here))[1] == told
        assert (await engine.call("GET", "/v1/files"))[1]["results"] == [told]
        other = {"Authorization": "Bearer u"}
        assert (await engine.call("GET", here, headers=other))[0] == 404
        assert (await engine.call("DELETE", here, headers=other))[0] == 404
        assert (await engine.call("DELETE", here))[0] == 204
        assert (await engine.call("GET", here))[0] == 404
    assert list((tmp_path / "engine-files").iterdir()) == []


async def test_a_download_needs_its_signature_alone(tmp_path: Path) -> None:
    """The signed address works without a token until it expires, and for this file only."""
    late = timedelta(0)
    async with server(tmp_path, tokens=["t"], token="t", now=lambda: utc_now() + late) as engine:
        _, told = await upload(engine)
        address = str(told["urls"]["download"])
        parts = urlsplit(address)
        signed = {name: values[0] for name, values in parse_qs(parts.query).items()}
        async with aiohttp.ClientSession() as stranger:
            async with stranger.get(address) as response:
                assert await response.read() == CONTENT
                assert response.headers["Content-Disposition"].startswith("attachment")
            for changed in (
                {"expiry": "99999999999"},
                {"owner": "x"},
                {"signature": "é"},
                {"expiry": "soon"},
            ):
                query = urlencode({**signed, **changed})
                async with stranger.get(f"{engine.url}{parts.path}?{query}") as response:
                    assert response.status == 401
            late = timedelta(days=2)
            async with stranger.get(address) as response:
                assert response.status == 401


async def test_too_large_a_file_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    """413 for one file and for all of a token's; 422 and 400 for forms that are none."""
    bounds = Bounds(upload=UploadLimits(file_bytes=100, owner_bytes=150))
    async with server(tmp_path, bounds=bounds) as engine:
        assert (await upload(engine, b"x" * 101))[0] == 413
        assert (await upload(engine, b"x" * 100))[0] == 201
        assert (await upload(engine, b"x" * 51))[0] == 413
        assert (await upload(engine, b"x", metadata="[]"))[0] == 422
        async with engine.session.post(engine.url + "/v1/files", json={}) as response:
            assert response.status == 415
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        strange = b'--x\r\nContent-Disposition: form-data; name="\x16"\r\n\r\nx\r\n--x--\r\n'
        for body in (b"junk", strange, b"--x\r\nno header\r\n\r\n--x--\r\n", b""):
            async with engine.session.post(engine.url + "/v1/files", data=body, headers=headers) as response:
                assert response.status in (400, 422)
                assert response.content_type == "application/problem+json"
    assert len(list((tmp_path / "engine-files").iterdir())) == 1


async def test_files_expire(tmp_path: Path) -> None:
    """After its time a file is neither told nor on disk."""
    late = timedelta(0)
    bounds = Bounds(purge_every_s=0.02)
    async with server(tmp_path, bounds=bounds, now=lambda: utc_now() + late) as engine:
        _, told = await upload(engine)
        late = timedelta(hours=25)
        assert (await engine.call("GET", f"/v1/files/{told['id']}"))[0] == 404
        async with asyncio.timeout(10):
            while list((tmp_path / "engine-files").iterdir()):
                await engine.rest()


async def test_a_file_is_an_input_without_a_hop(tmp_path: Path) -> None:
    """``urls.get`` as it is: the render gets the very bytes; after a deletion it says what is wrong."""
    async with server(tmp_path, tokens=["t"], token="t") as engine:
        _, told = await upload(engine)
        wanted = {"transform": "cover", "audio": told["urls"]["get"]}
        made = await engine.create(version=ENGINE_VERSION, input=wanted)
        assert (await engine.ended(made["id"]))["status"] == "succeeded"
        source = engine.engine.jobs[0].source
        assert source is not None
        assert source.read_bytes() == CONTENT
        await engine.call("DELETE", f"/v1/files/{told['id']}")
        made = await engine.create(version=ENGINE_VERSION, input=wanted)
        told = await engine.ended(made["id"])
    assert told["status"] == "failed"
    assert told["error"] == "The source is not there any more: results and files are kept for a while only."


async def test_the_official_client_knows_models_account_and_files(tmp_path: Path) -> None:
    """Every call that it has for them, and a file object as an input."""
    async with server(tmp_path, tokens=["t"]) as engine:

        def use(client: Client) -> None:
            assert client.accounts.current().type == "user"
            model = client.models.get("riffcord/engine")
            assert model.latest_version is not None
            assert model.versions.get(ENGINE_VERSION).cog_version
            assert model.versions.list().results[0].id == ENGINE_VERSION
            assert [model.name for model in client.models.list().results] == ["riffusion", "engine"]
            assert [model.name for model in client.models.search("riffs").results] == ["engine"]
            file = client.files.create(io.BytesIO(CONTENT), filename="x.wav", metadata={"a": "b"})
            assert client.files.get(file.id).checksums == file.checksums
            assert [each.id for each in client.files.list()] == [file.id]
            client.files.delete(file.id)
            output = client.run("riffcord/engine", input={"transform": "cover", "audio": io.BytesIO(CONTENT)})
            assert isinstance(output, dict)

        def run() -> None:
            # The client never closes its connections; with a transport of ours we can.
            with httpx.HTTPTransport() as transport:
                use(Client(api_token="t", base_url=engine.url, transport=transport))

        await asyncio.to_thread(run)
