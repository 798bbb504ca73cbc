"""Decisions from stored hours: worked by hand, ruled out by what was not seen, and kept only when they are news."""

from __future__ import annotations

from fractions import Fraction

import pytest
from decision_samples import HOUR_MS, NOW_MS, hour, interactive, shape

from clusop.analysis.economics.formulas import recompute
from clusop.service.decisions import decide, decide_apart
from clusop.service.decisions.prices_in_force import PricesInForce
from clusop.service.store.tables.agents import usage_hours
from clusop.service.store.tables.money import bill_hours, reconciliations

PRICES = PricesInForce()
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def decided(database, stored):
    def run(now_ms: int = NOW_MS, window_days: int = 30):
        with database.writing() as connection:
            decide(connection, PRICES, now_ms, window_days)
        return stored()

    return run


def test_all_work_off_the_engine_makes_the_premium_the_saving(an_agent, decided):
    for ago in (3, 2, 1):
        an_agent([hour(ago)])
    (found,) = decided()
    assert [found["workspace"], found["compute"], found["action"]] == ["42", "job:7", "disable"]
    # J = 1: nothing gets slower; (2.9 − 1) × 0.15 × 3 hours = $0.855
    assert [found["saving"]["low_microusd"], found["saving"]["high_microusd"]] == [855_000, 855_000]
    assert found["saving"]["basis"] == "modeled"
    facts = found["facts"]
    assert facts["cluster_hours"] == {"total": "3", "busy": "3", "unused": "0"}
    assert [facts["off_engine_share"], facts["observed"]["ratio"], facts["agents"]] == ["1", "1", 3]
    # (2.9 × 0.15 + 0.312) × 3
    assert facts["bill"]["low_microusd"] == 2_241_000
    assert "Switch Databricks Photon off" in facts["sentence"]
    exact = recompute(found["saving"])
    assert [round(exact.low * 10**6), round(exact.high * 10**6)] == [855_000, 855_000]


def test_both_ends_over_what_is_assumed(an_agent, decided):
    an_agent([hour(native=0.9)])
    (found,) = decided()
    # k = 0.1 + 0.9 s, s = 1.5 … 4: (2.9 × 0.15 + 0.312) − 0.462 k
    assert [found["saving"]["low_microusd"], found["saving"]["high_microusd"]] == [-962_400, 77_100]
    assert [found["action"], found["reasons"]] == ["keep", ["cannot-tell"]]
    assert found["facts"]["runs_needed"]["at_median_noise"]["runs"] == 10
    assert found["facts"]["runs_needed"]["where_noisy"]["runs"] == 101


def test_idle_time_of_a_cluster_that_stays_up_takes_the_slower_work(an_agent, decided):
    an_agent([hour(busy=0.1, native=0.8)], shape=interactive(), compute="cluster:1122-334455-abc")
    (found,) = decided()
    assert [found["action"], found["saving"]["low_microusd"]] == ["disable", 550_000]
    assert found["facts"]["cluster_hours"] == {"total": "1", "busy": "0.1", "unused": "0.9"}


def test_computes_are_apart_and_so_are_workspaces(an_agent, decided):
    an_agent([hour()])
    an_agent([hour()], workspace="43")
    an_agent([hour()], compute="job:8")
    an_agent([hour()], compute="")
    assert [(one["workspace"], one["compute"]) for one in decided()] == [
        ("42", "job:7"),
        ("42", "job:8"),
        ("43", "job:7"),
    ]


def test_only_the_window_counts(an_agent, decided):
    an_agent([hour(1), hour(49)])
    (found,) = decided(window_days=2)
    assert found["facts"]["cluster_hours"]["total"] == "1"
    assert [found["from_at_ms"], found["to_at_ms"]] == [NOW_MS - 2 * DAY_MS, NOW_MS]


def test_less_than_ten_seconds_say_nothing(an_agent, decided):
    an_agent([hour(busy=0, busy_ms=9_999, native_ms=0)])
    (found,) = decided()
    assert [found["action"], found["reasons"], found["saving"]] == ["keep", ["too-little-work"], None]


def test_non_sql_time_is_no_work_for_an_engine(an_agent, decided):
    an_agent([hour(non_sql_ms=4 * HOUR_MS)])
    assert decided()[0]["reasons"] == ["too-little-work"]


