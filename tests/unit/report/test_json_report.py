"""The JSON contract: every shape of assessment against the schema, and what the schema cannot say."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from jsonschema import Draft202012Validator
from report_samples import log_report, native, of_verdict, plan_report, query, time_of, unknown, usd

from clusop.analysis.assessment import QueryCost, Verdict
from clusop.analysis.cluster import Cluster
from clusop.pricing.price import Unpriced
from clusop.pricing.provider import PriceBook
from clusop.reasons import Reason
from clusop.report.input_report import InputReport
from clusop.report.json import input_json, render_json, report_json, report_schema

VALIDATOR = Draft202012Validator(report_schema())


def document_of(*reports: InputReport, errors: tuple[Reason, ...] = ()) -> dict[str, object]:
    document = report_json([input_json(report) for report in reports], PriceBook.default(), errors)
    decoded: dict[str, object] = json.loads(render_json(document))
    VALIDATOR.validate(decoded)
    return decoded


def only_query(report: InputReport) -> dict[str, object]:
    document = document_of(report)
    (query_document,) = document["inputs"][0]["queries"]
    return query_document


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(report_schema())


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_meets_the_schema(verdict: Verdict) -> None:
    found = only_query(plan_report(of_verdict(verdict)))
    assert found["verdict"] == verdict.value


def test_the_fields_of_the_contract_have_their_names() -> None:
    document = document_of(log_report(query()))
    assert document["clusop_report"] == 1
    (one,) = document["inputs"]
    assert {"path", "kind", "app", "queries", "errors"} <= set(one)
    app_fields = {"id", "dbr", "spark", "engine", "shape", "uptime", "time", "cost", "proposals"}
    assert app_fields <= set(one["app"])
    assert {"total", "attributed", "unused"} <= set(one["app"]["cost"])
    (found,) = one["queries"]
    assert set(found) >= {
        "id", "description", "role", "engine", "verdict", "native_operators", "jvm_operators", "findings", "time",
        "cost", "confidence", "proposal",
    }  # fmt: skip
    assert set(found["findings"][0]) >= {"cause", "operator", "detail", "time_ratio", "ratio_basis"}
    assert set(found["time"]) >= {"run_ms", "native_ms", "native_ratio", "ratio_basis"}
    assert set(found["confidence"]) == {"parse", "diagnosis", "cost", "recommendation"}
    assert one["kind"] == "event-log"


def test_absent_facts_are_null_with_a_reason_and_never_zero() -> None:
    found = only_query(plan_report(unknown()))
    time = found["time"]
    assert time["run_ms"] is None
    assert time["run_ms_reason"]["reason"] == "no-times"
    assert time["native_ratio"] is None
    assert found["cost"]["exposure"] == {"unpriced": Unpriced(Reason("no-time-no-price")).to_json()["unpriced"]}


def test_the_schema_refuses_a_null_without_its_reason() -> None:
    document = document_of(plan_report(unknown()))
    del document["inputs"][0]["queries"][0]["time"]["run_ms_reason"]
    assert not VALIDATOR.is_valid(document)


def test_the_schema_refuses_an_unknown_verdict_without_a_reason() -> None:
    document = document_of(plan_report(unknown()))
    document["inputs"][0]["queries"][0]["verdict_reasons"] = []
    assert not VALIDATOR.is_valid(document)


def test_text_inputs_hold_one_query_and_no_application() -> None:
    (one,) = document_of(plan_report(query()))["inputs"]
    assert one["app"] is None
    assert one["app_reason"]["reason"] == "no-application"
    assert len(one["queries"]) == 1


def test_a_refused_input_has_its_reason_where_it_is_looked_for() -> None:
    document = document_of(InputReport("x.bin", errors=(Reason("binary-file", ": x.bin"),)))
    (one,) = document["inputs"]
    assert (one["kind"], one["queries"]) == (None, [])
    assert [error["reason"] for error in one["errors"]] == ["binary-file"]


def test_problems_of_the_log_are_errors_of_its_input() -> None:
    (one,) = document_of(log_report(native()))["inputs"]
    assert [error["reason"] for error in one["errors"]] == ["in-progress-log"]


def test_money_is_rounded_once_and_says_its_basis_formula_and_inputs() -> None:
    cost = QueryCost(usd("0.25"), usd("0.0000015", "0.0000025"), Unpriced(Reason("no-island")))
    found = only_query(plan_report(query(cost=cost)))
    exposure = found["cost"]["exposure"]
    assert (exposure["low_microusd"], exposure["high_microusd"]) == (2, 2), "half to even"
    assert (exposure["basis"], exposure["formula"], exposure["inputs"]["J"]) == ("modeled", "exposure-1", "41/100")


def test_the_entries_behind_the_figures_are_in_the_report() -> None:
    book = PriceBook.default()
    entry_id = book.node_dbu("AWS", "i3.xlarge").entry_ids[0]
    figure = replace(usd("1"), price_ids=(entry_id, "no-such-entry"))
    document = document_of(plan_report(query(cost=QueryCost(figure, figure, figure))))
    assert [entry["id"] for entry in document["prices"]] == [entry_id]


def test_ratios_have_six_decimals_and_whole_milliseconds_are_integers() -> None:
    assessed = query(time=replace(time_of(), run_ms=Fraction(3), native_ms=Fraction(1), island_ms=Fraction(1, 3)))
    time = only_query(plan_report(assessed))["time"]
    assert (time["native_ratio"], time["run_ms"], time["island_ms"]) == (0.333333, 3, 0.333333)
    assert isinstance(time["run_ms"], int)


def test_an_application_that_tells_nothing_says_so_everywhere() -> None:
    report = log_report(cluster=Cluster())
    (one,) = document_of(report)["inputs"]
    shape = one["app"]["shape"]
    assert shape["worker_node_type"] is None
    assert shape["max_workers_reason"]["reason"] == "no-timeline"
    assert one["app"]["uptime"] == "unknown"


def test_hostile_text_is_encoded_and_decodes_everywhere() -> None:
    assessed = query(description="\ud800\x1b[2J\u202e'\"<script>\n", query_id="\ud800")
    assert "\x1b" not in str(only_query(plan_report(assessed, "p\udcff.txt"))["description"])


def test_the_same_input_gives_the_same_bytes() -> None:
    first, second = (render_json(document_of(log_report(query(), unknown()))) for _ in range(2))
    assert first == second
    assert first.isascii()


def test_500_queries() -> None:
    document = document_of(log_report(*(query(query_id=str(number)) for number in range(500))))
    assert len(document["inputs"][0]["queries"]) == 500


def test_errors_of_no_single_input_stand_at_the_top() -> None:
    document = document_of(errors=(Reason("prices-refused", "a price is negative"),))
    assert [error["reason"] for error in document["errors"]] == ["prices-refused"]
