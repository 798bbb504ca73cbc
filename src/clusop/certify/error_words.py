"""What a fixture's error says, without what differs from run to run: object names, numbers of stages and tasks, paths."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["error_words", "steady"]

_LONGEST = 500
_DEEPEST = 20
_VOLATILE = (
    (re.compile(r"\$\$Lambda[\w$/]*"), "…"),
    (re.compile(r"@[0-9a-f]{3,}\b"), ""),
    (re.compile(r"#\d+L?\b"), ""),
    (re.compile(r"\bo\d+\."), ""),
    (
        re.compile(r"(?i)\b(attempt|executor|id|partition|pid|port|stage|task|thread|tid)([ =:#]+)\d+(?:\.\d+)?"),
        r"\1\2…",
    ),
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"), "…"),
    (re.compile(r"(?:file:|(?<![\w.)]))/[\w.+-]+(?:/[\w.+=@%-]*)+"), "…"),
)


def error_words(error: BaseException) -> str:
    """The error's kind and first line; of one that came from the JVM those of its innermost cause."""
    kind, said = type(error).__name__, str(error)
    thrown: Any = getattr(error, "java_exception", None)
    if thrown is not None:
        said = str(_innermost(thrown).toString())
    first = next((line.strip() for line in said.splitlines() if line.strip()), "")
    return f"{kind}: {steady(first)}"[:_LONGEST]


def steady(text: str) -> str:
    """``text`` as another run of the same query says it too."""
    for pattern, instead in _VOLATILE:
        text = pattern.sub(instead, text)
    return text


def _innermost(thrown: Any) -> Any:  # Any: a Java throwable behind Py4J
    for _ in range(_DEEPEST):
        cause = thrown.getCause()
        if cause is None:
            break
        thrown = cause
    return thrown
