"""The assessment of a run and of an application: diagnosis, then money, confidence and proposals on top of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from clusop.analysis.assessment import (
    Action,
    ApplicationAssessment,
    Proposal,
    QueryAssessment,
    QueryCost,
    RatioBasis,
    TimeSplit,
)
from clusop.analysis.certificates import NO_CERTIFICATES
from clusop.analysis.cluster import Uptime
from clusop.analysis.confidence import Evidence, confidence_of, cost_leg, diagnosis_leg, parse_leg
from clusop.analysis.diagnosis import Diagnosis, diagnose
from clusop.analysis.economics import (
    EngineWindow,
    QueryFacts,
    SqlWork,
    application_cost,
    cluster_rates,
    engine_decision,
    ledger_of,
    query_cost,
    query_proposal,
    share_of,
    unpriced_query_cost,
    upgrade_saving,
)
from clusop.analysis.observed import EngineState, QueryTimes, RunStatus, StageTimes
from clusop.plan.dialect import PLAIN_SPARK, dialect, dialect_ids
from clusop.pricing.price import Unpriced
from clusop.reasons import Reason
from clusop.units import Range, exact_sum

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clusop.analysis.certificates import Certificates
    from clusop.analysis.cluster import Application
    from clusop.analysis.economics import ClassHours, Declined, Ledger, PriceSource, Rates
    from clusop.analysis.figure import Figure
    from clusop.analysis.observed import Observed, StageRun

__all__ = ["LEAST_WORK_MS", "assess_application", "assess_query"]


LEAST_WORK_MS = 10_000
"""Less task time than this says nothing about an engine: warm-up and chance weigh more."""


@dataclass(frozen=True, slots=True)
class _Market:
    """What a query of an application is priced with, and what is known of newer runtimes."""

    ledger: Ledger
    rates: Rates
    uptime: Uptime
    engine: str
    release: str
    certificates: Certificates


def assess_query(observed: Observed) -> QueryAssessment:
    """Assess a run known by itself: a plan or a query profile. It has no cluster, so it has no dollars, and says why."""
    return _assessed(diagnose(observed), None)


def assess_application(
    application: Application, prices: PriceSource, certificates: Certificates = NO_CERTIFICATES
) -> ApplicationAssessment:
    """Assess every execution of an application, its bill in classes that add up, and whether its engine pays. An upgrade is
    proposed only on the ground of ``certificates``.
    """
    stages = [stage for query in application.queries for stage in _stages_of(query)]
    everything = (*stages, *application.non_sql_stages)
    native_time_seen = any(stage.native_ns is not None for stage in everything)
    diagnoses = [diagnose(query, native_time_seen=native_time_seen) for query in application.queries]
    engine = _engine_of(application, diagnoses)
    # An engine that costs a premium runs on Databricks only, whatever the tags hide.
    sold = engine in dialect_ids() and dialect(engine).has_premium
    cluster = replace(application.cluster, is_databricks=application.cluster.is_databricks or sold)
    application = replace(application, engine=engine, cluster=cluster)
    ledger = ledger_of(application.cluster, everything)
    rates = cluster_rates(application.cluster, prices, application.engine)
    market = _Market(
        ledger, rates, application.cluster.uptime, application.engine, application.dbr_version, certificates
    )
    queries = tuple(_assessed(found, market) for found in diagnoses)
    work = [SqlWork(_stages_of(query), query.status is RunStatus.FAILED) for query in application.queries]
    classes = ledger.classes(work, application.non_sql_stages)
    if any(stage.is_untimed for stage in everything) and not any(ledger.busy_ns):
        classes = Unpriced(Reason("no-times"))
    cost = application_cost(ledger, classes, rates)
    non_sql_ms = _run_ms(application.non_sql_stages)
    time = _application_time(queries, application.non_sql_stages, native_time_seen=native_time_seen)
    return ApplicationAssessment(
        application=application,
        queries=queries,
        time=time,
        non_sql_ms=non_sql_ms,
        cost=cost,
        proposals=_engine_proposals(application, market, _decisive_time(queries, application), classes),
    )


def _engine_of(application: Application, diagnoses: Sequence[Diagnosis]) -> str:
    """The application's engine: by its settings, else the one its own plans show."""
    if application.engine not in {"", PLAIN_SPARK}:
        return application.engine
    shown = Counter(found.engine.name for found in diagnoses if found.engine.state is EngineState.ON)
    return shown.most_common(1)[0][0] if shown else application.engine


