"""The templates: everything escaped, nothing undefined, the report's own parts at hand."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined

from clusop.api.pages.template_words import PAGE_FILTERS, dollars
from clusop.api.pages.words import (
    ACTION_WORDS,
    AGENT_STATUS_WORDS,
    AUDIT_WORDS,
    CHANGE_WORDS,
    DELIVERY_WORDS,
    EVENT_WORDS,
    EXCLUSION_WORDS,
    SHARE_WORDS,
    SORT_WORDS,
    SOURCE_WORDS,
    STATE_WORDS,
    compute_words,
    costs_premium,
    engine_words,
    place_words,
    reason_words,
    task_words,
    workload_words,
)
from clusop.report.html import report_template
from clusop.report.template_filters import FILTERS

__all__ = ["environment"]


@cache
def environment() -> Environment:
    """The one environment."""
    made = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters.update(FILTERS)
    made.filters.update(PAGE_FILTERS)
    made.globals.update(
        action_words=ACTION_WORDS,
        agent_status_words=AGENT_STATUS_WORDS,
        audit_words=AUDIT_WORDS,
        change_words=CHANGE_WORDS,
        compute_words=compute_words,
        costs_premium=costs_premium,
        delivery_words=DELIVERY_WORDS,
        dollars=dollars,
        engine_words=engine_words,
        event_words=EVENT_WORDS,
        exclusion_words=EXCLUSION_WORDS,
        place_words=place_words,
        reason_words=reason_words,
        share_words=SHARE_WORDS,
        sort_words=SORT_WORDS,
        source_words=SOURCE_WORDS,
        state_words=STATE_WORDS,
        task_words=task_words,
        workload_words=workload_words,
    )
    return made


def _template(name: str) -> str:
    own = resources.files("clusop.api").joinpath("templates").joinpath(name)
    return own.read_text(encoding="utf-8") if own.is_file() else report_template(name)
