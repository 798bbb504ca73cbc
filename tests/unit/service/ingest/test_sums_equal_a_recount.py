"""Any order, duplicates and any grouping of the same records give the same rows, and the sums of a recount (SPEC P11)."""

from __future__ import annotations

import json
from itertools import pairwise, permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_samples import DAY_MS, NOW_MS, agent_state, line, signal, usage_hour
from sqlalchemy import select

from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.ingest.names_seen import MOST_NAMES, with_names
from clusop.service.ingest.recount import differences
from clusop.service.ingest.seen import SUMS
from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.problems import problem_days, problems

LIMITS = Limits()

CAUSES = {"python-udf": "BatchEvalPython", "pandas-udf": "ArrowEvalPython"}
_FINDING = signal()["findings"][0]
SHAPE = agent_state()["shape"]


def told_by(cause, *, is_upper_bound=False, **others):
    """A signal whose own finding is one of two causes that are alike."""
    finding = _FINDING | {"cause": cause, "operator": CAUSES[cause], "is_upper_bound": is_upper_bound}
    return signal(cause=cause, findings=[finding], **others)


signals = st.builds(
    told_by,
    cause=st.sampled_from(sorted(CAUSES)),
    is_upper_bound=st.booleans(),
    agent=st.integers(1, 3),
    problem=st.integers(0, 3),
    end_at_ms=st.integers(NOW_MS - 3 * DAY_MS, NOW_MS),
    low=st.integers(0, 50),
    high=st.integers(50, 2**63 - 1),
    score=st.sampled_from([0.1, 0.5, 0.9]),
    run_ms=st.sampled_from([0, 10, None]),
    runs=st.integers(1, 9),
    priced=st.booleans(),
    is_capacity=st.booleans(),
    hours=st.sampled_from([None, "0", "1.5", "999999999999.999999999999"]),
    hours_reason=st.just("no-timeline"),
    verdict=st.sampled_from(["fallback", "partial"]),
    occurrence=st.integers(0, 1),
)
states = st.builds(
    agent_state,
    agent=st.integers(1, 3),
    compute=st.sampled_from(["", "job:42", "job:43", "job:44"]),
    cluster=st.sampled_from(["", "1122-334455-abc12def"]),
    shape=st.sampled_from([None, SHAPE, {**SHAPE, "workers": [1, 2]}]),
    final=st.booleans(),
)
hours = st.builds(usage_hour, agent=st.integers(1, 3), revision=st.integers(1, 4), busy_ms=st.integers(0, 9))


@st.composite
def deliveries(draw):
    """The same records twice: once in order, once shuffled, repeated, and cut otherwise."""
    documents = draw(st.lists(st.one_of(signals, signals, states, states, hours), min_size=1, max_size=12))
    lines = [line(document | {"sequence": number}) for number, document in enumerate(documents, 1)]
    again = draw(st.permutations(lines + draw(st.lists(st.sampled_from(lines), max_size=6))))
    cuts = sorted(draw(st.lists(st.integers(0, len(again)), max_size=4)))
    ends = [0, *cuts, len(again)]
    batches = [again[first:last] for first, last in pairwise(ends)]
    return lines, batches, draw(st.booleans())


def deliver(database, batches, *, together=False):
    receipts = []
    with database.writing() as connection:
        if together:
            receipts += apply_batches(connection, [batch_of(one) for one in batches], NOW_MS, LIMITS)
    if not together:
        for one in batches:
            with database.writing() as connection:
                receipts += apply_batches(connection, [batch_of(one)], NOW_MS, LIMITS)
    return receipts


def rows(database):
    """All that must not depend on the order of arrival: everything but the numbers the database gives."""
    with database.reading() as connection:
        ids = {row.id: row.signature for row in connection.execute(select(problems.c.id, problems.c.signature))}
        named = {row.id: row.agent for row in connection.execute(select(agents.c.id, agents.c.agent))}
        left_out = {"id"}
        return (
            sorted(
                repr({k: v for k, v in row.items() if k not in left_out})
                for row in connection.execute(select(problems)).mappings()
            ),
            sorted(
                (ids[row["problem_id"]], row["day"], *(row[name] for name in SUMS))
                for row in connection.execute(select(problem_days)).mappings()
            ),
            sorted(
                repr({k: v for k, v in row.items() if k != "id"})
                for row in connection.execute(select(agents)).mappings()
            ),
            sorted(
                repr({**row, "agent_id": named[row["agent_id"]]})
                for row in connection.execute(select(usage_hours)).mappings()
            ),
        )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries())
