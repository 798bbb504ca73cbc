"""One problem stays one row: plans as Spark prints them, through the analysis and the record, into the store."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ingest_samples import NOW_MS, agent_id, agent_state, line, signal
from sqlalchemy import select

from clusop.analysis.assess import assess_query
from clusop.analysis.observed import Absent, EngineFact, EngineState, Observed, RunStatus, Source
from clusop.analysis.records.problems import Workload, problems_of
from clusop.analysis.signature import workload_key
from clusop.plan.text import read_explain_bytes
from clusop.reasons import Reason
from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.store.tables.problems import problems, signals

KEY = b"a key of all clusters"
WORK = Workload("1234567890", workload_key("", "77", KEY), "load", KEY)

AQE_OFF = """== Physical Plan ==
PhotonResultStage
+- PhotonGroupingAgg(keys=[k#1], functions=[sum(v#2)])
   +- PhotonShuffleExchangeSource
      +- BatchEvalPython [net(price#3)#9], [pythonUDF0#10]
         +- PhotonProject [k#1, v#2]
            +- PhotonScan parquet spark_catalog.shop.orders[k#1,v#2]
"""
AQE_ON = """== Physical Plan ==
AdaptiveSparkPlan isFinalPlan=true
+- == Final Plan ==
   PhotonResultStage
   +- PhotonGroupingAgg(keys=[k#11], functions=[sum(v#12)])
      +- PhotonShuffleExchangeSource
         +- AQEShuffleRead coalesced
            +- ShuffleQueryStage 0
               +- BatchEvalPython [net(price#13)#19], [pythonUDF0#20]
                  +- PhotonProject [k#11, v#12]
                     +- PhotonScan parquet spark_catalog.shop.orders[k#11,v#12]
+- == Initial Plan ==
   HashAggregate(keys=[k#11], functions=[sum(v#12)])
   +- Exchange hashpartitioning(k#11, 200)
      +- BatchEvalPython [net(price#13)#19], [pythonUDF0#20]
         +- FileScan parquet spark_catalog.shop.orders[k#11,v#12]
"""
BY_ARROW = AQE_OFF.replace("BatchEvalPython", "ArrowEvalPython")
NEWER = AQE_OFF.replace("PhotonGroupingAgg", "PhotonAgg").replace(
    "PhotonShuffleExchangeSource", "PhotonShuffleMapStage"
)
OTHER_CAUSE = AQE_OFF.replace("BatchEvalPython [net(price#3)#9], [pythonUDF0#10]", "MapElements net, obj#9")


def records(text: str, work: Workload = WORK, **told) -> list[dict]:
    """What an agent would tell of one run of a plan."""
    observed = Observed(
        query_id="1",
        source=Source.EXPLAIN_TEXT,
        readings=(read_explain_bytes(text.encode()),),
        engine=EngineFact("photon", EngineState.ON),
        times=Absent(Reason("no-times")),
        status=RunStatus.SUCCEEDED,
    )
    seen = problems_of(assess_query(observed), work)
    assert seen, "the plan shows no problem"
    envelope = signal()
    kept = (
        "record",
        "version",
        "agent",
        "cluster",
        "start_at_ms",
        "end_at_ms",
        "runs",
        "dbr",
        "image",
        "spark",
        "engine",
    )
    rest = {name: envelope[name] for name in (*kept, "shape", "tags")}
    return [
        one.body | rest | {"workspace": work.workspace, "hours": None, "hours_reason": "no-timeline"} | told
        for one in seen
    ]


@pytest.fixture
def stored(database):
    """A function that sends records, each by an agent of its own, and tells the problems with their signals' numbers."""

    def send(*documents: dict) -> list[int]:
        lines = []
        for number, document in enumerate(documents, 1):
            lines.append(line(agent_state(number, 1, workspace=document["workspace"], dbr=document["dbr"])))
            lines.append(line(document | {"agent": agent_id(number), "sequence": 2}))
        with database.writing() as connection:
            (receipt,) = apply_batches(connection, [batch_of(lines)], NOW_MS, Limits())
        assert receipt.to_json()["accepted"] == len(lines), receipt.to_json()
        with database.reading() as connection:
            counts = connection.execute(select(problems.c.signal_count).order_by(problems.c.id)).scalars().all()
            assert sum(counts) == len(connection.execute(select(signals.c.id)).all())
        return list(counts)

    return send


def test_adaptive_execution_on_and_off(stored):
    assert stored(*records(AQE_OFF), *records(AQE_ON)) == [2]


def test_a_new_runtime_and_another_scala(stored):
    old = records(AQE_OFF, dbr="16.4.x-photon-scala2.12", spark="3.5.2")
    new = records(NEWER, dbr="18.x-photon-scala2.13", spark="4.1.0")
    assert stored(*old, *new) == [2]


def test_a_udf_that_spark_begins_to_feed_by_arrow(stored):
    by_rows, by_arrow = records(AQE_OFF), records(BY_ARROW)
    assert [one["cause"] for one in (*by_rows, *by_arrow)] == ["python-udf", "pandas-udf"]
    assert stored(*by_rows, *by_arrow) == [2]


def test_a_hundred_submits_of_one_workload_under_dated_names(stored):
    names = [f"nightly_load 2026-{1 + n % 12:02d}-{1 + n % 28:02d} run {n}" for n in range(100)]
    submits = [records(AQE_OFF, replace(WORK, key=workload_key(name, "", KEY)))[0] for name in names]
    assert stored(*submits) == [100]


@pytest.mark.parametrize(
    "other",
    [
        lambda: records(AQE_OFF, replace(WORK, key=workload_key("", "78", KEY))),
        lambda: records(AQE_OFF, replace(WORK, key=workload_key("weekly report", "", KEY))),
        lambda: records(AQE_OFF, replace(WORK, task_key="store")),
        lambda: records(AQE_OFF, replace(WORK, workspace="99")),
        lambda: records(OTHER_CAUSE),
    ],
    ids=["another job", "another name", "another task", "another workspace", "another cause"],
)
def test_two_are_two(stored, other):
    assert stored(*records(AQE_OFF), *other()) == [1, 1]
