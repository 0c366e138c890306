"""The page about the songs dialect names what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.protocol.songs import (
    FEED_PATH,
    GENERATE_PATH,
    TAKES,
    TOPIC_PATH,
    UPLOAD_PATH,
    Feed,
    Generate,
    GenerateFromTopic,
    Generation,
    Morph,
    UploadByAddress,
)

PAGE = (Path(__file__).parents[3] / "docs" / "songs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "record",
    [Generate, GenerateFromTopic, Morph, UploadByAddress, Feed, Generation],
    ids=lambda each: each.__name__,
)
def test_every_field_is_told(record: type[BaseModel]) -> None:
    """By its name, in code."""
    assert [name for name in record.model_fields if f"`{name}`" not in PAGE and f'"{name}"' not in PAGE] == []


@pytest.mark.parametrize("name", [GENERATE_PATH, TOPIC_PATH, FEED_PATH, UPLOAD_PATH, *TAKES])
def test_every_call_and_transform_is_told(name: str) -> None:
    """By its path or its word."""
    assert name in PAGE
