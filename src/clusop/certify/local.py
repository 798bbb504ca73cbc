"""A certification on this machine, from what a person asked for to the files: jars, Java, the campaign, the matrix."""

from __future__ import annotations

import importlib.util
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.certify.artifacts import comet_unsupported, fetch_artifacts
from clusop.certify.assemble import Scope, assemble
from clusop.certify.campaign import Campaign, run_campaign
from clusop.certify.engines import COMET, ENGINES, PHOTON
from clusop.certify.java import java_home
from clusop.certify.matrix import matrix_json
from clusop.certify.recipe import clear
from clusop.certify.releases import known_sparks, releases_for
from clusop.certify.render_html import matrix_html
from clusop.certify.render_markdown import matrix_markdown
from clusop.certify.workload import discover
from clusop.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusop.certify.engines import Engine
    from clusop.certify.matrix import Matrix
    from clusop.certify.workload import Workload

__all__ = ["Asked", "certify", "default_cache", "write_matrix"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for. ``jars`` are used in place of fetched ones; ``cache`` takes fetched jars and the tables;
    ``fixtures`` and ``areas`` choose, all where both are empty. ``today`` is the UTC date.
    """

    engine: str
    out: Path
    cache: Path
    today: str
    jars: tuple[Path, ...] = ()
    fixtures: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    folder: Path | None = None
    limit_s: float = 120.0
    repeats: int = 1
    is_fresh: bool = False

    @property
    def command(self) -> str:
        """What makes this matrix, without where it lies: a path of somebody's machine is nobody else's."""
        parts = [f"clusop certify --engine {self.engine}"]
        parts += [f"--area {shlex.quote(area)}" for area in self.areas]
        parts += [f"--fixture {shlex.quote(fixture)}" for fixture in self.fixtures]
        parts += ["--folder FOLDER"] if self.folder is not None else []
        parts += ["--jar FILE"] * len(self.jars)
        parts += [f"--repeats {self.repeats}"] if self.repeats != 1 else []
        return " ".join(parts)


def certify(asked: Asked, tell: Callable[[str], None]) -> Matrix:
    """Run what was asked for, or the rest of it, and write ``matrix.json``, ``.html`` and ``.md`` into ``out``. Raises
    :class:`~clusop.errors.InputError` with what is missing and what to do; nothing is left behind then.
    """
    engine, spark = _engine(asked.engine), _spark_release()
    java = java_home()
    chosen = _chosen(asked)
    jars, has_delta, why_no_delta = _jars(asked, engine, spark, java, tell)
    given = {"delta"} if has_delta else set()
    given |= {"hive"} | ({"sql-udf"} if not spark.startswith("3.") else set())
    left_out = {fixture.name: _why(fixture, given, why_no_delta, spark) for fixture in chosen}
    left_out = {name: why for name, why in left_out.items() if why}
    if asked.is_fresh:
        clear(asked.out)
    campaign = Campaign(
        engine,
        asked.out,
        asked.cache / "tables",
        java,
        tuple(fixture for fixture in chosen if fixture.name not in left_out),
        jars,
        has_delta,
        asked.folder,
        asked.limit_s,
        asked.repeats,
        spark,
    )
    told = run_campaign(campaign, tell)
    scope = Scope(chosen, left_out, asked.command, asked.today, asked.folder)
    matrix = assemble(told, scope, asked.out / "applications")
    write_matrix(matrix, asked.out)
    return matrix


def write_matrix(matrix: Matrix, out: Path) -> None:
    """The three files, each whole or not at all."""
    for name, text in (
        ("matrix.json", matrix_json(matrix)),
        ("matrix.html", matrix_html(matrix)),
        ("matrix.md", matrix_markdown(matrix)),
    ):
        part = out / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(out / name)


def _engine(name: str) -> Engine:
    if name not in ENGINES:
        raise InputError("--engine", f"{name!r} is not known", f"Known are {', '.join(ENGINES)}.")
    engine = ENGINES[name]
    if engine is PHOTON:
        raise InputError(
            "--engine photon",
            "Photon runs on Databricks clusters only",
            "Import harness/certify_notebook.py there and run it on a dedicated cluster with Photon.",
        )
    return engine


def _spark_release() -> str:
    if importlib.util.find_spec("pyspark") is None:
        raise InputError(
            "certify", "there is no PySpark in this Python", "Install it: pip install 'pyspark==3.5.9' pandas pyarrow"
        )
    import pyspark

    return str(pyspark.__version__)


def _chosen(asked: Asked) -> tuple[Workload, ...]:
    from clusop.certify.workload import application_of

    try:
        every = discover(asked.folder)
    except (OSError, ValueError) as error:
        raise InputError(
            str(asked.folder or "fixtures"), str(error), "See harness/workloads for what a fixture is."
        ) from None
    if not every:
        raise InputError(
            str(asked.folder), "there is no fixture", "A fixture is a file FOLDER/GROUP/NAME.py with WORKLOAD."
        )
    areas = {fixture.group: application_of(fixture.group, asked.folder).area for fixture in every}
    for option, given, known in (
        ("--fixture", asked.fixtures, {fixture.name for fixture in every}),
        ("--area", asked.areas, set(areas.values())),
    ):
        if unknown := [name for name in given if name not in known]:
            raise InputError(option, f"{unknown[0]!r} is not known", f"Known are {', '.join(sorted(known))}.")
    if not asked.fixtures and not asked.areas:
        return every
    return tuple(one for one in every if one.name in asked.fixtures or areas[one.group] in asked.areas)


def _jars(
    asked: Asked, engine: Engine, spark: str, java: Path, tell: Callable[[str], None]
) -> tuple[tuple[Path, ...], bool, str]:
    """The jars, whether Delta Lake is among them, and why not."""
    for jar in asked.jars:
        if not jar.is_file():
            raise InputError("--jar", f"there is no file {jar}", "Give the path of a jar.")
    if asked.jars:
        has_delta = any(jar.name.startswith("delta-spark") for jar in asked.jars)
        return asked.jars, has_delta, "" if has_delta else "no jar named delta-spark… was given"
    known = releases_for(spark)
    comet = known.comet if engine is COMET else None
    if engine is COMET and comet is None:
        lines = " or ".join(known_sparks())
        raise InputError(
            "--engine comet",
            f"no Comet is known for Spark {spark}",
            f"Give --jar, or install a PySpark of {lines}: pip install 'pyspark==3.5.9'.",
        )
    if comet is not None and (why := comet_unsupported()):
        raise InputError("--engine comet", why.rstrip("."), "Run it on Linux.")
    folder = asked.cache / "jars"
    wanted = [*([comet] if comet is not None else []), *known.delta]
    missing = fetch_artifacts(wanted, folder, java, tell)
    if comet is not None and comet in missing:
        raise InputError(
            "--engine comet", f"{comet.coordinate} could not be fetched", "Fetch it yourself and give it by --jar."
        )
    has_delta = bool(known.delta) and not set(missing) & set(known.delta)
    why_not = (
        ""
        if has_delta
        else "its jars could not be fetched"
        if known.delta
        else f"no release is known for Spark {spark}"
    )
    return tuple(folder / artifact.file_name for artifact in wanted if artifact not in missing), has_delta, why_not


def _why(fixture: Workload, given: set[str], why_no_delta: str, spark: str) -> str:
    for need in fixture.needs:
        if need not in given:
            return f"Delta Lake is not here: {why_no_delta}." if need == "delta" else f"Spark {spark} has no {need}."
    return ""


def default_cache() -> Path:
    """Where jars and tables are kept between runs: ``$XDG_CACHE_HOME/clusop`` or ``~/.cache/clusop``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "clusop"
