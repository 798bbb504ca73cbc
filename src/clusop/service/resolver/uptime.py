"""When in an hour a cluster was up, and how much of that somebody saw.

The bill's own times say when it was up, where they are narrower than the hour. Where they are whole hours, the first hour of
a cluster begins with its first agent's JVM and the last one ends with its last agent; hours between are whole. Before an
agent was armed nobody saw anything; so it is after the last agent ended, if the cluster was billed on. If it was not, and the
bill's times are whole hours, its last hour was up until its last agent was last there, and no longer: nothing of it is unobserved
at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.units import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clusop.service.resolver.observed import AgentHour

__all__ = ["Uptime", "uptime"]


@dataclass(frozen=True, slots=True)
class Uptime:
    """Exact ms of the hour: ``up_ms`` the cluster was billed for, ``seen_ms`` of them under an agent's eyes."""

    up_ms: Fraction
    seen_ms: Fraction

    @property
    def seen_ratio(self) -> Fraction:
        """0..1."""
        return min(Fraction(1), self.seen_ms / self.up_ms) if self.up_ms > 0 else Fraction(0)


def uptime(
    hour_at_ms: int,
    billed_us: tuple[int, int] | None,
    agents: Sequence[AgentHour],
    *,
    is_billed_before: bool,
    is_billed_after: bool,
) -> Uptime:
    """``billed_us`` are the bill's first start and last end in the hour, ``None`` where all of it was taken back."""
    end_of_hour = Fraction(hour_at_ms + MS_PER_HOUR)
    begin, end = Fraction(hour_at_ms), end_of_hour
    if billed_us is not None:
        begin = max(begin, min(end, Fraction(billed_us[0], 1000)))
        end = max(begin, min(end, Fraction(billed_us[1], 1000)))
    if agents:
        starts = [one.started_at_ms for one in agents]
        if begin == hour_at_ms and not is_billed_before:
            known = [max(hour_at_ms, start) for start in starts if start is not None]
            # Where an agent cannot tell its start, the bill's stands.
            begin = Fraction(min(known)) if len(known) == len(agents) and min(known) < end else begin
        if end == end_of_hour and not is_billed_after:
            latest = max(_end(one, end_of_hour) for one in agents)
            end = latest if latest > begin else end
    spans = sorted((max(begin, Fraction(one.armed_since_at_ms)), min(end, _end(one, end))) for one in agents)
    return Uptime(end - begin, _covered(spans))


def _end(agent: AgentHour, end_of_hour: Fraction) -> Fraction:
    """When it was last there: the hour's end unless this is its last hour; then as long as its slots lasted, or until the last
    time that a record of it tells, whichever is later: a driver may go on without slots.
    """
    if not agent.is_last or agent.shape is None or agent.shape.slots is None or not agent.shape.slots[1]:
        return end_of_hour
    begin = max(agent.hour_at_ms, agent.armed_since_at_ms)
    # The most slots: where their number changed this is the shortest that fits.
    lasted = begin + Fraction(agent.slot_ms, agent.shape.slots[1])
    return min(end_of_hour, max(lasted, Fraction(agent.last_told_at_ms)))


def _covered(spans: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """The length of the union of spans, which are in order of their starts."""
    total, upto = Fraction(0), None
    for begin, end in spans:
        start = begin if upto is None else max(begin, upto)
        if end > start:
            total += end - start
        upto = end if upto is None else max(upto, end)
    return total
