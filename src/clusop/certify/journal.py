"""What a run has done so far, one small file a step, on disk before the next step begins: a run that dies goes on from here.

A file a step, since a Databricks Volume lets nobody append. A step that was cut off while it was written is no step.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["GAVE_UP", "Journal", "Told"]

GAVE_UP = 75
"""What a process ends with where a query could neither finish nor be cancelled (``EX_TEMPFAIL``): stands as ``died``."""


@dataclass(frozen=True, slots=True)
class Told:
    """What stands in a journal: the facts of each fixture that finished, by name, how often each was begun, and what each
    application told of itself, ``agent`` as it stood after its last fixture.
    """

    finished: Mapping[str, Mapping[str, Any]]  # Any: JSON
    begun: Mapping[str, int]
    applications: tuple[Mapping[str, Any], ...]


class Journal:
    """The steps in one folder, made if absent. One process writes at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._last = max((int(file.stem) for file in folder.glob("*.json")), default=0)

    def begin(self, fixture: str, application: int) -> None:
        """Say that a fixture is being run."""
        self._add({"step": "begun", "fixture": fixture, "application": application})

    def finish(self, fixture: str, facts: Mapping[str, Any]) -> None:
        """Keep what became of a fixture."""
        self._add({"step": "finished", "fixture": fixture, "facts": facts})

    def application(self, facts: Mapping[str, Any]) -> None:
        """Keep what an application told of itself: at its start, and once more at its end."""
        self._add({"step": "application", "facts": facts})

    def read(self) -> Told:
        """All steps so far."""
        finished: dict[str, Mapping[str, Any]] = {}
        begun: Counter[str] = Counter()
        applications: dict[int, Mapping[str, Any]] = {}
        for step in self._steps():
            if step["step"] == "begun":
                begun[step["fixture"]] += 1
            elif step["step"] == "finished":
                facts = finished[step["fixture"]] = step["facts"]
                if "agent" in facts and (number := facts["application"]) in applications:
                    # Of an application that is killed later this is the last that is known of its agent.
                    applications[number] = {**applications[number], "agent": facts["agent"]}
            else:
                applications[step["facts"]["number"]] = step["facts"]
        return Told(finished, begun, tuple(applications[number] for number in sorted(applications)))

    def _steps(self) -> list[dict[str, Any]]:
        return [step for file in sorted(self.folder.glob("*.json")) if (step := _step(file)) is not None]

    def _add(self, step: Mapping[str, Any]) -> None:
        self._last += 1
        with (self.folder / f"{self._last:06d}.json").open("x", encoding="utf-8") as file:
            json.dump(step, file, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())


def _step(file: Path) -> dict[str, Any] | None:
    try:
        step: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return None  # cut off by the end of its process: as if it had not happened
    return step
