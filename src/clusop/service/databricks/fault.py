"""What goes wrong with a workspace: a request that clusop may not make, and one that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.errors import ClusopError

if TYPE_CHECKING:
    from clusop.reasons import Reason

__all__ = ["NotAllowedError", "TableRefusedError", "WarehouseError"]


class NotAllowedError(ClusopError):
    """The request is none that clusop may make. Nothing of it was sent."""


class WarehouseError(ClusopError):
    """A statement or request failed. ``reason`` says how, as a value."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.reason = reason

    @property
    def is_refusal(self) -> bool:
        """Whether the workspace answered that this user may not, or that there is no such table."""
        return self.reason.id in {"no-permission", "table-missing"}


class TableRefusedError(WarehouseError):
    """The warehouse took a statement and answered that this user may not read or make what it names, or that there is no such
    thing. Asked again, it answers the same until somebody grants something. An HTTP 403 is none: a proxy or a list of allowed
    addresses says that too, of any table.
    """
