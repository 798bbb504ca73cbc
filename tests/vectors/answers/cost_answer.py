"""The money of one run on its cluster as canonical JSON: the answer Scala must give too, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from market_json import Market, NoMarketError, read_market
from observed_json import canonical_json, reasons_json

from clusop.analysis.assess import assess_application, assess_query
from clusop.analysis.cluster import Application, Cluster, Uptime
from clusop.analysis.economics import (
    Declined,
    Merged,
    NodeHours,
    QueryFacts,
    Rates,
    WorkHours,
    cluster_rates,
    ledger_of,
    missing_parts,
    query_cost,
    query_proposal,
    recompute,
    upgrade_saving,
)
from clusop.analysis.observed import StageTimes
from clusop.pricing.price import Price, Unpriced
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.units import Range

if TYPE_CHECKING:
    from clusop.analysis.assessment import Leg, Proposal, QueryAssessment, QueryCost
    from clusop.analysis.figure import Figure

__all__ = ["answer_of_market"]

_NO_ISLAND = Unpriced(Reason("no-island"))


def answer_of_market(text: str) -> str:
    """Hours, figures, legs and proposal of the run in the market that ``text`` describes."""
    try:
        market = read_market(text)
    except NoMarketError:
        return canonical_json({"refused": "no-market"})
    if market.cluster is None:
        return canonical_json(_assessment_json(assess_query(market.observed)))
    return canonical_json(_priced_json(market, market.cluster))


def _priced_json(market: Market, cluster: Cluster) -> dict[str, object]:
    book = PriceBook.default()
    asked = Application(
        app_id="",
        name="",
        spark_version="",
        dbr_version="",
        image_label="",
        engine=market.engine,
        cluster=cluster,
        queries=(market.observed,),
        non_sql_stages=market.others,
    )
    found = assess_application(asked, book)
    known = found.application.cluster
    query = found.queries[0]
    rates = cluster_rates(known, book, found.application.engine)
    hours = _hours_of(market, known, query)
    return (
        _assessment_json(query)
        | {
            "engine": found.application.engine,
            "hours": _work_json(hours),
            "rates": _rates_json(rates),
            "merged": _merged_json(market, rates),
        }
        | _upgrade_json(market, query, rates, hours)
    )


def _hours_of(market: Market, cluster: Cluster, query: QueryAssessment) -> WorkHours | Unpriced:
    times = market.observed.times
    stages = times.stages if isinstance(times, StageTimes) else ()
    if not stages:
        return Unpriced(Reason("no-tasks"))
    if query.time.run_ms is None:
        return Unpriced(Reason("no-time-no-price"))
    return ledger_of(cluster, (*stages, *market.others)).hours_of(stages)


def _upgrade_json(
    market: Market, query: QueryAssessment, rates: Rates, hours: WorkHours | Unpriced
) -> dict[str, object]:
    if isinstance(hours, Unpriced):
        return {}
    uptime = market.cluster.uptime if market.cluster is not None else Uptime.UNKNOWN
    saving = upgrade_saving(rates, hours.run, Range.of(1), uptime, market.certified)
    if isinstance(saving, Declined):
        return {"upgrade": ["declined", saving.reason.id]}
    facts = QueryFacts(
        verdict=query.verdict,
        verdict_reasons=query.verdict_reasons,
        role=query.role,
        status=query.observed.status,
        findings=query.findings,
        time=query.time,
        cost=query.cost,
        uptime=uptime,
        evidence_score=min(query.confidence.parse.score, query.confidence.diagnosis.score),
    )
    upgraded = query_proposal(replace(facts, upgrade=saving))
    return {"upgrade": _money_json(saving), "upgraded": _proposal_json(upgraded)}


def _merged_json(market: Market, rates: Rates) -> dict[str, object]:
    merged = Merged()
    accepted = []
    for one in market.sightings:
        share = _NO_ISLAND if one.share is None else one.share
        accepted.append(
            merged.add(query_cost(WorkHours(one.run, one.lost), rates, share, one.uptime, is_failed=one.is_failed))
        )
    cost = merged.cost()
    return {
        "accepted": accepted,
        "sightings": merged.sightings,
        "cost": None if cost is None else _cost_json(cost),
    }


def _assessment_json(query: QueryAssessment) -> dict[str, object]:
    return {
        "cost": _cost_json(query.cost),
        "cost_leg": _leg_json(query.confidence.cost),
        "recommendation_leg": _leg_json(query.confidence.recommendation),
        "proposal": _proposal_json(query.proposal),
    }


def _cost_json(cost: QueryCost) -> dict[str, object]:
    return {
        "attributed": _money_json(cost.attributed),
        "exposure": _money_json(cost.exposure),
        "avoidable": _money_json(cost.avoidable),
        "is_capacity": cost.avoidable_is_capacity,
    }


def _money_json(figure: Figure | Unpriced) -> object:
    if isinstance(figure, Unpriced):
        return ["unpriced", figure.reason.id, figure.reason.detail]
    record = figure.to_json()
    return record | {
        "usd": _range_json(figure.usd),
        "recomputed": _range_json(recompute(record)),
        "missing": [list(part) for part in missing_parts(figure)],
    }


def _proposal_json(proposal: Proposal) -> dict[str, object]:
    return {
        "action": proposal.action.value,
        "sentence": proposal.sentence,
        "saving": None if proposal.saving is None else _money_json(proposal.saving),
        "reasons": reasons_json(proposal.reasons),
    }


def _rates_json(rates: Rates) -> dict[str, object]:
    return {
        "usd_per_dbu": _price_json(rates.usd_per_dbu),
        "multiplier": _price_json(rates.multiplier),
        "premium": _price_json(rates.premium),
        "driver_dbu": _price_json(rates.driver_dbu_per_hour),
        "worker_dbu": _price_json(rates.worker_dbu_per_hour),
        "driver_vm": _price_json(rates.driver_vm_usd_per_hour),
        "on_demand_vm": _price_json(rates.on_demand_worker_vm_usd_per_hour),
        "spot_vm": _price_json(rates.spot_worker_vm_usd_per_hour),
        "is_one_node_type": rates.is_one_node_type,
        "remarks": reasons_json(rates.remarks),
        "epochs": [
            [_rate_json(one.dbu_per_hour), _rate_json(one.dbu_usd_per_hour), _rate_json(one.vm_usd_per_hour)]
            for one in rates.epochs
        ],
    }


def _price_json(price: Price | Unpriced) -> object:
    if isinstance(price, Unpriced):
        return ["unpriced", price.reason.id, price.reason.detail]
    return {"value": _range_json(price.value), "unit": price.unit, "entry_ids": list(price.entry_ids)}


def _rate_json(rate: Range | Unpriced) -> list[str]:
    if isinstance(rate, Unpriced):
        return ["unpriced", rate.reason.id, rate.reason.detail]
    return _range_json(rate)


def _work_json(hours: WorkHours | Unpriced) -> object:
    if isinstance(hours, Unpriced):
        return ["unpriced", hours.reason.id, hours.reason.detail]
    return {
        "h": str(hours.total.cluster_hours),
        "run": _node_hours_json(hours.run),
        "lost": _node_hours_json(hours.lost),
        "remarks": reasons_json(hours.remarks),
    }


def _node_hours_json(hours: NodeHours) -> list[str]:
    return [str(hours.driver), str(hours.on_demand_workers), str(hours.spot_workers)]


def _range_json(value: Range) -> list[str]:
    return [str(value.low), str(value.high)]


def _leg_json(leg: Leg) -> dict[str, object]:
    return {"score": str(Fraction(leg.score)), "level": leg.level, "reasons": reasons_json(leg.reasons)}
