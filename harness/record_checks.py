"""Whether a line is a record an aggregator takes: one JSON object with agent and sequence that its schema allows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

__all__ = ["RecordChecks"]

_RECORDS = Path(__file__).resolve().parent.parent / "src" / "clusop" / "analysis" / "records"


class RecordChecks:
    """Checks against JSON Schemas, by what a line's ``record`` says it is; without schemas only what every record has."""

    def __init__(self, schemas: dict[str, dict[str, Any]]) -> None:
        self._schemas = schemas
        self._validators: dict[str, Draft202012Validator] = {}

    @staticmethod
    def of_tree() -> RecordChecks:
        """The schemas in the tree; each tells in its properties which ``record`` it is of."""
        schemas = {}
        for file in sorted(_RECORDS.rglob("*.schema.json")):
            schema = json.loads(file.read_text(encoding="utf-8"))
            # A schema without it is a mistake, and a KeyError tells whose.
            schemas[schema["properties"]["record"]["const"]] = schema
        return RecordChecks(schemas)

    def decoded(self, line: bytes) -> dict[str, Any] | str:
        """The record, or why the line is none."""
        try:
            record = json.loads(line)
        except ValueError:
            return "this is no JSON"
        if not isinstance(record, dict):
            return "this is no JSON object"
        if not isinstance(record.get("agent"), str) or isinstance(record.get("sequence"), bool):
            return "the record has no agent"
        if not isinstance(record.get("sequence"), int):
            return "the record has no sequence"
        return record

    def problem(self, record: dict[str, Any]) -> str:
        """What its schema has against the record; ``""`` where nothing."""
        if not self._schemas:
            return ""
        name = str(record.get("record"))
        if name not in self._schemas:
            return f"no schema for a record {record.get('record')!r}"
        first = next(iter(self._validator(name).iter_errors(record)), None)
        return "" if first is None else f"{first.json_path}: {first.message}"[:300]

    def _validator(self, name: str) -> Draft202012Validator:
        if name not in self._validators:
            from jsonschema import Draft202012Validator

            self._validators[name] = Draft202012Validator(self._schemas[name])
        return self._validators[name]
