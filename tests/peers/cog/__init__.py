"""Cog's own HTTP server from PyPI in a process of its own, with our engine for its model."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.processes import free_port
from bot.protocol.predictions import RiffusionInput

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
_PATIENCE_S = 30.0


@dataclass(kw_only=True)
class Container:
    """A running server. ``folder`` is where its model lives."""

    url: str
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def health(self) -> dict[str, Any]:
        """What it says of itself."""
        with urllib.request.urlopen(f"{self.url}/health-check", timeout=5) as answer:  # noqa: S310  our own
            return json.load(answer)

    def wait_for(self, status: str) -> None:
        """Wait until it says so."""
        until_s = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until_s:
            with contextlib.suppress(OSError):
                if self.health()["status"] == status:
                    return
            time.sleep(0.02)
        raise AssertionError(f"the container never was {status}: {(self.folder / 'log').read_text()}")


def riffusion_schema() -> dict[str, Any]:
    """What ``cog build`` writes beside the model: here the inputs and outputs of ``riffusion/riffusion``."""
    address = {"type": "string", "format": "uri"}
    return document(
        RiffusionInput.model_json_schema()["properties"],
        {
            "type": "object",
            "required": ["audio", "spectrogram"],
            "properties": {"audio": address, "spectrogram": address},
        },
    )


def document(
    inputs: dict[str, Any], output: dict[str, Any], *, required: tuple[str, ...] = ()
) -> dict[str, Any]:
    """An OpenAPI document of a model with these inputs."""
    given = {"type": "object", "title": "Input", "properties": inputs, "required": list(required)}
    schemas = {"Input": given, "Output": {"title": "Output", **output}}
    return {
        "openapi": "3.0.2",
        "info": {"title": "Cog", "version": "0.1.0"},
        "paths": {},
        "components": {"schemas": schemas},
    }


@contextlib.contextmanager
def container(
    folder: Path,
    *,
    model: str = "riffs",
    schema: dict[str, Any] | None = None,
    port: int = 0,
    upload_url: str | None = None,
    until: str = "READY",
    **environment: str,
) -> Generator[Container]:
    """A server over ``model`` (a module beside this one), stopped at the end.

    It is handed out when it says ``until`` of itself. ``environment`` are Cog's own variables, as
    ``WEBHOOK_AUTH_TOKEN``. With ``schema`` None it cannot describe itself.
    """
    shutil.copy(HERE / f"{model}.py", folder / "predict.py")
    if schema is not None:
        (folder / ".cog").mkdir(exist_ok=True)
        (folder / ".cog/openapi_schema.json").write_text(json.dumps(schema))
    port = port or free_port()
    surroundings = {
        **os.environ,
        # Cog starts its worker as plain ``python``; the path must not be resolved out of the environment.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "COG_PREDICT_TYPE_STUB": "predict.py:Runner",
        "PORT": str(port),
        "LOG_FORMAT": "console",
        "COG_LOG_LEVEL": "warn",
        "COG_THROTTLE_RESPONSE_INTERVAL": "0.05",
        **environment,
    }
    uploads = [] if upload_url is None else ["--upload-url", upload_url]
    command = [sys.executable, "-m", "cog.server.http", "--host", "127.0.0.1", *uploads]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=surroundings, stdout=log, stderr=log)
    here = Container(url=f"http://127.0.0.1:{port}", port=port, folder=folder, process=process)
    try:
        here.wait_for(until)
        yield here
    finally:
        process.kill()  # its worker ends with it
        process.wait()
