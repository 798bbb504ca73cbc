"""Replay: the events of one log, in the order they were written, into an :class:`Application`.

Order is not relied upon more than needed: an event may come late, and one that is missing leaves a reason, never an exception.
In memory are counters per stage, two raw records per running execution and the parsed plans of ended ones; never the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.eventlog.assemble import Collected, application_of
from clusop.eventlog.environment import Environment
from clusop.eventlog.events import (
    NoEventError,
    carries_nothing,
    decode_event,
    event_kind,
    read_integer,
    short_kind,
)
from clusop.eventlog.executions import Executions
from clusop.eventlog.jobs_stages import JobsAndStages
from clusop.eventlog.lines import LineStream
from clusop.eventlog.losses import Losses
from clusop.eventlog.stopped import MissingPackageError
from clusop.eventlog.task_end import glance, task_end_of
from clusop.eventlog.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from clusop.analysis.cluster import Application
    from clusop.eventlog.events import Event
    from clusop.eventlog.source import LogSource

__all__ = ["Replay", "read_application"]

_TASK_END = "SparkListenerTaskEnd"
_ADAPTIVE_UPDATE = "SparkListenerSQLAdaptiveExecutionUpdate"
_EXECUTION_START = "SparkListenerSQLExecutionStart"
_MAX_ROLLOVERS = 100_000
_OTHERS_READ = frozenset({_TASK_END, _EXECUTION_START})
_ODD_SHAPES = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What a handler raises for JSON that is no event of its kind after all."""


def read_application(source: LogSource, *, progress: Callable[[int, int | None], None] | None = None) -> Application:
    """Read one application from its log.

    ``progress`` is called with the bytes read from disk so far and their total. Never raises for what is in the log: what
    could not be read is in the application's ``problems``, with counts.
    """
    replay = Replay()
    stream = LineStream(source, progress=progress)
    try:
        for record in stream:
            replay.feed(record, is_tail=stream.is_tail)
    except MissingPackageError as missing:
        replay.losses.unread.append(missing.reason)
    except OSError as error:
        replay.losses.unread_file(error)
    replay.losses.stopped.extend(stream.stopped)
    replay.losses.oversized_count += stream.skipped_line_count
    return replay.application(source)


class Replay:
    """Takes records one by one; :meth:`application` is what they amount to. ``decoded_task_count`` counts the task ends that
    had to be decoded as a whole.
    """

    def __init__(self) -> None:
        self.losses = Losses()
        self.decoded_task_count = 0
        self._timeline = Timeline()
        self._environment = Environment()
        self._jobs = JobsAndStages(self._timeline)
        self._executions = Executions()
        self._collected = Collected(self._timeline, self._environment, self._jobs, self._executions, self.losses)
        self._handlers: dict[str, Callable[[Event], object]] = {
            "SparkListenerLogStart": self._log_started,
            "DBCEventLoggingListenerMetadata": self._log_started,
            "SparkListenerApplicationStart": self._application_started,
            "SparkListenerApplicationEnd": self._application_ended,
            "SparkListenerEnvironmentUpdate": self._environment.updated,
            "SparkListenerExecutorAdded": self._timeline.executor_added,
            "SparkListenerExecutorRemoved": self._timeline.executor_removed,
            "SparkListenerJobStart": self._job_started,
            "SparkListenerJobEnd": self._jobs.job_ended,
            "SparkListenerStageSubmitted": self._jobs.stage_submitted,
            "SparkListenerStageCompleted": self._jobs.stage_completed,
            "SparkListenerSQLExecutionEnd": self._execution_ended,
            "SparkListenerDriverAccumUpdates": self._executions.accumulated,
        }

    def feed(self, record: bytes, *, is_tail: bool = False) -> None:
        """Take in one record. ``is_tail``: it ended without a line break, so if it is no event it was torn."""
        kind = event_kind(record)
        if kind == _TASK_END and not is_tail:
            task = glance(record)
            if task is not None:
                self._jobs.task_ended(task)
                return
        elif not is_tail and carries_nothing(short_kind(kind)):
            return
        if not kind and not record.strip():
            return
        try:
            self._take(record, kind, is_tail=is_tail)
        except NoEventError:
            self.losses.bad_record(is_torn=is_tail)
        except _ODD_SHAPES:
            self.losses.bad_record(is_torn=False)

    def _take(self, record: bytes, kind: str, *, is_tail: bool) -> None:
        short = short_kind(kind)
        if not is_tail:
            if short == _ADAPTIVE_UPDATE:
                self._executions.updated(record)
                return
            if kind and short not in self._handlers and short not in _OTHERS_READ:
                self.losses.unknown_event(kind)
                return
        event = decode_event(record)
        short = short_kind(event["Event"])
        if short == _TASK_END:
            self.decoded_task_count += 1
            self._jobs.task_ended(task_end_of(event))
        elif short == _EXECUTION_START:
            self._timeline.seen(self._executions.started(event, record).start_at_ms)
        elif short == _ADAPTIVE_UPDATE:
            self._executions.updated(record)
        elif short in self._handlers:
            self._handlers[short](event)
        elif not carries_nothing(short):
            self.losses.unknown_event(event["Event"])

    def application(self, source: LogSource) -> Application:
        """What has been taken in so far."""
        return application_of(source, self._collected)

    def _log_started(self, event: Event) -> None:
        self._collected.spark_version = str(event.get("Spark Version") or self._collected.spark_version)
        self._timeline.seen(read_integer(event.get("Timestamp")))
        rollover = read_integer(event.get("Rollover Number"))
        if rollover is not None and 0 <= rollover < _MAX_ROLLOVERS:
            self._collected.rollovers.add(rollover)

    def _application_started(self, event: Event) -> None:
        self._collected.was_started = True
        self._collected.app_id = str(event.get("App ID") or "")
        self._collected.name = str(event.get("App Name") or "")
        at_ms = read_integer(event.get("Timestamp"))
        if at_ms is not None and at_ms > 0:
            self._timeline.application_started(at_ms)

    def _application_ended(self, event: Event) -> None:
        self._collected.has_ended = True
        self._timeline.seen(read_integer(event.get("Timestamp")))

    def _job_started(self, event: Event) -> None:
        self._jobs.job_started(event)
        self._environment.job_started(event)

    def _execution_ended(self, event: Event) -> None:
        execution = self._executions.ended(event)
        self._timeline.seen(execution.end_at_ms)
        self._jobs.execution_ended(execution.execution_id)
