"""Attribution of time to islands, row sources and the unexplained (DESIGN §5)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from clusop.analysis.assessment import RatioBasis
from clusop.analysis.diagnosis import diagnose
from clusop.analysis.observed import EngineState, QueryTimes
from clusop.plan.node import Codegen, Metric

# Stage 1 scans and writes the shuffle natively, stage 2 reads it and runs a JVM window.
TWO_STAGES = """
Window [w0]
  ColumnarToRow [30]
    PhotonResultStage [31 stage duration]
      PhotonShuffleExchangeSource [32 exclusive time]
        PhotonShuffleMapStage [33 stage duration]
          PhotonShuffleExchangeSink [34 exclusive time]
            PhotonScan parquet [35 exclusive time]
"""
CODEGEN = (Codegen(1, (Metric("duration", "timing", 40),)),)


def test_an_island_gets_the_time_off_the_engine_of_its_stages(reading_of, stage_of, observed_of):
    stages = [stage_of(1, 1000, 900, {34: 5, 35: 890, 33: 1}), stage_of(2, 600, 100, {30: 1, 31: 1, 32: 100, 40: 480})]
    found = diagnose(
        observed_of(reading_of(TWO_STAGES, codegens=CODEGEN), engine="photon", state=EngineState.ON, stages=stages)
    )
    (island,) = found.islands
    assert island.stage_ids == (2,)
    assert (island.time_ms, island.is_upper_bound) == (500, False)
    assert (found.time.run_ms, found.time.native_ms, found.time.island_ms, found.time.unexplained_ms) == (
        1600,
        1000,
        500,
        100,
    )
    assert found.time.ratio_basis is RatioBasis.MEASURED
    (finding,) = found.findings
    assert (finding.time_ratio, finding.ratio_basis) == (Fraction(500, 1600), RatioBasis.MEASURED)


def test_classes_add_up_to_run_time(reading_of, stage_of, observed_of):
    text = TWO_STAGES.replace(
        "PhotonScan parquet [35 exclusive time]", "PhotonRowToColumnar [36]\n              Scan csv [37]"
    )
    stages = [stage_of(1, 1000, 400, (33, 34, 36, 37)), stage_of(2, 600, 100, (30, 31, 32, 40)), stage_of(3, 50)]
    split = diagnose(
        observed_of(reading_of(text, codegens=CODEGEN), engine="photon", state=EngineState.ON, stages=stages),
        native_time_seen=True,
    ).time
    assert (split.island_ms, split.row_source_ms, split.unexplained_ms) == (500, 600, 50)
    parts = (split.native_ms, split.island_ms, split.row_source_ms, split.boundary_ms, split.unexplained_ms)
    assert sum(parts) == split.run_ms


def test_absent_accumulable_is_zero_only_where_it_was_seen_elsewhere_and_nothing_native_ran(
    reading_of, stage_of, observed_of
):
    text = "HashAggregate [50]\n  Scan parquet [51]"
    observed = observed_of(
        reading_of(text), engine="photon", state=EngineState.ON, stages=[stage_of(1, 700, None, (50, 51))]
    )
    seen = diagnose(observed, native_time_seen=True).time
    unseen = diagnose(observed, native_time_seen=False).time
    assert (seen.native_ratio, seen.ratio_basis) == (0, RatioBasis.MEASURED)
    assert (unseen.native_ms, unseen.ratio_basis) == (None, RatioBasis.STRUCTURE)


def test_operators_basis_where_native_operators_ran_without_the_accumulable(reading_of, stage_of, observed_of):
    text = "ColumnarToRow\n  PhotonProject [50 exclusive time]\n    PhotonScan parquet [51 exclusive time]"
    stages = [stage_of(1, 700, None, {50: 100_000_000, 51: 400_000_000})]
    split = diagnose(
        observed_of(reading_of(text), engine="photon", state=EngineState.ON, stages=stages), native_time_seen=True
    ).time
    assert (split.native_ms, split.ratio_basis) == (500, RatioBasis.OPERATORS)
    assert "operators-basis" in [reason.id for reason in split.reasons]


def test_native_above_run_is_cut_and_said(reading_of, stage_of, observed_of):
    reading = reading_of("ColumnarToRow\n  PhotonScan parquet [51 exclusive time]")
    split = diagnose(
        observed_of(reading, engine="photon", state=EngineState.ON, stages=[stage_of(1, 100, 130, (51,))])
    ).time
    assert (split.native_ms, [reason.id for reason in split.reasons]) == (100, ["native-above-run"])


def test_comet_islands_are_bounded_by_their_stages(reading_of, stage_of, observed_of):
    text = """
HashAggregate [60]
  ColumnarToRow
    CometColumnarExchange [61 shuffle bytes written, 62 fetch wait time]
      HashAggregate [63]
        CometColumnarToRow
          CometScan parquet [64]
