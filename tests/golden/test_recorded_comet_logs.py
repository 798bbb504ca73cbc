"""Recorded Spark + Comet runs: clusop's verdicts and causes against the workloads' own and against what Comet said live."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from recorded_logs import EXPECTED, RECORDED  # first: it makes the harness importable

from clusop.analysis.assessment import Role
from clusop.analysis.observed import RunStatus, StageTimes
from outcome import COARSER_CAUSES
from score import Case, Score, worst_verdict

LOGS = sorted(EXPECTED)
WORKLOADS = [(log, workload) for log in LOGS for workload in sorted(EXPECTED[log]["workloads"])]
START = "org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart"
UPDATE = "org.apache.spark.sql.execution.ui.SparkListenerSQLAdaptiveExecutionUpdate"

NOT_NATIVE = {"CometColumnarToRow", "CometSparkRowToColumnar", "CometColumnarExchange"}

# What Comet says of operators that are no work of their own: commands, the writing itself, rows made on the JVM.
NO_FALLBACK = re.compile(r"^(Execute|WriteFiles|LocalTableScan|Range|CommandResult)$")


def own_queries(application, truth):
    wanted = {str(number) for number in truth["executions"]}
    return [
        query for query in application.queries if query.observed.query_id in wanted and query.role is not Role.INTERNAL
    ]


@pytest.mark.parametrize(("log", "workload"), WORKLOADS, ids=lambda part: part)
def test_each_workload_gets_its_verdict(assessed, log, workload):
    truth = EXPECTED[log]["workloads"][workload]
    said = worst_verdict(query.verdict.value for query in own_queries(assessed(log), truth))
    assert said == truth["verdict"], truth["shows"]


@pytest.mark.parametrize(("log", "workload"), WORKLOADS, ids=lambda part: part)
def test_each_workload_gets_its_causes_or_coarser_ones_and_no_others(assessed, log, workload):
    truth = EXPECTED[log]["workloads"][workload]
    said = {finding.cause for query in own_queries(assessed(log), truth) for finding in query.findings}
    causes = set(truth["causes"])
    if not causes:
        assert said == set()
        return
    assert causes <= said or said & COARSER_CAUSES, f"{sorted(causes)} expected, {sorted(said)} found"
    assert said <= causes | set(truth["also"]) | COARSER_CAUSES


def test_nine_in_ten_causes_are_named_exactly(assessed):
    exact = {}
    for log, workload in WORKLOADS:
        truth = EXPECTED[log]["workloads"][workload]
        if truth["causes"]:
            said = {finding.cause for query in own_queries(assessed(log), truth) for finding in query.findings}
            exact[workload] = set(truth["causes"]) <= said
    coarse = sorted(workload for workload, named in exact.items() if not named)
    print(f"{len(exact) - len(coarse)} of {len(exact)} exact; coarser: {', '.join(coarse)}")
    assert len(coarse) <= len(exact) / 10


def test_the_verdicts_as_a_confusion_table(assessed):
    cases = []
    for log, workload in WORKLOADS:
        truth = EXPECTED[log]["workloads"][workload]
        said = worst_verdict(query.verdict.value for query in own_queries(assessed(log), truth))
        cases.append(Case(f"{log}#{workload}", truth["verdict"], said or "nothing"))
    score = Score(tuple(cases))
    print(score.render())
    assert score.disagreements == ()
    # As many as there are files of workloads: a set that shrank would pass unseen.
    assert len(cases) >= 55


@pytest.mark.parametrize("log", LOGS)
def test_every_execution_of_the_log_is_assessed_once(assessed, raw_events, log):
    started = sorted(event["executionId"] for event in raw_events(log) if event["Event"] == START)
    assert sorted(int(query.observed.query_id) for query in assessed(log).queries) == started


@pytest.mark.parametrize("log", LOGS)
def test_no_execution_contradicts_what_comet_said_of_it(assessed, log):
    """Comet's own reasons on the live plan are the oracle for *every* execution, Delta's internal ones too."""
    contradictions = []
    for query in assessed(log).queries:
        live = EXPECTED[log]["executions"][query.observed.query_id]
        if live.get("native") is None or query.verdict.value == "not-accelerated":
            continue
        left = [(operator, reason) for operator, reason in live["reasons"] if not NO_FALLBACK.match(operator)]
        at_work = [operator for operator, _ in left if operator != "Scan"]
        if (at_work and query.verdict.value != "fallback") or (
            not live["reasons"] and live["native"] and query.verdict.value not in {"native", "command"}
        ):
            contradictions.append((query.observed.query_id, query.verdict.value, live))
    assert contradictions == []


@pytest.mark.parametrize("log", LOGS)
def test_native_operators_are_as_many_as_in_the_last_plan_of_the_log(assessed, raw_events, log):
    """Counted here from the raw plan: Comet's classes without its two boundaries and its shuffle of JVM rows."""
    last, executions_of_stage, executions_of_metric = {}, {}, {}
    for event in raw_events(log):
        if event["Event"] in {START, UPDATE}:
            last[str(event["executionId"])] = event["sparkPlanInfo"]
        elif event["Event"] == "SparkListenerStageSubmitted":
            owner = (event.get("Properties") or {}).get("spark.sql.execution.id")
            executions_of_stage[event["Stage Info"]["Stage ID"]] = owner
        elif event["Event"] == "SparkListenerStageCompleted":
            owner = executions_of_stage[event["Stage Info"]["Stage ID"]]
            for metric in event["Stage Info"]["Accumulables"]:
                executions_of_metric.setdefault(metric["ID"], set()).add(owner)
    counted = {
        execution_id: sum(
            # Where all its numbers come from another execution's stages, it is only shown here (caches, Delta's state).
            not (
                ran_in := {
                    owner
                    for metric in node["metrics"]
                    for owner in executions_of_metric.get(metric["accumulatorId"], ())
                }
            )
            or execution_id in ran_in
            for node in native_nodes(plan)
        )
        for execution_id, plan in last.items()
        if execution_id in executions_of_stage.values()
    }
    said = {query.observed.query_id: query.native_operator_count for query in assessed(log).queries}
    assert {key: (count, said[key]) for key, count in counted.items() if said[key] != count} == {}
    assert sum(counted.values()) > 0


