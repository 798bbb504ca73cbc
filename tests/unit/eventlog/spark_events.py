"""Events as Spark writes them: the same keys in the same order, no blanks. The tests build their logs from these."""

from __future__ import annotations

import json

SQL = "org.apache.spark.sql.execution.ui."
T0 = 1_700_000_000_000
RUN = "internal.metrics.executorRunTime"
NATIVE = "internal.metrics.photonizedTaskTimeNs"
DATABRICKS = {
    "spark.master": "spark://10.0.0.1:7077",
    "spark.databricks.clusterSource": "JOB",
    "spark.databricks.clusterUsageTags.cloudProvider": "AWS",
    "spark.databricks.clusterUsageTags.clusterId": "0101-000000-abcdefgh",
    "spark.databricks.clusterUsageTags.clusterName": "job-11-run-22-main",
    "spark.databricks.clusterUsageTags.clusterNodeType": "i3.xlarge",
    "spark.databricks.clusterUsageTags.driverNodeType": "i3.2xlarge",
    "spark.databricks.clusterUsageTags.effectiveSparkVersion": "15.4.x-photon-scala2.12",
    "spark.databricks.clusterUsageTags.sparkVersion": "15.4.x-scala2.12",
    "spark.databricks.clusterUsageTags.runtimeEngine": "PHOTON",
    "spark.databricks.clusterUsageTags.region": "us-west-2",
}


def record(event):
    return json.dumps(event, separators=(",", ":")).encode()


def log_of(*events):
    return b"".join(record(event) + b"\n" for event in events)


def log_start(version="3.5.9"):
    return {"Event": "SparkListenerLogStart", "Spark Version": version}


def application_start(at_ms=T0, name="nightly", app_id="app-1"):
    return {
        "Event": "SparkListenerApplicationStart",
        "App Name": name,
        "App ID": app_id,
        "Timestamp": at_ms,
        "User": "u",
    }


def application_end(at_ms):
    return {"Event": "SparkListenerApplicationEnd", "Timestamp": at_ms}


def environment(properties):
    return {
        "Event": "SparkListenerEnvironmentUpdate",
        "JVM Information": {"Java Version": "17"},
        "Spark Properties": properties,
        "System Properties": {"user.name": "u"},
    }


def executor_added(executor, at_ms, cores=4, host=""):
    info = {"Host": host or f"host{executor}", "Total Cores": cores, "Log Urls": {}}
    return {"Event": "SparkListenerExecutorAdded", "Timestamp": at_ms, "Executor ID": executor, "Executor Info": info}


def executor_removed(executor, at_ms):
    return {
        "Event": "SparkListenerExecutorRemoved",
        "Timestamp": at_ms,
        "Executor ID": executor,
        "Removed Reason": "idle",
    }


def properties_of(execution, more=None):
    return ({} if execution is None else {"spark.sql.execution.id": str(execution)}) | (more or {})


def job_start(job, stages, execution=None, at_ms=T0, properties=None):
    infos = [{"Stage ID": stage, "Stage Attempt ID": 0, "Stage Name": "s", "Number of Tasks": 1} for stage in stages]
    return {
        "Event": "SparkListenerJobStart",
        "Job ID": job,
        "Submission Time": at_ms,
        "Stage Infos": infos,
        "Stage IDs": list(stages),
        "Properties": properties_of(execution, properties),
    }


def job_end(job, at_ms=T0, result="JobSucceeded"):
    return {"Event": "SparkListenerJobEnd", "Job ID": job, "Completion Time": at_ms, "Job Result": {"Result": result}}


def stage_submitted(stage, attempt=0, execution=None, at_ms=T0, tasks=1):
    info = {"Stage ID": stage, "Stage Attempt ID": attempt, "Stage Name": "s", "Number of Tasks": tasks}
    return {
        "Event": "SparkListenerStageSubmitted",
        "Stage Info": info | {"Submission Time": at_ms, "Accumulables": []},
        "Properties": properties_of(execution),
    }


def accumulable(identifier, name, value, update=None):
    entry = {"ID": identifier, "Name": name}
    if update is not None:
        entry["Update"] = update
    return entry | {"Value": value, "Internal": True, "Count Failed Values": True}


COMPLETED = {"run": None, "native": None, "metrics": (), "at_ms": T0 + 1000, "failure": "", "tasks": 1}


def stage_completed(stage, attempt=0, **given):
    """A stage's end; ``run`` and ``native`` are its internal sums, left out where ``None``; ``metrics`` its SQL metrics."""
    run, native, metrics, at_ms, failure, tasks = (COMPLETED | given).values()
    sums = []
    if run is not None:
        sums.append(accumulable(900, RUN, run))
    if native is not None:
        sums.append(accumulable(901, NATIVE, native))
    sums += [
        accumulable(identifier, "exclusive time", str(value)) | {"Metadata": "sql"} for identifier, value in metrics
    ]
    info = {"Stage ID": stage, "Stage Attempt ID": attempt, "Stage Name": "s", "Number of Tasks": tasks}
    info |= {"Submission Time": at_ms - 90, "Completion Time": at_ms}
    if failure:
        info["Failure Reason"] = failure
    return {"Event": "SparkListenerStageCompleted", "Stage Info": info | {"Accumulables": sums}}


TASK = {
    "attempt": 0,
    "native": None,
    "launched": T0,
    "finished": None,
    "reason": "Success",
    "speculative": False,
    "counted": True,
    "metrics": True,
    "task": 0,
    "executor": "0",
}


