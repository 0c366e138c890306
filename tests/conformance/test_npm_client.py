"""The official npm client 1.4.0, unchanged, in a node of its own: see ``npm/checks.js``."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from aiohttp import web

from tests.conformance.support import TOKEN, front
from tests.web.api.support import VERSION, Receiver, listening, serving

HERE = Path(__file__).parent / "npm"
NODE = shutil.which("node")
PACKAGE = HERE / "node_modules" / "replicate" / "package.json"
NOT_RUN = "npm client: NOT RUN (needs node, and: npm install --prefix tests/conformance/npm)"


@pytest.mark.skipif(NODE is None or not PACKAGE.is_file(), reason=NOT_RUN)
@pytest.mark.parametrize("https", [False, True], ids=["http", "https"])
async def test_every_call_of_the_npm_client(https: bool, tmp_path: Path) -> None:
    """Each check of the script passes, and none is left out."""
    hook = Receiver()
    app = web.Application()
    app.router.add_post("/hook", hook.take)

    async def heard(_: web.Request) -> web.Response:
        return web.json_response(_heard(hook))

    app.router.add_get("/hook/heard", heard)
    listener, url = listening()
    async with serving(app, listener), front(tmp_path, https=https) as here:
        environment = {
            **os.environ,
            "BASE": here.url,
            "TOKEN": TOKEN,
            "VERSION": VERSION,
            "HOOK": f"{url}/hook",
            "NODE_EXTRA_CA_CERTS": str(here.ca_file or ""),
        }
        process = await asyncio.create_subprocess_exec(
            *(str(NODE), str(HERE / "checks.js")),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            told, errors = await process.communicate()
    done = {each["name"]: each["problem"] for each in map(json.loads, told.splitlines())}
    assert {name: problem for name, problem in done.items() if problem} == {}
    wanted = re.findall(r"^  async (\w+)\(\)", (HERE / "checks.js").read_text(encoding="utf-8"), re.MULTILINE)
    assert list(done) == wanted, errors.decode()


def _heard(hook: Receiver) -> list[dict[str, str]]:
    """What the receiver took, in the words of ``validateWebhook``."""
    found: list[dict[str, str]] = []
    while not hook.heard.empty():
        heard = hook.heard.get_nowait()
        headers = {name.lower(): value for name, value in heard.headers.items()}
        signed = {name: headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")}
        found.append({**signed, "body": heard.body.decode()})
    return found
