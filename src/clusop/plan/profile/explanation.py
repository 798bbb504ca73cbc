"""What a profile's graph says of Photon: its ``photonExplain`` entries as explanation blocks.

An entry is ``{sparkPlanId, exprId, reason, params[{paramName, paramValue}]}``. An empty list says nothing: exports of queries
with real fallbacks have it too. Parameters carry table descriptions and owners, so only an operator's name is taken of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from clusop.plan.json_text import clean_text
from clusop.plan.naming import canonical_name
from clusop.plan.profile.node import node_id
from clusop.plan.reading import ABSENT, Explanation, ExplanationBlock, ExplanationVerdict

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["graph_explanation"]

_MAX_BLOCKS = 1_000
_MAX_CHARS = 1_024
_FORMS = (
    ("expression", re.compile(r"Unsupported expression\(s\): (?P<subject>[^\n]+?)\.?\s*$")),
    (
        "aggregate",
        re.compile(r"Unsupported aggregation function (?P<subject>\S+) for aggregation mode: (?P<detail>\w+)"),
    ),
    ("node", re.compile(r"Unsupported node: (?P<subject>[^\n]+?)\.?\s*$")),
    ("node", re.compile(r"^(?P<subject>[A-Z]\w*Exec(?:V\d)?) is ")),
    ("expression", re.compile(r"^(?P<subject>[^\n]{1,512}?) is not supported\b[:.]?\s*(?P<detail>[^\n]*)")),
)
_CLASS_NAME = re.compile(r"Exec(?=(?:V\d)?$)")


def graph_explanation(entries: object, operators_by_id: Mapping[str, str]) -> Explanation:
    """The explanation of one graph. ``operators_by_id`` gives the one-line text of the operator with a Spark plan id."""
    if not isinstance(entries, list):
        return ABSENT
    blocks = tuple(_block(entry, operators_by_id) for entry in entries[:_MAX_BLOCKS] if isinstance(entry, dict))
    return Explanation(ExplanationVerdict.NOT_FULLY, blocks) if blocks else ABSENT


def _block(entry: Mapping[object, object], operators_by_id: Mapping[str, str]) -> ExplanationBlock:
    reason = clean_text(entry.get("reason")).strip()[:_MAX_CHARS]
    reference = operators_by_id.get(node_id(entry.get("sparkPlanId")), "")
    for kind, form in _FORMS:
        match = form.search(reason)
        if match is not None:
            told = match.groupdict()
            subject = _CLASS_NAME.sub("", told["subject"]) if kind == "node" else told["subject"]
            return ExplanationBlock(subject, kind, (told.get("detail") or "").strip() or reason, reference)
    named = _named_operator(entry.get("params"))
    return ExplanationBlock(named, "node" if named else "other", reason, reference)


def _named_operator(params: object) -> str:
    """The class of an operator that a parameter begins with (``AppendDataExecV1, …``), without its ending."""
    for param in params[:_MAX_BLOCKS] if isinstance(params, list) else ():
        value = param.get("paramValue") if isinstance(param, dict) else None
        name, _ = canonical_name(clean_text(value)[:_MAX_CHARS])
        if _CLASS_NAME.search(name):
            return _CLASS_NAME.sub("", name)
    return ""
