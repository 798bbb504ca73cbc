"""The metadata all tables belong to, and the kinds of columns they are made of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Text

__all__ = ["PICO_HOURS", "big", "key", "metadata", "text"]

PICO_HOURS = 10**12
"""Pico-hours in an hour: a record's ``hours`` has at most twelve decimals, so that sums of them stay exact integers."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str = "id") -> Column[int]:
    """A primary key that the database counts up. SQLite does so for its own ``INTEGER`` only."""
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def big(name: str, *, default: int | None = 0) -> Column[int]:
    """A 64-bit integer: counts, ms, micro-USD. Without a default it may be null: not known."""
    if default is None:
        return Column(name, BigInteger, nullable=True)
    return Column(name, BigInteger, nullable=False, server_default=str(default))


def text(name: str, default: str = "") -> Column[str]:
    """Text; ``""`` where it is not told."""
    return Column(name, Text, nullable=False, server_default=default)
