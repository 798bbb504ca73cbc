"""What a notebook shows: dollars with ranges, causes, what to do; reasons where there is nothing. SPEC P4 and P7."""

from __future__ import annotations

import io
import sys

import pytest

from clusop.cli import doctor
from clusop.reasons import Reason
from clusop.runtime.amount import duration, money, share
from clusop.runtime.report import Report, report_of_rows
from clusop.runtime.status import Status
from clusop.runtime.table import Table
from clusop.runtime.voice import Voice

ROW = {
    "execution": "26",
    "description": "<script>alert(1)</script>\nselect",
    "role": "user",
    "verdict": "fallback",
    "verdict_reasons": [],
    "run_ms": 3818,
    "native_ratio": 0.42,
    "findings": [{"cause": "python-udf", "operator": "BatchEvalPython", "time_ratio": 0.41}],
    "cost": {
        "attributed": {"low_microusd": 500000, "high_microusd": 600000, "basis": "modeled"},
        "exposure": {"low_microusd": 300, "high_microusd": 120000, "basis": "modeled"},
        "avoidable": {"unpriced": "assumed-gain"},
    },
    "action": "fix",
    "sentence": "Rewrite the UDF.",
}


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ({"low_microusd": 0, "high_microusd": 0}, "$0"),
        ({"low_microusd": 1, "high_microusd": 9999}, "< $0.01"),
        ({"low_microusd": 120000, "high_microusd": 150000}, "$0.12 to $0.15"),
        ({"low_microusd": 120000, "high_microusd": 120001}, "$0.12"),
        ({"low_microusd": 300, "high_microusd": 30000}, "< $0.01 to $0.03"),
        ({"low_microusd": -5000000, "high_microusd": 1234567890}, "-$5.00 to $1,234.57"),
        ({"unpriced": "unknown-node-type"}, "not priced"),
        (None, ""),
    ],
)
def test_figures_in_words(figure: object, text: str) -> None:
    assert money(figure) == text


def test_shares_never_round_to_none_or_all() -> None:
    assert [share(ratio) for ratio in (0, 0.001, 0.41, 0.999, 1, None, True)] == [
        "0 %",
        "< 1 %",
        "41 %",
        "> 99 %",
        "100 %",
        "",
        "",
    ]
    assert [duration(ms) for ms in (12, 3200, 3818000, None)] == ["12 ms", "3.2 s", "3,818 s", ""]


def test_the_report_shows_dollars_cause_share_and_proposal() -> None:
    text = repr(Report((ROW,)))
    for part in ("26 <script>", "fallback", "python-udf at BatchEvalPython (41 %)", "3.8 s", "58 %", "fix"):
        assert part in text
    assert "< $0.01 to $0.12" in text
    assert "not priced" in text
    assert "Rewrite the UDF." in text
    assert "modeled" in text, "a modeled figure is never taken for a bill"


def test_the_page_escapes_what_a_query_was_named() -> None:
    page = Report((ROW,))._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_executions_of_the_table_format_itself_are_not_shown() -> None:
    assert "0 queries" in repr(Report(({**ROW, "role": "internal"},)))


@pytest.mark.parametrize(
    "row", [{}, {"findings": None, "cost": None}, {"findings": [1], "native_ratio": "x", "run_ms": []}]
)
def test_a_row_of_another_release_is_no_fault(row: dict[str, object]) -> None:
    assert "1 query" in repr(Report((row,)))


def test_nothing_to_show_comes_with_its_reason() -> None:
    assert repr(Report(reasons=(Reason("nothing-finished"),))).endswith(
        "No query of yours has finished since clusop armed."
    )
    shown = repr(Status("dormant", (Reason("serverless-compute"),)))
    assert shown.startswith("clusop is dormant")
    assert "Serverless" in shown


def test_the_status_shows_agent_settings_facts_and_own_faults() -> None:
    agent = {
        "agent": "ab" * 16,
        "version": "0.1.0",
        "doors": ["pth", "arm"],
        "armed_since_ms": 1795322778394,
        "losses": {"armed-late": 2, "nothing": 0},
        "delivery": {"executions": {"native": 3}, "waiting": 4, "losses": {"ring-overflow": 1}},
    }
    status = Status(
        "armed", (), agent, (("spark.clusop.endpoint", "http://x", "environment"),), (), {"exit: ValueError": 1}
    )
    shown = repr(status)
    for part in ("pth, arm", "2026-11-22", "armed-late", "native", "ring-overflow", "http://x", "exit: ValueError"):
        assert part in shown
    assert "nothing " not in shown
    assert status.is_armed


