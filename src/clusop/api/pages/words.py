"""Names, states and reasons in words for people."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.plan.dialect import dialect, dialect_ids
from clusop.reasons import catalogue
from clusop.report.scrub import cut, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ACTION_WORDS",
    "AGENT_STATUS_WORDS",
    "AUDIT_WORDS",
    "CHANGE_WORDS",
    "DELIVERY_WORDS",
    "EVENT_WORDS",
    "EXCLUSION_WORDS",
    "SHARE_WORDS",
    "SORT_WORDS",
    "SOURCE_WORDS",
    "STATE_WORDS",
    "compute_words",
    "costs_premium",
    "engine_words",
    "place_words",
    "reason_words",
    "task_words",
    "workload_words",
]

_HASH_SHOWN = 8
_NAME_CHARS = 80

STATE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "open": "open",
        "came-back": "came back",
        "acknowledged": "acknowledged",
        "snoozed": "snoozed",
        "resolved": "resolved",
    }
)
EVENT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "opened": "seen for the first time",
        "acknowledged": "acknowledged",
        "snoozed": "snoozed",
        "woke": "snooze ended",
        "resolved": "marked as resolved",
        "reopened": "reopened",
        "came-back": "came back",
        "owner": "owner changed",
    }
)
CHANGE_WORDS: Mapping[str, str] = MappingProxyType(
    {"acknowledge": "Acknowledge", "snooze": "Snooze", "resolve": "Mark as resolved", "reopen": "Reopen"}
)
AUDIT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "problem.acknowledge": "acknowledged",
        "problem.snooze": "snoozed",
        "problem.resolve": "resolved",
        "problem.reopen": "reopened",
        "problem.wake": "snooze ended:",
        "problem.owner": "owner or team set:",
        "exclusion.add": "added",
        "exclusion.remove": "removed",
        "token-created": "made",
        "token-revoked": "revoked",
    }
)
EXCLUSION_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "workload": "workload",
        "task_key": "task",
        "cluster": "cluster",
        "compute": "compute definition",
        "tag": "tag",
    }
)
ACTION_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "fix": "fix the query",
        "disable": "switch the engine off",
        "upgrade": "upgrade the runtime",
        "keep": "leave it as it is",
        "none": "nothing yet",
    }
)
DELIVERY_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "pending": "waits",
        "sending": "on its way",
        "accepted": "accepted",
        "unconfirmed": "unconfirmed",
        "dead": "given up",
        "withdrawn": "withdrawn",
    }
)
AGENT_STATUS_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "reporting": "reporting",
        "quiet": "quiet",
        "gone": "ended without goodbye",
        "ended": "ended",
        "silenced": "switched off",
        "losses": "lost records",
        "sent": "sent",
        "files": "collected files",
        "log": "event logs",
    }
)
SOURCE_WORDS: Mapping[str, str] = MappingProxyType(
    {"live": "live agent", "files": "agent, by collected files", "log": "event log"}
)
SORT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "avoidable": "avoidable dollars",
        "exposure": "premium off the engine",
        "time": "time off the engine",
        "runs": "runs",
        "last-seen": "last seen",
        "first-seen": "first seen",
    }
)
SHARE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "attributed": "problems",
        "attributed-other": "other SQL queries",
        "non-sql-and-failed": "other work and failures",
        "unobserved": "not observed",
        "unused": "unused",
    }
)
_TITLES = {"gluten": "Gluten", "rapids": "RAPIDS", "none": "no native engine", "": "the engine"}


def engine_words(engine: str) -> str:
    """``Databricks Photon``; ``the engine`` where it is not told."""
    if engine in dialect_ids() and engine not in _TITLES:
        return dialect(engine).title
    return _TITLES.get(engine, cut(engine, _NAME_CHARS))


def costs_premium(engine: str) -> bool:
    """Whether the engine's use has a price of its own; of one that is not known it may."""
    return engine not in dialect_ids() or dialect(engine).has_premium


def workload_words(workload: str) -> str:
    """``job 42``, or ``workload 1a2b3c4d``: a name leaves the cluster as a hash only."""
    kind, _, name = workload.partition(":")
    if kind == "job" and name:
        return f"job {cut(name, _NAME_CHARS)}"
    if kind == "name" and name:
        return f"workload {cut(name[:_HASH_SHOWN], _NAME_CHARS)}"
    return cut(workload, _NAME_CHARS) or "a workload without a name"


def place_words(workload: str, task_key: str) -> str:
    """``job 42, task load_orders``."""
    name = workload_words(workload)
    return f"{name}, task {task_words(task_key)}" if task_key else name


def task_words(task_key: str) -> str:
    """``load_orders``, or ``1a2b3c4d``: a name that is not let through leaves the cluster as a hash."""
    return cut(task_key[1 : _HASH_SHOWN + 1] if task_key.startswith("~") else task_key, _NAME_CHARS)


def compute_words(compute: str) -> str:
    """``job 42, job cluster 1a2b3c4d`` or ``cluster 1122-334455-abc``."""
    kind, _, name = compute.partition(":")
    if kind == "job":
        job, _, cluster = name.partition(":")
        base = f"job {cut(job, _NAME_CHARS)}"
        return f"{base}, job cluster {cut(cluster[:_HASH_SHOWN], _NAME_CHARS)}" if cluster else base
    if kind == "cluster":
        return f"cluster {cut(name, _NAME_CHARS)}"
    return cut(compute, _NAME_CHARS) or "not told"


def reason_words(reason: object, detail: str = "") -> str:
    """The sentence of a reason: of its id, or of ``{"reason", "sentence"}``; the id itself where it is not known here."""
    if isinstance(reason, dict):
        if sentence := reason.get("sentence"):
            return one_line(str(sentence))
        reason = reason.get("reason", "")
    entry = catalogue().get(str(reason))
    if entry is None:
        return cut(f"{reason}{': ' if detail else ''}{detail}", 300)
    sentence = entry.sentence
    if "{detail}" in sentence:
        return cut(sentence.replace("{detail}", detail), 600)
    return cut(f"{sentence} {detail}" if detail else sentence, 600)
