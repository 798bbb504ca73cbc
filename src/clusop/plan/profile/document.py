"""Read the JSON of a Databricks query profile (the download of the query history page)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from clusop.plan.json_text import JsonTextError, clean_text, decode_json
from clusop.plan.profile.explanation import graph_explanation
from clusop.plan.profile.graph import GraphTooLargeError, Tree, graph_tree
from clusop.plan.profile.node import integer, node_id
from clusop.plan.profile.reading import ProfileReading
from clusop.plan.reading import Phase, PlanReading, PlanSource
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["looks_like_query_profile", "read_query_profile", "read_query_profile_json"]

_MAX_GRAPHS = 1_000
_MAX_TEXT_CHARS = 256
_RUNNING = frozenset({"RUNNING", "QUEUED", "STARTED", "COMPILING", "COMPILED", "PENDING"})
_PHASES = {"Final": Phase.FINAL, "Initial": Phase.INITIAL, "Current": Phase.CURRENT}
_QUERY_KEYS = frozenset({"id", "queryId", "queryStartTimeMs", "metrics", "statementType", "plansState"})


def looks_like_query_profile(document: object) -> bool:
    """Whether a JSON value is a query profile: graphs of nodes, or a query with its history and no graph."""
    if not isinstance(document, dict):
        return False
    graphs = document.get("graphs")
    if isinstance(graphs, list) and any(isinstance(graph, dict) and "nodes" in graph for graph in graphs):
        return True
    query = document.get("query")
    told = isinstance(graphs, list) or "planMetadatas" in document or "planMetadata" in document
    return told and isinstance(query, dict) and bool(_QUERY_KEYS & query.keys())


def read_query_profile_json(data: bytes | str) -> ProfileReading:
    """Read a query profile from JSON text. Never raises: what is no JSON is ``unreadable``."""
    try:
        document = decode_json(data)
    except JsonTextError as error:
        reason = "too-large" if error.too_large else "unreadable"
        return ProfileReading(problems=(Reason(reason, f": {error}"),))
    return read_query_profile(document)


def read_query_profile(document: object, *, tick: Callable[[int], None] | None = None) -> ProfileReading:
    """Read a query profile (decoded JSON); any value gives a reading, none an exception. ``tick`` is told the steps taken.

    A profile can hold several graphs (a REPLACE has one of the command and one of the data); each is read by itself.
    """
    if not isinstance(document, dict) or not ("graphs" in document or isinstance(document.get("query"), dict)):
        return ProfileReading(
            problems=(Reason("unreadable", ": no query profile (a JSON object with query and graphs)"),)
        )
    query = _object(document.get("query"))
    metrics = _object(query.get("metrics"))
    channel = _object(query.get("channelUsed"))
    status = _short(query.get("status"))
    is_final = query.get("isFinal")
    is_final = is_final if isinstance(is_final, bool) else None
    problems: list[Reason] = []
    if status.upper() in _RUNNING:
        problems.append(Reason("query-running"))
    listed = document.get("graphs")
    listed = listed if isinstance(listed, list) else []
    if len(listed) > _MAX_GRAPHS:
        problems.append(Reason("too-large", f": {len(listed)} graphs, the first {_MAX_GRAPHS} were read"))
    graphs = tuple(_graph(graph, tick or _ignore, is_final=is_final) for graph in listed[:_MAX_GRAPHS])
    if not graphs:
        problems.append(Reason("empty"))
    return ProfileReading(
        graphs=graphs,
        query_id=node_id(query.get("id", query.get("queryId")))[:_MAX_TEXT_CHARS],
        status=status,
        statement_type=_short(query.get("statementType")),
        query_text_hash=_hash(query.get("queryText")),
        run_ms=_time(metrics, "taskTotalTimeMs", "task_total_time_ms"),
        native_ms=_time(metrics, "photonTotalTimeMs", "photon_total_time_ms"),
        total_ms=_time(metrics, "totalTimeMs", "total_time_ms"),
        start_at_ms=_time(query, "queryStartTimeMs", "query_start_time_ms"),
        end_at_ms=_time(query, "queryEndTimeMs", "query_end_time_ms"),
        dbsql_version=_short(channel.get("dbsqlVersion")),
        is_final=is_final,
        problems=tuple(problems),
    )


def _graph(graph: object, tick: Callable[[int], None], *, is_final: bool | None) -> PlanReading:
    if not isinstance(graph, dict):
        return _unread("unreadable", ": a graph is no JSON object")
    try:
        tree = graph_tree(graph.get("nodes"), graph.get("edges"), tick)
    except GraphTooLargeError as error:
        return _unread("too-large", str(error))
    if not tree.plan.operators:
        return PlanReading(None, Phase.STATIC, PlanSource.QUERY_PROFILE, problems=(Reason("empty"), *tree.problems))
    lines = {
        each: f"{operator.name} {operator.arguments}".strip()[:_MAX_TEXT_CHARS]
        for each, operator in zip(tree.ids, tree.plan.operators, strict=True)
    }
    return PlanReading(
        tree.plan,
        _phase(tree, is_final=is_final),
        PlanSource.QUERY_PROFILE,
        graph_explanation(graph.get("photonExplain"), lines),
        tree.problems,
    )


def _phase(tree: Tree, *, is_final: bool | None) -> Phase:
    """The plan drawn below the adaptive one says what it is; where it does not, a query that ended shows its final plan."""
    if not tree.is_adaptive:
        return Phase.STATIC
    return _PHASES.get(tree.child_tag, Phase.FINAL if is_final else Phase.CURRENT)


def _unread(reason: str, detail: str) -> PlanReading:
    return PlanReading(None, Phase.STATIC, PlanSource.QUERY_PROFILE, problems=(Reason(reason, detail),))


def _object(value: object) -> Mapping[object, object]:
    return value if isinstance(value, dict) else {}


def _short(value: object) -> str:
    return clean_text(value)[:_MAX_TEXT_CHARS]


def _time(told: Mapping[object, object], *keys: str) -> int | None:
    """A time, never negative; exports write it as a number or as text, the API in snake case."""
    value = next((integer(told[key]) for key in keys if key in told), None)
    return value if value is not None and value >= 0 else None


def _hash(query_text: object) -> str:
    """A hash of the query's text with its blanks folded, or nothing where the export left the text out."""
    folded = " ".join(clean_text(query_text).split())
    return hashlib.sha256(folded.encode()).hexdigest() if folded else ""


def _ignore(_steps: int) -> None:
    return
