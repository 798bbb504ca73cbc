"""What one run of the resolver did, for the person who started it and for the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clusop.service.resolver.ledger import Written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.reasons import Reason
    from clusop.service.resolver.tier import TierName

__all__ = ["Reconciliation"]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """``reason`` says why the tier is no better, or why the run failed. ``remarks`` are what else did not work out.

    ``unmatched`` counts hours of the bill without a price, by reason; ``provisional`` those that are so; ``left`` stored hours of
    the window that stand on the bill no more.
    """

    tier: TierName
    is_done: bool
    reason: Reason | None
    from_at_ms: int
    to_at_ms: int
    hours: int = 0
    written: Written = field(default_factory=Written)
    unmatched: Mapping[str, int] = field(default_factory=dict)
    provisional: int = 0
    left: int = 0
    remarks: tuple[Reason, ...] = ()
    owners: int = 0
    rows_out: int = 0

    @property
    def counts(self) -> dict[str, object]:
        """As the table ``reconciliations`` and ``--json`` have it."""
        return {
            "hours": self.hours,
            "new": self.written.new,
            "corrected": self.written.corrected,
            "relabeled": self.written.relabeled,
            "provisional": self.provisional,
            "unmatched": dict(self.unmatched),
            "left_the_bill": self.left,
            "job_owners": self.owners,
            "rows_written_to_own_tables": self.rows_out,
            "remarks": [remark.to_json() for remark in self.remarks],
        }