def _stages_of(query: Observed) -> tuple[StageRun, ...]:
    return query.times.stages if isinstance(query.times, StageTimes) else ()


def _assessed(found: Diagnosis, market: _Market | None) -> QueryAssessment:
    observed = found.observed
    cost, remarks = _cost(found, market)
    evidence = Evidence(
        parse=parse_leg(
            [plan.reading for plan in found.plans],
            found.new_native_names,
            engine=found.engine.name,
            problems=observed.problems,
        ),
        diagnosis=diagnosis_leg(found.verdict, found.findings, found.explanation, found.verdict_reasons),
        cost=cost_leg(
            cost, found.time, found.findings, (*market.rates.remarks, *remarks) if market is not None else ()
        ),
    )
    proposal = query_proposal(
        QueryFacts(
            verdict=found.verdict,
            verdict_reasons=found.verdict_reasons,
            role=found.role,
            status=observed.status,
            findings=found.findings,
            time=found.time,
            cost=cost,
            uptime=market.uptime if market is not None else Uptime.UNKNOWN,
            evidence_score=min(evidence.parse.score, evidence.diagnosis.score),
            upgrade=_upgrade(found, market),
        )
    )
    return QueryAssessment(
        observed=observed,
        dialect=found.dialect,
        role=found.role,
        verdict=found.verdict,
        verdict_reasons=found.verdict_reasons,
        plans=found.plans,
        native_operator_count=found.native_operator_count,
        jvm_operators=found.jvm_operators,
        new_native_names=found.new_native_names,
        islands=found.islands,
        findings=found.findings,
        time=found.time,
        cost=cost,
        confidence=confidence_of(evidence, proposal.action),
        proposal=proposal,
    )


def _upgrade(found: Diagnosis, market: _Market | None) -> Figure | Unpriced | Declined | None:
    """What a newer runtime would save, where a certification saw it run what this query leaves to the JVM."""
    if market is None or not market.certificates.runtimes or not found.islands:
        return None
    causes = [finding for finding in found.findings if finding.island is not None]
    hours = market.ledger.hours_of(_stages_of(found.observed))
    if isinstance(hours, Unpriced):
        return hours
    gain = market.certificates.gain(market.engine, market.release, causes)
    return upgrade_saving(market.rates, hours.run, _island_share(found), market.uptime, gain)


def _cost(found: Diagnosis, market: _Market | None) -> tuple[QueryCost, tuple[Reason, ...]]:
    """A query's money, and what lowers the trust in its hours."""
    if market is None:
        # Query profiles come from SQL warehouses and serverless compute, where the engine has no price of its own.
        is_profile = isinstance(found.observed.times, QueryTimes)
        return unpriced_query_cost(Reason("serverless-no-premium" if is_profile else "no-query-shape")), ()
    stages = _stages_of(found.observed)
    if not stages:
        return unpriced_query_cost(Reason("no-tasks")), ()
    if found.time.run_ms is None:
        return unpriced_query_cost(Reason("no-time-no-price")), ()
    hours = market.ledger.hours_of(stages)
    is_failed = found.observed.status is RunStatus.FAILED
    cost = query_cost(hours, market.rates, _island_share(found), market.uptime, is_failed=is_failed)
    return cost, hours.remarks if not isinstance(hours, Unpriced) else ()


def _island_share(found: Diagnosis) -> Range | Unpriced:
    """J of a query by its islands."""
    if not found.islands:
        return Unpriced(Reason("no-island"))
    if found.time.ratio_basis is RatioBasis.STRUCTURE or found.time.island_ms is None or not found.time.run_ms:
        return Unpriced(Reason("no-time-no-price"))
    bounded = any(island.is_upper_bound for island in found.islands) and found.time.native_ms is None
    return share_of(found.time.island_ms, found.time.run_ms, is_upper_bound=bounded)


