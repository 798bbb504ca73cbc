"""The second look at a run: the same analysis over the event log, or over the plan's text where there is no log. It never hears
the engine's own words, so it can be held against them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clusop.analysis.assess import assess_application, assess_query
from clusop.analysis.observed import Absent, EngineFact, EngineState, Observed, RunStatus, Source
from clusop.certify.photon_words import without_photon_words
from clusop.eventlog import NotLocated, locate, read_application
from clusop.plan.text import read_explain_text
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from clusop.analysis.assessment import QueryAssessment

__all__ = ["from_event_log", "from_text"]


def from_event_log(folder: Path) -> dict[int, QueryAssessment]:
    """Every execution of the one application whose log lies in ``folder``, by id; empty where there is none to read."""
    found = locate(str(folder)) if folder.is_dir() and any(folder.iterdir()) else ()
    if isinstance(found, NotLocated):
        return {}
    queries: dict[int, QueryAssessment] = {}
    for source in found:
        for query in assess_application(read_application(source), PriceBook.default()).queries:
            queries[int(query.observed.query_id)] = query
    return queries


def from_text(execution: Mapping[str, Any], engine: str) -> QueryAssessment:
    """One execution by the text of its plan, without a word of the engine's own and without times."""
    state = EngineState.OFF if engine == "none" else EngineState.ON
    return assess_query(
        Observed(
            query_id=str(execution["id"]),
            source=Source.EXPLAIN_TEXT,
            readings=(read_explain_text(without_photon_words(str(execution["plan"]))),),
            engine=EngineFact(engine, state, "certified"),
            times=Absent(Reason("no-times")),
            description=str(execution["description"]),
            status=RunStatus.FAILED if execution["failed"] else RunStatus.SUCCEEDED,
        )
    )
