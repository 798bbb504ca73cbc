"""A progress bar on standard error for long inputs; nothing where nobody would see it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from clusop.report.scrub import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["progress_bar"]

_NAME_CHARS = 40


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Callable[[str, int, int | None], None] | None]:
    """A callback for (path, bytes read, bytes in all) that draws a bar, or ``None`` where none is ``shown``."""
    if not shown:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as progress:
        tasks: dict[str, object] = {}
        current = progress.add_task("reading", total=None)

        def told(path: str, done_bytes: int, total_bytes: int | None) -> None:
            if path not in tasks:
                tasks.clear()
                tasks[path] = current
                progress.reset(current, total=total_bytes, description=cut(path.rpartition("/")[2], _NAME_CHARS))
            progress.update(current, completed=done_bytes, total=total_bytes)

        yield told
