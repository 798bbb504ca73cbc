"""From a span of the bill and what was seen of it to drafts: one a billed hour."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from clusop.service.resolver.alive import alive_ratio
from clusop.service.resolver.draft import SETTLED_MS, Expectation, draft_of
from clusop.service.resolver.modeled import modeled_dbu
from clusop.service.resolver.sharing import parts_of
from clusop.service.resolver.uptime import uptime
from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clusop.service.resolver.bill import BillHour, BillKey
    from clusop.service.resolver.draft import Draft
    from clusop.service.resolver.learned import Lessons
    from clusop.service.resolver.modeled import DbuRates
    from clusop.service.resolver.observed import Seen
    from clusop.service.resolver.problem_time import ProblemTime
    from clusop.service.resolver.settings import ResolverSettings

__all__ = ["Sharing"]

_Place: TypeAlias = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Sharing:
    """What agents saw and problems took in a span of time, what a node is expected to be billed, and what the run learns."""

    seen: Seen
    problems: ProblemTime
    rates: DbuRates
    settings: ResolverSettings
    lessons: Lessons
    now_ms: int

    def drafts(self, bill: Mapping[BillKey, BillHour], span_ms: tuple[int, int]) -> list[Draft]:
        """The drafts of the hours in ``[from, to)``. The bill reaches an hour further at either end: an hour's neighbours
        tell whether the cluster was there before and after.
        """
        by_hour: dict[_Place, list[BillHour]] = {}
        for hour in bill.values():
            by_hour.setdefault(hour.key[:3], []).append(hour)
        return [
            draft
            for place in sorted(by_hour)
            if span_ms[0] <= place[2] < span_ms[1]
            for draft in self._hour(by_hour, place)
        ]

    def _hour(self, by_hour: Mapping[_Place, Sequence[BillHour]], place: _Place) -> list[Draft]:
        workspace, cluster, hour_at_ms = place
        hours = sorted(by_hour[place], key=lambda hour: hour.key)
        agents = self.seen.of(*place)
        spans = [span for hour in hours if (span := hour.span_us) is not None]
        up = uptime(
            hour_at_ms,
            (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None,
            agents,
            is_billed_before=(workspace, cluster, hour_at_ms - MS_PER_HOUR) in by_hour,
            is_billed_after=(workspace, cluster, hour_at_ms + MS_PER_HOUR) in by_hour,
        )
        spent_ms = self.problems.of(cluster, hour_at_ms, {agent.agent_id for agent in agents})
        alive = alive_ratio(agents, up.seen_ms, hours[0].key.cloud, self.settings.book)
        parts = parts_of(up.seen_ratio, alive, agents, spent_ms)
        age_ms = self.now_ms - hour_at_ms - MS_PER_HOUR
        # With several SKUs in one hour nobody can tell which node was billed as what.
        is_one = len(hours) == 1 and bool(agents)
        modeled = modeled_dbu(agents, up.seen_ms, hours[0].key, self.rates) if is_one else None
        billed = sum((hour.quantity for hour in hours), Fraction(0))
        expectation = Expectation(billed, modeled, up.seen_ratio, age_ms)
        if age_ms >= SETTLED_MS:
            self.lessons.hear(hours, agents, up)
        settings = self.settings
        return [draft_of(hour, parts, expectation, settings.book, settings.currency) for hour in hours]
