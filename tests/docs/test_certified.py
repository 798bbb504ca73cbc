"""What is kept in ``docs/certified`` is what its words promise: whole runs, every disagreement explained, of the schema."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from clusop.certify.matrix import read_matrix

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "certified"
KEPT = sorted(FOLDER.glob("*.json"))


def test_there_are_matrices() -> None:
    assert KEPT


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
class TestKept:
    def test_it_is_of_its_schema(self, path) -> None:
        schema = json.loads(files("clusop.certify").joinpath("matrix.v1.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(json.loads(path.read_text(encoding="utf-8")))

    def test_it_is_of_a_whole_run(self, path) -> None:
        matrix = read_matrix(path)
        assert len(matrix.cells) >= 120
        assert matrix.agent.is_whole
        assert path.stem.endswith(f"-spark-{matrix.stamp.spark}")

    def test_every_disagreement_is_explained(self, path) -> None:
        assert [one.fixture for one in read_matrix(path).agreement.disagreements if not one.explanation] == []