def test_any_order_and_grouping_gives_the_same_rows(fresh, given_records):
    lines, batches, together = given_records
    first, second = fresh(), fresh()
    in_order = deliver(first, [lines])
    assert in_order[0].accepted == len(lines)
    receipts = deliver(second, batches, together=together)
    assert sum(one.accepted for one in receipts) == len(lines)
    assert sum(one.known for one in receipts) == sum(map(len, batches)) - len(lines)
    assert rows(first) == rows(second)
    for database in (first, second):
        with database.reading() as connection:
            assert differences(connection) == []
        database.close()


def test_an_agent_shows_what_its_newest_states_told_in_any_order(database):
    """The newest of all is silent about what is known from before."""
    told = [
        {"shape": SHAPE, "compute": "job:2", "cluster": "1122-334455-abc12def"},
        {"shape": {**SHAPE, "workers": [1, 2]}, "compute": "job:1", "cluster": "1122-334455-abc12def"},
        {"shape": None, "compute": "", "cluster": ""},
    ]
    for agent, order in enumerate(permutations(enumerate(told, 1)), 1):
        deliver(database, [[line(agent_state(agent, sequence, **one))] for sequence, one in order])
    names = ("cluster", "compute", "shape", "state_sequence", "compute_sequence", "shape_sequence")
    with database.reading() as connection:
        (row,) = set(connection.execute(select(*(agents.c[name] for name in names))).all())
    assert {"cluster": row.cluster, "compute": row.compute, "shape": json.loads(row.shape)} == told[1]
    assert row[3:] == (3, 2, 2)


def test_a_recount_sees_a_wrong_sum(database):
    deliver(database, [[line(signal())]])
    with database.writing() as connection:
        connection.execute(problems.update().values(run_count=problems.c.run_count + 1))
    with database.reading() as connection:
        assert differences(connection) == ["problem 1 has other sums than its signals"]


def test_what_the_signals_of_one_signature_told_is_kept_together(database):
    deliver(database, [[line(told_by("python-udf", sequence=1, score=0.9))]])
    deliver(database, [[line(told_by("pandas-udf", is_upper_bound=True, sequence=2, score=0.5))]])
    with database.reading() as connection:
        (row,) = connection.execute(select(problems)).mappings()
        assert (row["causes"], row["operators"], row["is_upper_bound"]) == (
            '["pandas-udf", "python-udf"]',
            '["ArrowEvalPython", "BatchEvalPython"]',
            True,
        )
        assert row["cause"] == "python-udf"
    with database.writing() as connection:
        connection.execute(problems.update().values(causes='["python-udf"]'))
    with database.reading() as connection:
        assert differences(connection) == ["problem 1 tells other causes or operators than its signals"]


def test_the_better_evidence_names_the_cause(database):
    deliver(database, [[line(told_by("python-udf", sequence=1, score=0.5))]])
    deliver(database, [[line(told_by("pandas-udf", sequence=2, score=0.9))]])
    with database.reading() as connection:
        assert connection.execute(select(problems.c.cause)).scalar_one() == "pandas-udf"


def test_names_without_end_do_not_grow_a_row_without_end():
    many = [f"name{number:02}" for number in range(30)]
    forwards, backwards = "[]", "[]"
    for name in many:
        forwards = with_names(forwards, [name])
    for name in reversed(many):
        backwards = with_names(backwards, [name])
    assert json.loads(forwards) == json.loads(backwards) == many[:MOST_NAMES]


def test_a_record_of_a_clock_that_is_wrong_is_refused_with_a_reason(database):
    ahead = [line(signal(sequence=1, end_at_ms=NOW_MS + 2 * DAY_MS)), line(agent_state(sequence=2, at_ms=2**52))]
    (receipt,) = deliver(database, [[*ahead, line(signal(sequence=3, end_at_ms=NOW_MS + DAY_MS // 2))]])
    assert (receipt.accepted, [one.reason for one in receipt.refused]) == (1, ["too-far-ahead"] * 2)
