"""The recorded Comet logs and what is expected of each."""

from __future__ import annotations

import json
import sys
from pathlib import Path

__all__ = ["EXPECTED", "RECORDED"]

REPOSITORY = Path(__file__).resolve().parents[2]
RECORDED = REPOSITORY / "tests" / "data" / "eventlogs" / "comet"
EXPECTED = json.loads((RECORDED / "expected.json").read_text(encoding="utf-8"))

sys.path.insert(0, str(REPOSITORY / "harness"))
