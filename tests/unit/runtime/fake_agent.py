"""An agent without a JVM: keeps records, lends them, counts losses, as the one in the driver's JVM does."""

from __future__ import annotations

import json

from clusop.runtime.agent_link import PROTOCOL

AGENT = "0123456789abcdef0123456789abcdef"


def record(sequence: int, text: str = "") -> str:
    return json.dumps({"agent": AGENT, "sequence": sequence, "text": text}, separators=(",", ":"), sort_keys=True)


class FakeAgent:
    """Answers poll, release, flush and lost. ``faults`` are raised by the next calls. One of protocol 1 knows of an
    acknowledgement only what was sent.
    """

    def __init__(self, *records: str, protocol: int = PROTOCOL) -> None:
        self.protocol = protocol
        self.told_refused: list[object] = []
        self.waiting = list(records)
        self.gathered: list[str] = []
        self.leases: dict[str, list[str]] = {}
        self.acknowledged: list[str] = []
        self.sent_flags: list[bool] = []
        self.losses: dict[str, int] = {}
        self.calls: list[str] = []
        self.faults: list[Exception] = []
        self.holder = ""
        self.is_off = False
        self.released_with: dict[str, object] = {}

    def call(self, op: str, **fields: object) -> dict[str, object]:
        self.calls.append(op)
        if self.faults:
            raise self.faults.pop(0)
        return getattr(self, f"_{op}")(fields)

    def _poll(self, fields):
        self._acknowledge(fields)
        standby = bool(self.holder) and self.holder != fields["holder"]
        self.holder = self.holder or fields["holder"]
        lent, lease = [], ""
        if not standby and self.waiting:
            lent, self.waiting = self.waiting[: fields["max_records"]], self.waiting[fields["max_records"] :]
            lease = f"lease-{len(self.calls)}"
            self.leases[lease] = lent
        return {
            "ok": True,
            "lease": lease,
            "records": lent,
            "expires_ms": 10000,
            "waiting": len(self.waiting),
            "standby": standby,
            "off": self.is_off,
        }

    def _release(self, fields):
        self.released_with = fields
        self._acknowledge(fields)
        lease = fields.get("lease")
        for name in [lease] if lease else list(self.leases):
            self.waiting = self.leases.pop(name, []) + self.waiting
        if not lease and self.holder == fields["holder"]:
            self.holder = ""
        return {"ok": True}

    def _acknowledge(self, fields):
        if fields.get("ack") in self.leases:
            gone = self.leases.pop(fields["ack"])
            self.acknowledged += gone
            self.sent_flags.append(fields["sent"])
            if self.protocol > 1:
                self.told_refused.append(fields["refused"])
                for reason, sequences in fields["refused"].items():
                    count = sum(record(sequence) in gone for sequence in sequences)
                    self._lost({"reason": reason, "count": count})

    def drop_of_leases(self, records: set[str]) -> None:
        """Leases that expired gave these back, and the ring then had no room for them."""
        for name, lent in self.leases.items():
            self.leases[name] = [line for line in lent if line not in records]
        self._lost({"reason": "ring-overflow", "count": len(records)})

    def _flush(self, _fields):
        self.waiting += self.gathered
        self.gathered = []
        return {"ok": True}

    def _lost(self, fields):
        if fields["count"]:
            self.losses[fields["reason"]] = self.losses.get(fields["reason"], 0) + fields["count"]
        return {"ok": True}
