"""What goes wrong with a workspace: a request that clusop may not make, and one that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.errors import ClusopError

if TYPE_CHECKING:
    from clusop.reasons import Reason

__all__ = ["NotAllowedError", "WarehouseError"]


class NotAllowedError(ClusopError):
    """The request is none that clusop may make. Nothing of it was sent."""


class WarehouseError(ClusopError):
    """A statement or request failed. ``reason`` says how, as a value; ``table`` names what it was about, where known."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.reason = reason

    @property
    def is_refusal(self) -> bool:
        """Whether the workspace answered that this user may not, or that there is no such table."""
        return self.reason.id in {"no-permission", "table-missing"}
