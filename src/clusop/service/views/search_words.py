"""What people search for, as words that all have to occur."""

from __future__ import annotations

import re

__all__ = ["search_words"]

_JOB = re.compile(r"\bjob\s+(?=[0-9])")
_SHOWN_WORDS = frozenset({"task", "workload", "cluster"})
_MOST_WORDS = 8


def search_words(search: str) -> list[str]:
    """What is searched for. People write places as pages show them: ``job 42, task load`` is ``job:42`` and ``load``."""
    words = _JOB.sub("job:", search).replace(",", " ").split()
    return [word for word in words if word not in _SHOWN_WORDS][:_MOST_WORDS]
