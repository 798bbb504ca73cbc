"""A desk in a fresh database."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path[:0] = [
    str(Path(__file__).parent),
    str(Path(__file__).resolve().parents[2] / "unit" / "analysis" / "records"),
    str(Path(__file__).resolve().parents[2] / "unit" / "service" / "teams"),
]


@pytest.fixture
def desk(database):
    from pass_desk import Desk

    return Desk(database)
