"""What is listed, what is shown in full, the sentence above it all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from report_samples import log_report, native, of_verdict, plan_report, query, time_of, unknown, usd

from clusop.analysis.assessment import Action, Proposal, QueryCost, Role, Verdict
from clusop.pricing.price import Unpriced
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.report.compose import Composer, Selection, compose
from clusop.report.input_report import InputReport
from clusop.report.query_text import proposal_view

if TYPE_CHECKING:
    from clusop.report.view import ReportView


def view_of(*reports: InputReport, **selection: int | bool) -> ReportView:
    return compose(reports, PriceBook.default(), Selection(**selection))


def exposed(query_id: str, low: str, high: str) -> object:
    return query(query_id=query_id, description=query_id, cost=QueryCost(usd("9"), usd(low, high), usd("1")))


def test_the_dearest_query_comes_first_then_structure() -> None:
    no_price = Unpriced(Reason("unknown-node-type", "x"))
    unpriced = query(query_id="u", description="u", cost=QueryCost(no_price, no_price, no_price))
    view = view_of(log_report(native(), unpriced, exposed("cheap", "0.1", "0.2"), exposed("dear", "0.1", "0.5")))
    assert [row.ids[0] for row in view.inputs[0].rows] == ["dear", "cheap", "u", "26"]


def test_the_users_queries_come_before_commands_and_internal_ones() -> None:
    internal = query(query_id="i", role=Role.INTERNAL)
    view = view_of(log_report(internal, native()), everything=True)
    assert [row.ids[0] for row in view.inputs[0].rows] == ["26", "i"]
    assert view.inputs[0].rows[1].role == "internal"


def test_queries_that_are_the_same_are_one_line_with_their_sum() -> None:
    view = view_of(
        log_report(*(query(query_id=str(number)) for number in range(3)), query(query_id="x", description="y"))
    )
    first, second = view.inputs[0].rows
    assert (first.ids, first.exposure, first.run_time) == (("0", "1", "2"), "$0.36–0.45", "360 s")
    assert second.ids == ("x",)


def test_commands_and_internal_executions_are_counted_not_listed() -> None:
    view = view_of(log_report(native(), of_verdict(Verdict.COMMAND), query(role=Role.INTERNAL)))
    assert [row.ids for row in view.inputs[0].rows] == [("26",)]
    assert (
        view.inputs[0].unlisted == "Not listed: 1 command, 1 internal execution of the table format; --all lists them."
    )


def test_rows_beyond_the_table_are_counted() -> None:
    many = [query(query_id=str(number), description=str(number)) for number in range(7)]
    view = view_of(log_report(*many), rows=5)
    assert len(view.inputs[0].rows) == 5
    assert view.inputs[0].unlisted == "Not listed: 2 queries with less to tell; --all lists them."


def test_the_top_queries_of_the_whole_report_stand_in_full() -> None:
    first = log_report(exposed("a", "0.1", "0.1"), exposed("b", "0.4", "0.4"), path="one")
    second = log_report(exposed("c", "0.3", "0.3"), exposed("d", "0.2", "0.2"), path="two")
    view = view_of(first, second, top=2)
    assert [[each.id for each in one.queries] for one in view.inputs] == [["b"], ["c"]]
    linked = {row.ids[0]: bool(row.anchor) for one in view.inputs for row in one.rows}
    assert linked == {"a": False, "b": True, "c": True, "d": False}


def test_where_nothing_left_the_engine_one_query_speaks_for_all() -> None:
    view = view_of(log_report(native(query_id="1"), native(query_id="2", description="other")))
    assert len(view.inputs[0].queries) == 1


def test_top_0_shows_none_in_full() -> None:
    assert view_of(log_report(query()), top=0).inputs[0].queries == ()
    assert view_of(log_report(native()), top=0).inputs[0].queries == ()


def test_single_inputs_are_ranked_together() -> None:
    view = view_of(plan_report(native(), "a/native.txt"), plan_report(query(), "b/slow.txt"))
    assert [name for name, _ in view.overview] == ["slow.txt", "native.txt"]
    assert view_of(plan_report(query())).overview == ()


def test_the_headline_counts_what_matters() -> None:
    assert view_of(log_report(query(), native(), unknown())).headline == (
        "1 of 3 queries ran partly outside Databricks Photon; 1 unknown. $0.12–0.15 of the premium bought nothing (modeled)."
    )
    assert view_of(plan_report(native())).headline == "The query stayed on Databricks Photon."
    off = of_verdict(Verdict.NOT_ACCELERATED)
    assert view_of(plan_report(off)).headline == "The query ran without a native engine."
    refused = InputReport("x", errors=(Reason("not-found", ": x"),))
    assert view_of(refused).headline == "Nothing here could be read."
    assert "1 input could not be read" in view_of(refused, plan_report(query())).headline


def test_internal_executions_are_no_part_of_the_headline() -> None:
    assert view_of(log_report(query(role=Role.INTERNAL), native())).headline.startswith("The query stayed on")


def test_several_engines_are_the_engine_in_the_headline() -> None:
    view = view_of(plan_report(query()), plan_report(query(engine="comet")))
    assert " outside the engine" in view.headline


def test_the_premium_of_all_queries_is_summed_before_rounding_and_what_is_missing_is_counted() -> None:
    cents = [exposed(str(number), "0.004", "0.006") for number in range(5)]
    app = view_of(log_report(*cents, unknown())).inputs[0].app
    assert app is not None
    assert app.premium is not None
    assert (app.premium.amount, app.premium.basis) == ("$0.02–0.03", "modeled")
    assert app.premium.note == "over 5 queries; 1 query not priced"
    kept = view_of(log_report(native())).inputs[0].app
    assert kept is not None
    assert kept.premium is not None
    assert (kept.premium.missing, kept.premium.lack) == (True, "none")


def test_one_chosen_query_is_what_the_headline_is_about_and_the_application_stays_itself() -> None:
    whole = log_report(query(), native(query_id="26"), time=time_of(native_ms=None))
    assert whole.application is not None
    chosen = replace(whole, application=replace(whole.application, queries=whole.application.queries[1:]))
    view = view_of(chosen, query_id="26")
    app = view.inputs[0].app
    assert view.headline == "Query 26 of 2 stayed on Databricks Photon."
    assert app is not None
    assert app.premium is None
    assert [each.share for each in app.split if each.label == "islands"] == ["≤ 38 %"]


def test_an_engine_not_known_is_not_said_to_be_off_and_the_next_step_is_named() -> None:
    nameless = unknown(engine="none", verdict_reasons=(Reason("no-engine-evidence"),))
    (shown,) = view_of(plan_report(nameless)).inputs[0].queries
    assert next(fact.value for fact in shown.facts if fact.label == "Engine") == "not told"
    assert "--engine photon" in shown.proposal.sentence
    (off,) = view_of(plan_report(native(engine="none", verdict=Verdict.NOT_ACCELERATED))).inputs[0].queries
    assert "without a native engine" in off.facts[0].value
    assert off.time_sentence == "120 s of task time, without a native engine."


def test_without_any_amount_there_is_nothing_to_be_sure_of() -> None:
    (shown,) = view_of(plan_report(unknown())).inputs[0].queries
    assert "cost none" in shown.sure_sentence
    assert next((leg.level, leg.score) for leg in shown.legs if leg.name == "cost") == ("none", "–")
    (priced,) = view_of(plan_report(query())).inputs[0].queries
    assert "cost medium" in priced.sure_sentence


def test_a_saving_that_may_be_a_loss_is_told_in_words() -> None:
    for low, high, label, amount in (
        ("-0.22", "0.28", "Would cost", "between $0.22 more and $0.28 less"),
        ("-0.5", "-0.25", "Would cost", "$0.25–0.50 more"),
        ("0.1", "0.2", "Would save", "$0.10–0.20"),
    ):
        saving = proposal_view(Proposal(Action.KEEP, "Keep it.", usd(low, high, "disable-1"))).saving
        assert saving is not None
        assert (saving.label, saving.amount) == (label, amount)


def test_the_headline_of_a_query_says_what_how_much_and_what_to_do() -> None:
    (shown,) = view_of(plan_report(query())).inputs[0].queries
    assert shown.headline == (
        "fallback · python-udf at BatchEvalPython · 38 % of task time · $0.12–0.15 of premium a run, modeled · "
        "fix: Rewrite net_price with built-in functions."
    )


def test_one_reason_that_holds_for_all_figures_is_said_once() -> None:
    (shown,) = view_of(plan_report(unknown())).inputs[0].queries
    assert [money.amount for money in shown.money] == ["Without task times there is nothing to multiply a price with."]
    assert shown.money[0].missing


def test_every_shown_amount_names_its_basis() -> None:
    view = view_of(log_report(query()))
    amounts = [*view.inputs[0].queries[0].money, *(view.inputs[0].app.bill if view.inputs[0].app else ())]
    assert amounts
    assert all(money.basis == "modeled" for money in amounts if not money.missing)


def test_inputs_may_be_forgotten_while_more_are_read() -> None:
    composer = Composer(Selection(top=3))
    for number in range(40):
        composer.add(log_report(exposed(str(number), f"0.{number + 10}", f"0.{number + 10}"), path=f"log-{number}"))
    view = composer.finished(PriceBook.default())
    assert len(view.inputs) == 40
    assert [each.id for one in view.inputs for each in one.queries] == ["37", "38", "39"]
