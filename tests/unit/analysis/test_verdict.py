"""Verdicts of DESIGN §4, one shape a case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clusop.analysis.assessment import Role, Verdict
from clusop.analysis.diagnosis import diagnose
from clusop.analysis.observed import EngineState
from clusop.plan.reading import Explanation, ExplanationVerdict, Phase, PlanSource
from clusop.reasons import Reason

NATIVE_TAIL = "  PhotonResultStage\n    PhotonProject\n      PhotonScan parquet"
FULLY = Explanation(ExplanationVerdict.FULLY)

CASES = {
    "result boundary only": ("ColumnarToRow\n" + NATIVE_TAIL, "native", []),
    "below adaptive wrappers": (
        "AdaptiveSparkPlan / ResultQueryStage / ColumnarToRow / PhotonResultStage / PhotonScan parquet",
        "native",
        [],
    ),
    "one boundary below a JVM root": ((
        "Generate / ColumnarToRow / PhotonResultStage / "
        "PhotonScan parquet"
    ), "fallback", ["Generate"]),
    "terminal limit": ("CollectLimit / ColumnarToRow / PhotonScan parquet", "native", []),
    "limit in the middle": ((
        "PhotonProject / PhotonRowToColumnar / CollectLimit / ColumnarToRow / "
        "PhotonScan parquet"
    ), "fallback", ["CollectLimit"]),
    "coalesce at the root": ((
        "AdaptiveSparkPlan / Coalesce / ColumnarToRow / "
        "PhotonScan parquet"
    ), "partial", ["Coalesce"]),
    "coalesce in the middle": ((
        "PhotonSort / PhotonRowToColumnar / Coalesce / ColumnarToRow / "
        "PhotonScan parquet"
    ), "fallback", ["Coalesce"]),
    "rows below": ("ColumnarToRow / PhotonProject / PhotonRowToColumnar / Scan csv", "native", []),
    "a plain exchange between native operators": (
        "PhotonProject / PhotonRowToColumnar / Exchange / ColumnarToRow / PhotonScan parquet",
        "fallback",
        ["Exchange"],
    ),
    "python over arrow": (
        "PhotonProject / PhotonArrowBatchSource / ArrowEvalPython / PhotonArrowResultStage / PhotonScan parquet",
        "partial",
        ["ArrowEvalPython"],
    ),
    "python over arrow on one side": (
        "PhotonProject / PhotonRowToColumnar / ArrowEvalPython / PhotonArrowResultStage / PhotonScan parquet",
        "fallback",
        ["ArrowEvalPython"],
    ),
    "a subquery falls back": (
        (
            "ColumnarToRow\n  PhotonFilter\n    ?Subquery\n      HashAggregate\n"
            "        ColumnarToRow\n          PhotonScan parquet\n    PhotonScan parquet"
        ),
        "fallback",
        ["HashAggregate"],
    ),
    "limit at a subquery's root": (
        (
            "ColumnarToRow\n  PhotonFilter\n    ?Subquery\n      CollectLimit\n"
            "        ColumnarToRow\n          PhotonScan parquet\n    PhotonScan parquet"
        ),
        "native",
        [],
    ),
    "command": ("Execute CreateViewCommand / CreateViewCommand / Project / LogicalRelation", "command", []),
    "create table as select": (
        "AtomicCreateTableAsSelect\n  Project\n    Filter\n      LogicalRelation",
        "command",
        [],
    ),
    "create table as select over physical work": (
        "AtomicCreateTableAsSelect / Window / ColumnarToRow / PhotonScan parquet",
        "fallback",
        ["Window"],
    ),
    "rows from a vendor's relation": (
        "ColumnarToRow / PhotonProject / PhotonRowToColumnar / Scan SnowflakeRelation",
        "native",
        [],
    ),
    "rows from an unknown source": ("ColumnarToRow / PhotonProject / PhotonRowToColumnar / BatchScan", "native", []),
    "a columnar scan the engine did not take": (
        "ColumnarToRow / PhotonProject / PhotonRowToColumnar / ColumnarToRow / Scan orc",
        "fallback",
        ["Scan orc"],
    ),
    "write with native child": ((
        "Execute InsertIntoHadoopFsRelationCommand / WriteFiles / ColumnarToRow / "
        "PhotonScan parquet"
    ), "native", []),
    "write with JVM child": ((
        "Execute InsertIntoHadoopFsRelationCommand / WriteFiles / Sort / ColumnarToRow / "
        "PhotonScan parquet"
    ), "fallback", ["Sort"]),
    "a new native name": ("ColumnarToRow / PhotonQuantumSort / PhotonScan parquet", "native", []),
    "a cached plan is another execution": (
        (
            "ColumnarToRow\n  PhotonProject\n    PhotonRowToColumnar\n"
            "      InMemoryTableScan\n        ~HashAggregate\n          Scan parquet"
        ),
        "native",
        [],
    ),
    "the ordinary vectorised reader": ("ColumnarToRow / Scan parquet", "unknown", ["Scan parquet"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_verdict(name, reading_of, observed_of):
    text, verdict, jvm = CASES[name]
    found = diagnose(observed_of(reading_of(text)))
    assert found.verdict.value == verdict
    assert sorted(name for name, _ in found.jvm_operators) == sorted(jvm)
    assert bool(found.islands) == (verdict in {"fallback", "partial"} and jvm != ["Exchange"])


def test_engine_off_is_not_accelerated(reading_of, observed_of):
    found = diagnose(observed_of(reading_of("HashAggregate / Scan parquet"), engine="comet", state=EngineState.OFF))
    assert found.verdict is Verdict.NOT_ACCELERATED
    assert [reason.id for reason in found.verdict_reasons] == ["engine-off"]
    assert not found.findings


def test_engine_on_and_nothing_native_is_a_whole_plan_fallback(reading_of, observed_of):
    found = diagnose(
        observed_of(
            reading_of("HashAggregate | functions=[sum(a#1)] / Scan parquet"), engine="photon", state=EngineState.ON
        )
    )
    assert found.verdict is Verdict.FALLBACK
    assert [(finding.cause, finding.operator, finding.operator_count) for finding in found.findings] == [
        ("whole-plan-jvm", "Scan parquet", 2)
    ]


def test_engine_on_and_only_row_sources_is_native(reading_of, observed_of):
    found = diagnose(observed_of(reading_of("LocalTableScan"), engine="photon", state=EngineState.ON))
    assert found.verdict is Verdict.NATIVE
    assert [reason.id for reason in found.verdict_reasons] == ["only-row-sources"]


def test_an_explanation_proves_the_engine_without_any_native_name(reading_of, observed_of):
    found = diagnose(
        observed_of(reading_of("HashAggregate / Scan parquet", explanation=Explanation(ExplanationVerdict.NOT_FULLY)))
    )
    assert found.verdict is Verdict.FALLBACK


def test_damage_hides_nothing_where_a_jvm_operator_shows(reading_of, observed_of):
    damage = (Reason("truncated-top"),)
    hidden = diagnose(observed_of(reading_of("PhotonFilter / PhotonScan parquet", problems=damage)))
    shown = diagnose(observed_of(reading_of("Window / ColumnarToRow / PhotonScan parquet", problems=damage)))
    assert (hidden.verdict, [reason.id for reason in hidden.verdict_reasons]) == (Verdict.UNKNOWN, ["truncated-top"])
    assert shown.verdict is Verdict.FALLBACK


def test_photon_snapshot_is_unknown_unless_the_text_has_the_initial_plan(reading_of, observed_of):
    snapshot = reading_of("HashAggregate / PhotonShuffleMapStage / PhotonScan parquet", phase=Phase.CURRENT)
    text = reading_of("ColumnarToRow / PhotonAgg / PhotonScan parquet", phase=Phase.INITIAL)
    alone = diagnose(observed_of(snapshot, engine="photon", state=EngineState.ON))
    with_text = diagnose(observed_of(snapshot, engine="photon", state=EngineState.ON, text=text))
    assert (alone.verdict, [reason.id for reason in alone.verdict_reasons]) == (Verdict.UNKNOWN, ["not-final"])
    assert with_text.verdict is Verdict.NATIVE


def test_comet_snapshot_is_judged_as_it_stands(reading_of, observed_of):
    snapshot = reading_of("HashAggregate / CometColumnarToRow / CometScan parquet", phase=Phase.CURRENT)
    assert diagnose(observed_of(snapshot, engine="comet", state=EngineState.ON)).verdict is Verdict.FALLBACK


def test_lost_events_never_pass_as_native(reading_of, observed_of):
    reading = reading_of("ColumnarToRow / PhotonScan parquet")
    found = diagnose(observed_of(reading, engine="photon", state=EngineState.ON, events_dropped=True))
    assert (found.verdict, [reason.id for reason in found.verdict_reasons]) == (Verdict.UNKNOWN, ["events-dropped"])


def test_the_worst_graph_counts(reading_of, observed_of):
    found = diagnose(
        observed_of(reading_of("AtomicReplaceTableAsSelect"), reading_of("Window / ColumnarToRow / PhotonScan parquet"))
    )
    assert found.verdict is Verdict.FALLBACK


def test_comet_row_exchange_is_no_jvm_operator(reading_of, observed_of):
    found = diagnose(
        observed_of(reading_of("CometHashAggregate / CometColumnarExchange / CometProject / CometScan parquet"))
    )
    assert (found.verdict, found.native_operator_count, found.jvm_operators) == (Verdict.NATIVE, 3, ())


DELTA_LOG = {
    "table state": "Project / Filter / Scan ExistingRDD | Delta Table State #1 - file:///t/_delta_log [a#1]",
    "log files": (
        "SerializeFromObject / MapPartitions / Scan json | Location: InMemoryFileIndex [s3://b/t/_delta_log/000.json]"
    ),
    "state and local rows": (
        "BroadcastHashJoin\n  Scan ExistingRDD | Delta Table State #0\n  BroadcastExchange\n    LocalTableScan | [p#1]"
    ),
    "file actions": "LocalTableScan | [path#1, partitionValues#2, size#3L, modificationTime#4L, dataChange#5, stats#6]",
    "history": (
        "SerializeFromObject / MapPartitions | org.apache.spark.sql.delta.DeltaHistoryManager$$Lambda$7/0x1@2, obj#3"
        " / DeserializeToObject / Range | (0, 1, step=1)"
    ),
    "listing on Databricks": (
        "HashAggregate / InMemoryTableScan / SerializeFromObject"
        " | [input[0, com.databricks.sql.transaction.tahoe.SerializableFileStatus, true].path AS path#1] / Scan | [obj#1]"
    ),
    "stream source": (
        "Project / SerializeFromObject | [named_struct(path, _1.path, partitionValues, _1.partitionValues, size, _1.size,"
        " modificationTime, _1.modificationTime, dataChange, _1.dataChange)] / Scan | [obj#1]"
    ),
}
DELTA_WORK = {
    "files of the user below Delta's own objects": (
        "SerializeFromObject | org.apache.spark.sql.delta.commands.DeletionVectorData / MapPartitions"
        " / Scan parquet | Location: TahoeBatchFileIndex [s3://b/t]"
    ),
    "the user's own objects": (
        "SerializeFromObject | [input[0, shop.Order, true].path, .size] / MapPartitions / Range | (0, 1, step=1)"
    ),
    "an expression of Delta's in a plain step": "Project | [org.apache.spark.sql.delta.stats] / Range | (0, 1, step=1)",
}


@pytest.mark.parametrize("name", DELTA_WORK)
def test_work_on_the_users_data_is_the_users(name, reading_of, observed_of):
    found = diagnose(observed_of(reading_of(DELTA_WORK[name]), engine="comet", state=EngineState.ON))
    assert found.role is Role.USER


@pytest.mark.parametrize("name", DELTA_LOG)
def test_delta_reading_its_own_log_is_internal(name, reading_of, observed_of):
    found = diagnose(observed_of(reading_of(DELTA_LOG[name]), engine="comet", state=EngineState.ON))
    assert found.role is Role.INTERNAL


def test_a_delta_description_proves_nothing(reading_of, observed_of):
    text = "Project / Scan parquet | Location: TahoeBatchFileIndex [s3://b/t]"
    found = diagnose(
        observed_of(reading_of(text), engine="comet", state=EngineState.ON, description="Delta: MERGE operation")
    )
    assert found.role is Role.USER


def test_the_csv_header_probe_is_internal(reading_of, observed_of):
    text = "CollectLimit | 1 / Filter | (length(trim(value#0, None)) > 0) / Scan text | [value#0]"
    assert diagnose(observed_of(reading_of(text), engine="photon", state=EngineState.ON)).role is Role.INTERNAL


def test_a_subquery_that_is_not_final_is_doubtful_under_photon(reading_of, observed_of):
    text = (
        "AdaptiveSparkPlan | isFinalPlan=true\n  PhotonFilter\n    ?Subquery\n"
        "      AdaptiveSparkPlan | isFinalPlan=false\n        HashAggregate\n          PhotonScan parquet\n    PhotonScan parquet"
    )
    reading = replace(reading_of(text, phase=Phase.FINAL), source=PlanSource.PLAN_INFO)
    found = diagnose(observed_of(reading, engine="photon", state=EngineState.ON))
    assert (found.verdict, [reason.id for reason in found.verdict_reasons]) == (Verdict.UNKNOWN, ["not-final"])


def test_a_native_operator_proves_an_engine_that_no_setting_names(reading_of, observed_of):
    reading = reading_of("Window / ColumnarToRow / PhotonScan parquet")
    unnamed = diagnose(observed_of(reading, engine="none", state=EngineState.OFF))
    switched = diagnose(observed_of(reading, engine="photon", state=EngineState.OFF))
    assert (unnamed.verdict, unnamed.engine.name) == (Verdict.FALLBACK, "photon")
    assert switched.verdict is Verdict.NOT_ACCELERATED
