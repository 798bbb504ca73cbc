"""What becomes a signal, under which signature, and that nothing of a customer stands in it."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from clusop.analysis.assess import assess_application, assess_query
from clusop.analysis.cluster import Application, Cluster, Epoch, Uptime
from clusop.analysis.observed import EngineState, RunStatus
from clusop.analysis.records import Signal, canonical_line, read_record
from clusop.analysis.records.problems import Workload, problems_of
from clusop.analysis.signature import workload_key
from clusop.pricing.provider import PriceBook

KEY = b"a key"
WORK = Workload("1234567890", workload_key("nightly load", "", KEY), "orders", KEY)
HOUR = 3_600_000

PLAIN = """
PhotonResultStage
  PhotonGroupingAgg [4]
    PhotonShuffleExchangeSource
      BatchEvalPython [1] | [my_udf(x#1)]
        PhotonProject [2]
          PhotonScan parquet [3]
"""


@pytest.fixture
def assess(reading_of, observed_of, stage_of):
    """The assessment of a plan on Photon, with one stage that took a second."""

    def assessed(text: str, *, priced: bool = False, **more: object):
        seen = observed_of(
            reading_of(text),
            engine="photon",
            state=EngineState.ON,
            stages=[stage_of(1, 1000, 600, range(1, 40), run_by_epoch_ms=((0, Fraction(1000)),))],
            **more,
        )
        if not priced:
            return assess_query(seen)
        cluster = Cluster(
            cloud="AWS",
            product="JOBS_COMPUTE",
            tier="PREMIUM",
            driver_node_type="i3.xlarge",
            worker_node_type="i3.xlarge",
            availability="ON_DEMAND",
            uptime=Uptime.ELASTIC,
            is_databricks=True,
            epochs=(Epoch(0, HOUR, 8, 2),),
        )
        asked = Application("a", "n", "3.5.0", "15.4", "", "photon", cluster, (seen,), ())
        return assess_application(asked, PriceBook.default()).queries[0]

    return assessed


def signatures(assessment, work: Workload = WORK) -> list[str]:
    return [problem.signature for problem in problems_of(assessment, work)]


def signal_of(body: dict) -> Signal:
    """The body as a whole record, read back."""
    shape = {
        "cloud": "", "product": "", "tier": "", "driver_node_type": "", "worker_node_type": "", "is_single_node": False,
        "is_serverless": False, "availability": "", "first_on_demand": None, "uptime": "unknown", "workers": None, "slots": None,
    }  # fmt: skip
    rest = {
        "record": "signal", "version": 1, "agent": "0" * 32, "sequence": 1, "workspace": WORK.workspace, "cluster": "",
        "start_at_ms": 0, "end_at_ms": 0, "runs": 1, "dbr": "", "image": "", "spark": "", "engine": "photon", "hours": None,
        "hours_reason": "no-timeline", "shape": shape, "tags": {},
    }  # fmt: skip
    found = read_record(canonical_line(body | rest))
    assert isinstance(found, Signal), found
    return found


def test_a_fallback_becomes_a_record_that_can_be_read(assess):
    (problem,) = problems_of(assess(PLAIN, priced=True), WORK)
    found = signal_of(problem.body)
    assert (found.cause, found.family, found.verdict, found.occurrence) == ("python-udf", "python", "fallback", 0)
    assert found.findings[0].operator == "BatchEvalPython"
    assert found.findings[0].time_ratio == 0.4
    assert found.findings[0].functions == ()
    assert found.time.run_ms == 1000
    assert found.time.native_ms == 600
    assert [entry.name for entry in found.digest][3] == "BatchEvalPython"
    assert found.figures.exposure.low_microusd > 0
    assert found.action == "fix"


def test_the_figures_of_a_problem_are_recomputed_from_its_record(assess):
    from clusop.analysis.economics.formulas import recompute

    (problem,) = problems_of(assess(PLAIN, priced=True), WORK)
    for figure in ("attributed", "exposure", "avoidable"):
        written = json.loads(canonical_line(problem.body))["figures"][figure]
        exact = recompute(written)
        assert (written["low_microusd"], written["high_microusd"]) == (
            round(exact.low * 1_000_000),
            round(exact.high * 1_000_000),
        )


TWO_UDFS = """
PhotonResultStage
  PhotonGroupingAgg [9]
    BatchEvalPython [1] | [f(x#1)]
      PhotonProject [2]
        BatchEvalPython [5] | [g(x#1)]
          PhotonProject [6]
            PhotonScan parquet [3]
"""


def test_equal_problems_are_numbered_from_the_lowest(assess):
    found = problems_of(assess(TWO_UDFS), WORK)
    assert [(one.problem.cause, one.problem.occurrence) for one in found] == [("python-udf", 0), ("python-udf", 1)]
    indices = [one.body["findings"][0]["index"] for one in found]
    assert indices == sorted(indices, reverse=True)
    assert len({one.signature for one in found}) == 2


TWO_BRANCHES = """
PhotonResultStage
  PhotonBroadcastHashJoin [9]
    BatchEvalPython [1] | [f(x#1)]
      PhotonScan parquet [3]
    BatchEvalPython [5] | [g(x#1)]
      PhotonScan parquet [6]
"""
WRAPPED_RIGHT = TWO_BRANCHES.replace(
    "    BatchEvalPython [5] | [g(x#1)]\n      PhotonScan parquet [6]",
    "    AQEShuffleRead\n      ShuffleQueryStage\n        BatchEvalPython [5] | [g(x#1)]\n          PhotonScan parquet [6]",
)


def test_a_wrapper_in_one_branch_leaves_the_numbers_alone(assess):
    plain, wrapped = (problems_of(assess(text), WORK) for text in (TWO_BRANCHES, WRAPPED_RIGHT))
    assert [one.body["findings"][0]["index"] for one in plain] == [2, 4]
    assert [one.body["findings"][0]["index"] for one in wrapped] == [2, 6]
    assert [one.signature for one in plain] == [one.signature for one in wrapped]


@pytest.mark.parametrize(
    "other",
    [
        "AdaptiveSparkPlan\n" + "\n".join("  " + line for line in PLAIN.strip("\n").splitlines()),
        PLAIN.replace("PhotonShuffleExchangeSource", "AQEShuffleRead"),
        PLAIN.replace("PhotonGroupingAgg", "PhotonAgg"),
    ],
    ids=["adaptive", "coalesced", "another aggregate"],
)
def test_replanning_and_releases_keep_the_signature(assess, other):
    assert signatures(assess(other)) == signatures(assess(PLAIN))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SortMergeJoin", "ShuffledHashJoin"),
        ("FlatMapGroupsInPandas", "FlatMapGroupsInArrow"),
        ("MapInPandas", "MapInArrow"),
    ],
)
def test_names_that_replanning_or_a_release_changes_keep_the_signature(assess, one, other):
    found = (
        assess(PLAIN.replace("BatchEvalPython", one).replace("my_udf", "k")),
        assess(PLAIN.replace("BatchEvalPython", other).replace("my_udf", "k")),
    )
    assert signatures(found[0]) == signatures(found[1]) != []


def test_a_hundred_submits_under_dated_names_are_one_problem(assess):
    seen = assess(PLAIN)
    names = [f"nightly_load 2026-{1 + day % 12:02d}-{1 + day % 28:02d} run{day}" for day in range(100)]
    works = [replace(WORK, key=workload_key(name, "", KEY)) for name in names]
    assert len({tuple(signatures(seen, work)) for work in works}) == 1


def test_two_workloads_are_two_problems(assess):
    seen = assess(PLAIN)
    other = replace(WORK, key=workload_key("weekly report", "", KEY))
    assert signatures(seen) != signatures(seen, other)
    assert signatures(seen) != signatures(seen, replace(WORK, task_key="other"))
    assert signatures(seen) != signatures(seen, replace(WORK, workspace="9"))


NATIVE = "PhotonResultStage / PhotonProject [1] / PhotonScan parquet [2]"
ROW_SOURCE = "PhotonResultStage / PhotonProject [1] / RowToColumnar / Scan csv [2]"
LIMIT = "CollectLimit / PhotonColumnarToRow / PhotonProject [1] / PhotonScan parquet [2]"


@pytest.mark.parametrize("text", [NATIVE, ROW_SOURCE, LIMIT], ids=["native", "row source", "limit at the root"])
def test_what_is_no_ground_of_a_proposal_is_no_problem(assess, text):
    assert problems_of(assess(text), WORK) == ()


def test_failed_and_internal_executions_are_no_problem(assess):
    seen = assess(PLAIN)
    assert problems_of(replace(seen, observed=replace(seen.observed, status=RunStatus.FAILED)), WORK) == ()
    log = "HashAggregate [1] / Scan ExistingRDD [2] | Delta Table State with Stats - dbfs:/x/_delta_log [path#1]"
    assert problems_of(assess(log), WORK) == ()


SECRETS = (
    "dapi" + "0123456789abcdef" * 2,
    "AKIA" + "IOSFODNN7EXAMPLE",
    "jane.doe@corp.example",
    "/Volumes/hr/payroll/2026",
    "s3://salaries-of-acme",
    "hunter2",
    "SELECT iban FROM accounts",
    "DE89370400440532013000",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_in_any_byte(assess, secret):
    text = f"""
PhotonResultStage
  PhotonGroupingAgg [4] | (keys=[{secret}#1], functions=[count({secret})])
    BatchEvalPython [1] | [{secret}(x#1)], ['{secret}' AS {secret}#7]
      Scan {secret}{"z" * 3000} [7] | {secret}
        PhotonProject [2] | [{secret} AS c#1, '{secret}', CASE WHEN (a#1 = {secret}) THEN upper({secret}) END]
          PhotonScan parquet [3] | Location: InMemoryFileIndex({secret}), PushedFilters: [EqualTo(a,{secret})]
"""
    seen = assess(text, priced=True, description=secret)
    work = Workload("1", workload_key(secret, "", KEY), "t", KEY)
    problems = problems_of(seen, work)
    assert problems
    for problem in problems:
        line = canonical_line(problem.body).decode()
        signal_of(problem.body)
        assert secret not in line
        assert secret.lower() not in line.lower()


def test_udfs_fed_by_rows_and_by_arrow_are_numbered_together(assess):
    mixed = TWO_UDFS.replace("BatchEvalPython [1]", "ArrowEvalPython [1]")
    by_rows, half = problems_of(assess(TWO_UDFS), WORK), problems_of(assess(mixed), WORK)
    assert [one.problem.cause for one in half] == ["python-udf", "pandas-udf"]
    assert [one.signature for one in half] == [one.signature for one in by_rows]