def native_nodes(plan):
    waiting = [plan]
    while waiting:
        node = waiting.pop()
        name = node["nodeName"].split(" ")[0]
        if name.startswith("Comet") and name not in NOT_NATIVE:
            yield node
        waiting.extend(node["children"])


@pytest.mark.parametrize("log", LOGS)
def test_task_time_is_neither_lost_nor_counted_twice(assessed, raw_events, log):
    """Run time of all stages, SQL and not, successful and lost, is what the tasks of the log add up to."""
    application = assessed(log).application
    stages = [
        stage for query in application.queries if isinstance(query.times, StageTimes) for stage in query.times.stages
    ]
    said = sum(stage.run_ms + stage.lost_run_ms for stage in (*stages, *application.non_sql_stages))
    assert said == sum(run_ms(event) for event in raw_events(log) if event["Event"] == "SparkListenerTaskEnd")


def run_ms(task_end):
    reported = (task_end.get("Task Metrics") or {}).get("Executor Run Time", 0)
    if reported or task_end["Task End Reason"]["Reason"] != "ExecutorLostFailure":
        return reported
    # Nobody was left to report its metrics; it held its slot all the same.
    return task_end["Task Info"]["Finish Time"] - task_end["Task Info"]["Launch Time"]


@pytest.mark.parametrize(("log", "workload"), WORKLOADS, ids=lambda part: part)
def test_a_failed_execution_is_reported_as_failed(assessed, log, workload):
    truth = EXPECTED[log]["workloads"][workload]
    failed = any(query.observed.status is RunStatus.FAILED for query in own_queries(assessed(log), truth))
    assert failed is truth["failed"]


def test_nothing_is_proposed_from_a_failed_run(assessed):
    query = next(query for query in assessed("faults.zstd").queries if query.observed.description == "failing-query")
    assert query.proposal.action.value in {"none", "keep"}


def test_a_task_tried_again_counts_as_lost_time_of_its_stage(assessed):
    query = next(query for query in assessed("faults.zstd").queries if query.observed.description == "retried-task")
    failed = [stage for stage in query.observed.times.stages if stage.failed_task_count]
    assert failed
    assert all(stage.lost_run_ms > 0 and stage.succeeded for stage in failed)


def test_an_executor_that_dies_ends_an_epoch_of_the_cluster(assessed):
    slots = [epoch.slot_count for epoch in assessed("cluster.zstd").application.cluster.epochs]
    assert max(slots) == 2
    after_both = slots[slots.index(2) :]
    assert 1 in after_both


@pytest.mark.parametrize("log", LOGS)
def test_a_recorded_log_tells_nothing_of_the_machine_it_was_made_on(raw_events, log):
    private = re.compile(
        r"/(?:ro" + r"ot|ho" + r"me/(?!user/)|Use" + r"rs|wo" + r"rk|tm" + r"p)/"
        r"|(?<![\d.])(?!127\.0\.0\.1|10\.0\.0\.1)(?:\d{1,3}\.){3}\d{1,3}(?=:\d)"
    )
    events = raw_events(log)
    found = Counter(match for event in events for match in private.findall(str(event)))
    assert found == Counter()
    environment = next(event for event in events if event["Event"] == "SparkListenerEnvironmentUpdate")
    assert environment["System Properties"] == environment["Classpath Entries"] == {}
    assert {event["User"] for event in events if event["Event"] == "SparkListenerApplicationStart"} == {"user"}


def test_recorded_logs_stay_small():
    assert [path.name for path in RECORDED.glob("*.zstd") if path.stat().st_size > 150_000] == []
    assert sorted(path.name for path in RECORDED.glob("*.zstd")) == LOGS


def test_what_is_expected_is_what_the_workloads_declare():
    """Who edits a workload records again (``python harness/regenerate.py``) and reads the difference."""
    pytest.importorskip("pyspark", reason="the workloads import pyspark")
    from clusop.certify.workload import application_of, discover

    declared = {
        (f"{entry.group}.zstd", entry.name): (
            entry.expected.verdict,
            list(entry.expected.causes),
            list(entry.expected.also),
        )
        for entry in discover()
        if application_of(entry.group).is_recorded
    }
    recorded = {
        (log, name): (truth["verdict"], truth["causes"], truth["also"])
        for log in LOGS
        for name, truth in EXPECTED[log]["workloads"].items()
    }
    assert recorded == declared
