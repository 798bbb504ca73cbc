"""The secret address of a channel, by reference. The address itself lives no longer than one message and is never printed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from clusop.errors import InputError
from clusop.reasons import Reason

__all__ = ["SecretAddress", "secret_address"]

_HOW = "Write env:NAME, or file:/path/to/a/file that holds the address alone."
_MAX_CHARS = 4_096


@dataclass(frozen=True, slots=True)
class SecretAddress:
    """Where the address stands: ``kind`` is ``env`` or ``file``."""

    kind: str
    name: str

    def read(self) -> str | Reason:
        """The address as it is now, so that a new one needs no restart; or why there is none."""
        if self.kind == "env":
            told = os.environ.get(self.name, "")
            missing = Reason("address-missing", f"the variable {self.name} is not set")
        else:
            missing = Reason("address-missing", f"the file {self.name} cannot be read or is empty")
            try:
                with Path(self.name).open(encoding="utf-8") as stream:
                    told = stream.read(_MAX_CHARS)
            except (OSError, ValueError):
                return missing
        return told.strip() or missing


def secret_address(where: str, told: object) -> SecretAddress:
    """What the settings say. Raises ``InputError`` for an address in clear, and does not repeat it."""
    if not isinstance(told, str):
        raise InputError(where, "is missing", _HOW)
    kind, colon, name = told.partition(":")
    if kind not in {"env", "file"} or not colon or not name.strip():
        raise InputError(where, "is no reference; an address is a secret and stands in no settings file", _HOW)
    return SecretAddress(kind, name.strip())
