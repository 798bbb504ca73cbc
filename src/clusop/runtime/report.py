"""What ``clusop.report()`` shows: the caller's finished queries, what left the engine, what it cost, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clusop.reasons import Reason
from clusop.runtime.amount import duration, money, share
from clusop.runtime.jvm_errors import jvm_errors, reason_of
from clusop.runtime.spark_session import owner_of
from clusop.runtime.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.runtime.driver import Driver

__all__ = ["Report", "report_of", "report_of_rows"]

_COLUMNS = ("query", "verdict", "why", "time", "off engine", "premium", "avoidable", "do")
# Of a plan on a Spark that has no native engine. Nothing of it is priced: there is no premium.
_NO_ENGINE = "no-engine"
# Statements that no engine could run: they tell nothing about one.
_COMMAND = "command"
_NO_PREMIUM = "The premium is modeled from list prices and measured times; no bill has confirmed it."


@dataclass(frozen=True, slots=True)
class Report:
    """Finished queries, newest last, as the agent keeps them: at most 200. ``reasons`` say why there is nothing, or not all.

    ``rows`` hold every field the agent knows, for a script; what is printed is a table with dollars.
    """

    rows: tuple[Mapping[str, Any], ...] = ()  # Any: JSON
    reasons: tuple[Reason, ...] = ()

    def __repr__(self) -> str:
        return self._table().text()

    def _repr_html_(self) -> str:
        return self._table().html()

    def _table(self) -> Table:
        shown = tuple(_cells(row) for row in self.rows if _is_shown(row))
        sentences = [str(row["sentence"]) for row in self.rows if row.get("action") in {"fix", "disable", "upgrade"}]
        notes = [*(reason.sentence for reason in self.reasons), *dict.fromkeys(sentences)]
        if any("$" in cell for row in shown for cell in row):
            notes.append(_NO_PREMIUM)
        return Table(f"clusop: {_queries(len(shown))} finished", _COLUMNS, shown, tuple(notes))


def report_of(driver: Driver, session: Any | None, *, everybody: bool) -> Report:  # Any: a SparkSession of PySpark
    """The report of ``session``, else of the caller's own."""
    if not driver.process.is_own:
        return Report(reasons=(Reason("forked-child"),))
    if driver.link is None:
        return Report(reasons=(driver.reason or Reason("not-armed"),))
    try:
        owner = owner_of(session)
    except jvm_errors() as error:
        return Report(reasons=(reason_of(error),))
    if not owner and not everybody:
        return Report(reasons=(Reason("no-owner"),))
    answer = driver.ask("report", owner=owner, all=everybody)
    if isinstance(answer, Reason):
        return Report(reasons=(answer,))
    return report_of_rows(tuple(row for row in answer.get("rows", ()) if isinstance(row, dict)))


def report_of_rows(rows: tuple[Mapping[str, Any], ...]) -> Report:  # Any: JSON
    """The report of what the agent keeps, with what is to be said of all of it together."""
    if not any(map(_is_shown, rows)):
        return Report(rows, (Reason("nothing-finished"),))
    count = sum(_is_shown(row) and _has_no_engine(row) for row in rows)
    if count and all(_has_no_engine(row) or row.get("verdict") == _COMMAND for row in rows):
        return Report(rows, (Reason("nothing-to-fall-back-from", _queries(count)),))
    return Report(rows)


def _has_no_engine(row: Mapping[str, Any]) -> bool:  # Any: JSON
    return _NO_ENGINE in (row.get("verdict_reasons") or ())


def _is_shown(row: Mapping[str, Any]) -> bool:  # Any: JSON
    return row.get("role") != "internal"


def _queries(count: int) -> str:
    return "1 query" if count == 1 else f"{count} queries"


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:  # Any: JSON
    findings = [one for one in row.get("findings") or () if isinstance(one, dict)]
    causes = dict.fromkeys(_cause(one) for one in findings)
    why = "; ".join(causes) or ", ".join(str(one) for one in row.get("verdict_reasons") or ())
    told_cost = row.get("cost")
    cost = told_cost if isinstance(told_cost, dict) and not _has_no_engine(row) else {}
    native = row.get("native_ratio")
    off_engine = share(1 - native) if isinstance(native, (int, float)) and not isinstance(native, bool) else ""
    action = str(row.get("action") or "")
    told = f"{row.get('execution', '')} {row.get('description', '')}".strip()
    return (
        told,
        str(row.get("verdict") or ""),
        why,
        duration(row.get("run_ms")),
        off_engine,
        money(cost.get("exposure")) if cost else "",
        money(cost.get("avoidable")) if cost else "",
        "" if action == "none" else action,
    )


def _cause(finding: Mapping[str, Any]) -> str:  # Any: JSON
    part = share(finding.get("time_ratio"))
    return f"{finding.get('cause', '')} at {finding.get('operator', '')}" + (f" ({part})" if part else "")
