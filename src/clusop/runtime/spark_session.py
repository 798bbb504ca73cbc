"""What Spark this process has, looked up and never imported: a context with a JVM, a Connect session, or none yet."""

from __future__ import annotations

import sys
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["active_context", "connect_session", "has_gateway", "has_pyspark", "jvm_of", "owner_of", "why_dormant"]

# PySpark has no public way to any of these; each is read with a default, so that a PySpark without it is "none".
# Any throughout: PySpark is not imported here, and Py4J's objects have no types.
_CONTEXT_MODULES = ("pyspark.context", "pyspark.core.context")
_CONNECT_MODULE = "pyspark.sql.connect.session"
_CLASSIC_MODULE = "pyspark.sql.session"


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


def why_dormant(environ: Mapping[str, str]) -> Reason | None:
    """Why this process will never have a JVM to arm, if a Connect session says so; ``None`` while that is open."""
    if active_context() is not None or connect_session() is None:
        return None
    version = environ.get("DATABRICKS_RUNTIME_VERSION", "")
    if version.startswith("client.") or environ.get("IS_SERVERLESS", "").upper() == "TRUE":
        return Reason("serverless-compute")
    return Reason("standard-access-mode") if version else Reason("spark-connect")


def jvm_of(context: Any) -> Any:
    """Py4J's view of the context's JVM. Databricks raises here where the access mode closes it."""
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
