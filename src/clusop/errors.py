"""The exceptions clusop raises on purpose.

::

    ClusopError
    ├── InputError      what a person gave cannot be used: where, what, what to do (the command line exits with 2)
    └── BugError        clusop contradicts itself; the traceback is wanted

Everything that is merely *unknown* about a plan, a run or a price is no exception but a
:class:`clusop.reasons.Reason` inside the result.
"""

from __future__ import annotations

__all__ = ["BugError", "ClusopError", "InputError"]


class ClusopError(Exception):
    """Root of all errors clusop raises on purpose."""


class InputError(ClusopError):
    """A person's input cannot be used. ``where`` names the place, ``what`` the fault, ``remedy`` what to do about it."""

    def __init__(self, where: str, what: str, remedy: str) -> None:
        super().__init__(f"{where}: {what}. {remedy}")
        self.where = where
        self.what = what
        self.remedy = remedy


class BugError(ClusopError):
    """clusop contradicts itself."""
