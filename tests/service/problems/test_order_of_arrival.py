"""What a problem shows does not depend on the order in which its records come, nor on how they are grouped; on both databases."""

from __future__ import annotations

from itertools import permutations

import pytest
from ingest_samples import NOW_MS, agent_state, line, signal
from sqlalchemy import select

from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.ingest.recount import differences
from clusop.service.store.tables.problems import problems


def take(database, *groups) -> None:
    for group in groups:
        with database.writing() as connection:
            (receipt,) = apply_batches(connection, [batch_of([line(one) for one in group])], NOW_MS, Limits())
        assert (receipt.accepted, receipt.refused) == (len(group), ())


def shown(database, number) -> tuple[int, str]:
    with database.reading() as connection:
        asked = select(problems.c.compute_at_ms, problems.c.compute).where(problems.c.signature == f"{number:032x}")
        return tuple(connection.execute(asked).one())


def records(number, told) -> list[dict]:
    """Records of a problem and agents of its own. ``told``: of each agent when its signals ended, and what its states tell."""
    found = []
    for agent, (ends, computes) in enumerate(told, 10 * number):
        for sequence, end_at_ms in enumerate(ends, 1):
            found.append(signal(agent, sequence, problem=number, end_at_ms=end_at_ms))
        for sequence, compute in enumerate(computes, 1 + len(ends)):
            found.append(agent_state(agent, sequence, compute=compute))
    return found


LATE, LATER, LATEST = (NOW_MS - 3600 + 1000 * number for number in range(3))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([((LATE,), ["job:9"]), ((LATER,), ["job:1"])], (LATER, "job:1"), id="the newest signal's"),
        pytest.param([((LATER,), ["job:1"]), ((LATER,), ["job:2"])], (LATER, "job:2"), id="of two at once by name"),
        pytest.param([((LATE, LATER), ["job:1"]), ((LATEST,), [""])], (LATER, "job:1"), id="the newest that is told"),
        pytest.param([((LATER,), ["job:9", "job:1"]), ((LATE,), ["job:5"])], (LATER, "job:1"), id="as told at last"),
        pytest.param([((LATER,), ["job:9", ""]), ((LATE,), ["job:5"])], (LATER, "job:9"), id="silence takes none back"),
    ],
)
def test_the_compute_definition_is_that_of_the_newest_signal(database, told, expected) -> None:
    orders = list(permutations(range(len(records(1, told)))))
    # All 24 orders of four records, 24 of the 120 of five.
    for number, order in enumerate(orders[:: len(orders) // 24], 1):
        mine = records(number, told)
        # Each alone, in this order; or the first two together.
        arriving = [[mine[place]] for place in order]
        take(database, *(arriving if number % 2 else [arriving[0] + arriving[1], *arriving[2:]]))
        assert shown(database, number) == expected, order
    with database.reading() as connection:
        assert differences(connection) == []


def test_what_contradicts_itself_is_told_the_same_in_any_order(database) -> None:
    for number, order in enumerate(permutations(("load", "store", "sort")), 1):
        take(database, *([signal(number, 1 + at, problem=number, task_key=key)] for at, key in enumerate(order)))
    with database.reading() as connection:
        assert set(connection.execute(select(problems.c.task_key)).scalars()) == {"load"}
