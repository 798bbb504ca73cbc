"""The doors that work through Spark conf, as the doctor sees them: ``spark-defaults.conf``, and what the init script wrote.

Both name a class. A class that is named and missing stops Spark; so each is open only with the jar there, whole, and ours.
"""

from __future__ import annotations

import re
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from clusop.cli.doctor_check import INIT_SCRIPT_PAGE, LISTENER, Check
from clusop.reasons import Reason
from clusop.runtime.jars import jars, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["INIT_CONF", "init_script_door", "spark_conf_door"]

INIT_CONF = "zzz-clusop.conf"
_INIT_JARS = "clusop-init_*.jar"
_INIT_LOG = "databricks/driver/logs/clusop-init.log"
_CONF_KEYS = ("spark.extraListeners", "spark.sql.queryExecutionListeners")
_CLASS_PATH = "spark.driver.extraClassPath"
_PROPERTY = re.compile(r"\s*([^\s=:]+)(?:\s*[=:]\s*|\s+)(.*?)\s*")
_NAMED = re.compile(r"(?:[A-Za-z_$][\w$]*\.){2,}[A-Za-z_$][\w$]*")
_KEEP = "Keep the jar where the class path has it: a missing class stops Spark."
_NO_JAR = "Put the jar there, or take the entry away, before Spark starts: a class that is named and missing stops it."


def spark_conf_door(environ: Mapping[str, str], off: Reason | None) -> Check:
    """Whether ``spark-defaults.conf`` names the listener, and whether the driver's class path has it."""
    name = "Spark conf"
    home = environ.get("SPARK_HOME", "")
    folder = environ.get("SPARK_CONF_DIR") or (f"{home}/conf" if home else "")
    how = f"Put the jar on the driver's class path first, then add {LISTENER} to the entries there."
    if not folder:
        return Check(name, "unknown", "neither SPARK_CONF_DIR nor SPARK_HOME is set", how)
    file = Path(folder) / "spark-defaults.conf"
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        return Check(name, "closed", f"{file}: {error.strerror or type(error).__name__}", how)
    conf = dict(_properties(lines))
    keys = [key for key in _CONF_KEYS if LISTENER in (one.strip() for one in conf.get(key, "").split(","))]
    if not keys:
        return Check(name, "closed", f"{file} names no listener of clusop", how)
    told = f"{file}: {', '.join(keys)}"
    places = [*_spark_jars(home), *_on_class_path(conf.get(_CLASS_PATH, ""))]
    jar = next((path for path in places if _has_listener(path)), None)
    if jar is None:
        where = f"{_CLASS_PATH} and the jars of Spark"
        return Check(name, "missing", f"{told}; but no jar with this class is in {where}", _NO_JAR)
    return _with_jar(name, told, jar, off)


def init_script_door(root: Path, off: Reason | None) -> Check:
    """What the init script did on this driver; ``root`` is ``/`` but in tests."""
    name = "Databricks init script"
    folder = root / "databricks/driver/conf"
    if not folder.is_dir():
        return Check(name, "closed", "this is no driver of a Databricks cluster", INIT_SCRIPT_PAGE)
    conf = folder / INIT_CONF
    try:
        text = conf.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return Check(name, "closed", f"no {INIT_CONF} in {folder}; {_last_word(root / _INIT_LOG)}", INIT_SCRIPT_PAGE)
    told = f"it wrote {conf}"
    jar = next((path for path in sorted((root / "databricks/jars").glob(_INIT_JARS)) if _has_listener(path)), None)
    if jar is None:
        return Check(name, "missing", f"{told}; but no {_INIT_JARS} with the class is beside Spark's jars", _NO_JAR)
    for other in sorted(folder.glob("*.conf")):
        dropped = [one for one in _named_by(other) if one not in text]
        if other.name > INIT_CONF and dropped:
            why = f"{told}; but {other.name} names listeners too and is read after it"
            return Check(name, "closed", why, "Let the script that writes this file run before the one of clusop.")
        if dropped:
            told += f"; {other.name} was written later and names {', '.join(dropped)}, which it overrides"
    return _with_jar(name, told, jar, off)


def _with_jar(name: str, told: str, jar: Path, off: Reason | None) -> Check:
    if off is not None:
        return Check(name, "closed", f"{told}; {off.sentence}", "Take the switch away, and start Spark again.")
    found = jars()
    if isinstance(found, Reason):
        return Check(name, "unknown", f"{told}; {jar} cannot be compared: {found.sentence}", _KEEP)
    try:
        is_ours = sha256_of(jar) in {one.sha256 for one in found}
    except OSError as error:
        return Check(name, "damaged", f"{told}; {jar}: {error.strerror or error}", _NO_JAR)
    if is_ours:
        return Check(name, "open", f"{told}; {jar} is whole", _KEEP)
    why = f"{told}; {jar} is not a jar of this release: another release, or damaged"
    return Check(name, "unknown", why, "Compare its SHA-256 with the jars.json it came with.")


def _properties(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        found = _PROPERTY.fullmatch(line)
        if found is not None and not found[1].startswith(("#", "!")):
            yield found[1], found[2]


def _spark_jars(home: str) -> list[Path]:
    if not home:
        spec = find_spec("pyspark")
        home = str(Path(spec.origin).parent) if spec is not None and spec.origin else ""
    return sorted((Path(home) / "jars").glob("*.jar")) if home else []


def _on_class_path(told: str) -> Iterator[Path]:
    for entry in told.split(":"):
        if entry.endswith("/*"):
            yield from sorted(Path(entry[:-2]).glob("*.jar"))
        elif entry:
            yield Path(entry)


def _has_listener(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as opened:
            return LISTENER.replace(".", "/") + ".class" in opened.namelist()
    except (OSError, ValueError, zipfile.BadZipFile):
        return False


def _named_by(conf: Path) -> list[str]:
    if conf.name == INIT_CONF:
        return []
    try:
        lines = conf.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    naming = [line for line in lines if "extraListeners" in line and not line.lstrip().startswith(("#", "//"))]
    return [one for line in naming for one in _NAMED.findall(line.partition("extraListeners")[2])]


def _last_word(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "and it left no log"
    return f"its log says: {lines[-1].partition(' clusop-init: ')[2]}" if lines else "and its log is empty"
