"""The money: rates, attributed hours, exposure, savings, decisions and totals, all exact (DESIGN §6, docs/formulas.md)."""

from __future__ import annotations

from clusop.analysis.economics.application import application_cost
from clusop.analysis.economics.attribution import ClassHours, Ledger, SqlWork, WorkHours, ledger_of
from clusop.analysis.economics.disable import (
    EngineWindow,
    History,
    break_even_speedup,
    disable_pays,
    disable_saving,
    engine_decision,
    speedup_from_history,
)
from clusop.analysis.economics.exposure import exposure
from clusop.analysis.economics.fix import fix_saving
from clusop.analysis.economics.formulas import FORMULA_IDS, recompute
from clusop.analysis.economics.merged import Merged
from clusop.analysis.economics.node_hours import NodeHours
from clusop.analysis.economics.prior import ASSUMED_GAIN, ASSUMED_SPEEDUP
from clusop.analysis.economics.proposal import QueryFacts, query_proposal
from clusop.analysis.economics.query import query_cost, share_of, unpriced_query_cost
from clusop.analysis.economics.rates import EpochRates, Rates, cluster_rates, nodes_alive
from clusop.analysis.economics.runs_needed import runs_needed
from clusop.analysis.economics.source import PriceSource
from clusop.analysis.economics.terms import cost_figure, missing_parts
from clusop.analysis.economics.totals import Alternatives, Savings, per_30_days, total_of
from clusop.analysis.economics.upgrade import CertifiedGain, Declined, upgrade_saving

__all__ = [
    "ASSUMED_GAIN",
    "ASSUMED_SPEEDUP",
    "FORMULA_IDS",
    "Alternatives",
    "CertifiedGain",
    "ClassHours",
    "Declined",
    "EngineWindow",
    "EpochRates",
    "History",
    "Ledger",
    "Merged",
    "NodeHours",
    "PriceSource",
    "QueryFacts",
    "Rates",
    "Savings",
    "SqlWork",
    "WorkHours",
    "application_cost",
    "break_even_speedup",
    "cluster_rates",
    "cost_figure",
    "disable_pays",
    "disable_saving",
    "engine_decision",
    "exposure",
    "fix_saving",
    "ledger_of",
    "missing_parts",
    "nodes_alive",
    "per_30_days",
    "query_cost",
    "query_proposal",
    "recompute",
    "runs_needed",
    "share_of",
    "speedup_from_history",
    "total_of",
    "unpriced_query_cost",
    "upgrade_saving",
]
