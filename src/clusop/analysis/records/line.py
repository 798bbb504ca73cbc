"""A record as one line of canonical JSON, and the hash of its bytes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_RECORD_BYTES", "canonical_line", "content_hash"]

MAX_RECORD_BYTES = 8 * 1024
"""No record is longer, line break not counted."""


def canonical_line(document: Mapping[str, object]) -> bytes:
    r"""``document`` with sorted keys, no blanks, ASCII only, no line break. Scala writes the same bytes.

    >>> canonical_line({"b": [1, None], "a": "ü"})
    b'{"a":"\\u00fc","b":[1,null]}'
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode(
        "ascii"
    )


def content_hash(line: bytes) -> str:
    r"""SHA-256 over exactly the bytes of the line, 64 hex digits. A line break at its end does not count.

    >>> content_hash(b"{}") == content_hash(b"{}\n")
    True
    """
    return hashlib.sha256(line.removesuffix(b"\n")).hexdigest()
