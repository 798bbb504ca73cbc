"""What Photon itself says of a plan: the ``== Photon Explanation ==`` below the plan's text.

Written apart from the reader that the analysis uses, and cut out of what the analysis is asked about: a witness that is heard on
both sides proves nothing.
"""

from __future__ import annotations

import re

__all__ = ["photon_words", "without_photon_words"]

_SECTION = re.compile(r"^== Photon Explanation ==[ \t]*$(?P<said>.*?)(?=^== |\Z)", re.MULTILINE | re.DOTALL)
_FULLY = "The query is fully supported by Photon."


def photon_words(plan: str) -> tuple[bool | None, tuple[str, ...]]:
    """Whether Photon says that it runs all of the plan, ``None`` where it says nothing, and its sentences otherwise."""
    found = _SECTION.search(plan)
    if found is None:
        return None, ()
    said = tuple(line.strip() for line in found["said"].splitlines() if line.strip())
    return (None, ()) if not said else (_FULLY in said, () if _FULLY in said else said)


def without_photon_words(plan: str) -> str:
    """The text of a plan without Photon's own explanation."""
    return _SECTION.sub("", plan)
