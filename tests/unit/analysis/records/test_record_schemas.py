"""The schema files are printed from the shapes that read records. ``python <this file>`` writes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from record_samples import agent_state, signal, usage_hour

import clusop.analysis.records
from clusop.analysis.records.schema import SCHEMA_FILES, schema_text

FOLDER = Path(clusop.analysis.records.__file__).parent
SAMPLES = {"signal": signal, "usage-hour": usage_hour, "agent-state": agent_state}


@pytest.mark.parametrize("record", SCHEMA_FILES)
def test_the_file_is_what_the_shapes_print(record):
    assert (FOLDER / SCHEMA_FILES[record]).read_text(encoding="ascii") == schema_text(record)


@pytest.mark.parametrize("record", SCHEMA_FILES)
def test_it_is_a_schema_and_takes_a_whole_record(record):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(schema_text(record))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(SAMPLES[record]())


def _unbounded(schema: object, path: str) -> list[str]:
    if isinstance(schema, list):
        return [found for number, one in enumerate(schema) for found in _unbounded(one, f"{path}[{number}]")]
    if not isinstance(schema, dict):
        return []
    kind = schema.get("type")
    open_ended = (
        (kind == "string" and "pattern" not in schema)
        or (kind == "array" and "maxItems" not in schema)
        or (kind in {"integer", "number"} and not {"minimum", "maximum"} <= schema.keys())
    )
    below = [found for name, one in schema.items() for found in _unbounded(one, f"{path}.{name}")]
    return ([path] if open_ended else []) + below


@pytest.mark.parametrize("record", SCHEMA_FILES)
def test_every_field_is_typed_and_bounded(record):
    assert _unbounded(json.loads(schema_text(record)), record) == []


if __name__ == "__main__":
    for name, file in SCHEMA_FILES.items():
        (FOLDER / file).write_text(schema_text(name), encoding="ascii")
