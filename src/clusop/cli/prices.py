"""``clusop prices``: show what is known of a node type, check a price file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from clusop.cli.price_view import check_json, check_view, replacements, sheet_json, sheet_view
from clusop.errors import InputError
from clusop.pricing.key import CLOUDS, canonical_cloud
from clusop.pricing.node_sheet import node_sheets
from clusop.pricing.override import OverridesError
from clusop.pricing.override_file import parse_override_text, parse_price_options
from clusop.pricing.override_rules import quoted, suggestion
from clusop.pricing.price import Unpriced
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.pricing.override import Overrides

__all__ = ["app", "price_book", "read_price_file"]

app = typer.Typer(name="prices", help="Show and check the prices clusop counts with.", no_args_is_help=True)

_EXIT_BAD_INPUT = 2
_MOST_BYTES = 8 * 1024 * 1024

_JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


@app.callback()
def prices() -> None:
    """Show and check the prices clusop counts with."""


@app.command()
def show(
    node: Annotated[str, typer.Argument(help="Node type as the cloud spells it, such as i3.xlarge.", metavar="NODE")],
    *,
    cloud: Annotated[str, typer.Option(help="AWS, Azure or GCP; all of them where left out.")] = "",
    price_file: Annotated[str, typer.Option(help="Your own prices; see docs/prices.md.")] = "",
    price: Annotated[list[str] | None, typer.Option(help="One price of your own, KIND/KEY=VALUE; repeatable.")] = None,
    as_json: _JsonOption = False,
) -> None:
    """Show all that is known of a node type: DBU/h, machine price, dollars per hour, with dates and sources."""
    try:
        _require_cloud(cloud)
        book = price_book(Path(price_file) if price_file else None, price or ())
        sheets = node_sheets(book, node, cloud)
        if not sheets:
            _refuse_node(book, node, cloud, as_json=as_json)
    except InputError as error:
        _refuse(error, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(sheet_json(book, node, sheets), indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    for sheet in sheets:
        console.print(sheet_view(book, sheet, console.width))


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="A JSON file of your own prices.", metavar="FILE")],
    *,
    as_json: _JsonOption = False,
) -> None:
    """Check a price file: list what each price takes the place of, or everything that is wrong with it."""
    try:
        overrides = read_price_file(Path(file))
    except InputError as error:
        _refuse(error, as_json=as_json)
    found = replacements(PriceBook.default(), overrides)
    if as_json:
        typer.echo(json.dumps(check_json(file, overrides, found), indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    console.print(check_view(file, found, console.width))


def read_price_file(path: Path) -> Overrides:
    """The prices of a file, or ``InputError`` for a file that cannot be read and for every price that cannot be used."""
    where = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise InputError(where, "there is no such file", "Check the path of the price file.") from error
    except IsADirectoryError as error:
        raise InputError(where, "this is a directory", "Name the price file in it.") from error
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise InputError(where, f"the file cannot be read ({told})", "Check its permissions.") from error
    if len(data) > _MOST_BYTES:
        raise InputError(where, f"the file is larger than {_MOST_BYTES} bytes", "A price file holds prices only.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(where, "the file is no text in UTF-8", "Save it as JSON in UTF-8.") from error
    return parse_override_text(text, where)


def price_book(price_file: Path | None, options: Sequence[str]) -> PriceBook:
    """The book to count with: the table, then the user's file, then the user's options in front of both."""
    book = PriceBook.default()
    if price_file:
        book = book.with_overrides(read_price_file(price_file))
    return book.with_overrides(parse_price_options(options)) if options else book


def _require_cloud(cloud: str) -> None:
    if cloud and not canonical_cloud(cloud):
        where, remedy = "--cloud", f"Allowed are {', '.join(CLOUDS)}.{suggestion(cloud.upper(), CLOUDS)}"
        raise InputError(where, f"{quoted(cloud)} is not known", remedy)


def _refuse_node(book: PriceBook, node: str, cloud: str, *, as_json: bool) -> NoReturn:
    elsewhere = book.clouds_of(node)
    near = book.near_node_types(node, cloud)
    named = f"{quoted(node)} in {canonical_cloud(cloud)}" if cloud else quoted(node)
    if elsewhere:
        remedy = f"It is known in {', '.join(elsewhere)}."
    elif near:
        remedy = f"Did you mean {', '.join(near)}?"
    else:
        remedy = "Give it in a price file; docs/prices.md shows how."
    if as_json:
        unpriced = Unpriced(Reason("unknown-node-type", f"{canonical_cloud(cloud)} {node}".strip()))
        typer.echo(json.dumps({"node_type": node, **unpriced.to_json(), "near": list(near)}, ensure_ascii=False))
        raise typer.Exit(_EXIT_BAD_INPUT)
    raise InputError(named, "no DBU rate and no machine price is known", remedy)


def _refuse(error: InputError, *, as_json: bool) -> NoReturn:
    problems = error.problems if isinstance(error, OverridesError) else (error,)
    if as_json:
        told = [{"where": one.where, "what": one.what, "remedy": one.remedy} for one in problems]
        typer.echo(json.dumps({"ok": False, "problems": told}, indent=2, ensure_ascii=False))
    else:
        for problem in problems:
            typer.echo(str(problem), err=True)
    raise typer.Exit(_EXIT_BAD_INPUT) from error
