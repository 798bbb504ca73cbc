"""Inputs that hold one query: explain text, SparkPlanInfo, query profiles; what is observed of them, assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusop.analysis.assess import assess_query
from clusop.analysis.observed import Absent, EngineFact, EngineState, Observed, QueryTimes, RunStatus, Source
from clusop.plan.dialect import PLAIN_SPARK
from clusop.plan.json_text import JsonTextError, decode_json
from clusop.plan.plan_info import looks_like_plan_info, read_plan_info
from clusop.plan.profile import looks_like_query_profile, read_query_profile
from clusop.plan.text import read_explain_bytes
from clusop.reasons import Reason
from clusop.report.input_report import InputReport

if TYPE_CHECKING:
    from clusop.plan.profile import ProfileReading

__all__ = ["engine_as_told", "is_json", "read_document", "read_json", "read_text"]

_ONLY_QUERY = "1"
_STATUS = {
    "FINISHED": RunStatus.SUCCEEDED,
    "FAILED": RunStatus.FAILED,
    "CANCELED": RunStatus.FAILED,
    "RUNNING": RunStatus.RUNNING,
    "QUEUED": RunStatus.RUNNING,
}
_BINARY = " (it is binary)"
_NO_PLAN = (
    ": it shows neither the heading of a plan nor a tree of operators, and is no event log, query profile or SparkPlanInfo; give "
    'what EXPLAIN FORMATTED or df.explain("formatted") printed, an event log, or the JSON of a query profile'
)
# The person should hear of these at once: nothing, or nothing judgeable, was in what they gave.
_REFUSALS = frozenset({"empty", "unreadable", "too-large", "logical-only", "no-engine-evidence"})


def is_json(first: bytes) -> bool:
    """Whether a file's beginning is that of a JSON object or list."""
    return first.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}


def read_document(data: bytes) -> object:
    """The JSON value in ``data``; ``None`` where it is no JSON."""
    try:
        return decode_json(data)
    except JsonTextError:
        return None


def engine_as_told(fact: EngineFact, engine: str) -> EngineFact:
    """The engine a person named. It settles what the source leaves open; that an execution switched it off stays true."""
    if not engine or (fact.state is EngineState.OFF and fact.name == engine):
        return fact
    state = EngineState.OFF if engine == PLAIN_SPARK else EngineState.ON
    return EngineFact(engine, state, "named by the person who asked")


def read_json(data: bytes, path: str, engine: str) -> InputReport | None:
    """The report of a query profile or a SparkPlanInfo; ``None`` where the JSON is neither (or no JSON)."""
    document = read_document(data)
    if isinstance(document, dict) and "clusop_report" in document:
        return InputReport(
            path, errors=(Reason("clusop-report", f": {path}; give the log, profile or plan it was made from"),)
        )
    if looks_like_query_profile(document):
        return _assessed(path, _of_profile(read_query_profile(document), engine))
    if looks_like_plan_info(document):
        reading = read_plan_info(document)
        return _assessed(
            path,
            Observed(
                query_id=_ONLY_QUERY,
                source=Source.PLAN_INFO,
                readings=(reading,),
                engine=_engine(engine),
                times=Absent(Reason("no-times")),
            ),
        )
    return None


def read_text(data: bytes, path: str, engine: str) -> InputReport | None:
    """The report of a plan text; of a text that is none, what it is not and what can be given. ``None`` where the file is
    binary.
    """
    reading = read_explain_bytes(data)
    if reading.plan is None and any(problem.detail == _BINARY for problem in reading.problems):
        return None
    if reading.plan is None and Reason("unreadable") in reading.problems:
        return InputReport(path, errors=(Reason("unreadable", _NO_PLAN),))
    observed = Observed(
        query_id=_ONLY_QUERY,
        source=Source.EXPLAIN_TEXT,
        readings=(reading,),
        engine=_engine(engine),
        times=Absent(Reason("no-times")),
    )
    return _assessed(path, observed)


def _of_profile(profile: ProfileReading, engine: str) -> Observed:
    fact = _engine(engine)
    if not engine and profile.native_ms:
        fact = EngineFact("photon", EngineState.ON, "photonTotalTimeMs")
    return Observed(
        query_id=profile.query_id or _ONLY_QUERY,
        source=Source.QUERY_PROFILE,
        readings=profile.graphs,
        engine=fact,
        times=Absent(Reason("no-times")) if profile.run_ms is None else QueryTimes(profile.run_ms, profile.native_ms),
        description=profile.statement_type,
        status=_STATUS.get(profile.status.upper(), RunStatus.UNKNOWN),
        start_at_ms=profile.start_at_ms,
        end_at_ms=profile.end_at_ms,
        problems=profile.problems,
    )


def _engine(engine: str) -> EngineFact:
    return engine_as_told(EngineFact("", EngineState.UNKNOWN), engine)


def _assessed(path: str, observed: Observed) -> InputReport:
    query = assess_query(observed)
    refusals = tuple(reason for reason in query.verdict_reasons if reason.id in _REFUSALS)
    return InputReport(
        path, observed.source.value, query=query, errors=refusals if query.verdict.value == "unknown" else ()
    )
