"""The kinds of operator (DESIGN §4): what each is to the question "did this leave the engine?"."""

from __future__ import annotations

from enum import Enum

__all__ = ["Kind"]


class Kind(str, Enum):
    """What an operator is. Dialect files use the values."""

    NATIVE = "native"
    BOUNDARY = "boundary"
    """Where rows or batches change hands between the engine and the JVM."""
    WRAPPER = "wrapper"
    """Adaptive execution, stages, reuse, subquery holders: no work of its own."""
    ROW_SOURCE = "row-source"
    """A scan whose format has only rows (CSV, JSON, JDBC, local rows, a cache)."""
    COMMAND = "command"
    LOGICAL = "logical"
    """A logical node shown below a command; ignored."""
    TERMINAL = "terminal"
    """A JVM operator at the very root that ends a query and costs nothing (CollectLimit)."""
    MARGINAL = "marginal"
    """A JVM operator at the very root that does next to nothing (Coalesce)."""
    ROW_EXCHANGE = "row-exchange"
    """A shuffle or broadcast fed by rows."""
    PYTHON = "python"
    JVM = "jvm"