def task_end(stage, run, **given):
    """One ended task; ``counted=False``: the driver never took its updates; ``metrics=False``: it reported no metrics."""
    attempt, native, launched, finished, reason, speculative, counted, metrics, task, executor = (TASK | given).values()
    updates = []
    if counted:
        updates.append(accumulable(900, RUN, run, run))
        updates.append(accumulable(5, "number of output rows", "7", "7") | {"Metadata": "sql"})
        if native is not None:
            updates.append(accumulable(901, NATIVE, native, native))
    return {
        "Event": "SparkListenerTaskEnd",
        "Stage ID": stage,
        "Stage Attempt ID": attempt,
        "Task Type": "ShuffleMapTask",
        "Task End Reason": {"Reason": reason} | ({} if reason == "Success" else {"Kill Reason": 'said "no"'}),
        "Task Info": {
            "Task ID": task,
            "Index": task,
            "Attempt": 0,
            "Partition ID": task,
            "Launch Time": launched,
            "Executor ID": executor,
            "Host": "host0",
            "Locality": "PROCESS_LOCAL",
            "Speculative": speculative,
            "Getting Result Time": 0,
            "Finish Time": launched + run if finished is None else finished,
            "Failed": reason not in {"Success", "TaskKilled"},
            "Killed": reason == "TaskKilled",
            "Accumulables": updates,
        },
        "Task Executor Metrics": {"JVMHeapMemory": 0},
        "Task Metrics": {
            "Executor Deserialize Time": 1,
            "Executor Deserialize CPU Time": 1,
            "Executor Run Time": run,
            "Executor CPU Time": 1,
            "Updated Blocks": [],
        }
        if metrics
        else None,
    }


def plan(name, *children, metrics=(), details=""):
    owned = [
        {"name": "exclusive time", "accumulatorId": identifier, "metricType": "nsTiming"} for identifier in metrics
    ]
    return {
        "nodeName": name,
        "simpleString": f"{name} {details}".strip(),
        "children": list(children),
        "metadata": {},
        "metrics": owned,
    }


STARTED = {"text": "", "root": None, "at_ms": T0, "modified": None, "description": "count at q.py:1"}


def sql_start(execution, info, **given):
    """An execution's start; ``root`` is left out where ``None``, as old Spark does."""
    text, root, at_ms, modified, description = (STARTED | given).values()
    event = {"Event": SQL + "SparkListenerSQLExecutionStart", "executionId": execution}
    if root is not None:
        event["rootExecutionId"] = root
    event |= {"description": description, "details": "", "physicalPlanDescription": text, "sparkPlanInfo": info}
    return event | {"time": at_ms, "modifiedConfigs": modified or {}}


def sql_update(execution, info, text=""):
    return {
        "Event": SQL + "SparkListenerSQLAdaptiveExecutionUpdate",
        "executionId": execution,
        "physicalPlanDescription": text,
        "sparkPlanInfo": info,
    }


def sql_end(execution, at_ms=T0 + 2000, error=""):
    event = {"Event": SQL + "SparkListenerSQLExecutionEnd", "executionId": execution, "time": at_ms}
    return event if error is None else event | {"errorMessage": error}


def driver_metrics(execution, *updates):
    return {
        "Event": SQL + "SparkListenerDriverAccumUpdates",
        "executionId": execution,
        "accumUpdates": [list(update) for update in updates],
    }


def native_plan(accumulator=7):
    return plan(
        "ColumnarToRow",
        plan("PhotonResultStage", plan("PhotonGroupingAgg", plan("PhotonScan parquet "), metrics=(accumulator,))),
    )


def adaptive(child, *, final):
    return plan("AdaptiveSparkPlan", child, details=f"isFinalPlan={str(final).lower()}")


def nightly():
    """A whole small application: two executors, one adaptive query in two stages, one job without SQL."""
    return [
        log_start(),
        executor_added("0", T0 + 100),
        executor_added("1", T0 + 200),
        environment(DATABRICKS),
        application_start(),
        sql_start(0, adaptive(native_plan(), final=False), root=0, at_ms=T0 + 300),
        job_start(0, [0, 1], execution=0, at_ms=T0 + 310),
        stage_submitted(0, execution=0, at_ms=T0 + 320, tasks=3),
        *(task_end(0, 100 + task, native=90_000_000, task=task, launched=T0 + 330) for task in range(3)),
        stage_completed(0, run=303, native=270_000_000, metrics=[(7, 270_000_000)], at_ms=T0 + 500, tasks=3),
        sql_update(0, adaptive(native_plan(), final=False)),
        stage_submitted(1, execution=0, at_ms=T0 + 510, tasks=1),
        task_end(1, 50, launched=T0 + 520, task=3),
        stage_completed(1, run=50, metrics=[(8, 4)], at_ms=T0 + 600),
        job_end(0, T0 + 610),
        sql_update(0, adaptive(native_plan(), final=True)),
        sql_end(0, T0 + 620),
        job_start(1, [2], at_ms=T0 + 630),
        stage_submitted(2, at_ms=T0 + 640),
        task_end(2, 20, launched=T0 + 650, task=4),
        stage_completed(2, run=20, at_ms=T0 + 700),
        job_end(1, T0 + 710),
        application_end(T0 + 1000),
    ]
