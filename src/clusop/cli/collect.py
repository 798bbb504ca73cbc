"""``clusop collect``: the files that agents left in a folder, into the aggregator's database."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusop.cli.service_door import open_service
from clusop.cli.writing import write_stdout
from clusop.clock import SystemClock
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clusop.service.settings.settings import Settings
    from clusop.service.store.database import Database

__all__ = ["collect"]

_EXIT_BAD_INPUT = 2


def collect(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Folders agents write to (spark.clusop.directory), or files.")
    ],
    *,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="sqlite:////path or postgresql://user@host/name.")
    ] = None,
    config: Annotated[str, typer.Option(metavar="FILE", help="YAML file with settings, as for serve.")] = "",
    data: Annotated[str | None, typer.Option(metavar="FOLDER", help="Folder of the service's own files.")] = None,
) -> None:
    """Read the files clusop-AGENT-FIRST-LAST.jsonl below each PATH into the database, each exactly once.

    Run it again whenever you like, also while serve runs: what was read before is passed over. A file that changed or is
    malformed is told of on standard error, counts nothing, and the exit code is 2.
    """
    settings, opened = open_service({"database": database, "data": data}, os.environ, config)
    try:
        raise SystemExit(_collect(_files(paths), settings, opened))
    finally:
        opened.close()


def _collect(files: Iterable[Path], settings: Settings, database: Database) -> int:
    from clusop.service.ingest.collect import collect_file
    from clusop.service.ingest.limits import Limits

    limits = Limits(
        settings.count("retain_days"),
        most_bytes=settings.count("unpacked_bytes"),
        most_records=settings.count("batch_records"),
    )
    clock, counts, refused = SystemClock(), Counter[str](), 0
    for path in files:
        try:
            found = collect_file(
                database,
                path,
                int(clock.now_at().timestamp() * 1000),
                limits,
            )
        except OSError as error:
            sys.stderr.write(f"clusop: {path}: it cannot be read ({error.strerror})\n")
            refused += 1
            continue
        counts[found.outcome] += 1
        if found.reason is not None:
            sys.stderr.write(f"clusop: {path}: {found.reason.sentence}\n")
            refused += 1
        if found.receipt is not None:
            counts["accepted"] += found.receipt.accepted
            counts["before"] += found.receipt.known
            for one in found.receipt.refused:
                sys.stderr.write(f"clusop: {path}: record {one.sequence}: {one.sentence}\n")
    write_stdout(
        f"{counts['taken']} files taken, {counts['known']} known, {refused} refused; "
        f"{counts['accepted']} records accepted, {counts['before']} known\n"
    )
    return _EXIT_BAD_INPUT if refused else 0


def _files(paths: Iterable[str]) -> Iterable[Path]:
    from clusop.service.ingest.collect import FILE_NAME, files_below

    for told in paths:
        path = Path(told)
        if "\0" not in told and path.is_dir():
            yield from files_below(path)
        elif "\0" not in told and path.is_file() and FILE_NAME.fullmatch(path.name):
            yield path
        else:
            raise InputError(told[:200], "is neither a folder nor a file of records", "Name what an agent wrote to.")
