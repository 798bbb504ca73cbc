"""The root of all commands, and how a run of it ends."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from clusop import __version__
from clusop.cli.analyze import analyze
from clusop.cli.doctor_command import doctor
from clusop.cli.explain import explain
from clusop.cli.prices import app as prices
from clusop.cli.writing import let_go_of_stdout
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["EXIT_BAD_INPUT", "app", "main"]

EXIT_BAD_INPUT = 2

app = typer.Typer(
    name="clusop",
    help="Find what left the native engine (Photon, Comet), why, how much time it took and what it cost. "
    "It proposes and never acts.",
    epilog="Exit codes: 0 done, 1 a bug, 2 bad usage or input, 3 --fail-on matched.",
    no_args_is_help=True,
    # A bug shows its plain traceback: what one pastes into an issue.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(analyze)
app.command()(explain)
app.command()(doctor)
app.add_typer(prices)


def _print_version(value: object) -> None:
    if value:
        typer.echo(f"clusop {__version__}")
        raise typer.Exit


@app.callback()
def clusop(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Find what left the native engine (Photon, Comet), why, how much time it took and what it cost.

    It proposes and never acts.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Only a bug raises."""
    try:
        app(arguments, prog_name="clusop")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1 if end.code else 0
    except InputError as error:
        sys.stderr.write(f"clusop: {error}\n")
        return EXIT_BAD_INPUT
    except BrokenPipeError:
        # Whoever read our output has seen enough; that is no fault.
        let_go_of_stdout()
        return 0
    except KeyboardInterrupt:
        return 130
    return 0
