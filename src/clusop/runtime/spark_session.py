"""What Spark this process has, looked up and never imported: a context with a JVM, a Connect session, or none yet.

The lookout asks before there is any Spark, so nothing is imported here before it is needed.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from clusop.reasons import Reason

__all__ = [
    "active_context",
    "connect_session",
    "has_gateway",
    "has_pyspark",
    "is_clear_without_jvm",
    "jvm_of",
    "owner_of",
    "why_dormant",
]

# PySpark has no public way to any of these; each is read with a default, so that a PySpark without it is "none".
# Any throughout: PySpark is not imported here, and Py4J's objects have no types.
_CONTEXT_MODULES = ("pyspark.context", "pyspark.core.context")
_CONNECT_MODULE = "pyspark.sql.connect.session"
_CLASSIC_MODULE = "pyspark.sql.session"
# The environment of whoever has a JVM, or starts one that is installed elsewhere.
_JVM_SIGNS = ("SPARK_HOME", "PYSPARK_GATEWAY_PORT", "DATABRICKS_RUNTIME_VERSION")


def has_pyspark() -> bool:
    """Whether somebody imported PySpark."""
    return "pyspark" in sys.modules


def has_gateway() -> bool:
    """Whether PySpark has started or met a JVM: a context is near."""
    return getattr(_context_class(), "_gateway", None) is not None


def active_context() -> Any | None:
    """The SparkContext that is up, with its JVM side set; ``None`` while it is being made, after it stopped, or without one."""
    context = getattr(_context_class(), "_active_spark_context", None)
    return context if getattr(context, "_jsc", None) is not None else None


def connect_session() -> Any | None:
    """A Spark Connect session of this process."""
    kind = getattr(sys.modules.get(_CONNECT_MODULE), "SparkSession", None)
    default = getattr(kind, "_default_session", None)
    return default if default is not None else getattr(getattr(kind, "_active_session", None), "session", None)


def is_clear_without_jvm(environ: Mapping[str, str]) -> bool:
    """Whether a Connect session or a PySpark without a JVM says that this process will never have one to arm."""
    return active_context() is None and (connect_session() is not None or _is_bare_client(environ))


def why_dormant(environ: Mapping[str, str]) -> Reason | None:
    """Why this process will never have a JVM to arm; ``None`` while that is open."""
    if not is_clear_without_jvm(environ):
        return None
    from clusop.reasons import Reason

    version = environ.get("DATABRICKS_RUNTIME_VERSION", "")
    if version.startswith("client.") or environ.get("IS_SERVERLESS", "").upper() == "TRUE":
        return Reason("serverless-compute")
    return Reason("standard-access-mode") if version else Reason("spark-connect")


def _is_bare_client(environ: Mapping[str, str]) -> bool:
    """Whether the PySpark that was imported can start no JVM: the packages of databricks-connect and pyspark-client have none."""
    found = getattr(sys.modules.get("pyspark"), "__file__", None)
    if not found or has_gateway() or any(sign in environ for sign in _JVM_SIGNS):
        return False
    from clusop.runtime.loading import loading

    loading().load("pathlib")
    from pathlib import Path

    package = Path(found).parent
    # Where PySpark itself looks for one: beside its modules, above them in a source tree, above the working directory.
    homes = (package, package / "spark-distribution", package.parent.parent, Path(".."))
    # Databricks' client brings the scripts of one, but no jars.
    return not any(
        (home / "bin" / "spark-submit").is_file() and ((home / "jars").is_dir() or (home / "assembly").is_dir())
        for home in homes
    )


def jvm_of(context: Any) -> Any:
    """Py4J's view of the context's JVM. Databricks raises here where the access mode closes it."""
    from operator import attrgetter

    return attrgetter("_jvm")(context)


def owner_of(session: Any | None = None) -> str:
    """The id of a session: the given one, else the calling thread's active one, else the first made here. ``""``: none."""
    kind = getattr(sys.modules.get(_CLASSIC_MODULE), "SparkSession", None)
    if session is None and kind is not None:
        session = kind.getActiveSession() or getattr(kind, "_instantiatedSession", None)
    java = getattr(session, "_jsparkSession", None)
    return "" if java is None else str(java.sessionUUID())


def _context_class() -> Any | None:
    return next((found for name in _CONTEXT_MODULES if (found := _class_in(name)) is not None), None)


def _class_in(module: str) -> Any | None:
    return getattr(sys.modules.get(module), "SparkContext", None)
