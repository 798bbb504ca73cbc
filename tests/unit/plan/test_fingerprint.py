"""Fingerprints tell shapes apart and nothing else; scrubbing lets nothing of a customer through."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusop.plan.fingerprint import fingerprint
from clusop.plan.node import Codegen, Link, Metric, Operator, Plan
from clusop.plan.scrub import scrub_arguments

JOIN = Plan(
    (
        Operator("HashAggregate", -1, arguments="(keys=[a#1], functions=[sum(b#2)])", codegen=0),
        Operator("Subquery", 0, Link.SUBQUERY),
        Operator("Range", 1),
        Operator("BroadcastHashJoin", 0),
        Operator("Scan parquet", 3),
        Operator("Scan csv", 3),
    ),
    (Codegen(2),),
)


def test_arguments_metrics_and_scopes_do_not_count() -> None:
    other = tuple(
        replace(operator, arguments="#9, s3://x", metrics=(Metric("rows", "sum", 4),), codegen=None, number=7)
        for operator in JOIN.operators
    )
    assert fingerprint(Plan(other)) == fingerprint(JOIN)


@pytest.mark.parametrize(
    "changed",
    [
        Plan(JOIN.operators[:-1]),
        Plan((*JOIN.operators[:-1], Operator("Scan json", 3))),
        Plan((*JOIN.operators[:4], JOIN.operators[5], JOIN.operators[4])),
        Plan((*JOIN.operators[:-1], Operator("Scan csv", 0))),
        Plan((JOIN.operators[0], Operator("Subquery", 0), *JOIN.operators[2:])),
        Plan((*JOIN.operators, Operator("Scan csv", -1))),
        Plan(()),
    ],
)
def test_every_change_of_shape_counts(changed: Plan) -> None:
    assert fingerprint(changed) != fingerprint(JOIN)


def test_where_a_source_lists_the_subqueries_does_not_count() -> None:
    last = Plan(
        (
            Operator("HashAggregate", -1),
            Operator("BroadcastHashJoin", 0),
            Operator("Scan parquet", 1),
            Operator("Scan csv", 1),
            Operator("Subquery", 0, Link.SUBQUERY),
            Operator("Range", 4),
        )
    )
    assert fingerprint(last) == fingerprint(JOIN)


def test_the_order_of_two_subqueries_does_not_count_and_that_of_children_does() -> None:
    def two(first: str, second: str, link: Link) -> str:
        return fingerprint(Plan((Operator("Filter", -1), Operator(first, 0, link), Operator(second, 0, link))))

    assert two("Subquery", "ReusedSubquery", Link.SUBQUERY) == two("ReusedSubquery", "Subquery", Link.SUBQUERY)
    assert two("Sort", "Range", Link.CHILD) != two("Range", "Sort", Link.CHILD)


def test_the_form_is_stable() -> None:
    assert fingerprint(JOIN) == "plan-1:" + fingerprint(JOIN).removeprefix("plan-1:")
    assert re.fullmatch(r"plan-1:[0-9a-f]{32}", fingerprint(JOIN))
    assert fingerprint(Plan((Operator("Range", -1),))) == "plan-1:c7d8465f244c33353acb5603b3f4726a"


def test_ten_thousand_levels() -> None:
    assert fingerprint(Plan(tuple(Operator("Project", index - 1) for index in range(10_000))))


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("(keys=[status#4], functions=[partial_sum(amount#2L)])", "(keys=[?], functions=[partial_sum(?)])"),
        ("[a#1], [b#2], Inner, BuildRight, false", "[?], [?], Inner, BuildRight, false"),
        (
            "hashpartitioning(a#1, 200), ENSURE_REQUIREMENTS, [plan_id=53]",
            "hashpartitioning(?, ?), ENSURE_REQUIREMENTS, [plan_id=?]",
        ),
        ("(isnotnull(name#1) AND (name#1 = Ann Lee))", "(isnotnull(?) AND (? = ?))"),
        ("[soundex(name#1) AS soundex(name)#7]", "[soundex(?) AS soundex(?)?]"),
        ("[finalmerge_count(merge count#3L) AS n#4L]", "[finalmerge_count(merge ?) AS ?]"),
        ("isFinalPlan=true", "isFinalPlan=true"),
        (
            "Batched: true, Format: CSV, PushedFilters: [EqualTo(city,Oslo)]",
            "Batched: true, Format: CSV, PushedFilters: [EqualTo(?,?)]",
        ),
        ("", ""),
    ],
)
def test_words_of_plans_stay_and_all_else_goes(text: str, scrubbed: str) -> None:
    assert scrub_arguments(text) == scrubbed


SECRETS = [
    "s3a://bucket-7/people/part-0.parquet",
    "abfss://box@acct.dfs.core.windows.net/raw",
    "/mnt/raw/date/json",
    "file:/home/ann/sum.csv",
    "C:\\Users\\ann",
    "ann.lee@example.com",
    "db-7.internal.example.com:5432",
    "10.59.172.69",
    "hunter2",
    "dapi0123456789abcdef",
    "eyJhbGciOi.eyJzdWIi.c2ln",
    "2024-05-17",
    "+47 555 12 345",
    "'O''Brien'",
    "Müller",
    "李小龙",
    "00000000-1111-2222-3333-444444444444",
    "ann_lee",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "shape",
    [
        "(name#1 = {})",
        "[{} AS {}#3]",
        "EqualTo(a,{})",
        "Location: InMemoryFileIndex[{}]",
        "avg({})",
        "{}",
        "x={},y='{}'",
        "IN ({},{})",
    ],
)
def test_no_secret_gets_through(secret: str, shape: str) -> None:
    scrubbed = scrub_arguments(shape.replace("{}", secret))
    parts = [part for part in re.split(r"[^\w]+", secret) if len(part) > 1]
    kept = set(re.findall(r"\w+", scrubbed))
    assert not kept & set(parts), scrubbed
    assert not re.search(r"\d", scrubbed)


@given(st.text(max_size=300))
def test_nothing_but_known_words_ascii_and_punctuation_is_left(text: str) -> None:
    scrubbed = scrub_arguments(text)
    assert scrubbed.isascii()
    assert not re.search(r"[0-9@#$'\"\\`~.]", scrubbed)
    assert len(scrubbed) <= len(text)


@given(st.text(max_size=300))
def test_scrubbing_twice_brings_no_word_back(text: str) -> None:
    once = scrub_arguments(text)
    assert set(re.findall(r"\w+", scrub_arguments(once))) <= set(re.findall(r"\w+", once))
