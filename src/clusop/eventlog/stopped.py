"""Why decoding stopped: the two exceptions the decoders raise. They never leave this package."""

from __future__ import annotations

from clusop.reasons import Reason

__all__ = ["BrokenStreamError", "MissingPackageError"]


class BrokenStreamError(Exception):
    """A compressed stream is cut or damaged here; what came before it is good."""


class MissingPackageError(Exception):
    """The optional package a codec needs is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(package)
        self.package = package

    @property
    def reason(self) -> Reason:
        """The reason as a person reads it, with the line that helps."""
        return Reason("missing-extra", f": {self.package}. Run: pip install 'clusop[log]'")
