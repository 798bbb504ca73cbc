"""The view model: everything a report shows, already rounded, sorted and worded. Renderers only lay it out.

Amounts, shares and durations are text here; a fact that is not known is a sentence that says why, never a blank.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.analysis.assessment import Verdict

__all__ = [
    "AppView",
    "Fact",
    "FindingView",
    "FormulaView",
    "InputView",
    "LegView",
    "Line",
    "MoneyView",
    "PriceEntryView",
    "ProposalView",
    "QueryView",
    "ReportView",
    "RowView",
    "Slice",
    "TreeView",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled fact. ``missing`` is true where ``value`` is the sentence why it is not known."""

    label: str
    value: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """One class of a time split or of a bill. ``share_percent`` (0..100) is the length of its bar, ``tone`` its colour."""

    label: str
    amount: str
    share: str
    share_percent: float
    tone: str


@dataclass(frozen=True, slots=True)
class FormulaView:
    """How a figure comes about: the formula's id, what it says, its inputs as (name, value), the price entries used."""

    formula: str
    text: str
    inputs: tuple[tuple[str, str], ...]
    price_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoneyView:
    """An amount of money. ``basis`` names what it rests on; where ``missing``, ``amount`` is the sentence why there is none and
    ``lack`` says in a word whether there is nothing to pay (``none``) or it is not known (``not priced``).
    """

    label: str
    amount: str
    basis: str = ""
    note: str = ""
    missing: bool = False
    lack: str = ""
    formula: FormulaView | None = None


@dataclass(frozen=True, slots=True)
class LegView:
    """One leg of confidence. ``level`` is ``none`` where there is nothing to be sure of."""

    name: str
    level: str
    score: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plan. ``guides`` are the terminal's connectors; ``level`` the indentation steps, bounded.

    ``collapsed`` operators stand behind a line without a ``kind``. ``island`` is the island's number; ``cause`` and ``why``
    stand where a finding is; ``share`` is its share of time with its basis, or empty.
    """

    guides: str
    level: int
    name: str
    arguments: str = ""
    kind: str = ""
    island: int | None = None
    cause: str = ""
    why: str = ""
    share: str = ""
    share_percent: float | None = None
    note: str = ""
    collapsed: int = 0
    continues: str = ""


@dataclass(frozen=True, slots=True)
class TreeView:
    """One graph of a query: its lines, islands marked. ``hidden`` lines were left out of a plan too long to show."""

    title: str
    lines: tuple[Line, ...]
    hidden: int = 0

    @property
    def has_islands(self) -> bool:
        """Whether any line is marked."""
        return any(line.island is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding: what, where, why, how much, what to do instead. ``page`` is the cause's page in the documentation."""

    cause: str
    operator: str
    sentence: str
    detail: str
    engine_says: str
    functions: str
    witnesses: str
    disagreement: str
    forced: str
    share: str
    share_missing: str
    island: str
    instead: str
    before: str
    after: str
    occurrences: int = 1


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What to do. ``action`` is the wire's word; ``word`` stands before the sentence, empty where that says it already."""

    action: str
    word: str
    sentence: str
    saving: MoneyView | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """A line of the ranked table: one query, or several that are the same (``times``; ``ids`` are theirs)."""

    ids: tuple[str, ...]
    verdict: Verdict
    verdict_word: str
    role: str
    cause: str
    off_engine: str
    run_time: str
    exposure: str
    exposure_missing: str
    action: str
    description: str
    anchor: str = ""

    @property
    def times(self) -> int:
        """How many executions stand behind this line."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class QueryView:
    """One query in full."""

    id: str
    anchor: str
    title: str
    description: str
    verdict: Verdict
    verdict_word: str
    headline: str
    what: str
    reasons: tuple[str, ...]
    facts: tuple[Fact, ...]
    trees: tuple[TreeView, ...]
    findings: tuple[FindingView, ...]
    split: tuple[Slice, ...]
    split_notes: tuple[str, ...]
    time_sentence: str
    money_sentence: str
    sure_sentence: str
    money: tuple[MoneyView, ...]
    legs: tuple[LegView, ...]
    proposal: ProposalView
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AppView:
    """One application. ``premium`` is what all its queries paid for time off the engine, ``None`` where not all are here."""

    title: str
    facts: tuple[Fact, ...]
    native: Fact
    split: tuple[Slice, ...]
    split_notes: tuple[str, ...]
    bill: tuple[MoneyView, ...]
    bill_split: tuple[Slice, ...]
    premium: MoneyView | None
    proposals: tuple[ProposalView, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriceEntryView:
    """A price used somewhere in the report, with its date and source."""

    id: str
    what: str
    value: str
    checked_on: str
    source: str


@dataclass(frozen=True, slots=True)
class InputView:
    """One input: what it is, its queries ranked, the first of them in full. ``unlisted`` says what no row shows."""

    path: str
    name: str
    kind: str
    summary: str
    counts: tuple[tuple[str, str, int], ...]
    app: AppView | None
    rows: tuple[RowView, ...]
    unlisted: str
    queries: tuple[QueryView, ...]
    errors: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """The whole report. ``headline`` is its one sentence; ``errors`` concern no single input. ``overview`` ranks the inputs
    that hold one query each, where there are several: (the input's name, its line).
    """

    headline: str
    tone: str
    overview: tuple[tuple[str, RowView], ...]
    inputs: tuple[InputView, ...]
    prices: tuple[PriceEntryView, ...]
    errors: tuple[str, ...]
    version: str
