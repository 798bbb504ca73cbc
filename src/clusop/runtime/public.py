"""What people call: ``clusop.arm()``, ``disarm()``, ``status()``, ``report()``. Whatever goes wrong comes back as a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusop.errors import ClusopError
from clusop.reasons import Reason
from clusop.runtime.driver import driver
from clusop.runtime.report import Report, report_of
from clusop.runtime.status import Status, status_of

if TYPE_CHECKING:
    from clusop.runtime.guard import Watch

__all__ = ["arm", "disarm", "report", "status"]

# Ctrl-C belongs to the person at the keyboard, who wants this call to stop. Everything else ends here, SystemExit too: it must
# not end the job that asked to be watched.
_THEIRS = (KeyboardInterrupt,)


def arm(**settings: object) -> Status:
    """Arm clusop in this driver, now or as soon as there is a SparkContext. Safe to call again.

    Settings are named as in docs/settings.md without ``spark.clusop.``, with underscores: ``endpoint=``, ``token_file=``,
    ``spool_directory=``. The cluster's conf wins over them.
    """
    one = driver()
    watch = one.guard.watch("arm", lets=_THEIRS)
    with watch:
        if one.process.is_own and not one.arm(settings):
            return Status("waiting", (Reason("agent-busy"),))
        return status_of(one)
    return Status("dormant", _failed(watch), faults=dict(one.guard.faults))


def disarm() -> Status:
    """Make clusop quiet in this driver: nothing is watched until ``arm()`` is called, and after five seconds nothing is sent."""
    one = driver()
    watch = one.guard.watch("disarm", lets=_THEIRS)
    with watch:
        if one.process.is_own and not one.disarm():
            return Status("off", (Reason("disarmed"), Reason("agent-busy")))
        return status_of(one)
    return Status("dormant", _failed(watch), faults=dict(one.guard.faults))


def status() -> Status:
    """Whether clusop is armed in this process, what it has seen and lost, and why not if it is not."""
    one = driver()
    watch = one.guard.watch("status", lets=_THEIRS)
    with watch:
        return status_of(one)
    return Status("dormant", _failed(watch), faults=dict(one.guard.faults))


def report(spark: Any | None = None, *, everybody: bool = False) -> Report:  # Any: a SparkSession of PySpark
    """The finished queries of ``spark``, else of the calling thread's session, with what left the engine and what it cost.

    ``everybody=True`` asks for all sessions of this cluster; the owner of the cluster allows it by ``spark.clusop.report.all``.
    """
    one = driver()
    watch = one.guard.watch("report", lets=_THEIRS)
    with watch:
        return report_of(one, spark, everybody=everybody)
    return Report(reasons=_failed(watch))


def _failed(watch: Watch) -> tuple[Reason, ...]:
    try:
        return (Reason("arming-failed", f" ({type(watch.error).__name__})"),)
    except (OSError, ValueError, ClusopError):
        # The catalogue itself cannot be read, or is that of another version: pip at work under a running kernel.
        return ()
