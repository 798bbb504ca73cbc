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
        from clusop.runtime.asleep import asleep
        from clusop.runtime.guard import Guard
        from clusop.runtime.python_library import CORE, hidden

        taken = hidden(CORE)
        # A job that asks to be watched must not end because clusop cannot be loaded.
        watch = Guard().watch("import", lets=(KeyboardInterrupt,))
        with watch:
            if not taken:
                from clusop.runtime import public

                return getattr(public, name)
        return asleep(taken or type(watch.error).__name__)
    raise AttributeError(f"module 'clusop' has no attribute {name!r}")
