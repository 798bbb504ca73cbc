"""What is assumed where there is no history: the speed-up of an engine, and of a part brought back to it (DESIGN §6)."""

from __future__ import annotations

from clusop.units import Range

__all__ = ["ASSUMED_GAIN", "ASSUMED_SPEEDUP"]

ASSUMED_SPEEDUP = Range.of("1.5", 4)
"""``s``: how much faster the engine runs what it runs."""
ASSUMED_GAIN = Range.of("1.5", 4)
"""``g``: how much faster a part gets when it is brought back to the engine."""
