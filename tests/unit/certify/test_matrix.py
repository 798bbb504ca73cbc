from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import pytest

from clusop.certify.agreement import Agreement, Disagreement, Rate
from clusop.certify.cell import Cell, Fault, Found, Outcome, RunTime, Share, Side, Witnesses
from clusop.certify.compare import compare, comparison_json, comparison_text
from clusop.certify.matrix import AgentCheck, Matrix, matrix_json, read_matrix
from clusop.certify.render_html import matrix_html
from clusop.certify.render_markdown import matrix_markdown
from clusop.certify.render_text import matrix_text
from clusop.certify.stamp import Stamp
from clusop.certify.words import agent_sentence, agreement_sentences
from clusop.errors import InputError

STAMP = Stamp("comet", "0.12.0", "3.5.9", "2.12.18", "17.0.15", "3.11.7", "3.3.3", "", "", "0.1.0", 2, "2026-11-29")
AGENT = AgentCheck(10, 0, 0, 10, {}, 0, 200, 12.5)
OFF = Cell(
    "a|b",
    "joins",
    "Shows <a> & b.",
    Outcome.FALLBACK,
    causes=("python-udf",),
    operators=(("BatchEvalPython", 1), ("HashAggregate", 2)),
    native_operators=3,
    queries=1,
    findings=(Found("python-udf", "BatchEvalPython", ("net",)),),
    run_time=RunTime(100, 120),
    share=Share(0.5, 0.4, 0.6, 3, "operators", is_upper_bound=True),
    plan=("! HashAggregate", "    CometScan parquet"),
    witnesses=Witnesses(
        Side("fallback", ("python-udf",)),
        Side("fallback", ()),
        engine_off=True,
        engine_says=(("BatchEvalPython", "no"),),
    ),
    as_declared=True,
)
NATIVE = Cell("clean", "joins", "Clean.", Outcome.NATIVE, share=Share(0.0, 0.0, 0.0, 1, "operators"))
CRASH = Cell("crash", "Delta", "Crashes.", Outcome.FAILED, "It fails with it on.", Fault.ENGINE, "Utf8Error: x")
LEFT_OUT = Cell("left", "Delta", "Needs more.", Outcome.NOT_RUN, "Delta Lake is not here.")
MATRIX = Matrix(STAMP, "clusop certify --engine comet", (OFF, NATIVE, CRASH, LEFT_OUT), AGENT)


def test_the_document_is_read_back_as_it_was(tmp_path):
    file = tmp_path / "matrix.json"
    file.write_text(matrix_json(MATRIX), encoding="utf-8")
    assert read_matrix(file) == MATRIX


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"clusop_certification": 2}', '{"clusop_certification": 1}'])
def test_what_is_no_matrix_is_refused_in_a_sentence(tmp_path, text):
    file = tmp_path / "matrix.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"matrix\.json: .+\. Give the matrix\.json"):
        read_matrix(file)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document.update(agent=[]),
        lambda document: document.update(cells={"a": 1}),
        lambda document: document["cells"][0]["times"].update(share=[1]),
        lambda document: document["stamp"].update(spark=None),
        lambda document: document["cells"][0].update(causes=[1]),
        lambda document: document["cells"][0].update(causes="python-udf"),
        lambda document: document["cells"][0].update(fixture=7),
    ],
)
def test_a_part_of_another_form_is_refused_in_a_sentence(tmp_path, spoil):
    document = json.loads(matrix_json(MATRIX))
    spoil(document)
    file = tmp_path / "matrix.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match=r"matrix\.json: a part of it is missing or of another form .+\. Give the"):
        read_matrix(file)


def test_brackets_without_end_are_no_matrix(tmp_path):
    file = tmp_path / "matrix.json"
    file.write_text("[" * 200_000, encoding="utf-8")
    with pytest.raises(InputError, match=r"matrix\.json: it cannot be read as JSON"):
        read_matrix(file)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read_matrix(tmp_path / "none.json")


def test_every_form_tells_every_fixture_its_outcome_and_the_stamp():
    for text in (matrix_text(MATRIX, width=200), matrix_markdown(MATRIX), matrix_html(MATRIX)):
        for word in ("clean", "crash", "failed: engine", "0.12.0", "3.5.9", "Delta Lake is not here.", "≤ 50%"):
            assert word in text, word


def test_markdown_keeps_its_columns_and_html_its_text():
    (line,) = [line for line in matrix_markdown(MATRIX).splitlines() if "Shows" in line]
    assert line.replace("\\|", "").count("|") == 7
    assert "Shows &lt;a&gt; &amp; b." in matrix_html(MATRIX)


