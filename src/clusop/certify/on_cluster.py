"""A certification inside a Databricks notebook, on the session that is there.

What it makes lies in one schema and one folder of its own name, and both are dropped at the end, whatever happened.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import re
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusop.certify.application import run_all
from clusop.certify.assemble import Scope, assemble
from clusop.certify.dataset import is_made, make
from clusop.certify.engines import ENGINES, NONE, PHOTON
from clusop.certify.journal import GAVE_UP, Journal
from clusop.certify.matrix import matrix_json
from clusop.certify.recipe import Recipe, clear, fixtures_hash, refuse_another_recipe
from clusop.certify.render_html import matrix_html
from clusop.certify.watched import NotArmedError
from clusop.certify.workload import Dataset, application_of, discover
from clusop.clock import SystemClock
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import SparkSession

    from clusop.certify.matrix import Matrix
    from clusop.certify.workload import Workload

__all__ = ["Settings", "certify_here", "kept_in"]

_TAGS = "spark.databricks.clusterUsageTags."
_COMMAND = "harness/certify_notebook.py"
_BEGIN_ANEW = 'Choose "yes" for "Begin anew".'
_OURS = re.compile(r"(`[^`]+`\.)?clusop_certify_[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Settings:
    """``volume`` is a folder the driver and Spark both reach under one path (``/Volumes/…``); the run is kept below it.
    ``catalog`` is where the schema is made, ``""`` for the session's own. ``is_fresh`` begins anew where a run was begun.
    """

    volume: str
    catalog: str = ""
    engine: str = "photon"
    repeats: int = 3
    limit_s: float = 300.0
    fixtures: tuple[str, ...] = ()
    is_fresh: bool = False


def kept_in(spark: SparkSession, settings: Settings) -> Path:
    """The folder below the volume in which the run is kept: one per engine and runtime."""
    return Path(settings.volume) / f"clusop-certify-{settings.engine}-{_runtime(spark)}"


def certify_here(spark: SparkSession, settings: Settings) -> Matrix:
    """Run the fixtures in this session and write ``matrix.json`` and ``matrix.html`` below the volume; a run that was cut off
    goes on. Raises :class:`~clusop.errors.InputError` with one sentence where it cannot be done here; nothing is left then.
    """
    _refuse_elsewhere(spark, settings.engine)
    out = kept_in(spark, settings)
    chosen = tuple(one for one in discover() if not settings.fixtures or one.name in settings.fixtures)
    if len(chosen) < len(settings.fixtures):
        unknown = sorted(set(settings.fixtures) - {one.name for one in chosen})
        raise InputError("fixtures", f"{', '.join(unknown)} is not known", "Leave it empty to run all.")
    if not settings.volume:
        raise InputError("volume", "none was named", "Name a folder of a Volume, /Volumes/catalog/schema/volume.")
    left_out = {one.name: why for one in chosen if (why := _why_not(one))}
    fixtures = [one for one in chosen if one.name not in left_out]
    with _scratch(out) as scratch, _schema(spark, settings.catalog, out / "schema.txt") as schema:
        if settings.is_fresh:
            clear(out)
        recipe = Recipe(
            settings.engine, _runtime(spark), fixtures_hash(fixtures), (), settings.repeats, settings.limit_s
        )
        refuse_another_recipe(out, recipe, _BEGIN_ANEW)
        try:
            _run(spark, settings, Dataset(out / "inputs", scratch, schema), fixtures, out)
        except NotArmedError as error:
            raise InputError(
                "certify", str(error).rstrip("."), "`clusop.status()` in a cell tells all it knows."
            ) from None
    scope = Scope(chosen, left_out, _COMMAND, SystemClock().now_at().strftime("%Y-%m-%d"))
    matrix = assemble(Journal(out / "journal").read(), scope, None)
    (out / "matrix.json").write_text(matrix_json(matrix), encoding="utf-8")
    (out / "matrix.html").write_text(matrix_html(matrix), encoding="utf-8")
    return matrix


def _run(spark: SparkSession, settings: Settings, data: Dataset, fixtures: Sequence[Workload], out: Path) -> None:
    journal = Journal(out / "journal")
    told = journal.read()
    for name, count in told.begun.items():
        if count > 1 and name not in told.finished:
            # Twice it was the last that was heard of a driver.
            journal.finish(name, {"application": len(told.applications), "runs": [], "died": "unknown"})
    left = [one.name for one in fixtures if one.name not in journal.read().finished]
    if not left:
        return
    inputs = Path(str(data.inputs))
    if not is_made(inputs):
        make(spark, inputs)
    job: dict[str, Any] = {
        "journal": str(out / "journal"),
        "folder": "",
        "fixtures": left,
        "number": len(told.applications) + 1,
        "limit_s": settings.limit_s,
        "repeats": settings.repeats,
        "has_delta": True,
    }

    def give_up() -> None:
        # The kernel is not ours to end: a query that cannot be cancelled ends the cell, and the next run goes on behind it.
        now = Journal(out / "journal")
        after = now.read()
        for name in left:
            if name in after.begun and name not in after.finished:
                now.finish(name, {"application": job["number"], "runs": [], "died": GAVE_UP})
        _thread.interrupt_main()

    run_all(spark, ENGINES[settings.engine], data, job, give_up=give_up)


def _refuse_elsewhere(spark: SparkSession, engine: str) -> None:
    if engine not in (PHOTON.name, NONE.name):
        raise InputError(
            "engine", f"{engine!r} does not run on Databricks", "Choose photon, or none for a cluster without it."
        )
    runtime = os.environ.get("DATABRICKS_RUNTIME_VERSION", "")
    if not runtime:
        raise InputError(
            "certify", "this is no Databricks driver", "On another machine run `clusop certify --engine comet`."
        )
    if os.environ.get("IS_SERVERLESS", "").upper() == "TRUE" or runtime.startswith("client."):
        raise InputError("certify", "serverless compute has no driver to watch", "Attach a dedicated cluster.")
    try:
        reached = type(spark).__module__.startswith("pyspark.sql.connect") or spark.sparkContext._jvm is None
    except Exception:  # each runtime raises another class for what it forbids
        reached = True
    if reached:
        raise InputError(
            "certify",
            "this cluster's access mode shuts Python out of the JVM",
            "Attach a cluster in Dedicated access mode.",
        )
    is_photon = "photon" in (_conf(spark, "runtimeEngine") + _conf(spark, "sparkVersion")).lower()
    if engine == PHOTON.name and not is_photon:
        raise InputError("certify", "Photon is not on this cluster", 'Switch it on, or certify engine "none".')


def _conf(spark: SparkSession, tag: str) -> str:
    return str(spark.sparkContext.getConf().get(_TAGS + tag, "") or "")


def _runtime(spark: SparkSession) -> str:
    return _conf(spark, "sparkVersion") or os.environ.get("DATABRICKS_RUNTIME_VERSION", "")


def _why_not(fixture: Workload) -> str:
    declared = application_of(fixture.group)
    if "cluster" in declared.master:
        return "It needs executors of its own, started and killed by the fixture."
    return ""


@contextlib.contextmanager
def _schema(spark: SparkSession, catalog: str, note: Path) -> Iterator[str]:
    """A schema of our own while it lasts. Its name stands in ``note``, by which the next run drops what a dead driver left."""
    if note.is_file() and _OURS.fullmatch(left := note.read_text(encoding="utf-8")):
        spark.sql(f"DROP SCHEMA IF EXISTS {left} CASCADE")
    name = f"clusop_certify_{uuid.uuid4().hex[:8]}"
    full = f"`{catalog}`.{name}" if catalog else name
    note.write_text(full, encoding="utf-8")
    try:
        spark.sql(f"CREATE SCHEMA {full}")
    except Exception as error:  # each catalog raises another class
        note.unlink()
        said = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise InputError(
            f"schema {full}",
            f"it could not be made ({said.rstrip('.')})",
            "Name a catalog in which you may CREATE SCHEMA.",
        ) from None
    try:
        yield full
    finally:
        spark.sql(f"DROP SCHEMA IF EXISTS {full} CASCADE")
        note.unlink()


@contextlib.contextmanager
def _scratch(out: Path) -> Iterator[Path]:
    for left in out.glob("scratch-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = out / f"scratch-{uuid.uuid4().hex[:8]}"
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise InputError(str(out), f"it cannot be written ({error.strerror})", "Name a Volume you may write.") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not any(out.iterdir()):
            out.rmdir()
