"""Two matrices side by side: what an upgrade changes. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clusop.certify.cell import Outcome
from clusop.certify.words import outcome_text, stamp_text, why_text

if TYPE_CHECKING:
    from clusop.certify.cell import Cell
    from clusop.certify.matrix import Matrix

__all__ = ["Change", "Comparison", "compare", "comparison_json", "comparison_text"]

_RANK = {
    Outcome.NATIVE: 0,
    Outcome.PARTIAL: 1,
    Outcome.FALLBACK: 2,
    Outcome.JVM: 2,
    Outcome.FAILED: 3,
}
_TITLES = {
    "better": "Better",
    "worse": "Worse",
    "other": "Otherwise changed",
    "only-before": "Only in the first",
    "only-after": "Only in the second",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A fixture whose cell differs. ``kind``: ``better``, ``worse``, ``other`` (another cause or other operators, or an outcome
    that cannot be ranked), ``only-before``, ``only-after``.
    """

    fixture: str
    kind: str
    before: Cell | None
    after: Cell | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes, worse first; ``same`` counts the fixtures whose outcome, causes and operators are equal."""

    before: Matrix
    after: Matrix
    changes: tuple[Change, ...]
    same: int


def compare(before: Matrix, after: Matrix) -> Comparison:
    """What is different in ``after``. Times are left out: two runs on one runtime differ in them."""
    old = {cell.fixture: cell for cell in before.cells}
    new = {cell.fixture: cell for cell in after.cells}
    changes = [
        Change(name, kind, old.get(name), new.get(name))
        for name in old | new
        if (kind := _kind(old.get(name), new.get(name)))
    ]
    order = list(_TITLES)
    order.insert(0, order.pop(order.index("worse")))
    changes.sort(key=lambda change: (order.index(change.kind), change.fixture))
    return Comparison(before, after, tuple(changes), len(old | new) - len(changes))


def _kind(before: Cell | None, after: Cell | None) -> str:
    if before is None or after is None:
        return "only-after" if before is None else "only-before"
    if (before.outcome, before.fault, before.causes, before.operators) == (
        after.outcome,
        after.fault,
        after.causes,
        after.operators,
    ):
        return ""
    old, new = _RANK.get(before.outcome), _RANK.get(after.outcome)
    if old is None or new is None or old == new:
        return "other"
    return "better" if new < old else "worse"


def comparison_text(found: Comparison) -> str:
    """The comparison as plain text."""
    lines = [f"from  {stamp_text(found.before.stamp)}", f"to    {stamp_text(found.after.stamp)}", ""]
    for kind in dict.fromkeys(change.kind for change in found.changes):
        members = [change for change in found.changes if change.kind == kind]
        lines.append(f"{_TITLES[kind]}: {len(members)}")
        for change in members:
            lines.append(f"  {change.fixture}")
            lines += [
                f"    {side}: {_told(cell)}" for side, cell in (("was", change.before), ("is", change.after)) if cell
            ]
        lines.append("")
    lines.append(f"Unchanged: {found.same}")
    return "\n".join(lines) + "\n"


def comparison_json(found: Comparison) -> str:
    """The comparison as JSON."""
    document = {
        "clusop_certification_diff": 1,
        "before": found.before.stamp.to_json(),
        "after": found.after.stamp.to_json(),
        "same": found.same,
        "changes": [
            {"fixture": one.fixture, "kind": one.kind, "before": _short(one.before), "after": _short(one.after)}
            for one in found.changes
        ],
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _told(cell: Cell) -> str:
    why = why_text(cell)
    return f"{outcome_text(cell)}, {why}" if why else outcome_text(cell)


def _short(cell: Cell | None) -> dict[str, object] | None:
    if cell is None:
        return None
    return {
        "outcome": cell.outcome.value,
        "fault": cell.fault.value,
        "causes": list(cell.causes),
        "operators": [list(pair) for pair in cell.operators],
        "reason": cell.reason,
    }
