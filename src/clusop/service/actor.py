"""Who did something: a person a trusted proxy vouches for, a token, or clusop itself. Stands in every audit line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["CLUSOP", "Actor", "ActorKind"]

ActorKind: TypeAlias = Literal["person", "token", "clusop"]


@dataclass(frozen=True, slots=True)
class Actor:
    """``name`` is a person's as the proxy tells it, or a token's."""

    name: str
    kind: ActorKind


CLUSOP = Actor("clusop", "clusop")
"""What the service does by itself: snoozes that end, problems that come back."""
