"""What ``clusop doctor`` looks at: each door with its state, why, and what to do; the jars, Java, Spark, settings.

Standard library only: the doctor is what one runs where nothing else is installed.
"""

from __future__ import annotations

import os
import shutil
import site
import socket
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clusop.cli.doctor_check import INIT_SCRIPT_PAGE, Check
from clusop.cli.doctor_conf import init_script_door, spark_conf_door
from clusop.reasons import Reason
from clusop.runtime.arming import off_because
from clusop.runtime.autoload import DRIVER_SIGNS, closed_because
from clusop.runtime.jars import jars, sha256_of
from clusop.runtime.setting_value import as_text
from clusop.runtime.settings import PREFIX, Origin, declared, resolve, unknown_name
from clusop.runtime.spark_session import active_context, connect_session, why_dormant
from clusop.runtime.status import NO_LIVE_PLANS
from clusop.runtime.transport.http_exchange import PROXY_PORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clusop.runtime.settings import Settings

__all__ = [
    "PTH",
    "doors",
    "found_here",
    "in_force",
    "jar_checks",
    "live_plans",
    "probe",
    "site_folders",
    "strangers",
    "this_process",
]

PTH = "clusop_autoload.pth"
_START = "clusop_autoload.start"
_START_SINCE = (3, 15)
# Variables that are no settings: they decide whether anything is armed at all.
_OTHER_VARIABLES = frozenset({"CLUSOP_ARM", "CLUSOP_GUARD"})
# Read by the init script alone.
_INIT_VARIABLES = frozenset({"CLUSOP_SOURCE", "CLUSOP_JARS_SHA256", "CLUSOP_INIT", "CLUSOP_LISTENERS"})
_PROBE_S = 5.0
_DEFAULT_PORTS = {"http": 80, "https": 443}


def doors(environ: Mapping[str, str], argv: Sequence[str], folders: Iterable[Path]) -> list[Check]:
    """Every way in, as seen from this process."""
    off = off_because(resolve({}, {}, environ))
    return [
        _start_line(environ, argv, list(folders), off),
        _explicit(environ, off),
        spark_conf_door(environ, off),
        init_script_door(Path("/"), off),
    ]


def site_folders() -> list[Path]:
    """The directories whose ``.pth`` files this interpreter runs."""
    named = [*site.getsitepackages(), site.getusersitepackages() if site.ENABLE_USER_SITE else ""]
    return [Path(name) for name in dict.fromkeys(named) if name]


def jar_checks() -> list[Check]:
    """The listener's jars in this installation."""
    found = jars()
    if isinstance(found, Reason):
        if found.id == "jar-missing":
            return [Check("jars", "missing", "this installation has no jars of the listener", _how_to_get_jars())]
        return [Check("jars", "damaged", "the list of the listener's jars cannot be read", _how_to_get_jars())]
    return [_jar(jar.scala, jar.path, jar.sha256) for jar in found]


def found_here(environ: Mapping[str, str]) -> list[Check]:
    """Python, Java and Spark."""
    java = environ.get("JAVA_HOME", "")
    on_path = shutil.which("java", path=environ.get("PATH", ""))
    where = f"JAVA_HOME={java}" if java else on_path or ""
    checks = [
        Check("python", "ok", f"{sys.version.split()[0]} at {sys.executable}"),
        Check("java", "ok" if where else "missing", where or "neither JAVA_HOME nor java on the PATH"),
    ]
    version = _version_of("pyspark") or _version_of("databricks-connect")
    checks.append(Check("spark", "ok" if version else "missing", version or "no PySpark in this environment"))
    return checks


def live_plans(agent: Mapping[str, object]) -> list[Check]:
    """A word only where an armed agent gets no live plans: everywhere else there is nothing to know."""
    if agent.get("live_plans") is not False:
        return []
    return [Check("live plans", "missing", NO_LIVE_PLANS, "Nothing: verdicts and costs need only the text.")]


def strangers(environ: Mapping[str, str]) -> list[Reason]:
    """Variables that look like settings of clusop and are none."""
    known = {one.env for one in declared().values()} | _OTHER_VARIABLES | _INIT_VARIABLES
    strange = [name for name in sorted(environ) if name.startswith("CLUSOP_") and name not in known]
    return [Reason("unknown-setting", unknown_name(name, sorted(known))) for name in strange]


def in_force(environ: Mapping[str, str]) -> tuple[Settings, list[tuple[str, str, str]]]:
    """The settings this process would use, and those that are not defaults with where each comes from. No file is read."""
    settings = resolve({}, {}, environ)
    chosen = [
        (key, as_text(value), settings.origins[key])
        for key, value in settings.values.items()
        if settings.origins[key] != Origin.DEFAULT
    ]
    return settings, chosen


def probe(settings: Settings) -> Check:
    """Whether the endpoint, or its proxy, takes a connection. Nothing is sent."""
    endpoint = settings.text("endpoint")
    if not endpoint:
        return _no_endpoint(settings)
    proxy = settings.text("proxy")
    via = urlsplit(proxy or endpoint)
    port = via.port or (PROXY_PORT if proxy else _DEFAULT_PORTS.get(via.scheme.lower(), 0))
    shown = f"{via.hostname}:{port}" + (" (proxy)" if proxy else "")
    try:
        with socket.create_connection((via.hostname or "", port), timeout=_PROBE_S):
            return Check("endpoint", "ok", f"{shown} takes connections; nothing was sent")
    except OSError as error:
        told = error.strerror or type(error).__name__
        return Check("endpoint", "closed", f"{shown}: {told}", _way_there(error, "proxy" if proxy else "endpoint"))


