"""A whole certification on this machine: one Spark application per group of fixtures, each in a process of its own.

An application that dies (an engine's native code can take the JVM with it) costs the fixture that was running one more try in
an application of its own; where it dies again, that is the fixture's outcome, and the rest goes on.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.certify.journal import Journal
from clusop.certify.recipe import Recipe, fixtures_hash, refuse_another_recipe
from clusop.certify.workload import application_of
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from clusop.certify.engines import Engine
    from clusop.certify.journal import Told
    from clusop.certify.workload import Workload

__all__ = ["Campaign", "run_campaign"]

_TRIES = 2
_APPLICATION = "clusop.certify.application"
# Another Spark on the machine would be started in place of this environment's.
_NOT_INHERITED = ("SPARK_HOME", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "PYSPARK_GATEWAY_PORT", "SPARK_ENV_LOADED")


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is run and where. ``out`` holds the journal, the applications' folders and at the end the matrix; ``jars`` are those
    of the engine and of Delta Lake; ``folder`` are somebody else's fixtures, ``None`` for ours; ``spark`` is the release.
    """

    engine: Engine
    out: Path
    inputs: Path
    java_home: Path
    fixtures: tuple[Workload, ...]
    jars: tuple[Path, ...] = ()
    has_delta: bool = False
    folder: Path | None = None
    limit_s: float = 120.0
    repeats: int = 1
    spark: str = ""
    settings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def recipe(self) -> Recipe:
        """What a resumed run must have in common with the one before."""
        return Recipe(
            self.engine.name,
            self.spark,
            fixtures_hash(self.fixtures, self.folder),
            tuple(jar.name for jar in self.jars),
            self.repeats,
            self.limit_s,
        )


def run_campaign(campaign: Campaign, tell: Callable[[str], None]) -> Told:
    """Run what has not finished yet and return the journal. ``tell`` hears of progress, a line at a time. Raises
    :class:`~clusop.errors.InputError` where ``out`` is in use or holds another campaign.
    """
    campaign.out.mkdir(parents=True, exist_ok=True)
    with _alone(campaign.out):
        refuse_another_recipe(campaign.out, campaign.recipe)
        for place in (campaign.out / "applications").glob("*"):
            _tidy(place)  # one that was killed left them
        for group, members in groupby(campaign.fixtures, key=lambda fixture: fixture.group):
            _run_group(campaign, group, tuple(members), tell)
        return Journal(campaign.out / "journal").read()


def _run_group(campaign: Campaign, group: str, members: Sequence[Workload], tell: Callable[[str], None]) -> None:
    while True:
        told = Journal(campaign.out / "journal").read()
        left = [fixture for fixture in members if fixture.name not in told.finished]
        if not left:
            return
        # One that took its application with it goes last, alone, so that the others need not be run in its company.
        fresh = [fixture for fixture in left if not told.begun.get(fixture.name)]
        chosen = fresh or left[:1]
        done = len(members) - len(left)
        tell(f"{group}: {len(chosen)} of {len(members)} fixtures" + (f", {done} done before" if done else ""))
        code = _run_application(campaign, group, chosen, len(told.applications) + 1)
        # Opened anew: the application has written in it.
        journal = Journal(campaign.out / "journal")
        after = journal.read()
        if after.begun == told.begun:
            # Not one fixture was begun: Spark itself did not start, and would not the next time either.
            raise InputError(
                str(campaign.out), f"Spark ended with code {code} before the first fixture", _where(campaign)
            )
        hanging = [name for name in after.begun if name not in after.finished and name in {one.name for one in members}]
        for name in hanging:
            if after.begun[name] >= _TRIES:
                journal.finish(name, {"application": len(after.applications), "runs": [], "died": code})


def _run_application(campaign: Campaign, group: str, chosen: Sequence[Workload], number: int) -> int:
    declared = application_of(group, campaign.folder)
    place = campaign.out / "applications" / f"{number:03d}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    job = {
        "engine": campaign.engine.name,
        "group": group,
        "number": number,
        "place": str(place.resolve()),
        "inputs": str(campaign.inputs.resolve()),
        "journal": str((campaign.out / "journal").resolve()),
        "folder": str(campaign.folder.resolve()) if campaign.folder else "",
        "fixtures": [fixture.name for fixture in chosen],
        "limit_s": campaign.limit_s,
        "repeats": campaign.repeats,
        "has_delta": campaign.has_delta,
        "jars": [str(jar.resolve()) for jar in campaign.jars],
        "master": declared.master,
        "settings": {**declared.settings, **campaign.settings},
    }
    (place / "job.json").write_text(json.dumps(job, indent=1), encoding="utf-8")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CLUSOP_", "DATABRICKS_")) and name not in _NOT_INHERITED
    }
    environment |= {"JAVA_HOME": str(campaign.java_home), "SPARK_LOCAL_HOSTNAME": "localhost", "PYTHONUNBUFFERED": "1"}
    with (place / "spark.log").open("wb") as log:
        # Its standard input ends when we do, killed or not, and it ends with it.
        process = subprocess.Popen(
            [sys.executable, "-m", _APPLICATION, str(place / "job.json")],
            env=environment,
            cwd=place,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdin is not None:
                process.stdin.close()
            _tidy(place)


def _tidy(place: Path) -> None:
    """Tables and Spark's own files go; the log, the job and what it printed stay."""
    for name in ("tables", "warehouse", "local", "executors", "metastore_db"):
        shutil.rmtree(place / name, ignore_errors=True)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    with (out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                str(out), "another certification is running here", "Wait for it, or give another --out."
            ) from None
        yield


def _where(campaign: Campaign) -> str:
    logs = sorted((campaign.out / "applications").glob("*/spark.log"))
    return f"What it said stands in {logs[-1]}." if logs else ""
