"""SPEC P9: every plan of the labelled corpus and every execution of its logs has one answer in Scala and Python."""

from __future__ import annotations

import pytest
from observed_json import observed_json

from clusop.analysis.observed import StageTimes
from clusop.eventlog import NotLocated, locate, read_application
from clusop.eventlog.lines import LineStream
from fuzz import python_answer

pytestmark = [pytest.mark.spark, pytest.mark.corpus]


def differing(scala, kind, texts):
    assert texts, "the corpus has none of this kind"
    return [name for name, text in texts.items() if python_answer(kind, text) != scala(kind, text)]


def test_explain_texts(scala, corpus):
    texts = {
        path.name: path.read_bytes().decode("utf-8", "replace") for path in sorted((corpus / "plans").glob("*.txt"))
    }
    assert differing(scala, "plan-text", texts) == []


def test_damaged_explain_texts(scala, corpus):
    """Each plan cut at a few places and with its lines in other ends: what a paste does to it."""
    texts = {}
    for path in sorted((corpus / "plans").glob("*.txt")):
        text = path.read_bytes().decode("utf-8", "replace")
        for part in (1, 2, 3):
            texts[f"{path.name} {part}/4"] = text[: len(text) * part // 4]
        texts[f"{path.name} crlf"] = text.replace("\n", "\r\n")
        texts[f"{path.name} magic"] = "".join(f"// MAGIC {line}\n" for line in text.split("\n"))
        texts[f"{path.name} flat"] = "".join(f"{line.strip()}\n" for line in text.split("\n"))
    assert differing(scala, "plan-text", texts) == []


def sources(corpus):
    """Every log in the corpus; what is none was told by another test."""
    for path in sorted((corpus / "eventlogs").iterdir()):
        found = locate(path)
        if not isinstance(found, NotLocated):
            yield from ((path.name, source) for source in found)


def test_plans_in_the_logs(scala, corpus):
    texts = {}
    for name, source in sources(corpus):
        for number, line in enumerate(LineStream(source)):
            if b'"sparkPlanInfo"' in line:
                texts[f"{name}:{number}"] = line.decode("utf-8", "replace")
    assert differing(scala, "plan-info", texts) == []


def test_runs_in_the_logs(scala, corpus):
    runs = {}
    for name, source in sources(corpus):
        application = read_application(source)
        stages = [
            stage for run in application.queries if isinstance(run.times, StageTimes) for stage in run.times.stages
        ]
        native_time_seen = any(stage.native_ns is not None for stage in (*stages, *application.non_sql_stages))
        for run in application.queries:
            runs[f"{name} {run.query_id}"] = observed_json(run, native_time_seen=native_time_seen)
    assert differing(scala, "run", runs) == []
