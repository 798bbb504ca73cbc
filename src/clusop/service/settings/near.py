"""What to say of a name that is not known: the one that was meant, else all there are."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["near"]

_LEAST_CHARS = 3


def near(told: str, known: Sequence[str], all_are: str) -> str:
    """The remedy for ``told``; ``all_are`` begins the sentence that names all of ``known``.

    >>> near("min_usd", ["min_usd_per_30_days", "digest"], "Known are")
    'Did you mean min_usd_per_30_days?'
    """
    # A long name cut short is no close match of itself.
    begun = [name for name in known if len(told) >= _LEAST_CHARS and name.startswith(told)]
    found = begun if len(begun) == 1 else difflib.get_close_matches(told, known, n=1)
    return f"Did you mean {found[0]}?" if found else f"{all_are} {', '.join(known)}."
