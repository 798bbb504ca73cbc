"""clusop: finds the money native Spark engines burn when a query falls back to the JVM.

This file runs inside every armed driver, so it holds the version and names what it serves; each is loaded when it is asked for.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from clusop.runtime.public import arm, disarm, report, status

__all__ = ["__version__", "arm", "disarm", "report", "status"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # "report" is a package of ours too: importing it puts the module here under the same name, over the function.
    if name in {"arm", "disarm", "report", "status"}:
        from clusop.runtime import public

        return getattr(public, name)
    raise AttributeError(f"module 'clusop' has no attribute {name!r}")
