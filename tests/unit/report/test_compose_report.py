"""What is listed, what is shown in full, the sentence above it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report_samples import log_report, native, of_verdict, plan_report, query, unknown, usd

from clusop.analysis.assessment import QueryCost, Role, Verdict
from clusop.pricing.price import Unpriced
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.report.compose import Composer, Selection, compose
from clusop.report.input_report import InputReport

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
    assert view_of(log_report(query(), native(), unknown())).headline == "1 of 3 queries leaves the engine; 1 unknown."
    assert view_of(plan_report(native())).headline == "The query stays on the engine."
    off = of_verdict(Verdict.NOT_ACCELERATED)
    assert view_of(plan_report(off)).headline == "No native engine was on."
    refused = InputReport("x", errors=(Reason("not-found", ": x"),))
    assert view_of(refused).headline == "Nothing here could be read."
    assert "1 input could not be read" in view_of(refused, plan_report(query())).headline


def test_internal_executions_are_no_part_of_the_headline() -> None:
    assert view_of(log_report(query(role=Role.INTERNAL), native())).headline == "The query stays on the engine."


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
