"""The records' JSON Schemas (2020-12), printed from the same shapes that read them."""

from __future__ import annotations

import json

from clusop.analysis.records.envelope import VERSION
from clusop.analysis.records.line import MAX_RECORD_BYTES
from clusop.analysis.records.read import RECORDS

__all__ = ["SCHEMA_FILES", "schema_text"]

SCHEMA_FILES = {name: f"{name.replace('-', '_')}.v{VERSION}.schema.json" for name in RECORDS}
"""File names beside this module, by record."""
_TITLES = {
    "signal": "One problem as seen on one cluster in one span of time",
    "usage-hour": "What one agent saw of one UTC hour of one cluster; of one hour the highest revision counts",
    "agent-state": "How an agent fares; the one with the highest sequence counts",
}


def schema_text(record: str) -> str:
    """The schema file of a record of that name."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:clusop:{record}:v{VERSION}",
        "title": _TITLES[record],
        "description": (
            f"One line of canonical JSON (sorted keys, no blanks, ASCII) of at most {MAX_RECORD_BYTES} bytes. "
            "An empty text means: not told. Fields may be added; none is renamed or changes its meaning. See docs/records.md."
        ),
        **RECORDS[record].schema(),
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"
