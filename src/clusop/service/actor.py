"""Who did something: a person a trusted proxy vouches for, a token, a user of the machine that a command was run on, or clusop
itself. Stands in every audit line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["CLUSOP", "Actor", "ActorKind"]

ActorKind: TypeAlias = Literal["person", "token", "local", "clusop"]


@dataclass(frozen=True, slots=True)
class Actor:
    """``name`` is a person's as the proxy tells it, a token's, or ``local: `` and the system's name of a user."""

    name: str
    kind: ActorKind


CLUSOP = Actor("clusop", "clusop")
"""What the service does by itself: snoozes that end, problems that come back."""
