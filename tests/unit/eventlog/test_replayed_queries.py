"""SQL executions out of a log: which plan, whose stages, how they ended."""

from __future__ import annotations

import pytest
from spark_events import (
    T0,
    adaptive,
    application_end,
    application_start,
    driver_metrics,
    executor_added,
    job_end,
    job_start,
    log_of,
    log_start,
    native_plan,
    nightly,
    plan,
    record,
    sql_end,
    sql_start,
    sql_update,
    stage_completed,
    stage_submitted,
    task_end,
)

from clusop.analysis.observed import RunStatus, Source
from clusop.plan.reading import Phase, PlanSource

HEAD = (log_start(), application_start(), executor_added("0", T0))
TEXT = "== Physical Plan ==\n* ColumnarToRow (2)\n+- PhotonScan parquet  (1)\n\n\n(1) PhotonScan parquet \n"


def only(application):
    (query,) = application.queries
    return query


def names(reading):
    return [operator.name for operator in reading.plan.operators]


def test_a_whole_application(read):
    application = read(*nightly())
    query = only(application)
    assert (application.app_id, application.name, application.spark_version) == ("app-1", "nightly", "3.5.9")
    assert (application.is_complete, application.problems, application.unknown_events) == (True, (), ())
    assert (query.source, query.query_id, query.root_id, query.status) == (
        Source.EVENT_LOG,
        "0",
        "0",
        RunStatus.SUCCEEDED,
    )
    assert (query.description, query.start_at_ms, query.end_at_ms) == ("count at q.py:1", T0 + 300, T0 + 620)
    assert [(stage.run_ms, stage.native_ns) for stage in query.times.stages] == [(303, 270_000_000), (50, None)]
    assert [stage.run_ms for stage in application.non_sql_stages] == [20]
    assert sum(part for stage in query.times.stages for _, part in stage.run_by_epoch_ms) == 353


def test_the_newest_adaptive_plan_is_the_one_that_is_read(read):
    older, newest = adaptive(plan("Sort"), final=False), adaptive(plan("PhotonTopK"), final=True)
    query = only(read(*HEAD, sql_start(0, older), sql_update(0, older), sql_update(0, newest, TEXT), sql_end(0)))
    assert [(reading.phase, reading.source) for reading in query.readings] == [(Phase.FINAL, PlanSource.PLAN_INFO)]
    assert "PhotonTopK" in names(query.readings[0])
    assert query.text is not None
    assert query.text.source is PlanSource.EXPLAIN_TEXT


def test_an_adaptive_plan_that_never_became_final_is_current_or_initial(read):
    start = sql_start(0, adaptive(plan("Sort"), final=False))
    assert only(read(*HEAD, start, sql_end(0))).readings[0].phase is Phase.INITIAL
    updated = read(*HEAD, start, sql_update(0, adaptive(plan("Sort"), final=False)), sql_end(0))
    assert only(updated).readings[0].phase is Phase.CURRENT


def test_a_static_plan_is_read_from_the_start(read):
    query = only(read(*HEAD, sql_start(0, native_plan(), text=TEXT), sql_end(0)))
    assert query.readings[0].phase is Phase.STATIC
    assert query.text is not None


def test_a_plan_that_fills_a_cache_stands_beside_the_executions_own(read):
    """Spark reports the adaptive plan below a cache as an update of the execution that fills it."""
    cached = sql_update(0, adaptive(plan("Window"), final=True))
    query = only(read(*HEAD, sql_start(0, plan("InMemoryTableScan"), text=TEXT), cached, sql_end(0)))
    assert [names(reading)[0] for reading in query.readings] == ["InMemoryTableScan", "AdaptiveSparkPlan"]
    assert query.text is not None


def test_the_plan_a_command_runs_comes_before_the_command(read):
    inner = sql_update(0, adaptive(plan("Window"), final=True))
    query = only(read(*HEAD, sql_start(0, plan("Execute CreateTableCommand")), inner, sql_end(0)))
    assert [names(reading)[0] for reading in query.readings] == ["AdaptiveSparkPlan", "Execute CreateTableCommand"]


def test_events_of_an_execution_in_any_order_give_the_same(read):
    events = [
        sql_start(0, adaptive(plan("Sort"), final=False)),
        sql_update(0, adaptive(plan("PhotonTopK"), final=True)),
        sql_end(0),
    ]
    expected = only(read(*HEAD, *events))
    assert only(read(*HEAD, events[0], events[2], events[1])) == expected
    assert only(read(*HEAD, events[2], events[0], events[1])) == expected


def test_nested_executions_name_their_root(read):
    application = read(
        *HEAD, sql_start(3, plan("Scan"), root=3), sql_start(4, plan("Scan"), root=3), sql_end(4), sql_end(3)
    )
    assert [(query.query_id, query.root_id) for query in application.queries] == [("3", "3"), ("4", "3")]


