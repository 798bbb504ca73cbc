"""``clusop analyze``: plans, profiles and event logs to a report."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusop.analysis.assessment import Role, Verdict
from clusop.analysis.certificates import NO_CERTIFICATES, Certificates
from clusop.cli.prices import price_book
from clusop.cli.progress import progress_bar
from clusop.cli.stdin import STDIN, spooled_stdin
from clusop.cli.writing import refuse_bad_targets, write_file, write_stdout
from clusop.clock import SystemClock
from clusop.errors import InputError
from clusop.plan.dialect import dialect_ids
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.report.compose import Composer, Selection
from clusop.report.intake import Intake, read_inputs
from clusop.report.json import input_json, render_json, report_json
from clusop.report.scrub import cut, one_line
from clusop.report.text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from clusop.cli.send_findings import Findings
    from clusop.report.input_report import InputReport

__all__ = ["analyze"]

_EXIT_BAD_INPUT = 2
_EXIT_FAIL_ON = 3
_AUTO = "auto"
_PIPED_WIDTH = 100
_PLACES_TOLD = 3
_NAME_CHARS = 80
_FAIL_ON = tuple(verdict.value for verdict in Verdict)


def analyze(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Explain text, SparkPlanInfo JSON, query-profile JSON, event logs (a file, a rolling directory, a directory "
            "of many); - is standard input. What each is is found out.",
        ),
    ],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document (schema: report.schema.json) instead of text.")
    ] = False,
    html: Annotated[
        str, typer.Option(metavar="FILE", help="Also write the report as one self-contained HTML file.")
    ] = "",
    output: Annotated[
        str, typer.Option(metavar="FILE", help="Write the text or JSON to a file, not to standard output.")
    ] = "",
    engine: Annotated[
        str,
        typer.Option(metavar="ENGINE", help=f"The engine that was on: {_AUTO}, {', '.join(sorted(dialect_ids()))}."),
    ] = _AUTO,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="VERDICT",
            help=f"Exit with 3 if any query that is not internal has this verdict; repeatable. One of {', '.join(_FAIL_ON)}. "
            "Wins over 2: a match is certain whatever else could not be read.",
        ),
    ] = None,
    price: Annotated[
        list[str] | None, typer.Option(metavar="KIND/KEY=VALUE", help="One price of your own; repeatable.")
    ] = None,
    price_file: Annotated[str, typer.Option(metavar="FILE", help="Your own prices; see docs/prices.md.")] = "",
    certified: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MATRIX.json",
            help="A matrix of `clusop certify`, of the runtime at hand and of newer ones; repeatable. Only what was seen to run "
            "natively on a newer one is proposed as an upgrade.",
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=0, metavar="N", help="How many queries are shown in full.")] = 5,
    query: Annotated[str, typer.Option(metavar="ID", help="Only the query with this id.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="List every execution, commands and internal ones too, all rows of the table.")
    ] = False,
    send: Annotated[
        str,
        typer.Option(
            metavar="URL", help="Also send what is found in event logs to this aggregator; twice counts once."
        ),
    ] = "",
    token_file: Annotated[str, typer.Option(metavar="FILE", help="File with the aggregator's ingest token.")] = "",
    workspace: Annotated[
        str, typer.Option(metavar="ID", help="The workspace the logs are from, as its agents tell it; for --send.")
    ] = "",
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No progress bar on standard error.")] = False,
) -> None:
    """Tell what left the native engine, why, how much time that was, what it cost, and what to do.

    Standard output carries the report and nothing else. An input that cannot be used gets one sentence on standard error and
    a place in the JSON's errors; the others are still reported, and the exit code is 2.
    """
    if engine not in {_AUTO, *dialect_ids()}:
        raise InputError(
            "--engine", f"{engine!r} is not known", f"Known are {_AUTO}, {', '.join(sorted(dialect_ids()))}."
        )
    for verdict in fail_on or ():
        if verdict not in _FAIL_ON:
            raise InputError("--fail-on", f"{verdict!r} is no verdict", f"Verdicts are {', '.join(_FAIL_ON)}.")
    refuse_bad_targets([(name, path) for name, path in (("--html", html), ("--output", output)) if path], paths)
    findings = _findings(send, token_file, workspace, paths)
    certificates = _certificates(certified or ())
    book, refused = _book(price_file, price or ())
    is_drawn = not no_progress and sys.stderr.isatty() and not (as_json and not output and not sys.stdout.isatty())
    run = _Run(
        book,
        Selection(top=top, everything=everything or bool(query), query_id=query),
        refused,
        as_json=as_json,
        composes=not as_json or bool(html),
    )
    with progress_bar(shown=is_drawn) as progress:
        intake = Intake(book, "" if engine == _AUTO else engine, progress, certificates)
        for report in _reports(paths, intake):
            run.take(_only(report, query) if query else report)
            if findings is not None:
                findings.take(report)
    if query and not run.query_count:
        run.refuse(Reason("no-such-query", query))
    _write(run, html=html, output=output)
    if findings is not None:
        # Last: an aggregator that does not answer costs nobody the report.
        findings.send()
        sys.stderr.write("".join(f"clusop: {sentence}\n" for sentence in findings.told()))
    # A person at a terminal has just read the refusals in the report.
    if code := _told(run, fail_on or (), with_refusals=as_json or bool(output) or not sys.stdout.isatty()):
        raise typer.Exit(code)


@dataclass
class _Places:
    """Where a verdict was met: the first few places, and how many there are."""

    first: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, place: str) -> None:
        self.count += 1
        if len(self.first) < _PLACES_TOLD:
            self.first.append(place)

    def __str__(self) -> str:
        rest = self.count - len(self.first)
        return ", ".join(self.first) + (f" and {rest:,} more" if rest else "")


@dataclass
class _Run:
    """What has been read so far. Of an input only what the report needs is kept."""

    book: PriceBook
    selection: Selection
    errors: list[Reason]
    as_json: bool
    composes: bool
    sentences: list[str] = field(default_factory=list)
    documents: list[dict[str, object]] = field(default_factory=list)
    places: dict[str, _Places] = field(default_factory=dict)
    query_count: int = 0

    def __post_init__(self) -> None:
        self.composer = Composer(self.selection)
        self.sentences += [reason.sentence for reason in self.errors]

    def take(self, report: InputReport) -> None:
        self.sentences += [_named(report.path, reason.sentence) for reason in report.errors]
        for each in report.queries:
            if each.role is not Role.INTERNAL:
                place = f" (query {cut(each.observed.query_id, _NAME_CHARS)})" if report.application is not None else ""
                self.places.setdefault(each.verdict.value, _Places()).add(f"{one_line(report.path)}{place}")
        self.query_count += len(report.queries)
        if self.as_json:
            self.documents.append(input_json(report))
        if self.composes:
            self.composer.add(report)

    def refuse(self, reason: Reason) -> None:
        self.errors.append(reason)
        self.sentences.append(reason.sentence)


def _told(run: _Run, fail_on: Sequence[str], *, with_refusals: bool) -> int:
    """Say on standard error what was refused and what matched; the exit code."""
    if with_refusals:
        for sentence in run.sentences:
            sys.stderr.write(f"clusop: {sentence}\n")
    matched = [verdict for verdict in dict.fromkeys(fail_on) if verdict in run.places]
    for verdict in matched:
        sys.stderr.write(f"clusop: --fail-on {verdict} matched: {run.places[verdict]}\n")
    return _EXIT_FAIL_ON if matched else _EXIT_BAD_INPUT if run.sentences else 0


def _named(path: str, sentence: str) -> str:
    """A sentence that says which input it is about."""
    return sentence if path in sentence else f"{path}: {sentence}"


def _reports(paths: Sequence[str], intake: Intake) -> Iterator[InputReport]:
    with ExitStack() as stack:
        for path in paths:
            if path == STDIN:
                yield from read_inputs(stack.enter_context(spooled_stdin()), intake, shown_as=STDIN)
            else:
                yield from read_inputs(path, intake)


def _only(report: InputReport, query_id: str) -> InputReport:
    if report.application is None:
        keeps = report.query is not None and report.query.observed.query_id == query_id
        return report if keeps or report.query is None else replace(report, query=None)
    queries = tuple(each for each in report.application.queries if each.observed.query_id == query_id)
    return replace(report, application=replace(report.application, queries=queries))


def _findings(send: str, token_file: str, workspace: str, paths: Sequence[str]) -> Findings | None:
    if not send:
        return None
    if STDIN in paths:
        raise InputError("--send", "standard input has no contents to be known by again", "Name a file.")
    from clusop.cli.send_findings import Findings

    return Findings(send, token_file, workspace)


def _certificates(paths: Sequence[str]) -> Certificates:
    if not paths:
        return NO_CERTIFICATES
    from clusop.certify.certificate import certificate_of
    from clusop.certify.matrix import read_matrix

    runtimes = [certificate_of(read_matrix(Path(path))) for path in paths]
    first: dict[tuple[str, str], str] = {}
    for path, one in zip(paths, runtimes, strict=True):
        runtime = one.engine, one.release
        if runtime in first:
            # Which of them is right, nobody could tell.
            what = f"{first[runtime]} and {path} are both of {one.label}"
            raise InputError("--certified", what, "Give one matrix of a runtime.")
        first[runtime] = path
    return Certificates(tuple(runtimes))


def _book(price_file: str, prices: Sequence[str]) -> tuple[PriceBook, list[Reason]]:
    """The prices to count with. Prices that cannot be used are refused as a whole, said, and the built-in ones taken."""
    try:
        return price_book(Path(price_file) if price_file else None, prices), []
    except InputError as error:
        return PriceBook.default(), [Reason("prices-refused", str(error))]


def _write(run: _Run, *, html: str, output: str) -> None:
    view = run.composer.finished(run.book, run.errors)
    if html:
        write_file(html, _html()(view, SystemClock().now_at()))
    if run.as_json:
        text = render_json(report_json(run.documents, run.book, run.errors))
    else:
        is_terminal = not output and sys.stdout.isatty()
        fallback = int(os.environ.get("COLUMNS", "0") or 0) or _PIPED_WIDTH
        width = shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns if is_terminal else fallback
        text = render_text(view, width, color=is_terminal and not os.environ.get("NO_COLOR"))
    if output:
        write_file(output, text)
    else:
        write_stdout(text)


def _html() -> Callable[..., str]:
    try:
        from clusop.report.html import render_html
    except ModuleNotFoundError as error:
        if error.name not in {"jinja2", "markupsafe"}:
            raise
        raise InputError(
            "--html", "the package jinja2 is missing", "Install it with: pip install 'clusop[cli]'"
        ) from error
    return render_html
