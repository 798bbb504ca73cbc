"""The root of all commands, and how a run of it ends."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from clusop import __version__
from clusop.cli.writing import let_go_of_stdout
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "EXIT_BAD_INPUT", "command_line", "main"]

EXIT_BAD_INPUT = 2
COMMANDS = ("analyze", "explain", "doctor", "prices", "serve", "collect", "onboard", "reconcile", "certify")

_GROUPS = ("prices", "serve", "certify")
_MODULES = {"doctor": "clusop.cli.doctor_command"}

_HELP = (
    "Find what left the native engine (Photon, Comet), why, how much time it took and what it cost. "
    "It proposes and never acts."
)


def command_line(chosen: Sequence[str] = COMMANDS) -> typer.Typer:
    """The command line with the ``chosen`` commands. Only what they need is imported: the doctor reads no event log."""
    app = typer.Typer(
        name="clusop",
        epilog="Exit codes: 0 done, 1 a bug, 2 bad usage or input, 3 --fail-on matched.",
        no_args_is_help=True,
        # A bug shows its plain traceback: what one pastes into an issue.
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(help=_HELP)(_clusop)
    for name in chosen:
        _add(app, name)
    return app


def _add(app: typer.Typer, name: str) -> None:
    # Groups bring a command line of their own; all else is one function of the module of its name.
    if name in _GROUPS:
        app.add_typer(import_module(f"clusop.cli.{name}").app)
    else:
        app.command()(getattr(import_module(_MODULES.get(name, f"clusop.cli.{name}")), name))


def _print_version(value: object) -> None:
    if value:
        typer.echo(f"clusop {__version__}")
        raise typer.Exit


def _clusop(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that belong to no command."""


def _needed(arguments: Sequence[str]) -> Sequence[str]:
    """The commands that these arguments can ask for: one that is named, none for the version, else all (the help lists them)."""
    if list(arguments) == ["--version"]:
        return ()
    return arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Only a bug raises."""
    try:
        given = sys.argv[1:] if arguments is None else list(arguments)
        command_line(_needed(given))(given, prog_name="clusop")
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
