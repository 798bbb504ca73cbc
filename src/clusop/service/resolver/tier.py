"""Which dollars there are: what of the bill and of the price lists this user may read, and why no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from clusop.reasons import Reason
from clusop.service.databricks.fault import TableRefusedError
from clusop.service.databricks.statements import read_statement

if TYPE_CHECKING:
    from clusop.service.databricks.statements import Statement
    from clusop.service.databricks.warehouse import Warehouse

__all__ = ["PROBES", "Tier", "TierName", "probe"]

TierName: TypeAlias = Literal["modeled", "billed-at-list", "billed-negotiated"]
_PACKAGE = "clusop.service.resolver"
_USAGE = read_statement(_PACKAGE, "queries/probe_usage")
_LIST = read_statement(_PACKAGE, "queries/probe_list_prices")
_ACCOUNT = read_statement(_PACKAGE, "queries/probe_account_prices")
PROBES: tuple[Statement, ...] = (_USAGE, _LIST, _ACCOUNT)


@dataclass(frozen=True, slots=True)
class Tier:
    """``reason`` says why it is no better one, or has no list; ``None`` for the best."""

    name: TierName
    reason: Reason | None
    has_list: bool = False


def probe(warehouse: Warehouse | None) -> Tier:
    """Ask for one row of each table. Only what the warehouse refuses lowers the tier: any other failure says nothing of what may
    be read, and would price the whole window anew for an hour. It is raised, as ``WarehouseError``.
    """
    if warehouse is None:
        return Tier("modeled", Reason("dollars-not-set-up"))
    no_usage = _refusal(warehouse, _USAGE)
    if no_usage is not None:
        return Tier("modeled", Reason("bill-not-readable", no_usage.sentence))
    no_list = _refusal(warehouse, _LIST)
    no_account = _refusal(warehouse, _ACCOUNT)
    if no_account is None:
        gap = None if no_list is None else Reason("list-not-readable", f" ({no_list.sentence.rstrip('.')})")
        return Tier("billed-negotiated", gap, has_list=no_list is None)
    if no_list is None:
        return Tier("billed-at-list", Reason("negotiated-not-readable", no_account.sentence), has_list=True)
    return Tier("modeled", Reason("prices-not-readable", no_list.sentence))


def _refusal(warehouse: Warehouse, statement: Statement) -> Reason | None:
    try:
        for _row in warehouse.rows(statement, ("sku",)):
            pass
    except TableRefusedError as error:
        return error.reason
    return None
