"""The rows of a finished statement: chunk after chunk, inline or behind links to cloud storage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.service.databricks.allowed import STATEMENTS
from clusop.service.databricks.fault import WarehouseError
from clusop.service.databricks.transport import LinkExpiredError
from clusop.service.databricks.values import converters_of, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from clusop.service.databricks.transport import Transport
    from clusop.service.databricks.values import Value

__all__ = ["rows_of"]

_FRESH_LINKS = 3


def rows_of(
    transport: Transport, answer: Mapping[str, object], wanted: Sequence[str], statement: str
) -> Iterator[tuple[Value, ...]]:
    """The rows with the columns ``wanted``. Raises ``WarehouseError`` where they are not all there: half a bill is none."""
    manifest = _mapping(answer.get("manifest"))
    converters = converters_of(_list(_mapping(manifest.get("schema")).get("columns")), wanted, statement)
    if manifest.get("truncated"):
        raise WarehouseError(Reason("result-incomplete", f": {statement} was cut by the warehouse"))
    statement_id = str(answer.get("statement_id", ""))
    chunk: Mapping[str, object] | None = _mapping(answer.get("result"))
    count = 0
    seen: set[int] = set()
    while chunk is not None:
        for cells in _cells(transport, chunk, statement_id, statement):
            count += 1
            yield row_of(cells, converters, statement)
        following = _next_index(chunk)
        if following is None:
            break
        if following in seen:
            raise WarehouseError(Reason("result-unreadable", f": the chunks of {statement} go in a circle"))
        seen.add(following)
        chunk = transport.request("GET", f"{STATEMENTS}/{statement_id}/result/chunks/{following}")
    total = manifest.get("total_row_count", 0)
    if count != total:
        raise WarehouseError(Reason("result-incomplete", f": {statement} has {total} rows and {count} arrived"))


def _cells(transport: Transport, chunk: Mapping[str, object], statement_id: str, statement: str) -> Iterator[object]:
    yield from _list(chunk.get("data_array"))
    for link in _list(chunk.get("external_links")):
        yield from _linked(transport, _mapping(link), statement_id, statement)


def _linked(transport: Transport, link: Mapping[str, object], statement_id: str, statement: str) -> list[object]:
    for _ in range(_FRESH_LINKS):
        headers = {str(name): str(value) for name, value in _mapping(link.get("http_headers")).items()}
        try:
            rows = json.loads(transport.fetch(str(link.get("external_link", "")), headers))
        except LinkExpiredError:
            index = link.get("chunk_index", 0)
            fresh = transport.request("GET", f"{STATEMENTS}/{statement_id}/result/chunks/{index}")
            link = _mapping(next(iter(_list(fresh.get("external_links"))), None))
            continue
        except ValueError as error:
            raise WarehouseError(Reason("result-unreadable", f": a chunk of {statement} is no JSON")) from error
        return _list(rows)
    raise WarehouseError(Reason("result-incomplete", f": the links to the rows of {statement} expire at once"))


def _next_index(chunk: Mapping[str, object]) -> int | None:
    links = [_mapping(link) for link in _list(chunk.get("external_links"))]
    told = links[-1].get("next_chunk_index") if links else chunk.get("next_chunk_index")
    return told if isinstance(told, int) else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
