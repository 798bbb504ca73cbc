"""The one sentence above a report: how many queries left which engine, and what of the premium bought nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusop.analysis.assessment import Role, Verdict
from clusop.plan.dialect import PLAIN_SPARK
from clusop.report.amounts import money, plural
from clusop.report.exposure_sum import ExposureSum

if TYPE_CHECKING:
    from clusop.analysis.assessment import QueryAssessment
    from clusop.report.input_report import InputReport

__all__ = ["Tally"]

_OTHER_WORDS = (
    (Verdict.PARTIAL, "with only light work outside it"),
    (Verdict.UNKNOWN, "unknown"),
)


@dataclass
class Tally:
    """What the headline is made of, counted input by input. The table format's own executions are not counted."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    engines: set[str] = field(default_factory=set)
    exposures: ExposureSum = field(default_factory=ExposureSum)
    refused_count: int = 0
    executions_seen: int = 0
    fallen_wholly: int = 0
    last_id: str = ""

    def add(self, report: InputReport) -> None:
        """Count one more input."""
        for query in report.queries:
            self._count(query)
        self.refused_count += bool(report.errors) and not report.queries
        seen = report.application.application.queries if report.application is not None else report.queries
        self.executions_seen += len(seen)

    def _count(self, query: QueryAssessment) -> None:
        self.exposures = self.exposures.plus(query)
        self.last_id = query.observed.query_id
        if query.role is Role.INTERNAL:
            return
        self.verdicts[query.verdict] += 1
        if query.dialect.id != PLAIN_SPARK:
            self.engines.add(query.dialect.title)
        self.fallen_wholly += query.verdict is Verdict.FALLBACK and not query.native_operator_count

    def sentence(self, *, chosen: bool = False) -> str:
        """The headline. ``chosen``: one query was asked for, and is named, with how many there are."""
        judged = sum(self.verdicts.values()) - self.verdicts[Verdict.COMMAND]
        if chosen and not judged and self.verdicts[Verdict.COMMAND] == 1:
            return f"{self._subject(chosen=True)} is a command."
        if not judged:
            return "Nothing here could be read." if self.refused_count else "There is no query to judge in this input."
        off = self.verdicts[Verdict.NOT_ACCELERATED]
        parts = [self._first_words(judged, self._subject(chosen=chosen))]
        if judged > 1:
            parts += [
                f"{self.verdicts[verdict]:,} {words}" for verdict, words in _OTHER_WORDS if self.verdicts[verdict]
            ]
            parts += [f"{off:,} with the engine off"] if off and off != judged else []
        parts += [f"{plural(self.refused_count, 'input')} could not be read"] if self.refused_count else []
        return f"{'; '.join(parts)}.{self._premium()}"

    def _subject(self, *, chosen: bool) -> str:
        if chosen and sum(self.verdicts.values()) == 1 and self.executions_seen > 1:
            return f"Query {self.last_id} of {self.executions_seen:,}"
        return "The query"

    def _premium(self) -> str:
        dollars = self.exposures.usd
        return f" {money(dollars)} of the premium bought nothing (modeled)." if dollars.high > 0 else ""

    def _engine(self) -> str:
        return next(iter(self.engines)) if len(self.engines) == 1 else "the engine"

    def _first_words(self, judged: int, subject: str) -> str:
        fallen = self.verdicts[Verdict.FALLBACK]
        how = "entirely" if fallen == self.fallen_wholly else "partly"
        if judged == 1:
            return f"{subject} {self._of_one(how)}"
        if self.verdicts[Verdict.NOT_ACCELERATED] == judged:
            return "No native engine was on"
        queries = plural(judged, "query", "queries")
        if not fallen:
            told = ", as far as can be told" if self.verdicts[Verdict.UNKNOWN] else ""
            return f"None of {queries} left {self._engine()}{told}"
        return f"{fallen:,} of {queries} ran {how} outside {self._engine()}"

    def _of_one(self, how: str) -> str:
        if self.verdicts[Verdict.FALLBACK]:
            return f"ran {how} outside {self._engine()}"
        if self.verdicts[Verdict.PARTIAL]:
            return f"ran on {self._engine()}, with only light work outside it"
        if self.verdicts[Verdict.NATIVE]:
            return f"stayed on {self._engine()}"
        return "ran without a native engine" if self.verdicts[Verdict.NOT_ACCELERATED] else "is no clear case"
