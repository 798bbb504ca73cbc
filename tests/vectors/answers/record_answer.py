"""The problems of the run in a market, as they stand in a signal but for agent, cluster and clock: Scala must say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from market_json import NoMarketError, read_market
from observed_json import canonical_json

from clusop.analysis.assess import assess_application, assess_query
from clusop.analysis.cluster import Application, Cluster
from clusop.analysis.records.compute import compute_of
from clusop.analysis.records.gate import TASK_KEY, WORKSPACE, call_site, or_hash, tags
from clusop.analysis.records.problems import Workload, problems_of
from clusop.analysis.signature import workload_key
from clusop.pricing.provider import PriceBook

if TYPE_CHECKING:
    from market_json import Market

    from clusop.analysis.assessment import QueryAssessment

__all__ = ["answer_of_record"]

_KEY = b"clusop"


def answer_of_record(text: str) -> str:
    """Bodies of the signals of the run in the market that ``text`` describes, and what the gates make of its description; that
    also stands for the names of clusters.
    """
    try:
        market = read_market(text)
    except NoMarketError:
        return canonical_json({"refused": "no-market"})
    told = market.observed.description
    workload = Workload(
        or_hash(market.engine, WORKSPACE, _KEY), workload_key(told, "", _KEY), or_hash(told, TASK_KEY, _KEY), _KEY
    )
    problems = problems_of(_assessment(market), workload)
    return canonical_json(
        {
            "problems": [problem.body for problem in problems],
            "call_site": call_site(told),
            "tags": tags({"team": told, "path/secret?": told}, ("team", "path/secret?", "absent")),
            "compute": [
                compute_of(Cluster(product=product, cluster_name=name, cluster_id=told), job_id, _KEY)
                for product in ("JOBS_COMPUTE", "ALL_PURPOSE_COMPUTE", "DLT_COMPUTE")
                for name in (told, f"job-42-run-7-{told}")
                for job_id in ("", told, "9")
            ],
        }
    )


def _assessment(market: Market) -> QueryAssessment:
    if market.cluster is None:
        return assess_query(market.observed)
    asked = Application(
        app_id="",
        name="",
        spark_version="",
        dbr_version="",
        image_label="",
        engine=market.engine,
        cluster=market.cluster,
        queries=(market.observed,),
        non_sql_stages=market.others,
    )
    return assess_application(asked, PriceBook.default()).queries[0]