def test_a_row_of_the_status_has_its_name_before_its_value() -> None:
    agent = {"agent": "ab" * 16, "doors": ["pth"], "delivery": {"executions": {"native": 3}, "waiting": 4}}
    lines = repr(Status("armed", agent=agent, facts=(("app_id", "local-1", "spark.app.id"),))).splitlines()
    rows = [line.split(maxsplit=3) for line in lines[2:]]
    assert rows[0] == ["what", "name", "value", "note"]
    assert ["agent", "id", "ab" * 16] in rows
    assert ["agent", "doors", "pth"] in rows
    assert ["executions", "native", "3"] in rows
    assert ["records", "waiting", "4", "sealed; not delivered yet"] in rows
    assert ["fact", "app_id", "local-1", "from spark.app.id"] in rows


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (3, "3 records not delivered: The endpoint cannot be reached (Connection refused)."),
        (1, "1 record not delivered: The endpoint cannot be reached (Connection refused)."),
        (0, "The endpoint cannot be reached (Connection refused)."),
    ],
)
def test_records_that_cannot_be_delivered_are_told_with_their_number_and_why(waiting: int, words: str) -> None:
    why = Reason("endpoint-unreachable", " (Connection refused)")
    status = Status("armed", (why, Reason("disarmed")), {"delivery": {"waiting": waiting}}, troubles=(why,))
    assert repr(status).splitlines()[-2:] == [words, Reason("disarmed").sentence]


@pytest.mark.parametrize(("count", "queries"), [(1, "1 query"), (3, "3 queries")])
def test_without_a_native_engine_one_sentence_says_that_nothing_can_fall_back(count: int, queries: str) -> None:
    row = {**ROW, "verdict": "not-accelerated", "verdict_reasons": ["no-engine"], "findings": [], "action": "none"}
    internal = {**row, "role": "internal"}
    shown = repr(report_of_rows((*[row] * count, internal)))
    assert shown.count("This Spark has no native engine") == 1
    assert f"seen: {queries}, all on the JVM" in shown
    assert "priced" not in shown, "there is no premium that could have a price"
    assert "no native engine" not in repr(report_of_rows((row, ROW)))
    command = {**row, "verdict": "command", "verdict_reasons": ["command-only"], "role": "command"}
    beside = repr(report_of_rows((command, *[row] * count, internal)))
    assert f"seen: {queries}, all on the JVM" in beside, "a command tells nothing of an engine"
    assert "no native engine" not in repr(report_of_rows((command,)))


@pytest.mark.parametrize("reasons", [["no-engine"], []])
def test_where_only_the_table_format_s_own_executions_finished_none_of_the_caller_s_has(reasons: list[str]) -> None:
    shown = repr(report_of_rows(({**ROW, "role": "internal", "verdict_reasons": reasons},)))
    assert shown.startswith("clusop: 0 queries finished")
    assert "No query of yours has finished since clusop armed." in shown


@pytest.mark.parametrize(
    ("agent", "words"), [({"live_plans": True}, "yes"), ({"live_plans": False}, "causes are coarser"), ({}, "")]
)
def test_whether_the_runtime_hands_over_live_plans_is_shown(agent: dict[str, object], words: str) -> None:
    shown = Status("armed", agent=agent)._repr_html_()
    assert ("live plans" in shown) == bool(words)
    assert words in shown


@pytest.mark.parametrize(("agent", "count"), [({"live_plans": True}, 0), ({"live_plans": False}, 1), ({}, 0)])
def test_the_doctor_speaks_of_live_plans_only_where_there_are_none(
    monkeypatch: pytest.MonkeyPatch, agent: dict[str, object], count: int
) -> None:
    monkeypatch.setattr(doctor, "status_of", lambda _driver: Status("armed", agent=agent))
    page = doctor.show(as_json=False, do_probe=False)
    assert page.count("live plans") == count
    assert page.count("causes are coarser") == count


def test_long_cells_are_cut_in_text_and_whole_in_html() -> None:
    table = Table("t", ("a",), (("x" * 200,),))
    assert max(len(line) for line in table.text().splitlines()) == 60
    assert "x" * 200 in table.html()


def test_the_line_is_said_once_whatever_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    voice = Voice()
    voice.say([])
    voice.say([Reason("kill-file", ": a\nb\x1b[31m"), Reason("kill-file", ": a\nb\x1b[31m")])
    voice.say([Reason("serverless-compute")])
    assert stream.getvalue() == "clusop: clusop is off because its kill file exists: a b [31m.\n"


def test_the_line_is_not_said_where_the_jvm_said_it(capsys: pytest.CaptureFixture[str]) -> None:
    Voice().say([Reason("serverless-compute")], lambda: False)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_a_missing_or_closed_stderr_is_no_fault(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None) -> None:
    if stream is not None:
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    Voice().say([Reason("serverless-compute")])