@pytest.mark.parametrize(
    ("end", "job", "status"),
    [
        (sql_end(0, error=""), "JobSucceeded", RunStatus.SUCCEEDED),
        (sql_end(0, error="boom"), "JobFailed", RunStatus.FAILED),
        (sql_end(0, error=""), "JobFailed", RunStatus.SUCCEEDED),
        (sql_end(0, error=None), "JobSucceeded", RunStatus.SUCCEEDED),
        (sql_end(0, error=None), "JobFailed", RunStatus.FAILED),
    ],
    ids=["success", "error", "a job failed and was done again", "old success", "old failure"],
)
def test_how_an_execution_ended(read, end, job, status):
    events = [sql_start(0, plan("Scan")), job_start(0, [0], execution=0), job_end(0, result=job), end]
    assert only(read(*HEAD, *events)).status is status


def test_an_execution_without_end_runs(read):
    query = only(read(*HEAD, sql_start(0, adaptive(plan("Sort"), final=False))))
    assert (query.status, query.end_at_ms, query.events_dropped) == (RunStatus.RUNNING, None, False)
    assert [problem.id for problem in query.problems] == ["query-running"]
    assert query.readings[0].phase is Phase.INITIAL


def test_an_end_without_a_start_tells_that_events_were_dropped(read):
    query = only(read(*HEAD, sql_end(7)))
    assert (query.query_id, query.readings, query.events_dropped) == ("7", (), True)
    assert [problem.id for problem in query.problems] == ["no-plan-in-execution"]


def test_a_stage_without_its_job_tells_that_events_were_dropped(read):
    events = [sql_start(0, plan("Scan")), stage_submitted(0, execution=0), stage_completed(0, run=5), sql_end(0)]
    application = read(*HEAD, *events)
    assert only(application).events_dropped
    assert [stage.run_ms for stage in only(application).times.stages] == [5]
    assert "orphan-stages" in [problem.id for problem in application.problems]


def test_a_stage_nobody_claims_is_not_sql_and_said(read):
    application = read(*HEAD, task_end(3, 8), sql_start(0, plan("Scan")), sql_end(0))
    assert [stage.run_ms for stage in application.non_sql_stages] == [8]
    assert "orphan-stages" in [problem.id for problem in application.problems]


def test_driver_metrics_add_up(read):
    updates = [driver_metrics(0, (5, 2), (6, 1)), driver_metrics(0, (5, 3))]
    assert dict(only(read(*HEAD, sql_start(0, plan("Scan")), *updates, sql_end(0))).driver_accumulators) == {5: 5, 6: 1}


def test_spark_2_has_no_root_no_configs_and_no_error(read):
    start = {key: value for key, value in sql_start(0, plan("Scan")).items() if key != "modifiedConfigs"}
    application = read(log_start("2.4.8"), *HEAD[1:], start, sql_end(0, error=None), application_end(T0 + 9))
    assert (only(application).status, only(application).root_id) == (RunStatus.SUCCEEDED, "0")
    assert [problem.id for problem in application.problems] == ["old-log-format"]


def test_a_plan_ten_thousand_levels_deep_is_read(read):
    deep = '{"nodeName":"Scan","simpleString":"Scan","children":[],"metadata":{},"metrics":[]}'
    for _ in range(9_999):
        deep = f'{{"nodeName":"Project","simpleString":"Project","children":[{deep}],"metadata":{{}},"metrics":[]}}'
    start = record(sql_start(0, "DEEP")).replace(b'"DEEP"', deep.encode())
    query = only(read(raw=log_of(*HEAD) + start + b"\n" + log_of(sql_end(0))))
    assert len(query.readings[0].plan) == 10_000


def test_tokens_users_and_paths_of_the_properties_are_not_kept(read):
    private = "hush-hush"
    properties = {
        "spark.databricks.token": private,
        "spark.databricks.job.id": "11",
        "spark.databricks.job.runId": "22",
        "user": private,
        "spark.databricks.notebook.path": f"/Users/{private}/nightly_load",
        "spark.databricks.clusterUsageTags.clusterCreator": private,
    }
    application = read(
        *HEAD, job_start(0, [0], properties=properties), stage_submitted(0), stage_completed(0, run=5), job_end(0)
    )
    assert (application.job_id, application.job_run_id, application.workload_name) == ("11", "22", "nightly_load")
    assert private not in repr(application)


def test_two_jobs_on_one_cluster_have_no_single_identity(read):
    jobs = [job_start(number, [number], properties={"spark.databricks.job.id": str(number)}) for number in range(3)]
    assert read(*HEAD, *jobs).job_id == ""


def test_a_one_time_submit_has_no_job_of_its_own(read):
    told = {"spark.databricks.job.id": "11", "spark.databricks.job.runId": "22"}

    def submitted(kind):
        return read(*HEAD, job_start(0, [0], properties=told | {"spark.databricks.workload.name": kind}))

    assert (submitted("JobRun").job_id, submitted("SubmitRun").job_id) == ("11", "")
    assert submitted("SubmitRun").job_run_id == "22"


def test_work_beside_a_saved_job_leaves_the_application_without_one(read):
    def job(number, **told):
        return job_start(number, [number], properties={f"spark.databricks.{key}": text for key, text in told.items()})

    saved = job(0, **{"job.id": "11"})
    submit = job(1, **{"job.id": "12", "workload.name": "SubmitRun"})
    notebook = job(1, **{"notebook.path": "/Shared/explore"})
    assert [read(*HEAD, saved, other).job_id for other in (job(1), submit, notebook)] == ["11", "", ""]
