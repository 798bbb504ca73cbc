"""docs/records.md names every field there is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clusop.analysis.records.schema import SCHEMA_FILES, schema_text

PAGE = Path(__file__).parents[4] / "docs" / "records.md"
OF_FIGURES = {"low_microusd", "high_microusd"}  # docs/formulas.md tells them


def names(schema: object) -> set[str]:
    if isinstance(schema, list):
        return {name for one in schema for name in names(one)}
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", {}))
    return own | {name for one in schema.values() for name in names(one)}


@pytest.mark.parametrize("record", SCHEMA_FILES)
def test_every_field_is_told(record):
    text = PAGE.read_text(encoding="utf-8")
    told = names(json.loads(schema_text(record))) - OF_FIGURES
    assert [name for name in sorted(told) if f"`{name}`" not in text] == []
