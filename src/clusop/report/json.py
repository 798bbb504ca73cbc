"""The JSON report: the contract of ``report.schema.json``. Fields may be added, none is renamed.

A fact that is not known is ``null`` with ``<field>_reason`` beside it, never 0. Money is integer micro-dollars with its
basis, formula and inputs, or ``{"unpriced": …}``. The same input gives the same document, byte for byte.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from clusop import __version__
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.report.json_application import application_json
from clusop.report.json_query import query_json
from clusop.report.json_values import put, reasons_json
from clusop.report.scrub import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clusop.pricing.provider import PriceBook
    from clusop.report.input_report import InputReport

__all__ = ["REPORT_VERSION", "input_json", "render_json", "report_json", "report_schema"]

REPORT_VERSION = 1


@cache
def report_schema() -> dict[str, Any]:  # Any: a JSON Schema document
    """The JSON Schema of the report, as shipped."""
    text = resources.files("clusop.report").joinpath("report.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)  # Any: as above
    return loaded


def render_json(document: object) -> str:
    """The document as text with a final newline; only ASCII, so that no terminal or locale can break it."""
    return json.dumps(document, ensure_ascii=True, allow_nan=False, indent=2) + "\n"


def report_json(
    inputs: Iterable[dict[str, object]], book: PriceBook, errors: Sequence[Reason] = ()
) -> dict[str, object]:
    """The whole report from the inputs' documents. ``errors`` concern no single input."""
    listed = list(inputs)
    return {
        "clusop_report": REPORT_VERSION,
        "clusop_version": __version__,
        "inputs": listed,
        "errors": reasons_json(errors),
        "prices": _prices(listed, book),
    }


def input_json(report: InputReport) -> dict[str, object]:
    """One input's document."""
    document: dict[str, object] = {"path": printable(report.path)}
    put(document, "kind", report.kind or None, report.errors[0] if report.errors else Reason("not-told"))
    if report.application is None:
        put(
            document,
            "app",
            None,
            report.errors[0] if report.errors and report.query is None else Reason("no-application"),
        )
    else:
        document["app"] = application_json(report.application)
    document["queries"] = [query_json(query) for query in report.queries]
    problems = report.application.application.problems if report.application is not None else ()
    document["errors"] = reasons_json((*report.errors, *report.remarks, *problems))
    return document


def _prices(inputs: Iterable[dict[str, object]], book: PriceBook) -> list[dict[str, object]]:
    """Every price entry some figure used, with its date and source: what is needed to recompute the figures."""
    ids: dict[str, None] = {}
    stack: list[object] = [*reversed(list(inputs))]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            used = value.get("price_ids")
            if isinstance(used, list):
                ids.update(dict.fromkeys(used))
            stack.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            stack.extend(reversed(value))
    entries = (book.entry(price_id) for price_id in ids)
    return [entry.to_json() for entry in entries if not isinstance(entry, Unpriced)]
