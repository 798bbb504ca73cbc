"""``clusop explain``: recompute the figures of a JSON report, or of the service's JSON, from their own records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusop.analysis.economics import recompute
from clusop.cli.writing import write_stdout
from clusop.errors import InputError
from clusop.plan.json_text import JsonTextError, decode_json
from clusop.report.amounts import fine_money, number, plural
from clusop.report.formula_text import formula_text
from clusop.report.scrub import cut
from clusop.units import usd_to_microusd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clusop.units import Range

__all__ = ["explain"]

_EXIT_BAD_INPUT = 2
_MOST_BYTES = 1 << 30


def explain(
    report: Annotated[
        str,
        typer.Argument(
            metavar="REPORT", help="A report of clusop analyze --json, or the JSON of a problem from the service."
        ),
    ],
    pointer: Annotated[
        str, typer.Argument(metavar="POINTER", help="The place of a figure, such as inputs/0/queries/3/cost/exposure.")
    ] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Recompute the figures of a report from their own formulas and inputs; all of them, or those below POINTER.

    The service's JSON of a problem (/v1/problems/ID), of /v1/decisions and of /v1/savings is read like a report.
    The exit code is 2 where a figure does not follow from its record.
    """
    figures = list(_figures(_below(_document(report), pointer, report), pointer.strip("/")))
    if not figures and not pointer:
        write_stdout("[]\n" if as_json else "This report has no figures: nothing was priced.\n")
        return
    if not figures:
        raise InputError(report, f"there is no figure at {pointer}", "Give the place of a figure.")
    checked = [(place, figure, recompute(figure)) for place, figure in figures]
    wrong = [place for place, figure, dollars in checked if not _agrees(figure, dollars)]
    if as_json:
        write_stdout(json.dumps([_row(*each) for each in checked], indent=2) + "\n")
    else:
        lines = [_told(*each, in_full=bool(pointer)) for each in checked]
        if not wrong:
            follow = "follows from its record" if len(checked) == 1 else "follow from their records"
            lines.append(f"{len(checked)} of {plural(len(checked), 'figure')} {follow}.")
        write_stdout("\n".join(lines) + "\n")
    if wrong:
        typer.echo(f"clusop: {len(wrong)} of {len(checked)} figures do not follow from their records.", err=True)
        raise typer.Exit(_EXIT_BAD_INPUT)


def _document(path: str) -> object:
    try:
        file = Path(path)
        if file.stat().st_size > _MOST_BYTES:
            raise InputError(path, "the file is too large", "A report has less than a gigabyte.")
        document = decode_json(file.read_bytes())
    except (OSError, ValueError) as error:
        what = str(error) if isinstance(error, JsonTextError) else getattr(error, "strerror", "") or str(error)
        raise InputError(
            path, f"the report cannot be read ({what})", "Give a file written by analyze --json."
        ) from error
    if _has_figures(document):
        return document
    if _is_list_of_problems(document):
        raise InputError(
            path,
            "a list of problems holds sums, which have no formula",
            "Give the JSON of one problem: /v1/problems/ID.",
        )
    raise InputError(
        path, "this is no clusop report", "Give a file written by clusop analyze --json, or a problem's JSON."
    )


def _has_figures(document: object) -> bool:
    """Whether it is a report, or what the service tells of one problem, of its decisions or of all that could be saved."""
    if not isinstance(document, dict):
        return False
    is_problem = {"signature", "per_30_days"} <= document.keys()
    is_total = {"cash", "chosen"} <= document.keys()
    return "clusop_report" in document or is_problem or is_total or isinstance(document.get("decisions"), list)


def _is_list_of_problems(document: object) -> bool:
    listed = document.get("problems") if isinstance(document, dict) else document
    return (
        isinstance(listed, list)
        and bool(listed)
        and all(isinstance(one, dict) and "signature" in one for one in listed)
    )


def _below(document: object, pointer: str, where: str) -> object:
    """What stands at a JSON pointer, with or without its first slash."""
    for step in (part for part in pointer.strip("/").split("/") if part):
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and key in document:
            document = document[key]
        elif isinstance(document, list) and key.isdecimal() and int(key) < len(document):
            document = document[int(key)]
        else:
            raise InputError(where, f"there is no {key!r} on the way to {pointer!r}", "Check the pointer.")
    return document


def _figures(document: object, place: str) -> Iterator[tuple[str, dict[str, object]]]:
    stack = [(place, document)]
    while stack:
        where, value = stack.pop()
        if isinstance(value, dict):
            if "low_microusd" in value and "formula" in value:
                yield where, value
                continue
            stack.extend((f"{where}/{key}".lstrip("/"), below) for key, below in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((f"{where}/{index}".lstrip("/"), below) for index, below in reversed(list(enumerate(value))))


def _agrees(figure: dict[str, object], dollars: Range) -> bool:
    return [figure.get("low_microusd"), figure.get("high_microusd")] == _microusd(dollars)


def _microusd(dollars: Range) -> list[int]:
    return [usd_to_microusd(dollars.low), usd_to_microusd(dollars.high)]


def _row(place: str, figure: dict[str, object], dollars: Range) -> dict[str, object]:
    low, high = _microusd(dollars)
    return {
        "pointer": place,
        "formula": figure["formula"],
        "low_microusd": low,
        "high_microusd": high,
        "agrees": _agrees(figure, dollars),
    }


def _told(place: str, figure: dict[str, object], dollars: Range, *, in_full: bool) -> str:
    says = (
        ""
        if _agrees(figure, dollars)
        else f"  BUT the report says {figure.get('low_microusd')}..{figure.get('high_microusd')} microusd"
    )
    formula = str(figure["formula"])
    lines = [f"{place}  {fine_money(dollars)} ({figure.get('basis')})  {formula}{says}"]
    if in_full:
        inputs = figure.get("inputs")
        lines += [f"    {formula_text(formula)}"] if formula_text(formula) else []
        lines += (
            [f"    {name} = {cut(number(str(value)), 80)}" for name, value in inputs.items()]
            if isinstance(inputs, dict)
            else []
        )
        prices = figure.get("price_ids")
        lines += (
            [f"    prices: {', '.join(str(price) for price in prices)}"] if isinstance(prices, list) and prices else []
        )
    return "\n".join(lines)
