"""What an agent is told about its records. The counts and the refused ones add up to all that were sent."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Receipt", "Refusal"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is not taken: ``reason`` is an id, ``sentence`` names record and field."""

    agent: str
    sequence: int
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """``known`` are those that came before, byte for byte."""

    accepted: int
    known: int
    refused: tuple[Refusal, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The wire form, version 1."""
        return {
            "clusop_receipt": 1,
            "accepted": self.accepted,
            "known": self.known,
            "refused": [
                {"agent": one.agent, "sequence": one.sequence, "reason": one.reason, "sentence": one.sentence}
                for one in self.refused
            ],
        }
