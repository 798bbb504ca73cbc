"""Kinds of operators: by name, by engine, and by place in the plan."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from clusop.plan.dialect import PLAIN_SPARK, classify, dialect, dialect_ids, engine_of_names
from clusop.plan.kind import Kind
from clusop.plan.node import Link, Operator, Plan

ENGINES = [each for each in dialect_ids() if each != PLAIN_SPARK]
NATIVE = {"photon": "PhotonProject", "comet": "CometProject"}


def listed(dialect_id: str) -> dict[str, list[str]]:
    path = resources.files("clusop.plan").joinpath("dialects", f"{dialect_id}.json")
    names: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))["names"]
    return names


def chain(*names: str) -> Plan:
    return Plan(tuple(Operator(name, index - 1) for index, name in enumerate(names)))


def kinds(plan: Plan, dialect_id: str = "photon") -> list[Kind]:
    return list(classify(plan, dialect(dialect_id)))


@pytest.mark.parametrize("dialect_id", dialect_ids())
def test_every_listed_name_has_its_kind_in_every_dialect(dialect_id: str) -> None:
    spoken = dialect(dialect_id)
    for source in {PLAIN_SPARK, dialect_id}:
        for kind, names in listed(source).items():
            assert {name: spoken.kind_of(name) for name in names} == dict.fromkeys(names, Kind(kind))
    for name in spoken.known_native:
        assert spoken.kind_of(name) is Kind.NATIVE or name in {n for ns in listed(dialect_id).values() for n in ns}
        assert not spoken.is_new(name)


@pytest.mark.parametrize("dialect_id", dialect_ids())
def test_lists_win_over_the_flag_of_a_profile(dialect_id: str) -> None:
    spoken = dialect(dialect_id)
    for kind, names in listed(dialect_id).items():
        for name in names:
            assert spoken.kind_of(name, flagged_native=True) is Kind(kind)
    assert spoken.kind_of("ShuffleQueryStage", flagged_native=True) is Kind.WRAPPER
    assert spoken.kind_of("SomethingElse", flagged_native=True) is Kind.NATIVE
    assert spoken.kind_of("SomethingElse", flagged_native=False) is Kind.JVM


@pytest.mark.parametrize(("dialect_id", "name"), [("photon", "PhotonQuantumJoin"), ("comet", "CometQuantumJoin")])
def test_unknown_native_names_are_native_and_new(dialect_id: str, name: str) -> None:
    spoken = dialect(dialect_id)
    assert spoken.kind_of(name) is Kind.NATIVE
    assert spoken.is_new(name)
    assert dialect(PLAIN_SPARK).kind_of(name) is Kind.JVM


@pytest.mark.parametrize(
    "name", ["Photonic", "Photon", "photonProject", "MyPhotonProject", "Cometary", "XCometProject"]
)
def test_only_a_whole_prefix_makes_a_name_native(name: str) -> None:
    for engine in ENGINES:
        assert dialect(engine).kind_of(name) is Kind.JVM


def test_scans_with_a_format_are_known_by_their_head() -> None:
    assert not dialect("photon").is_new("PhotonScan parquet")
    assert not dialect("comet").is_new("CometScan parquet")


@pytest.mark.parametrize(
    ("dialect_id", "name", "kind"),
    [
        ("comet", "CometExchange", Kind.NATIVE),
        ("comet", "CometColumnarExchange", Kind.ROW_EXCHANGE),
        ("comet", "CometSparkRowToColumnar", Kind.BOUNDARY),
        ("comet", "CometColumnarToRow", Kind.BOUNDARY),
        ("photon", "PhotonColumnarToRow", Kind.BOUNDARY),
        ("photon", "PhotonRowToColumnar", Kind.BOUNDARY),
        ("photon", "PhotonArrowBatchSink", Kind.BOUNDARY),
        ("photon", "PhotonArrowResultStage", Kind.BOUNDARY),
        ("photon", "PhotonShuffleExchangeSink", Kind.NATIVE),
        ("photon", "PhotonResultStage", Kind.NATIVE),
        ("photon", "CometProject", Kind.JVM),
        ("photon", "ColumnarToRow", Kind.BOUNDARY),
        ("photon", "ColumnarToRowish", Kind.JVM),
        ("photon", "HashAggregate", Kind.JVM),
        ("photon", "Exchange", Kind.ROW_EXCHANGE),
        ("photon", "BatchEvalPython", Kind.PYTHON),
        ("photon", "ArrowEvalPythonUDTF", Kind.PYTHON),
        ("photon", "FlatMapGroupsInPandas", Kind.PYTHON),
        ("photon", "FlatMapGroupsInPandasWithState", Kind.PYTHON),
        ("photon", "MapInArrow", Kind.PYTHON),
        ("photon", "PythonMapInArrow", Kind.PYTHON),
        ("photon", "WindowInPandas", Kind.PYTHON),
        ("photon", "Scan csv", Kind.ROW_SOURCE),
        ("photon", "Scan CSV", Kind.ROW_SOURCE),
        ("photon", "Scan ExistingRDD", Kind.ROW_SOURCE),
        ("photon", "Scan JDBCRelation", Kind.ROW_SOURCE),
        ("photon", "BatchScan json", Kind.ROW_SOURCE),
        ("photon", "Scan parquet", Kind.JVM),
        ("photon", "LocalTableScan", Kind.ROW_SOURCE),
        ("photon", "Execute InsertIntoHadoopFsRelationCommand", Kind.COMMAND),
        ("photon", "AtomicReplaceTableAsSelect", Kind.COMMAND),
        ("photon", "ShowTables", Kind.COMMAND),
        ("photon", "CreateViewCommand", Kind.COMMAND),
    ],
)
def test_single_names(dialect_id: str, name: str, kind: Kind) -> None:
    assert dialect(dialect_id).kind_of(name) is kind


@pytest.mark.parametrize(
    "above",
    [
        (),
        ("AdaptiveSparkPlan",),
        ("AdaptiveSparkPlan", "ResultQueryStage"),
        ("Execute SaveCommand", "AdaptiveSparkPlan"),
    ],
)
def test_terminal_and_marginal_at_the_root_below_wrappers_and_commands(above: tuple[str, ...]) -> None:
    assert kinds(chain(*above, "CollectLimit", "ColumnarToRow", "PhotonScan parquet"))[len(above)] is Kind.TERMINAL
    assert kinds(chain(*above, "Coalesce", "ColumnarToRow", "PhotonScan parquet"))[len(above)] is Kind.MARGINAL


def test_terminal_and_marginal_elsewhere_are_jvm_work() -> None:
    assert kinds(chain("PhotonProject", "PhotonRowToColumnar", "CollectLimit", "PhotonScan parquet"))[2] is Kind.JVM
    assert kinds(chain("CollectLimit", "Coalesce", "Range"))[:2] == [Kind.TERMINAL, Kind.JVM]
    assert kinds(chain("ColumnarToRow", "Coalesce"))[1] is Kind.JVM


def test_the_root_of_a_subquery_is_a_root() -> None:
    plan = Plan(
        (
            Operator("PhotonFilter", -1),
            Operator("SubqueryBroadcast", 0, Link.SUBQUERY),
            Operator("AdaptiveSparkPlan", 1),
            Operator("CollectLimit", 2),
            Operator("PhotonScan parquet", 0),
        )
    )
    assert kinds(plan)[3] is Kind.TERMINAL
    as_child = Plan((Operator("PhotonFilter", -1), Operator("PhotonProject", 0), Operator("CollectLimit", 1)))
    assert kinds(as_child)[2] is Kind.JVM


def test_logical_children_of_a_command_are_no_operators() -> None:
    plan = chain("Execute SaveIntoDataSourceCommand", "SaveIntoDataSourceCommand", "Project", "LogicalRelation")
    assert kinds(plan) == [Kind.COMMAND, Kind.LOGICAL, Kind.LOGICAL, Kind.LOGICAL]
    physical = chain("Execute InsertIntoHadoopFsRelationCommand", "WriteFiles", "Project", "Range")
    assert kinds(physical) == [Kind.COMMAND, Kind.COMMAND, Kind.JVM, Kind.ROW_SOURCE]


def test_the_engine_of_a_plan() -> None:
    assert engine_of_names(chain("ColumnarToRow", "PhotonResultStage", "PhotonProject")) == "photon"
    assert engine_of_names(chain("CometProject", "CometScan parquet")) == "comet"
    assert engine_of_names(chain("CometProject", "PhotonProject", "PhotonFilter")) == "photon"
    assert engine_of_names(chain("ColumnarToRow", "Scan parquet")) == ""
    assert engine_of_names(Plan((Operator("NewThing", -1, flagged_native=True),))) == "photon"
    assert engine_of_names(Plan(())) == ""


def test_ids_and_facts() -> None:
    assert dialect_ids()[0] == PLAIN_SPARK
    assert set(ENGINES) >= set(NATIVE)
    assert dialect("photon").has_premium
    assert not dialect("comet").has_premium
    assert dialect("photon").time.task_accumulable == "internal.metrics.photonizedTaskTimeNs"
    with pytest.raises(KeyError):
        dialect("nonesuch")
