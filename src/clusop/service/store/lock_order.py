"""The one order in which transactions lock: two that keep to it never wait for each other in a circle.

0. What is done alone (:mod:`clusop.service.store.alone`): one such name a transaction.
1. Agents: new ones by their keys, then rows by id.
2. Kin (:func:`hold_kin`), by number.
3. Problems: new ones by their keys, then rows by id. Days of a problem, its state and its owner are changed by whoever holds the
   problem; rows that only name it (shares of the bill, messages, events) need no lock.
4. Signals that were stored before, by id. Then messages that wait, by id.
5. Counters among the facts, by name; the count of changes last of all.

A step may be left out; none is gone back to. Each holds more than it would have to, rather than take a row late.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from clusop.service.store.upsert import chunks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Table

__all__ = ["hold", "hold_kin"]

# Of PostgreSQL's locks by two numbers the first: nobody else in this database uses it. "clus" in bytes.
_KIN = 0x636C7573
# Every lock takes a place in a table of the server's that all transactions share: a batch of thousands of workloads must not
# fill it.
_KIN_LOCKS = 16


def hold(connection: Connection, table: Table, ids: Iterable[int]) -> list[int]:
    """Lock the rows of ``table`` with these ids, in their order, until the transaction ends; the ids that are (still) there.

    Rows that refer to them need not wait.
    """
    found: list[int] = []
    for chunk in chunks(sorted(ids)):
        asked = select(table.c.id).where(table.c.id.in_(chunk)).order_by(table.c.id).with_for_update(key_share=True)
        found += connection.execute(asked).scalars()
    return found


def hold_kin(connection: Connection, workloads: Iterable[tuple[str, str]], *, is_alone: bool) -> None:
    """Keep others from storing signals of ``workloads`` (workspace, and workload in it): everybody where ``is_alone``, else those
    who want to be alone. A lock that needs no row: of a new problem there is none yet.

    SQLite has one writer anyhow.
    """
    if connection.dialect.name == "sqlite":
        return
    numbers = sorted({hashlib.sha256("\0".join(one).encode()).digest()[0] % _KIN_LOCKS for one in workloads})
    if numbers:
        kind = "pg_advisory_xact_lock" if is_alone else "pg_advisory_xact_lock_shared"
        asked = text(f"SELECT {kind}({_KIN}, :number)")
        connection.execute(asked, [{"number": number} for number in numbers])