def test_markdown_hides_no_type_behind_a_tag():
    said = replace(
        OFF,
        fixture="from_json",
        shows="A map<string,int> * 2.",
        witnesses=replace(OFF.witnesses, engine_says=(("Project", "array<int> & <init> of a_b\nis not supported"),)),
    )
    text = matrix_markdown(replace(MATRIX, cells=(said,)))
    (line,) = [line for line in text.splitlines() if "from_json" in line]
    assert "A map&lt;string,int&gt; \\* 2." in line
    assert "array&lt;int&gt; &amp; &lt;init&gt; of a_b is not supported" in line
    assert line.startswith("| ✗ | **from_json**<br>")


def test_where_no_time_is_known_every_form_says_why_not():
    without = replace(NATIVE, share=Share(why_not="no-tasks"))
    for text in (
        matrix_text(replace(MATRIX, cells=(without,)), width=200),
        matrix_markdown(replace(MATRIX, cells=(without,))),
    ):
        assert "no tasks" in text
    assert "no tasks" in matrix_html(replace(MATRIX, cells=(without,)))


def test_every_form_tells_the_operators_off_the_engine():
    for text in (matrix_text(MATRIX, width=200), matrix_markdown(MATRIX), matrix_html(MATRIX)):
        assert "BatchEvalPython, 2 HashAggregate" in text


def test_the_page_leads_to_each_area_and_says_what_its_words_mean():
    page = matrix_html(MATRIX)
    for at, name in enumerate(("Joins", "Delta"), 1):
        assert f'<a href="#area-{at}">{name}</a>' in page
        assert f'<h2 id="area-{at}">{name}</h2>' in page
    assert '<a href="#checked">What was checked</a>' in page
    assert "all of it ran in the engine" in page
    # Only the words that stand in this matrix.
    assert "no engine was on" not in page


def test_a_comparison_ranks_what_changed_and_leaves_times_out():
    cured = Cell("a|b", "joins", "x", Outcome.NATIVE)
    broken = Cell("clean", "joins", "x", Outcome.FALLBACK, causes=("unsupported-operator",))
    slower = Cell("crash", "Delta", "x", Outcome.FAILED, "", Fault.ENGINE, share=Share(0.9, 0.9, 0.9, 1))
    new = Cell("new", "joins", "x", Outcome.NATIVE)
    found = compare(MATRIX, Matrix(STAMP, "", (cured, broken, slower, new), AGENT))
    assert [(one.fixture, one.kind) for one in found.changes] == [
        ("clean", "worse"),
        ("a|b", "better"),
        ("left", "only-before"),
        ("new", "only-after"),
    ]
    assert found.same == 1
    assert "Worse: 1" in comparison_text(found)
    assert "is: fallback, unsupported-operator" in comparison_text(found)
    assert json.loads(comparison_json(found))["changes"][1]["after"]["outcome"] == "native"


def test_the_agent_s_account_is_summed_and_what_is_missing_shows():
    one = {
        "executions": 3,
        "untold": [2],
        "twice": [],
        "counted": 2,
        "losses": {"x": 1},
        "errors": 0,
        "callback_us": None,
    }
    two = {**one, "untold": [], "counted": 3, "losses": {}, "callback_us": {"events": 10, "mean": 5.0, "median": 2.5}}
    summed = AgentCheck.over([{"agent": one}, {"agent": two}, {"number": 3}])
    assert summed == AgentCheck(6, 1, 0, 5, {"x": 1}, 0, 10, 5.0, 2.5)
    assert not summed.is_whole
    assert AGENT.is_whole


def test_the_document_is_of_its_schema():
    schema = json.loads(files("clusop.certify").joinpath("matrix.v1.schema.json").read_text(encoding="utf-8"))
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed (make check installs it)")
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(matrix_json(MATRIX)))


def test_a_count_without_a_reason_is_told_as_what_it_is():
    said = Disagreement("write", "miss", "native", ())
    (line,) = [
        line
        for line in agreement_sentences(Agreement(Rate(0, 1), Rate(0, 0), (said,), (), ()))
        if line.startswith("miss write")
    ]
    assert "did not run all it counts" in line
    assert line.endswith("UNEXPLAINED")


def test_the_cost_of_an_event_is_told_with_and_without_the_start():
    line = agent_sentence(AgentCheck(2, 0, 0, 2, {}, 0, 1234, 100.5, 40.0))
    assert "40.0 µs (median), 100.5 µs on average over 1,234, start included" in line


def test_an_execution_that_spark_could_not_plan_is_told_and_is_no_fault():
    check = AgentCheck(204, 0, 0, 205, {}, 0, planless=1)
    assert check.is_whole
    assert "205 counted by the agent (1 of them without a plan" in agent_sentence(check)
    assert not AgentCheck(204, 0, 0, 206, {}, 0, planless=1).is_whole
    assert "nothing lost" not in agent_sentence(AgentCheck(204, 0, 0, 206, {}, 0, planless=1))
    assert not AgentCheck(204, 0, 0, 203, {}, 0, planless=1).is_whole
