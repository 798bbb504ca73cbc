"""From the strings of a result to values, by the types that its manifest names."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from clusop.reasons import Reason
from clusop.service.databricks.fault import WarehouseError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["Value", "converters_of", "row_of"]

Value: TypeAlias = str | int | bool | Fraction | None

_BOOLEANS = {"true": True, "false": False}


def _boolean(text: str) -> Value:
    return _BOOLEANS[text.lower()]


# Text: what is compared or shown, never computed with. A type that is not here is one we never asked for.
_OF_TYPE: Mapping[str, Callable[[str], Value]] = {
    "STRING": str,
    "CHAR": str,
    "DATE": str,
    "TIMESTAMP": str,
    "STRUCT": str,
    "ARRAY": str,
    "MAP": str,
    "BYTE": int,
    "SHORT": int,
    "INT": int,
    "LONG": int,
    "DECIMAL": Fraction,
    "BOOLEAN": _boolean,
}


def converters_of(columns: Sequence[object], wanted: Sequence[str], statement: str) -> list[Callable[[str], Value]]:
    """What turns each column into its value. Raises ``WarehouseError`` where the columns are not those asked for."""
    found: list[Callable[[str], Value]] = []
    names: list[str] = []
    for column in columns:
        told = column if isinstance(column, dict) else {}
        names.append(str(told.get("name", "")))
        kind = str(told.get("type_name", ""))
        if kind not in _OF_TYPE:
            raise WarehouseError(Reason("result-unreadable", f": {statement} has a column of type {kind[:40]!r}"))
        found.append(_OF_TYPE[kind])
    if names != list(wanted):
        raise WarehouseError(Reason("result-unreadable", f": {statement} has other columns than asked for"))
    return found


def row_of(cells: object, converters: Sequence[Callable[[str], Value]], statement: str) -> tuple[Value, ...]:
    """One row. Every cell is a string or null, whatever its type."""
    if not isinstance(cells, list) or len(cells) != len(converters):
        raise WarehouseError(Reason("result-unreadable", f": a row of {statement} has the wrong length"))
    try:
        return tuple(
            None if cell is None else convert(_text(cell)) for cell, convert in zip(cells, converters, strict=True)
        )
    except (ValueError, KeyError, ZeroDivisionError) as error:
        raise WarehouseError(Reason("result-unreadable", f": a value of {statement} does not fit its type")) from error


def _text(cell: object) -> str:
    if not isinstance(cell, str):
        raise WarehouseError(Reason("result-unreadable", ": a cell is no string"))
    return cell
