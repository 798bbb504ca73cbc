"""What a benchmark judges: a count or a ratio with its bound. Times by the clock are reported beside them, never judged."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Claim", "missed_sentences"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One bound: ``what`` was found to be ``found``, and must be ``must``."""

    what: str
    found: str
    must: str
    holds: bool

    @classmethod
    def at_most(cls, what: str, found: float, most: float) -> Claim:
        """At most ``most``."""
        return cls(what, f"{found:,.6g}", f"at most {most:,.6g}", found <= most)

    @classmethod
    def equal(cls, what: str, found: int, must: int) -> Claim:
        """Exactly ``must``."""
        return cls(what, f"{found:,}", f"{must:,}", found == must)

    def __str__(self) -> str:
        return f"  {self.what:<66} {self.found:>12}  {self.must:<18} {'holds' if self.holds else 'MISSED'}"


def missed_sentences(claims: list[Claim]) -> list[str]:
    """A sentence for each that does not hold."""
    return [f"MISSED: {one.what}: {one.found}; it must be {one.must}." for one in claims if not one.holds]