def _application_time(
    queries: Sequence[QueryAssessment], non_sql: Sequence[StageRun], *, native_time_seen: bool
) -> TimeSplit:
    """All task time of an application, SQL or not, by where it went."""
    splits = [query.time for query in queries if query.time.run_ms]
    run_ms = sum((split.run_ms or Fraction(0) for split in splits), _run_ms(non_sql))
    if not run_ms and any(stage.is_untimed for query in queries for stage in _stages_of(query.observed)):
        return TimeSplit(None, None, RatioBasis.STRUCTURE, reasons=(Reason("no-times"),))
    reasons = dict.fromkeys(reason for split in splits for reason in split.reasons)
    native_known = all(split.native_ms is not None for split in splits) and (native_time_seen or bool(splits))
    native_ms = _total([split.native_ms for split in splits]) if native_known else None
    bases = {split.ratio_basis for split in splits}
    weakest = next(
        (basis for basis in (RatioBasis.STRUCTURE, RatioBasis.OPERATORS, RatioBasis.MEASURED) if basis in bases),
        RatioBasis.STRUCTURE,
    )
    return TimeSplit(
        run_ms=run_ms,
        native_ms=native_ms,
        ratio_basis=weakest,
        island_ms=_total([split.island_ms for split in splits]),
        row_source_ms=_total([split.row_source_ms for split in splits]),
        boundary_ms=_total([split.boundary_ms for split in splits]),
        unexplained_ms=_total([split.unexplained_ms for split in splits]) if native_known else None,
        lost_ms=_total([*(split.lost_ms for split in splits), *(Fraction(stage.lost_run_ms) for stage in non_sql)]),
        reasons=tuple(reasons),
    )


def _decisive_time(queries: Sequence[QueryAssessment], application: Application) -> TimeSplit:
    """The time an engine is judged by: failed executions are billed, but never the ground of a proposal."""
    ended_well = [query for query in queries if query.observed.status is not RunStatus.FAILED]
    return _application_time(ended_well, application.non_sql_stages, native_time_seen=True)


def _run_ms(stages: Iterable[StageRun]) -> Fraction:
    return exact_sum(stage.run_ms for stage in stages)


def _total(parts: Sequence[Fraction | None]) -> Fraction | None:
    """The sum of what is known; ``None`` where there are parts and none of them is."""
    known = [part for part in parts if part is not None]
    return exact_sum(known) if known or not parts else None


def _engine_proposals(
    application: Application, market: _Market, time: TimeSplit, classes: ClassHours | Unpriced
) -> tuple[Proposal, ...]:
    """Whether the engine pays on this compute; nothing where none was on."""
    engine = application.engine
    non_sql_ms = _run_ms(application.non_sql_stages)
    has_failed = any(query.status is RunStatus.FAILED for query in application.queries)
    if engine == PLAIN_SPARK or engine not in dialect_ids():
        return ()
    if isinstance(classes, Unpriced):
        sentence = f"Whether {dialect(engine).title} pays here cannot be told. {classes.reason.sentence}"
        return (Proposal(Action.KEEP, sentence, classes, (classes.reason,)),)
    sql_ms = (time.run_ms or Fraction(0)) - non_sql_ms
    if sql_ms < LEAST_WORK_MS:
        reason = Reason("failed-run" if has_failed and not sql_ms else "too-little-work")
        return (Proposal(Action.KEEP, f"Keep {dialect(engine).title} for now. {reason.sentence}", None, (reason,)),)
    ratio = time.native_ratio
    share: Range | Unpriced = Unpriced(
        Reason("native-time-unknown" if dialect(engine).time.task_accumulable else "no-native-time")
    )
    if ratio is not None and time.ratio_basis is not RatioBasis.STRUCTURE:
        share = Range(1 - ratio, 1 - ratio)
    total = classes.total.driver
    all_ms = non_sql_ms + _run_ms(stage for query in application.queries for stage in _stages_of(query))
    good_ratio = (time.run_ms or Fraction(0)) / all_ms if all_ms else Fraction(0)
    window = EngineWindow(
        total=classes.total,
        busy=classes.busy,
        off_engine_share=share,
        uptime=market.uptime,
        # Failed work was paid for and proves nothing: it counts as work nobody saw.
        observed_ratio=min(1 - classes.unobserved.driver / total, good_ratio) if total else Fraction(0),
    )
    return (engine_decision(market.rates, window, dialect(engine).title),)
