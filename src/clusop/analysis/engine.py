"""Which engine was on for a run: its settings where the source has them, else the plan's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.observed import EngineFact, EngineState
from clusop.plan.dialect import PLAIN_SPARK, engine_of_names
from clusop.plan.reading import ExplanationVerdict

if TYPE_CHECKING:
    from clusop.analysis.observed import Observed

__all__ = ["resolve_engine"]


def resolve_engine(observed: Observed) -> EngineFact:
    """The engine of this run.

    A switch somebody set wins. Where settings merely name no engine (on serverless compute they cannot be read) a native
    operator in the plan proves that it was on.
    Where no settings were seen, an explanation only that engine writes proves it too; nothing proves that it was off.
    """
    stated = observed.engine
    if stated.state is EngineState.ON or (stated.state is EngineState.OFF and stated.name not in {"", PLAIN_SPARK}):
        return stated
    readings = (*observed.readings, *((observed.text,) if observed.text else ()))
    for reading in readings:
        name = engine_of_names(reading.plan) if reading.plan is not None else ""
        # Settings that name no engine may only be unreadable; a native operator is proof.
        if name and stated.name in {"", PLAIN_SPARK, name}:
            return EngineFact(name, EngineState.ON, "native operators in the plan")
    if stated.state is EngineState.OFF:
        return stated
    for reading in readings:
        # Only Photon writes its explanation into the plan's text.
        if reading.explanation.verdict is not ExplanationVerdict.ABSENT and stated.name in {"", PLAIN_SPARK, "photon"}:
            return EngineFact("photon", EngineState.ON, "the engine's explanation below the plan")
    return stated
