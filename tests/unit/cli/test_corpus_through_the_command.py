"""Every plan, profile and log of the corpus through the command: an answer or a sentence, and figures that follow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from clusop.cli.root import main
from clusop.report.json import report_schema

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
INPUTS = sorted(path for folder in ("plans", "profiles", "eventlogs") for path in (CORPUS / folder).glob("*"))
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not INPUTS, reason="../shared/corpus is not on this machine"),
]


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_each_input_gives_an_answer_or_a_reason(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written, page = tmp_path / "report.json", tmp_path / "report.html"
    code = main(["analyze", str(path), "--json", "--output", str(written), "--html", str(page)])
    captured = capsys.readouterr()
    document = json.loads(written.read_text(encoding="utf-8"))
    Draft202012Validator(report_schema()).validate(document)
    (found,) = document["inputs"]
    assert code == (2 if captured.err else 0)
    assert found["queries"], found["errors"]
    for query in found["queries"]:
        assert query["verdict"] != "unknown" or query["verdict_reasons"]
        assert query["verdict"] not in {"fallback", "partial"} or query["findings"]
    assert page.read_text(encoding="utf-8").count("<article") >= 1
    if "low_microusd" in written.read_text(encoding="utf-8"):
        assert main(["explain", str(written)]) == 0, "every figure follows from its own record"


@pytest.mark.parametrize("width", ["60", "100"])
def test_all_of_it_at_once_as_text(
    width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    main(["analyze", *(str(path) for path in INPUTS), "--top", "100"])
    out = capsys.readouterr().out
    assert max(len(line) for line in out.splitlines()) <= int(width)
    assert "Traceback" not in out
