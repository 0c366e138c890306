"""What ``/openapi.json`` describes is called, thousands of times, and does as it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CALLS = Path(__file__).with_name("every_call.py")


def test_every_call_answers_as_the_document_says() -> None:
    """Each call holds, in a process of its own: its cases are made at collection, which takes seconds.

    And every process that shares in a run collects all tests.
    """
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--noconftest",
            "-o",
            "addopts=",
            "-q",
            "-p",
            "no:cacheprovider",
            CALLS,
        ],
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
