"""Intake: what a path holds (explain text, SparkPlanInfo, query profile, event logs, a directory of them), read and assessed.

Nothing here raises for what lies on the disk: an input that cannot be used becomes an :class:`InputReport` with errors.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from clusop.analysis.assess import assess_application
from clusop.analysis.certificates import NO_CERTIFICATES
from clusop.analysis.observed import Source
from clusop.eventlog.locate import locate
from clusop.eventlog.replay import read_application
from clusop.eventlog.sniff import SNIFF_BYTES, looks_like_event_log
from clusop.eventlog.source import NotLocated
from clusop.plan.plan_info import looks_like_plan_info
from clusop.plan.profile import looks_like_query_profile
from clusop.plan.text import looks_like_explain_text
from clusop.reasons import Reason
from clusop.report.input_report import InputReport
from clusop.report.plan_intake import engine_as_told, is_json, read_document, read_json, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from clusop.analysis.certificates import Certificates
    from clusop.analysis.economics import PriceSource
    from clusop.eventlog.source import LogSource

__all__ = ["MAX_PLAN_BYTES", "Intake", "Progress", "read_inputs"]

MAX_PLAN_BYTES = 256 * 1024 * 1024
"""Larger plans and profiles are refused; event logs are streamed and have no such bound."""

_PLAN_SUFFIXES = frozenset({"", ".txt", ".plan", ".explain", ".json", ".log", ".out"})
"""In a directory a plan is looked for in files of these endings; whoever means another names it."""

_MAX_FILES = 20_000
_TRIED_SHOWN = 8
Progress: TypeAlias = "Callable[[str, int, int | None], None]"
"""Told the path, the bytes read so far and the bytes there are, ``None`` where nobody knows."""


@dataclass(frozen=True, slots=True)
class Intake:
    """How inputs are read: the prices, the engine a person named (``""`` for: find out), who is told of the progress, and what
    certifications saw of newer runtimes.
    """

    prices: PriceSource
    engine: str = ""
    progress: Progress | None = None
    certificates: Certificates = NO_CERTIFICATES


def read_inputs(path: str, intake: Intake, shown_as: str = "") -> Iterator[InputReport]:
    """The inputs at ``path``, one after the other: a directory may hold many. ``shown_as`` names a spooled input."""
    name = shown_as or path
    try:
        if Path(path).is_dir():
            yield from _read_directory(Path(path), intake)
            return
        first = _first_bytes(path)
    except FileNotFoundError:
        hint = "; copy it to a local path first" if "://" in path else ""
        yield InputReport(name, errors=(Reason("not-found", f": {path}{hint}"),))
        return
    except (OSError, ValueError) as error:
        yield InputReport(
            name, errors=(Reason("unreadable-file", f": {path} ({getattr(error, 'strerror', '') or error})"),)
        )
        return
    if looks_like_event_log(first):
        yield from _read_logs(path, intake, name)
    else:
        yield _read_plan_file(path, first, intake, name)


def _first_bytes(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(SNIFF_BYTES)


def _read_plan_file(path: str, first: bytes, intake: Intake, name: str) -> InputReport:
    try:
        if Path(path).stat().st_size > MAX_PLAN_BYTES:
            return InputReport(name, errors=(Reason("too-large", f": {path}"),))
        data = Path(path).read_bytes()
    except OSError as error:
        return InputReport(name, errors=(Reason("unreadable-file", f": {path} ({error.strerror or error})"),))
    if is_json(first):
        known = read_json(data, name, intake.engine)
        if known is not None:
            return known
    known = read_text(data, name, intake.engine)
    if known is not None:
        return known
    found = locate(path)
    # What the log reader says of a packed or renamed file is more telling than "binary".
    why = found.reason if isinstance(found, NotLocated) else Reason("binary-file", f": {path}")
    if why.id == "binary-file" or b"\x00" in first:
        why = Reason("binary-file", f": {path}") if why.id != "no-event-log" else why
    return InputReport(name, errors=(why,))


def _read_logs(path: str, intake: Intake, name: str = "") -> Iterator[InputReport]:
    found = locate(path)
    if isinstance(found, NotLocated):
        yield InputReport(name or path, errors=(found.reason,))
        return
    for source in found:
        yield _read_log(source, intake, name if len(found) == 1 and name else str(source.path))


def _read_log(source: LogSource, intake: Intake, name: str) -> InputReport:
    def told(done_bytes: int, total_bytes: int | None) -> None:
        if intake.progress is not None:
            intake.progress(name, done_bytes, total_bytes)

    application = read_application(source, progress=told)
    if intake.engine:
        queries = tuple(
            replace(query, engine=engine_as_told(query.engine, intake.engine)) for query in application.queries
        )
        application = replace(application, queries=queries, engine=application.engine or intake.engine)
    assessed = assess_application(application, intake.prices, intake.certificates)
    return InputReport(name, Source.EVENT_LOG.value, application=assessed)


def _read_directory(path: Path, intake: Intake) -> Iterator[InputReport]:
    """All that is below a directory: its event logs, then its plans and profiles."""
    found = locate(path)
    sources = () if isinstance(found, NotLocated) else found
    for source in sources:
        yield _read_log(source, intake, str(source.path))
    taken = {part.path for source in sources for part in source.parts}
    any_plan = False
    skipped: list[str] = []
    for file in _files(path):
        if file in taken:
            continue
        if file.suffix.lower() in _PLAN_SUFFIXES and _is_plan_file(file):
            any_plan = True
            yield from read_inputs(str(file), intake)
        elif _has_content(file) and file.name != "_SUCCESS":
            skipped.append(file.name)
    if skipped and (sources or any_plan):
        shown = ", ".join(skipped[:_TRIED_SHOWN])
        rest = f" and {len(skipped) - _TRIED_SHOWN} more" if len(skipped) > _TRIED_SHOWN else ""
        yield InputReport(str(path), remarks=(Reason("files-skipped", f": {shown}{rest}"),))
    if isinstance(found, NotLocated) and not any_plan:
        yield InputReport(str(path), errors=(Reason("no-logs-here", f": {path}{_tried(found)}"),))


def _has_content(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return False  # renamed or removed while we looked, as Spark does with a log that ends


def _files(path: Path) -> Iterator[Path]:
    """The files below a directory in a fixed order, hidden ones and what links lead to left out; no more than a few
    thousand, for a directory named by mistake may be a disk.
    """
    count = 0
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder, name)
            if name.startswith(".") or file.is_symlink():
                continue
            count += 1
            if count > _MAX_FILES:
                return
            yield file


def _is_plan_file(path: Path) -> bool:
    """Whether a file found in a directory, which nobody named, holds a plan or a profile."""
    try:
        first = _first_bytes(str(path))
        if looks_like_explain_text(first.decode("utf-8", errors="replace")):
            return True
        if not is_json(first) or path.stat().st_size > MAX_PLAN_BYTES:
            return False
        document = read_document(path.read_bytes())
    except OSError:
        return False
    return looks_like_query_profile(document) or looks_like_plan_info(document)


def _tried(found: NotLocated) -> str:
    if not found.tried:
        return "; it holds no file that could be one"
    told = [f"{candidate.path.name}{_because(candidate.why)}" for candidate in found.tried[:_TRIED_SHOWN]]
    rest = len(found.tried) - len(told)
    return f"; tried {', '.join(told)}{f' and {rest} more' if rest else ''}"


def _because(why: Reason) -> str:
    return f" ({why.detail.lstrip(':; ') or why.sentence.rstrip('.')})"
