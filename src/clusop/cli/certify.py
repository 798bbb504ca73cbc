"""``clusop certify``: what a native engine really runs, from runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from clusop.certify.compare import compare, comparison_json, comparison_text
from clusop.certify.engines import ENGINES
from clusop.certify.local import Asked, certify, default_cache
from clusop.certify.matrix import matrix_json, read_matrix
from clusop.certify.render_text import matrix_text
from clusop.cli.writing import write_stdout
from clusop.clock import SystemClock
from clusop.errors import InputError

__all__ = ["app"]

app = typer.Typer(
    name="certify",
    invoke_without_command=True,
    help="Run fixtures on a real engine and keep what ran natively, what fell back and why.",
)


@app.callback()
def run(
    context: typer.Context,
    *,
    engine: Annotated[str, typer.Option(metavar="ENGINE", help=f"The engine: {', '.join(ENGINES)}.")] = "",
    out: Annotated[
        str, typer.Option(metavar="FOLDER", help="Where the run is kept; default clusop-certified/ENGINE.")
    ] = "",
    fixture: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this fixture; repeatable.")] = None,
    area: Annotated[list[str] | None, typer.Option(metavar="AREA", help="Only this area; repeatable.")] = None,
    folder: Annotated[
        str, typer.Option(metavar="FOLDER", help="Fixtures of your own, in place of the shipped ones.")
    ] = "",
    jar: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE", help="A jar of the engine or of Delta Lake, in place of fetched ones; repeatable."
        ),
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, max=50, help="Runs of each fixture; shares of time are medians.")] = 1,
    limit: Annotated[
        float, typer.Option(min=1.0, metavar="SECONDS", help="Time limit of one run of a fixture.")
    ] = 120.0,
    cache: Annotated[str, typer.Option(metavar="FOLDER", help="Where jars and tables are kept between runs.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew where a run was begun.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the matrix as JSON.")] = False,
) -> None:
    """Run the fixtures one after another on a Spark that is started here, under the shipped agent, and write the matrix.

    A run that was cut off goes on where it stood when the same command is given again.
    """
    if context.invoked_subcommand is not None:
        return
    if not engine:
        raise InputError("--engine", "none was named", f"Name one of {', '.join(ENGINES)}.")
    asked = Asked(
        engine=engine,
        out=Path(out or f"clusop-certified/{engine}"),
        cache=Path(cache) if cache else default_cache(),
        today=SystemClock().now_at().strftime("%Y-%m-%d"),
        jars=tuple(map(Path, jar or ())),
        fixtures=tuple(fixture or ()),
        areas=tuple(area or ()),
        folder=Path(folder) if folder else None,
        limit_s=limit,
        repeats=repeats,
        is_fresh=fresh,
    )
    matrix = certify(asked, _tell)
    write_stdout(matrix_json(matrix) if as_json else matrix_text(matrix))
    sys.stderr.write(f"  written: {asked.out / 'matrix.json'}, matrix.html, matrix.md\n")


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="A.json", help="The matrix of the runtime you have.")],
    after: Annotated[str, typer.Argument(metavar="B.json", help="The matrix of the runtime you might move to.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell what an upgrade changes: fixtures that got better, worse, or fall back for another reason."""
    found = compare(read_matrix(Path(before)), read_matrix(Path(after)))
    write_stdout(comparison_json(found) if as_json else comparison_text(found))


def _tell(line: str) -> None:
    sys.stderr.write(f"  {line}\n")
    sys.stderr.flush()
