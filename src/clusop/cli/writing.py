"""Writing reports: files whole or not at all, standard output until nobody listens any more."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["let_go_of_stdout", "refuse_bad_targets", "write_file", "write_stdout"]


def refuse_bad_targets(targets: Iterable[tuple[str, str]], inputs: Iterable[str]) -> None:
    """Refuse targets (option, path) that cannot be written before any work is done.

    Raises:
        InputError: a directory, a missing directory, an input, or two options with one target.

    """
    seen: dict[Path, str] = {}
    if not (named := list(targets)):
        return
    sources = {Path(path).resolve() for path in inputs if path != "-" and "\0" not in path}
    for option, path in named:
        if "\0" in path:
            raise InputError(option, "the path holds a zero character", "Name a file.")
        target = Path(path).resolve()
        if target.is_dir():
            raise InputError(option, f"{path} is a directory", "Name a file.")
        if not target.parent.is_dir():
            raise InputError(option, f"there is no directory {target.parent}", "Create it first.")
        if target in sources:
            raise InputError(option, f"{path} is one of the inputs", "Choose another file; it would be overwritten.")
        if target in seen:
            raise InputError(option, f"{path} is already written by {seen[target]}", "Choose another file.")
        seen[target] = option


def write_file(path: str, text: str) -> None:
    """Write ``text`` to ``path``: the whole file or, on any fault, the old one. What is no regular file is written to.

    Raises:
        InputError: the file cannot be written.

    """
    target = Path(path).resolve()
    data = text.encode("utf-8", errors="replace")
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            target.write_bytes(data)
            return
        beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
        try:
            with beside.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            path, f"the file cannot be written ({error.strerror or error})", "Choose another place."
        ) from error


def write_stdout(text: str) -> None:
    """Write the report to standard output. A reader that went away ends it silently."""
    stream = sys.stdout
    encoding = stream.encoding or "utf-8"
    try:
        # A terminal that cannot show a sign gets a question mark, not a traceback.
        stream.write(text.encode(encoding, errors="replace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        let_go_of_stdout()


def let_go_of_stdout() -> None:
    """Send the rest of standard output nowhere, so that the interpreter's last flush does not complain either."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
