"""Carrying records from the agent in the JVM to where they go: poll, send, acknowledge; one step at a time, no thread here."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.runtime.agent_link import PROTOCOL
from clusop.runtime.delivery import deliver
from clusop.runtime.kill_file import is_there
from clusop.runtime.transport.record_name import FILE_NAME, identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.reasons import Reason
    from clusop.runtime.agent_link import Answer, Caller
    from clusop.runtime.pace import Pace
    from clusop.runtime.spool import Spool
    from clusop.runtime.transport.outcome import RetryLater, Transport

__all__ = ["Batcher", "Peer", "Way"]

_MOST_RECORDS = 100
_MOST_BYTES = 1_000_000
# After so many failed sends in a row the JVM is let in: its certificates, proxy and name service are not Python's.
_MOST_FAILURES = 5
_STAND_BY_S = 60.0
# The endpoint was reached and wants to be left alone: nobody else fares better.
_BUSY = "endpoint-busy"
_NOTHING: Mapping[str, str] = MappingProxyType({})
# From this protocol on an acknowledgement tells what of its lease was refused.
_TOLD_WITH_IT = 2


@dataclass(frozen=True, slots=True)
class Way:
    """Where records go, and where they wait meanwhile. ``kill_file``: while it exists, nothing goes."""

    transport: Transport
    spool: Spool | None
    kill_file: str = ""


@dataclass(frozen=True, slots=True)
class Peer:
    """The agent that is asked: its id, ``""`` where it is not known, and the protocol it speaks."""

    agent: str = ""
    protocol: int = PROTOCOL


class Batcher:
    """One holder of leases. A lease is acknowledged only after its records arrived, or lie synced in the spool."""

    def __init__(self, holder: str, caller: Caller, way: Way, pace: Pace, peer: Peer | None = None) -> None:
        self._peer = peer or Peer()
        self._lost: dict[str, int] = {}
        self.holder = holder
        self._caller = caller
        self._way = way
        self._pace = pace
        self._to_acknowledge = ""
        self._went_out = False
        self._refused = _NOTHING
        self.sent_count = 0
        self.trouble: Reason | None = None
        self._spool_trouble: Reason | None = None

    @property
    def troubles(self) -> tuple[Reason, ...]:
        """Why records wait: what keeps them from going out, and what keeps them from lying on disk meanwhile."""
        return tuple(reason for reason in (self.trouble, self._spool_trouble) if reason is not None)

    @property
    def may_flush(self) -> bool:
        """Whether a last flush is worth the job's time: not if the last send failed."""
        return not self._pace.is_failing

    def step(self) -> float:
        """Do what is next; the seconds to wait before the step after. Raises ``JvmCallError``."""
        if is_there(self._way.kill_file):
            return self._pace.idle()
        self._tell_lost()
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
            is_told_with_it = self._peer.protocol >= _TOLD_WITH_IT
            self._settle(lease, went_out=True, refused=delivery.lost if is_told_with_it else _NOTHING)
            if not is_told_with_it:
                self._count_lost(delivery.lost)
            self.sent_count += len(lines) - len(delivery.lost)
            self.trouble = self._spool_trouble = None
            return self._pace.worked()
        self.trouble = delivery.retry.reason
        self._keep(lease, lines)
        return self._failed(delivery.retry)

    def flush(self) -> None:
        """Have sealed what has been gathered, so that the next steps send it."""
        self._caller.call("flush", holder=self.holder)

    def leave(self, reason: str) -> None:
        """Hand back what is held and let another holder in; what has arrived is acknowledged by it."""
        self._tell_lost()
        self._caller.call("release", holder=self.holder, reason=reason, **self._acknowledgement())
        self._settle("", went_out=False)

    def _send_spooled(self) -> float | None:
        """Send the oldest spooled batch first; ``None`` where there is none and the agent may be asked."""
        spool = self._way.spool
        waiting = spool.oldest() if spool is not None else None
        if spool is None or waiting is None:
            return None
        # Asked for nothing but its word: an agent that is off, or has another holder, has nobody send what lies here.
        answer = self._poll(most_records=0)
        if answer.get("off") is True or answer.get("standby") is True:
            return self._pace.idle()
        path, lines = waiting
        delivery = deliver(self._way.transport, lines)
        if delivery.retry is not None:
            self.trouble = delivery.retry.reason
            self._drain_to_spool()
            return self._failed(delivery.retry)
        self.trouble = None
        spool.drop(path)
        named = FILE_NAME.fullmatch(path.name)
        if not self._peer.agent or (named is not None and named[1] == self._peer.agent):
            # Records of an earlier agent are in its own account, which is closed.
            self._count_lost(delivery.lost)
            self._tell_lost()
        return self._pace.worked()

    def _drain_to_spool(self) -> None:
        """While the endpoint fails, what is sealed moves from memory to disk."""
        answer = self._poll()
        lines, lease = _lines(answer), answer.get("lease")
        if lines and isinstance(lease, str) and lease:
            self._keep(lease, lines)

    def _failed(self, retry: RetryLater) -> float:
        """The wait after a failed send. After many, nobody holds meanwhile and so the JVM sends; then one attempt decides."""
        wait_s = self._pace.failed(retry.after_s)
        if self._pace.failure_count < _MOST_FAILURES or retry.reason.id == _BUSY:
            return wait_s
        self.leave(retry.reason.id)
        return max(_STAND_BY_S, wait_s)

    def _poll(self, most_records: int = _MOST_RECORDS) -> Answer:
        answer = self._caller.call(
            "poll",
            holder=self.holder,
            max_records=most_records,
            max_bytes=_MOST_BYTES,
            **self._acknowledgement(),
        )
        self._settle("", went_out=False)
        return answer

    def _acknowledgement(self) -> dict[str, object]:
        # What was refused goes along, for the agent to count it where the acknowledgement first takes effect. Told before, it
        # would be counted again by whoever sends the batch once more: this process may be killed, and the lease expire.
        refused: dict[str, list[int]] = {}
        for line, reason in self._refused.items():
            sequence = identity(line)[1]
            if sequence.isdecimal():
                refused.setdefault(reason, []).append(int(sequence))
        return {"ack": self._to_acknowledge, "sent": self._went_out, "refused": refused}

    def _keep(self, lease: str, lines: tuple[str, ...]) -> None:
        spool = self._way.spool
        self._spool_trouble = spool.put(lines) if spool is not None else None
        refusal = self.trouble if spool is None else self._spool_trouble
        if refusal is None:
            self._settle(lease, went_out=False)
        else:
            # Not waiting for the lease to expire lets them be spooled, sent or counted by the JVM meanwhile.
            self._caller.call("release", holder=self.holder, lease=lease, reason=refusal.id)

    def _settle(self, lease: str, *, went_out: bool, refused: Mapping[str, str] = _NOTHING) -> None:
        self._to_acknowledge, self._went_out, self._refused = lease, went_out, refused

    def _count_lost(self, lost: Mapping[str, str]) -> None:
        for reason in lost.values():
            self._lost[reason] = self._lost.get(reason, 0) + 1

    def _tell_lost(self) -> None:
        """Have the agent count what no acknowledgement tells: losses of spooled records, which are in no lease, and all where it
        is an older one. What cannot be told now is told later.
        """
        for reason, count in list(self._lost.items()):
            self._caller.call("lost", reason=reason, count=count)
            del self._lost[reason]


def _lines(answer: Answer) -> tuple[str, ...]:
    told = answer.get("records")
    return tuple(line for line in told if isinstance(line, str)) if isinstance(told, list) else ()
