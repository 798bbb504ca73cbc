"""A batch that is being stored locks its problems against another batch, not against rows that only name them."""

from __future__ import annotations

import pytest
from ingest_samples import NOW_MS, line, signal
from sqlalchemy import select

from clusop.service.ingest.apply import apply_batches
from clusop.service.ingest.batch import batch_of
from clusop.service.ingest.limits import Limits
from clusop.service.store.tables.problems import problems


def stored(connection, document) -> None:
    apply_batches(connection, [batch_of([line(document)])], NOW_MS, Limits())


def test_the_bill_names_a_problem_while_a_batch_of_it_is_stored(database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer")
    with database.writing() as connection:
        stored(connection, signal())
    with database.writing() as batch:
        stored(batch, signal(sequence=2))
        with database.engine.connect() as other:
            # What a foreign key asks for.
            named = select(problems.c.id).with_for_update(read=True, key_share=True, nowait=True)
            assert other.execute(named).scalars().all() == [1]
