"""From facts to pages: one view model, rendered as terminal text, HTML and JSON.

``clusop.report`` is also what people call in a notebook. Where this package was imported, Python puts it under that name, over
the function; so the package can be called, too.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.runtime.report import Report

__all__: list[str] = []


class _CallableReport(ModuleType):
    """The package, with the call ``clusop.report(…)`` of the notebook."""

    def __call__(self, spark: object | None = None, *, everybody: bool = False) -> Report:
        from clusop.runtime import public

        return public.report(spark, everybody=everybody)


sys.modules[__name__].__class__ = _CallableReport
