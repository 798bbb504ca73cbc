"""What a warehouse needs of a client: JSON requests to the workspace, and the bytes behind a link to cloud storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LinkExpiredError", "Transport"]


class LinkExpiredError(Exception):
    """Cloud storage no longer honours a link to rows; the workspace gives a fresh one."""


class Transport(Protocol):
    """A workspace, authenticated. Raises ``WarehouseError`` where it does not answer, or answers with an error."""

    def request(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Mapping[str, object]:
        """The JSON object of the answer."""
        ...

    def fetch(self, link: str, headers: Mapping[str, str]) -> bytes:
        """The bytes behind a link, asked for without our credentials. Raises ``LinkExpiredError``."""
        ...