def _no_endpoint(settings: Settings) -> Check:
    key = f"{PREFIX}endpoint "
    if any(problem.id == "bad-setting" and problem.detail.startswith(key) for problem in settings.problems):
        why = "the one that is set cannot be used, as told under the settings"
        return Check(
            "endpoint", "missing", why, "Give it as https://HOST or http://HOST:PORT; until then nothing is sent."
        )
    return Check("endpoint", "missing", Reason("no-endpoint").sentence, "Set CLUSOP_ENDPOINT or spark.clusop.endpoint.")


def _way_there(error: OSError, name: str) -> str:
    """What to do where no connection comes about; ``name``: the setting that says where to."""
    key = f"{PREFIX}{name}"
    if isinstance(error, socket.gaierror):
        return f"No host of this name is known here: correct it in {key}, or see that the driver can look it up."
    if isinstance(error, ConnectionRefusedError):
        what = "the proxy" if name == "proxy" else "the aggregator (clusop serve)"
        return f"Nothing listens there: see that {what} runs, and that {key} has its host and port."
    if isinstance(error, TimeoutError):
        return f"Nobody answers there: see that the network lets the driver through, and that {key} is right."
    return f"Check {key} and the network's rules."


def _start_line(environ: Mapping[str, str], argv: Sequence[str], folders: list[Path], off: Reason | None) -> Check:
    name = "start line (.pth)"
    lines = [folder / PTH for folder in folders if (folder / PTH).is_file()]
    if not lines:
        looked = ", ".join(str(folder) for folder in folders) or "no site directory"
        return Check(
            name,
            "closed",
            f"{PTH} is not in {looked}",
            "Install the wheel into this interpreter's own environment (on Databricks: %pip install, then restart Python).",
        )
    at = ", ".join(str(line) for line in lines)
    if sys.version_info >= _START_SINCE:
        twins = [line for line in lines if line.with_name(_START).is_file()]
        at += f"; its twin {_START} {'is beside it' if twins else 'is missing'}"
    if sys.flags.no_site:
        return Check(
            name, "closed", f"{at}; this Python was started with -S", "Start Python without -S, or call clusop.arm()."
        )
    closed = closed_because(environ, argv)
    if not closed and off is not None:
        return _switched_off(name, f"{at}; ", off)
    if not closed:
        signs = ", ".join(sign for sign in DRIVER_SIGNS if sign in environ)
        return Check(name, "open", f"{at}; the environment says driver ({signs})")
    remedy = {
        "no-driver": "Set CLUSOP_ARM=1 in the environment of the program that starts Spark; a plain Python is left alone.",
        "switched-off": "Unset CLUSOP_DISABLE, and CLUSOP_ARM if it is not 1.",
    }.get(closed, "Nothing: this is no driver.")
    detail = "CLUSOP_DISABLE or CLUSOP_ARM" if closed == "switched-off" else ""
    return Check(name, "closed", f"{at}; {Reason(closed, detail).sentence}", remedy)


def _switched_off(name: str, before: str, off: Reason) -> Check:
    remedy = "Remove the file." if off.id == "kill-file" else "Unset CLUSOP_DISABLE."
    return Check(name, "closed", f"{before}{off.sentence}", remedy)


def _explicit(environ: Mapping[str, str], off: Reason | None) -> Check:
    name = "clusop.arm()"
    if off is not None:
        return _switched_off(name, "", off)
    dormant = why_dormant(environ)
    if dormant is not None:
        return Check(name, "closed", dormant.sentence, INIT_SCRIPT_PAGE)
    if environ.get("DATABRICKS_RUNTIME_VERSION", "").startswith("client."):
        return Check(
            name, "closed", Reason("serverless-compute").sentence, "Analyze query profiles: clusop analyze FILE."
        )
    if active_context() is not None:
        return Check(name, "open", "a SparkContext with a JVM runs in this process")
    if connect_session() is not None:
        return Check(name, "closed", Reason("spark-connect").sentence, INIT_SCRIPT_PAGE)
    told = Reason("no-context", "; call it in the driver's program, before or after Spark starts").sentence
    return Check(name, "open", told, "import clusop; clusop.arm()")


def _jar(scala: str, path: Path, sha256: str) -> Check:
    name = f"jar for Scala {scala}"
    try:
        same = sha256_of(path) == sha256
    except OSError as error:
        return Check(name, "missing", f"{path}: {error.strerror or error}", _how_to_get_jars())
    if same:
        return Check(name, "ok", f"{path.name} sha256 {sha256}")
    return Check(name, "damaged", f"{path} is not the jar that was built", _how_to_get_jars())


def _how_to_get_jars() -> str:
    """One way and not two: a clone builds its jars, and an installed wheel brings them."""
    clone = Path(__file__).resolve().parents[3]
    if (clone / "scala").is_dir() and (clone / "Makefile").is_file():
        return f"Run `make jars` in {clone}."
    return "Install clusop again, from a released wheel: pip install --force-reinstall --no-deps 'clusop>=0.1'"


def _version_of(package: str) -> str:
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return ""


def this_process() -> tuple[Mapping[str, str], Sequence[str]]:
    """The environment and the command line the interpreter was started with."""
    return os.environ, sys.orig_argv
