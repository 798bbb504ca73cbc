"""Carrying records from the agent in the JVM to where they go: poll, send, acknowledge; one step at a time, no thread here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.runtime.delivery import deliver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.reasons import Reason
    from clusop.runtime.agent_link import Answer, Caller
    from clusop.runtime.pace import Pace
    from clusop.runtime.spool import Spool
    from clusop.runtime.transport.outcome import Transport

__all__ = ["Batcher", "Way"]

_MOST_RECORDS = 100
_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Way:
    """Where records go, and where they wait meanwhile. ``kill_file``: while it exists, nothing goes."""

    transport: Transport
    spool: Spool | None
    kill_file: str = ""


class Batcher:
    """One holder of leases. A lease is acknowledged only after its records arrived, or lie synced in the spool."""

    def __init__(self, holder: str, caller: Caller, way: Way, pace: Pace) -> None:
        self._holder = holder
        self._caller = caller
        self._way = way
        self._pace = pace
        self._to_acknowledge = ""
        self._went_out = False
        self.sent_count = 0
        self.trouble: Reason | None = None

    @property
    def may_flush(self) -> bool:
        """Whether a last flush is worth the job's time: not if the last send failed."""
        return not self._pace.is_failing

    def step(self) -> float:
        """Do what is next; the seconds to wait before the step after. Raises ``JvmCallError``."""
        if self._way.kill_file and Path(self._way.kill_file).exists():
            return self._pace.idle()
        wait_s = self._send_spooled()
        if wait_s is not None:
            return wait_s
        answer = self._poll()
        lines = _lines(answer)
        lease = answer.get("lease")
        if answer.get("off") is True or answer.get("standby") is True or not lines or not isinstance(lease, str):
            return self._pace.idle()
        delivery = deliver(self._way.transport, lines)
        if delivery.retry is None:
            self._count_lost(delivery.lost)
            self._settle(lease, went_out=True)
            self.sent_count += len(lines)
            self.trouble = None
            return self._pace.worked()
        self.trouble = delivery.retry.reason
        self._keep(lease, lines)
        return self._pace.failed(delivery.retry.after_s)

    def flush(self) -> None:
        """Have sealed what has been gathered, so that the next steps send it."""
        self._caller.call("flush", holder=self._holder)

    def leave(self, reason: str) -> None:
        """Hand back what is held and let another holder in."""
        self._caller.call("release", holder=self._holder, reason=reason)

    def _send_spooled(self) -> float | None:
        """Send the oldest spooled batch first; ``None`` where there is none and the agent may be asked."""
        spool = self._way.spool
        waiting = spool.oldest() if spool is not None else None
        if spool is None or waiting is None:
            return None
        path, lines = waiting
        delivery = deliver(self._way.transport, lines)
        if delivery.retry is not None:
            self.trouble = delivery.retry.reason
            self._drain_to_spool()
            return self._pace.failed(delivery.retry.after_s)
        spool.drop(path)
        self._count_lost(delivery.lost)
        return self._pace.worked()

    def _drain_to_spool(self) -> None:
        """While the endpoint fails, what is sealed moves from memory to disk."""
        answer = self._poll()
        lines, lease = _lines(answer), answer.get("lease")
        if lines and isinstance(lease, str) and lease:
            self._keep(lease, lines)

    def _poll(self) -> Answer:
        answer = self._caller.call(
            "poll",
            holder=self._holder,
            max_records=_MOST_RECORDS,
            max_bytes=_MOST_BYTES,
            ack=self._to_acknowledge,
            sent=self._went_out,
        )
        self._to_acknowledge, self._went_out = "", False
        return answer

    def _keep(self, lease: str, lines: tuple[str, ...]) -> None:
        refusal = self._way.spool.put(lines) if self._way.spool is not None else self.trouble
        if refusal is None:
            self._settle(lease, went_out=False)
        else:
            # Not waiting for the lease to expire lets them be spooled, sent or counted by the JVM meanwhile.
            self._caller.call("release", holder=self._holder, lease=lease, reason=refusal.id)

    def _settle(self, lease: str, *, went_out: bool) -> None:
        self._to_acknowledge, self._went_out = lease, went_out

    def _count_lost(self, lost: Mapping[str, int]) -> None:
        for reason, count in lost.items():
            self._caller.call("lost", reason=reason, count=count)


def _lines(answer: Answer) -> tuple[str, ...]:
    told = answer.get("records")
    return tuple(line for line in told if isinstance(line, str)) if isinstance(told, list) else ()