@pytest.mark.parametrize(
    ("late_ms", "action"),
    [(0, "disable"), (HOUR_MS // 10, "disable"), (HOUR_MS // 8, "keep")],
)
def test_what_was_before_an_agent_was_armed_nobody_saw(an_agent, decided, late_ms, action):
    start = NOW_MS - HOUR_MS
    an_agent([hour()], started_at_ms=start - late_ms, armed_since_at_ms=start)
    (found,) = decided()
    assert found["action"] == action
    if action == "keep":
        assert found["reasons"] == ["window-not-observed"]
        assert found["facts"]["observed"]["before_armed_hours"] == "0.125"
        # the saving is told all the same
        assert found["saving"]["low_microusd"] == 285_000


def test_an_agent_without_goodbye_may_have_taken_ten_minutes_with_it(an_agent, decided):
    an_agent([hour(3)], is_final=False, last_arrived_at_ms=NOW_MS - 2 * HOUR_MS)
    assert decided()[0]["reasons"] == ["window-not-observed"]


def test_an_agent_that_is_at_work_has_taken_nothing(an_agent, decided):
    an_agent([hour(1)], is_final=False, last_arrived_at_ms=NOW_MS - 60_000)
    assert decided()[0]["action"] == "disable"


def test_failed_work_proves_nothing(an_agent, decided):
    an_agent([hour(failed_ms=HOUR_MS)])
    (found,) = decided()
    assert found["reasons"] == ["window-not-observed"]
    assert found["facts"]["observed"]["good_ratio"] == "0.75"


def test_tasks_that_were_lost_are_no_evidence_but_hide_nothing(an_agent, decided):
    an_agent([hour(native=0.5, lost_ms=2 * HOUR_MS)])
    # the other half of busy time was native
    assert decided()[0]["facts"]["off_engine_share"] == "0"


def test_native_time_that_is_not_known_of_a_part_makes_the_share_a_range(an_agent, decided):
    an_agent([hour(1, native=0.5), hour(2, native=None)])
    assert decided()[0]["facts"]["off_engine_share"] == "0.25..0.75"


def test_native_time_above_busy_time_of_one_hour_counts_for_the_next(an_agent, decided):
    """The engine's clock is another, and a stage's time is spread evenly over its hours."""
    an_agent([hour(1, busy=0.5, native=1.8), hour(2, busy=0.5, native=0.2)])
    facts = decided()[0]["facts"]
    assert facts["off_engine_share"] == "0"
    assert not [one for one in facts["remarks"] if one["reason"] == "native-above-busy"]


def test_native_time_above_all_busy_time_is_remarked(an_agent, decided):
    an_agent([hour(1, busy=0.5, native=1.8), hour(2, busy=0.5, native=None)])
    facts = decided()[0]["facts"]
    # Of what is known nothing is left off the engine; what it tells above that is no time of the other hour.
    assert facts["off_engine_share"] == "0..0.5"
    assert [one for one in facts["remarks"] if one["reason"] == "native-above-busy"]


def test_native_time_that_nobody_knows(an_agent, decided):
    an_agent([hour(native=None)])
    (found,) = decided()
    assert [found["action"], found["reasons"]] == ["keep", ["native-time-unknown"]]
    assert found["saving"]["unpriced"]["reason"] == "native-time-unknown"


def bill(database, cluster, ago, dbu):
    with database.writing() as connection:
        run = connection.execute(reconciliations.insert().values(started_at_ms=0)).inserted_primary_key[0]
        connection.execute(
            bill_hours.insert().values(
                workspace="42",
                cluster=cluster,
                hour_at_ms=NOW_MS - ago * HOUR_MS,
                sku="PREMIUM_JOBS_COMPUTE_(PHOTON)",
                is_photon=True,
                dbu=dbu,
                version=1,
                reconciliation_id=run,
            )
        )


@pytest.mark.parametrize("billed", [("0.2", "0.9375", "disable"), ("1.0", "0.75", "keep")])
def test_hours_on_the_bill_that_no_agent_told_of_nobody_saw(database, an_agent, decided, billed):
    unseen_dbu, ratio, action = billed
    an_agent([hour(1)], cluster="0101-010101-mine")
    bill(database, "0101-010101-mine", 1, "3.000000000000000000")
    bill(database, "0101-010101-mine", 2, unseen_dbu)
    bill(database, "0101-010101-other", 3, "99")
    (found,) = decided()
    assert found["facts"]["observed"]["bill_ratio"] == ratio
    assert found["action"] == action


def test_an_engine_without_a_premium_is_kept(an_agent, decided):
    an_agent([hour()], engine="comet")
    (found,) = decided()
    assert [found["action"], found["reasons"]] == ["keep", ["no-premium"]]


def test_a_shape_that_tells_too_little(an_agent, decided):
    for columns in (
        {"shape": None},
        {"shape": shape(slots=None), "compute": "job:8"},
        {"shape": "?", "compute": "job:9"},
    ):
        an_agent([hour()], **columns)
    assert [one["reasons"] for one in decided()] == [["unknown-shape"]] * 3


def test_agents_that_tell_too_little_count_as_not_seen(an_agent, decided):
    an_agent([hour(1)])
    an_agent([hour(2)], shape=None)
    (found,) = decided()
    assert [found["reasons"], found["facts"]["observed"]["not_weighed_hours"]] == [["window-not-observed"], "1"]


def test_an_engine_nobody_told_of(an_agent, decided):
    an_agent([hour(1)])
    an_agent([hour(2)], engine="")
    (found,) = decided()
    assert found["reasons"] == ["window-not-observed"]
    assert [one["reason"] for one in found["facts"]["remarks"]] == ["unknown-engine"]


def test_an_older_shape_is_another_definition(an_agent, decided):
    an_agent([hour(1)])
    an_agent([hour(2), hour(3)], shape=shape(driver_node_type="i3.2xlarge", worker_node_type="i3.2xlarge"))
    (found,) = decided()
    assert found["facts"]["cluster_hours"]["total"] == "1"
    assert [one["reason"] for one in found["facts"]["remarks"]] == ["shape-changed"]


def test_plain_spark_has_no_decision_unless_an_engine_was_on_before(an_agent, decided):
    an_agent([hour(1)], engine="none")
    assert decided() == []
    an_agent([hour(5)])
    (found,) = decided()
    assert [found["action"], found["reasons"], found["saving"]] == ["none", ["engine-off-here"], None]


def runs(an_agent, engine, hours, busy, **columns):
    for ago in hours:
        an_agent([hour(ago, busy=busy, native=0.0 if engine == "none" else 0.2)], engine=engine, **columns)


def test_runs_with_and_without_the_engine_are_told_and_do_not_decide(an_agent, decided):
    runs(an_agent, "none", range(20, 28), 0.25)
    runs(an_agent, "photon", range(1, 9), 0.2)
    (found,) = decided()
    history = found["facts"]["history"]
    assert [history["on_runs"], history["off_runs"]] == [8, 8]
    assert [history["on_busy_hours_per_run"], history["off_busy_hours_per_run"]] == ["0.2", "0.25"]
    low, high = (Fraction(end) for end in history["slowdown"].split(".."))
    assert low < Fraction(5, 4) < high
    # eight runs each that agree are still taken to scatter by the median noise: 1.96 × √(2 × 0.07² ÷ 8) = ± 7 %
    assert Fraction("0.07") < high / Fraction(5, 4) - 1 < Fraction("0.08")
    assert [one["reason"] for one in history["reasons"]] == ["inputs-not-compared"]
    assert history["saving"]["formula"] == "disable-1"
    # the decision's own saving rests on J and s
    assert "slowdown" not in found["saving"]["inputs"]
    assert found["facts"]["runs_needed"]["at_own_noise"]["noise"] == "0"


def test_history_holds_a_proposal_back_and_never_makes_one(an_agent, decided):
    # J = 1 would propose to switch off; but without the engine runs took four times as long
    for ago in range(20, 26):
        an_agent([hour(ago, busy=1)], engine="none")
    for ago in range(1, 7):
        an_agent([hour(ago, busy=0.25)])
    (found,) = decided()
    assert [found["action"], found["reasons"]] == ["keep", ["history-disagrees"]]
    assert found["saving"]["low_microusd"] > 0


def test_history_alone_proposes_nothing(an_agent, decided):
    # R = 1 says that the engine is of no use; J = 0.1 with the prior cannot tell
    for ago in range(20, 28):
        an_agent([hour(ago, busy=1)], engine="none")
    for ago in range(1, 9):
        an_agent([hour(ago, native=0.9)])
    (found,) = decided()
    assert found["facts"]["history"]["saving"]["low_microusd"] > 0
    assert [found["action"], found["reasons"]] == ["keep", ["cannot-tell"]]


def test_a_shared_clusters_runs_are_not_compared(an_agent, decided):
    for ago, engine in ((1, "photon"), (9, "none")):
        an_agent([hour(ago)], engine=engine, shape=interactive(), compute="cluster:1122-334455-abc")
    assert [one["reason"] for one in decided()[0]["facts"]["history"]["reasons"]] == ["runs-not-comparable"]


def test_a_decision_is_kept_when_it_changes_and_once_a_day(database, an_agent, decided):
    an_agent([hour(1)])
    assert len(decided()) == 1
    assert len(decided()) == 1
    assert len(decided(NOW_MS + DAY_MS - 1)) == 1
    assert len(decided(NOW_MS + DAY_MS)) == 2
    with database.writing() as connection:
        connection.execute(usage_hours.update().values(failed_ms=2 * HOUR_MS))
    found = decided(NOW_MS + DAY_MS + 1)
    assert [one["action"] for one in found] == ["disable", "disable", "keep"]


def test_reading_and_writing_apart_say_the_same(database, an_agent, stored, decided):
    an_agent([hour(1)])
    assert decide_apart(database, PRICES, NOW_MS) == 1
    assert decide_apart(database, PRICES, NOW_MS + 1) == 0
    (apart,) = stored()
    assert apart["saving"]["low_microusd"] == 285_000
    assert decided(NOW_MS + 2) == [apart]


def test_nothing_stored_is_nothing_decided(decided):
    assert decided() == []