"""
    stages = [stage_of(4, 800, None, (61, 63, 64)), stage_of(5, 200, None, (60, 62))]
    found = diagnose(observed_of(reading_of(text), engine="comet", state=EngineState.ON, stages=stages))
    (island,) = found.islands
    assert (island.stage_ids, island.time_ms, island.is_upper_bound) == ((4, 5), 1000, True)
    assert (found.time.native_ms, found.time.native_ratio, found.time.ratio_basis) == (None, None, RatioBasis.OPERATORS)


def test_two_islands_in_one_stage_share_its_time_and_say_so(reading_of, stage_of, observed_of):
    text = """
PhotonUnion [70]
  PhotonRowToColumnar [71]
    Window [72]
      ColumnarToRow [73]
        PhotonScan parquet [74]
  PhotonRowToColumnar [75]
    Project [76]
      BatchEvalPython [77]
        ColumnarToRow [78]
          PhotonScan parquet [79]
"""
    found = diagnose(
        observed_of(
            reading_of(text), engine="photon", state=EngineState.ON, stages=[stage_of(1, 900, 300, range(70, 80))]
        )
    )
    assert [(island.time_ms, island.is_upper_bound) for island in found.islands] == [(200, False), (400, False)]
    assert all([reason.id for reason in island.remarks] == ["shared-stage"] for island in found.islands)
    assert found.time.island_ms == 600


def test_what_did_not_run_here_gives_no_finding_and_no_time(reading_of, stage_of, observed_of):
    text = """
PhotonProject [80]
  PhotonRowToColumnar [81]
    InMemoryTableScan [82]
      ~HashAggregate [83]
        Scan parquet [84]
"""
    reading = reading_of(text)
    reused = diagnose(
        observed_of(reading, engine="photon", state=EngineState.ON, stages=[stage_of(1, 90, 50, (80, 81, 82))])
    )
    filled = diagnose(
        observed_of(reading, engine="photon", state=EngineState.ON, stages=[stage_of(1, 90, 50, range(80, 85))])
    )
    assert (reused.verdict.value, [f.cause for f in reused.findings]) == ("native", ["cached-table"])
    assert (filled.verdict.value, reused.jvm_operators) == ("fallback", ())


def test_a_shared_id_locates_no_node(reading_of, stage_of, observed_of):
    text = "PhotonProject [90]\n  PhotonRowToColumnar\n    Window [91]\n      ColumnarToRow\n        PhotonScan parquet [91, 92]"
    stages = [stage_of(1, 10, 5, (90, 92)), stage_of(2, 70, 0, (91,))]
    found = diagnose(observed_of(reading_of(text), engine="photon", state=EngineState.ON, stages=stages))
    assert found.islands[0].stage_ids == (1,)


def of_profile(observed, run_ms, native_ms):
    return replace(observed, times=QueryTimes(run_ms, native_ms))


def test_a_profile_that_contradicts_itself_says_nothing_of_the_island(reading_of, observed_of):
    reading = reading_of("Window\n  ColumnarToRow\n    PhotonScan parquet")
    found = diagnose(of_profile(observed_of(reading), 1000, 1200))
    assert (found.islands[0].time_ms, found.islands[0].time_reason.id) == (None, "native-above-run")
    assert found.findings[0].time_ratio is None


@pytest.mark.parametrize(("native_ms", "bound"), [(700, 300), (1000, 0)])
def test_a_profile_bounds_the_island_by_all_non_native_time(native_ms, bound, reading_of, observed_of):
    reading = reading_of("Window\n  ColumnarToRow\n    PhotonScan parquet")
    found = diagnose(of_profile(observed_of(reading), 1000, native_ms))
    assert (found.islands[0].time_ms, found.islands[0].is_upper_bound) == (bound, True)
    assert (found.time.ratio_basis, found.time.native_ratio) == (
        RatioBasis.PROFILE,
        Fraction(min(native_ms, 1000), 1000),
    )


def test_lost_time_is_kept_apart(reading_of, stage_of, observed_of):
    reading = reading_of("ColumnarToRow\n  PhotonScan parquet [51]")
    stage = stage_of(1, 100, 90, (51,), lost_run_ms=40, failed_task_count=1)
    split = diagnose(observed_of(reading, engine="photon", state=EngineState.ON, stages=[stage])).time
    assert (split.run_ms, split.lost_ms, split.native_ms) == (100, 40, 90)


def test_a_part_of_an_upper_bound_is_no_upper_bound(reading_of, stage_of, observed_of):
    text = "Window [1] / BatchEvalPython [2] / Generate [3] / CometColumnarToRow [4] / CometScan parquet [5]"
    observed = observed_of(
        reading_of(text), engine="comet", state=EngineState.ON, stages=[stage_of(1, 800, None, range(1, 6))]
    )
    findings = diagnose(observed).findings
    assert len(findings) > 1
    assert all((finding.time_ratio, finding.is_upper_bound) == (1, True) for finding in findings)


def test_a_photon_stage_without_any_native_time_says_that_it_is_unknown(reading_of, stage_of, observed_of):
    observed = observed_of(
        reading_of("ColumnarToRow / PhotonScan parquet [1]"),
        engine="photon",
        state=EngineState.ON,
        stages=[stage_of(1, 800, None, (1,))],
    )
    assert [reason.id for reason in diagnose(observed).time.reasons] == ["native-time-unknown"]
