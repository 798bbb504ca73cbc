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
    from collections.abc import Iterable, Sequence

    from clusop.service.ingest.receipt import Refusal
    from clusop.service.settings.settings import Settings
    from clusop.service.store.database import Database

__all__ = ["collect"]

_EXIT_BAD_INPUT = 2
_PATH_CHARS = 200
# Of a file; the summary counts all of them.
_SHOWN_RECORDS = 10
_NOTHING_HERE = (
    "no file named clusop-AGENT-FIRST-LAST.jsonl lies in this folder or below it. Agents write such files where "
    "spark.clusop.directory or CLUSOP_DIRECTORY points: give that folder. Event logs go to clusop analyze LOG --send URL."
)


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

    Run it again whenever you like, also while serve runs: what was read before is passed over. A record that cannot be taken is
    refused alone, as over HTTP; a file that changed or is no batch of records is refused whole and counts nothing. Both are told
    of on standard error and counted at the end, and the exit code is 2; so it is where a PATH holds no such file.
    """
    settings, opened = open_service({"database": database, "data": data}, os.environ, config)
    try:
        without: list[str] = []
        code = _collect(_files(paths, without), settings, opened)
        for path in without:
            sys.stderr.write(f"clusop: {path[:_PATH_CHARS]}: {_NOTHING_HERE}\n")
        raise SystemExit(_EXIT_BAD_INPUT if without else code)
    finally:
        opened.close()


def _collect(files: Iterable[Path], settings: Settings, database: Database) -> int:
    from clusop.service.ingest.collect import collect_file
    from clusop.service.ingest.limits import Limits

    limits = Limits(
        settings.count("retain_days"),
        most_bytes=settings.count("unpacked_bytes"),
    )
    clock, counts, refused = SystemClock(), Counter[str](), 0
    why, firsts = Counter[str](), dict[str, str]()
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
            _tell(path, found.receipt.refused)
            for one in found.receipt.refused:
                why[one.reason] += 1
                firsts.setdefault(one.reason, one.sentence)
    lost = sum(why.values())
    told = f"{counts['taken']} files taken, {counts['known']} known, {refused} refused"
    lines = [
        f"{told}; {counts['accepted']} records accepted, {counts['before']} known, {lost} refused",
        # A sentence may name a record's own values: the first of its kind stands for all.
        *(f"  {count} {reason}: {firsts[reason]}" for reason, count in sorted(why.items())),
    ]
    write_stdout("\n".join(lines) + "\n")
    return _EXIT_BAD_INPUT if refused or lost else 0


def _tell(path: Path, refused: Sequence[Refusal]) -> None:
    for one in refused[:_SHOWN_RECORDS]:
        sys.stderr.write(f"clusop: {path}: record {one.sequence}: {one.sentence}\n")
    if len(refused) > _SHOWN_RECORDS:
        sys.stderr.write(f"clusop: {path}: {len(refused) - _SHOWN_RECORDS} more of its records are refused\n")


def _files(paths: Iterable[str], without: list[str]) -> Iterable[Path]:
    """The files of records; a folder that holds none goes into ``without``."""
    from clusop.service.ingest.collect import FILE_NAME, files_below

    for told in paths:
        path = Path(told)
        if "\0" not in told and path.is_dir():
            below = list(files_below(path))
            yield from below
            if not below:
                without.append(told)
        elif "\0" not in told and path.is_file() and FILE_NAME.fullmatch(path.name):
            yield path
        else:
            raise InputError(
                told[:_PATH_CHARS], "is neither a folder nor a file of records", "Name what an agent wrote to."
            )
