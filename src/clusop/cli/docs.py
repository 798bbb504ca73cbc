"""The page ``docs/cli.md``, written from the commands themselves: ``python -m clusop.cli.docs FILE``."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from clusop.cli.root import command_line

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["reference"]

_HEAD = """# Command line

<!-- Written by `make docs` from the commands; a test fails where it is out of date. -->

Exit codes: **0** done, **1** a bug (its traceback is shown), **2** bad usage or input, **3** `--fail-on` matched.

The report goes to standard output and nothing else does; what could not be read, and progress, go to standard error.
Colours are left out where the output is no terminal or `NO_COLOR` is set.
"""


def reference() -> str:
    """The page as Markdown, the same on every machine."""
    return "\n".join([_HEAD, *_command("clusop", typer.main.get_command(command_line()))])


def _command(path: str, command: Any) -> Iterator[str]:  # Any: typer brings its own click, which has no public types
    below = getattr(command, "commands", {})
    yield f"## `{path}`\n"
    yield f"{_paragraphs(command.help or '')}\n"
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option" and not param.hidden]
    usage = [path, *(["[OPTIONS]"] if options else []), *(_metavar(param) for param in arguments)]
    yield f"```\n{' '.join([*usage, *(['COMMAND ...'] if below else [])])}\n```\n"
    listed = [param for param in (*arguments, *options) if param.name != "help" and not _is_completion(param)]
    if listed:
        yield "| | |\n|---|---|"
        yield from (_row(param) for param in listed)
        yield ""
    for name in below:
        yield from _command(f"{path} {name}", below[name])


def _is_completion(param: Any) -> bool:  # Any: as above
    return param.name in {"install_completion", "show_completion"}


def _metavar(param: Any) -> str:  # Any: as above
    return str(param.metavar or param.name.upper())


def _row(param: Any) -> str:  # Any: as above
    if param.param_type_name == "argument":
        name = f"`{_metavar(param)}`"
    else:
        value = "" if param.is_flag else f" {_metavar(param)}"
        name = ", ".join(f"`{option}{value}`" for option in param.opts)
    default = param.default if not callable(param.default) else None
    is_told = not getattr(param, "is_flag", False) and isinstance(default, (str, int)) and default != ""
    told = f" Default: `{default}`." if is_told else ""
    return f"| {name} | {_cell(getattr(param, 'help', '') or '')}{told} |"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def _paragraphs(text: str) -> str:
    return "\n\n".join(_cell(part) for part in re.split(r"\n\s*\n|\f", inspect.cleandoc(text)) if part.strip())


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
