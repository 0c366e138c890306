"""Whose secrets and files are whose: what one token can do with another's, and with the public address."""

from __future__ import annotations

import asyncio
import base64
import hmac
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from bot.protocol.predictions import ENGINE_VERSION
from bot.web.api.app import Bounds
from bot.web.api.book import utc_now
from bot.web.api.uploads import UploadLimits
from tests.web.api.support import AUDIO_NAME, server
from tests.web.api.test_models_and_files import upload


async def test_another_tokens_file_is_no_input_but_by_its_signed_address(tmp_path: Path) -> None:
    """Whoever merely knows where a file lies does not get it, nor does anybody after its time."""
    late = timedelta(0)
    async with server(tmp_path, tokens=["t", "u"], token="t", now=lambda: utc_now() + late) as engine:
        _, told = await upload(engine)
        other = {"Authorization": "Bearer u"}

        async def covered(address: str) -> str:
            body = {"version": ENGINE_VERSION, "input": {"transform": "cover", "audio": address}}
            _, made, _ = await engine.call("POST", "/v1/predictions", json=body, headers=other)
            while made["status"] in ("starting", "processing"):
                await engine.rest()
                _, made, _ = await engine.call("GET", f"/v1/predictions/{made['id']}", headers=other)
            return made["status"]

        assert await covered(told["urls"]["get"]) == "failed"
        assert await covered(told["urls"]["download"].replace("signature=", "signature=A")) == "failed"
        assert await covered(told["urls"]["download"]) == "succeeded"
        late = timedelta(days=2)
        assert await covered(told["urls"]["download"]) == "failed"


async def test_a_token_signs_for_itself_and_for_nobody_else(tmp_path: Path) -> None:
    """With its secret, as the API documents it, a token opens its own files, never another's."""
    async with server(tmp_path, tokens=["t", "u"], token="t") as engine:
        _, told = await upload(engine)
        mine = parse_qs(urlsplit(str(told["urls"]["download"])).query)["owner"][0]
        for token, status in (("t", 200), ("u", 401)):
            headers = {"Authorization": f"Bearer {token}"}
            _, secret, _ = await engine.call("GET", "/v1/webhooks/default/secret", headers=headers)
            text = f"{mine} {told['id']} 99999999999".encode()
            made = base64.b64encode(hmac.digest(secret["key"].encode(), text, "sha256")).decode()
            signed = {"owner": mine, "expiry": "99999999999", "signature": made}
            address = f"{engine.url}/v1/files/{told['id']}/download?{urlencode(signed)}"
            async with engine.session.get(address) as response:
                assert response.status == status


async def test_no_token_learns_what_makes_the_keys(tmp_path: Path) -> None:
    """Each gets a secret of its own, and neither it nor its bytes make the key of a page or a stream."""
    async with server(tmp_path, tokens=["t", "u"], token="t") as engine:
        made = await engine.create()
        keys = {made["urls"]["web"].rpartition("/")[2], made["urls"]["stream"].rpartition("/")[2]}
        told: set[str] = set()
        for token in ("t", "u"):
            headers = {"Authorization": f"Bearer {token}"}
            _, secret, _ = await engine.call("GET", "/v1/webhooks/default/secret", headers=headers)
            told.add(secret["key"])
            for known in (secret["key"].encode(), base64.b64decode(secret["key"].removeprefix("whsec_"))):
                for purpose in ("page", "stream"):
                    digest = hmac.digest(known, f"{purpose} {made['id']}".encode(), "sha256")
                    assert base64.urlsafe_b64encode(digest[:24]).decode() not in keys
        assert len(told) == 2


async def test_files_that_come_at_once_share_the_space(tmp_path: Path) -> None:
    """Of many that arrive together only so many are kept as there is room for."""
    bounds = Bounds(upload=UploadLimits(file_bytes=100, owner_bytes=250))
    async with server(tmp_path, bounds=bounds) as engine:
        answers = await asyncio.gather(*(upload(engine, b"x" * 100) for _ in range(8)))
        statuses = [status for status, _ in answers]
        assert statuses.count(201) <= 2
        assert set(statuses) <= {201, 413}
        assert (await engine.call("GET", "/v1/files"))[0] == 200
    kept = [file.stat().st_size for file in (tmp_path / "engine-files").iterdir()]
    assert sum(kept) <= 250


async def test_results_and_files_are_found_below_a_public_path(tmp_path: Path) -> None:
    """A server that the world calls by an address with a path still knows its own files."""
    public = "https://music.test/riff"
    async with server(tmp_path, public_url=public) as engine:
        _, told = await upload(engine)
        assert told["urls"]["get"].startswith(public)
        made = await engine.create()
        ended = await engine.ended(made["id"])
        result = f"{public}/outputs/{engine.engine.jobs[0].folder.name}/{AUDIO_NAME}"
        assert ended["output"]["audio"] == result
        for address in (told["urls"]["get"], result):
            made = await engine.create(version=ENGINE_VERSION, input={"transform": "cover", "audio": address})
            assert (await engine.ended(made["id"]))["status"] == "succeeded"
