"""Losses: what of a log could not be read or was not understood, counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from clusop.reasons import Reason

__all__ = ["Losses"]

_MAX_KINDS = 1000
_OTHER_KINDS = "other"
_SHOWN_KINDS = 3


@dataclass(slots=True)
class Losses:
    """Counts of records lost, by cause. At most a thousand unknown kinds are told apart; the rest counts as ``other``."""

    malformed_count: int = 0
    torn_count: int = 0
    oversized_count: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    unread: list[Reason] = field(default_factory=list)

    def bad_record(self, *, is_torn: bool) -> None:
        """Count a record that is no event: torn at the end of a file, or malformed."""
        if is_torn:
            self.torn_count += 1
        else:
            self.malformed_count += 1

    def unknown_event(self, kind: str) -> None:
        """Count an event of a kind nobody here reads."""
        if kind not in self.unknown and len(self.unknown) >= _MAX_KINDS:
            kind = _OTHER_KINDS
        self.unknown[kind] = self.unknown.get(kind, 0) + 1

    def unread_file(self, error: OSError) -> None:
        """Note a part that could not be read to its end."""
        self.unread.append(Reason("unreadable-file", f": {error.filename or 'a part'} ({error.strerror or error})"))

    def reasons(self) -> tuple[Reason, ...]:
        """All losses as reasons."""
        reasons = list(self.unread)
        if self.stopped:
            reasons.append(Reason("truncated-log", f" ({'; '.join(self.stopped[:_SHOWN_KINDS])})"))
        elif self.torn_count:
            reasons.append(Reason("truncated-log"))
        if self.malformed_count:
            reasons.append(Reason("malformed-records", f": {self.malformed_count}"))
        if self.oversized_count:
            reasons.append(Reason("oversized-records", f": {self.oversized_count}"))
        if self.unknown:
            ordered = sorted(self.unknown.items(), key=lambda item: (-item[1], item[0]))
            shown = ", ".join(f"{count} × {kind}" for kind, count in ordered[:_SHOWN_KINDS])
            more = ", …" if len(ordered) > _SHOWN_KINDS else ""
            reasons.append(Reason("unknown-events", f": {shown}{more}"))
        return tuple(reasons)
