"""A driver that the init script believes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from init_script_driver import Cluster

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(tmp_path)
