"""What a client of a music host is, and what it can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.jobs.records import Fetched, Source
from bot.protocol.engine import EngineInput, Transform
from bot.protocol.image_models import ImageInput
from bot.protocol.runs import Result, Run

Wanted = EngineInput | ImageInput
"""Music in the fullest form that the house has, or a picture by one of the image models.

A client sends what its dialect has a word for, and refuses (``InvalidInput`` with the field) what it has none
for, before anything is sent.
"""
