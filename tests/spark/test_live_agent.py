"""An ordinary PySpark script, armed by the ``.pth`` line: its signals say what its event log says, and it notices nothing."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "harness"))

WORKLOADS = ("clean-aggregate", "cached-table", "collect-list", "regexp-extract", "window-sum", "python-udf")


@pytest.fixture(scope="module")
def run(java_home, workload_data, jars, tmp_path_factory):
    """``run(name, environment)``: the script with these variables of clusop's, each once."""
    if jars.comet is None:
        pytest.skip(" ".join(jars.remarks))
    from application_run import Site
    from clusop.certify.workload import discover
    from live_run import run_script, start_line_problem

    # No skip: `make` has installed the line, and without it nothing here would be tried.
    assert start_line_problem() == ""
    chosen = [workload for workload in discover() if workload.name in WORKLOADS]
    folder = tmp_path_factory.mktemp("live")

    def ran(name, environment):
        site = Site(folder / name, workload_data, jars, java_home)
        done = run_script(chosen, "clusop live agent", "comet", site, environment)
        assert done.exit_code == 0, done.errors[-20:]
        assert done.event_log is not None
        return done

    return ran


@pytest.fixture(scope="module")
def armed(run, tmp_path_factory):
    from live_run import ARMED

    folder = tmp_path_factory.mktemp("records")
    return run("armed", {**ARMED, "CLUSOP_DIRECTORY": str(folder)}), folder


@pytest.fixture(scope="module")
def bare(run):
    return run("bare", {})


@pytest.fixture(scope="module")
def left(armed):
    from live_signals import left_in

    return left_in(armed[1])


def test_the_script_knows_nothing_of_clusop():
    from live_run import SCRIPT

    code = SCRIPT.read_text(encoding="utf-8")
    assert "import clusop" not in code
    assert "from clusop" not in code


def test_the_pth_line_armed_it_and_nothing_was_lost(left):
    assert left.faults == []
    assert left.state is not None
    assert left.state.doors == ("pth",)
    assert (left.state.late_armed, left.state.breaker, left.state.off, dict(left.losses)) == (0, "", "", {})
    assert left.state.final


def test_the_signals_agree_with_the_event_log_of_the_same_run(armed, left):
    from live_agreement import agreement_of, queries_of

    agreement = agreement_of(left, queries_of(armed[0].event_log))
    assert agreement.is_whole, agreement.sentences()
    assert agreement.runs >= len(WORKLOADS) - 1


def test_each_wasteful_workload_has_its_signal(left):
    causes = {signal.cause for signal in left.signals}
    assert causes == {"cached-table", "unsupported-expression", "unsupported-operator", "python-udf"}
    operators = {signal.findings[0].operator for signal in left.signals}
    assert {"InMemoryTableScan", "ObjectHashAggregate", "Project", "Window", "BatchEvalPython"} <= operators


def test_a_signal_that_says_otherwise_is_noticed(armed, left):
    from live_agreement import agreement_of, queries_of

    first, *others = left.signals
    queries = queries_of(armed[0].event_log)
    for changed in ({"verdict": "partial"}, {"end_at_ms": first.end_at_ms + 1}, {"runs": first.runs + 1}):
        assert agreement_of(replace(left, signals=[replace(first, **changed), *others]), queries).faults[0]
    missing = agreement_of(replace(left, signals=others), queries)
    assert len(missing.missed) == first.runs
    assert not missing.is_whole
    uncounted = agreement_of(replace(left, state=replace(left.state, executions={"native": 1})), queries)
    assert "the agent counted 1 native" in uncounted.verdicts


def test_the_script_gives_the_same_rows_and_the_same_output_as_without_clusop(armed, bare):
    with_clusop, _ = armed
    assert set(with_clusop.rows) == set(WORKLOADS)
    assert dict(with_clusop.rows) == dict(bare.rows)
    assert with_clusop.exit_code == bare.exit_code
    assert all(with_clusop.rows.values())


def test_no_line_of_clusop_stands_in_what_the_script_prints(armed, bare):
    for done in (armed[0], bare):
        assert [line for line in (*done.output, *done.errors) if "clusop" in line.lower()] == []
    assert len(armed[0].errors) == len(bare.errors)


def test_without_the_variable_nothing_arms(bare):
    assert list(bare.signals.iterdir()) == []
