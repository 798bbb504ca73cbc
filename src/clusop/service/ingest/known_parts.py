"""Parts of records that were checked before: the next signal of a problem repeats its findings and its plan to the byte.

What was checked is known by a hash of its bytes, in two generations: when the young one is full it becomes the old one, and
what nobody asked for since is forgotten. So memory has a bound, and whatever is in use stays.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

__all__ = ["KnownParts"]

_GENERATION = 8192
_DIGEST_BYTES = 16


class KnownParts:
    """Parts of one type. Of a list only the first element is kept: that is all that anybody looks at."""

    def __init__(self, of: Any, generation: int = _GENERATION) -> None:  # Any: a type made at run time
        self._decode = msgspec.json.Decoder(of).decode
        self._generation = generation
        self._young: dict[bytes, Any] = {}
        self._old: dict[bytes, Any] = {}

    def checked(self, raw: msgspec.Raw) -> Any:  # Any: see above
        """The part, or of a list its first element. Raises ``msgspec.DecodeError`` for one that is not of the type."""
        name = blake2b(raw, digest_size=_DIGEST_BYTES).digest()
        if name in self._young:
            return self._young[name]
        part = self._old.get(name) or self._decode(raw)
        if isinstance(part, tuple):
            part = part[:1]
        if len(self._young) >= self._generation:
            self._old, self._young = self._young, {}
        self._young[name] = part
        return part
