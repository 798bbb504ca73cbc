"""Single facts and counters: how many records were refused and why, up to when retention went, the server's secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, select

from clusop.service.store.tables.access import facts
from clusop.service.store.upsert import inserting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

__all__ = ["claim", "count_up", "counts", "fact", "raise_to", "set_once", "try_to_write"]


def count_up(connection: Connection, added: Mapping[str, int]) -> None:
    """Add to counters, in the order of their names."""
    rows = [{"name": name, "count": count} for name, count in sorted(added.items()) if count]
    if rows:
        insert = inserting(connection, facts)
        connection.execute(
            insert.on_conflict_do_update(
                index_elements=["name"], set_={"count": facts.c.count + insert.excluded["count"]}
            ),
            rows,
        )


def raise_to(connection: Connection, name: str, least: int) -> None:
    """See that a number is ``least`` or more. It never falls."""
    insert = inserting(connection, facts)
    told = insert.excluded["count"]
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["name"], set_={"count": case((told > facts.c.count, told), else_=facts.c.count)}
        ),
        [{"name": name, "count": least}],
    )


def counts(connection: Connection, prefix: str = "") -> dict[str, int]:
    """All counters whose names begin with ``prefix``."""
    # By position: a row is a tuple, whose own ``count`` is a method.
    rows = connection.execute(
        select(facts.c.name, facts.c.count).where(facts.c.name.startswith(prefix, autoescape=True))
    )
    return {row[0]: row[1] for row in rows}


def fact(connection: Connection, name: str) -> tuple[int, str]:
    """Number and text of a fact; ``(0, "")`` where there is none."""
    row = connection.execute(select(facts.c.count, facts.c.value).where(facts.c.name == name)).first()
    return (row[0], row[1]) if row else (0, "")


def set_once(connection: Connection, name: str, value: str) -> str:
    """The text of a fact, which is ``value`` where nobody set it before."""
    claim(connection, name, value)
    return fact(connection, name)[1]


def claim(connection: Connection, name: str, value: str = "") -> bool:
    """Set a fact that is not there yet; whether it was we who did."""
    # What comes back tells; how many rows an insert made, not every driver does.
    done = connection.execute(
        inserting(connection, facts)
        .on_conflict_do_nothing()
        .values(name=name, value=value, count=0)
        .returning(facts.c.name)
    )
    return done.first() is not None


def try_to_write(connection: Connection) -> None:
    """Change nothing, by a statement that only those may run who may write: to find out at the start."""
    connection.execute(facts.update().where(facts.c.name == "").values(value=""))
