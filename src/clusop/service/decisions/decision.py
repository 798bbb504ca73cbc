"""A decision about an engine, and all that it rests on, as it is stored and shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.analysis.assessment import Proposal
    from clusop.analysis.cluster import Uptime
    from clusop.analysis.figure import Figure
    from clusop.pricing.price import Unpriced
    from clusop.service.decisions.observation import Span
    from clusop.service.decisions.use_query import Compute

__all__ = ["Decision"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is proposed for ``compute`` over ``span``. ``bill`` is what its hours cost, ``attributed`` their busy part, both
    modeled; ``facts`` is JSON for the page.
    """

    compute: Compute
    span: Span
    proposal: Proposal
    uptime: Uptime
    bill: Figure | Unpriced
    attributed: Figure | Unpriced
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def action(self) -> str:
        """``disable``, ``keep``, or ``none`` where the engine is off already."""
        return self.proposal.action.value

    @property
    def reason_ids(self) -> tuple[str, ...]:
        """Why, as ids."""
        return tuple(reason.id for reason in self.proposal.reasons)
