"""Exclusions, decisions and exports over the API, on both databases."""

from __future__ import annotations

import csv
import io

import pytest

from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.problems import problem_days, problems


def test_exclusions_of_settings_and_people(admin, client_of):
    body = {"field": "tag", "tag_key": "env", "pattern": "dev*", "reason": "nobody pays"}
    made = admin.post("/v1/exclusions", json=body)
    assert made.status_code == 201
    found = admin.get("/v1/exclusions").json()["exclusions"]
    assert [(one["actor"], one["pattern"], one["id"] is None) for one in found] == [
        ("settings", "job:99*", True),
        ("ana's token", "dev*", False),
    ]
    again = admin.post("/v1/exclusions", json=body)
    assert [again.status_code, again.json()["reason"]] == [409, "exclusion-known"]
    number = made.json()["id"]
    bound = client_of("admin", workspace="42")
    assert bound.post(f"/v1/exclusions/{number}/remove", json={"reason": "x"}).status_code == 404
    assert admin.post(f"/v1/exclusions/{number}/remove", json={"reason": " "}).status_code == 400
    assert admin.post(f"/v1/exclusions/{number}/remove", json={"reason": "over"}).json() == {"removed": number}
    assert admin.post(f"/v1/exclusions/{number}/remove", json={"reason": "over"}).status_code == 404


def test_who_is_bound_to_a_workspace_excludes_there_only(client_of):
    bound, other = client_of("admin", workspace="42"), client_of("read", workspace="43")
    made = bound.post("/v1/exclusions", json={"field": "workload", "pattern": "job:1", "reason": "x", "workspace": "*"})
    assert made.json()["workspace"] == "42"
    assert [one["pattern"] for one in other.get("/v1/exclusions").json()["exclusions"]] == ["job:99*"]
    assert bound.post(f"/v1/exclusions/{made.json()['id']}/remove", json={"reason": "x"}).status_code == 200


@pytest.mark.parametrize("bound_to", ["4*", "", "4?"])
def test_a_token_of_no_one_workspace_excludes_nowhere(admin, client_of, bound_to):
    answer = client_of("admin", workspace=bound_to).post(
        "/v1/exclusions", json={"field": "workload", "pattern": "job:1", "reason": "x"}
    )
    assert [answer.status_code, answer.json()["reason"]] == [400, "bad-request"]
    assert "names no workspace" in answer.json()["sentence"]
    assert len(admin.get("/v1/exclusions").json()["exclusions"]) == 1


def test_a_blank_workspace_is_not_all_of_them(admin):
    for workspace in ("", " ", "\u0000"):
        body = {"field": "workload", "pattern": "job:1", "reason": "x", "workspace": workspace}
        answer = admin.post("/v1/exclusions", json=body)
        assert (answer.status_code, "exclusion.workspace" in answer.json()["sentence"]) == (400, True)


@pytest.mark.parametrize(
    "address",
    [
        "/v1/problems?search=%00",
        "/v1/problems?search=a%E2%80%8B",
        "/v1/problems?workload=a%00",
        "/v1/problems?cause=a%00",
        "/v1/export/problems.csv?search=%00",
        "/v1/export/problems.json?team=a%1F",
        "/v1/decisions?compute=a%00",
        "/v1/jobs?search=%1F",
        "/v1/export/audit.csv?actor=a%00",
    ],
)
def test_what_nobody_sees_is_not_left_out_of_what_was_asked_for(admin, store, address):
    store({})
    answer = admin.get(address)
    assert [answer.status_code, answer.json()["reason"]] == [400, "bad-request"]
    assert "control character" in answer.json()["sentence"]


def test_what_would_exclude_everything_or_nothing_is_refused(admin):
    for pattern in ("", "*", "?", "\u0000", "x" * 300):
        body = {"field": "workload", "pattern": pattern, "reason": "x"}
        assert admin.post("/v1/exclusions", json=body).status_code == 400


def test_a_reason_that_this_release_does_not_know_is_told_as_such(admin, database, clock):
    with database.writing() as connection:
        connection.execute(
            engine_decisions.insert().values(
                workspace="42",
                compute="job:7",
                decided_at_ms=clock.now_ms,
                action="keep",
                reasons='["of-tomorrow", "cannot-tell"]',
            )
        )
    answer = admin.get("/v1/decisions")
    assert answer.status_code == 200
    (new, known) = answer.json()["decisions"][0]["reasons"]
    assert new == {
        "reason": "of-tomorrow",
        "sentence": "This release of clusop does not know the reason: a newer one wrote it.",
    }
    assert known["reason"] == "cannot-tell"


@pytest.mark.parametrize(
    "query", ["reason=cannot-tell", "reasons=x", "action=stop", "before=-1", "history=perhaps", "days=0", "days=401"]
)
def test_a_filter_that_there_is_not_is_refused_in_a_sentence(admin, query):
    answer = admin.get(f"/v1/decisions?{query}")
    assert (answer.status_code, answer.json()["reason"]) == (422, "bad-request")
    assert answer.json()["sentence"].startswith(f"The request cannot be used: query.{query.partition('=')[0]}: ")


def test_decisions_newest_first_and_their_history(admin, client_of, database, clock):
    with database.writing() as connection:
        for number, (workspace, action) in enumerate((("42", "keep"), ("43", "keep"), ("42", "disable"))):
            connection.execute(
                engine_decisions.insert().values(
                    workspace=workspace, compute="job:7", decided_at_ms=clock.now_ms + number, action=action,
                    reasons='["cannot-tell"]', saving='{"low_microusd": 1}', facts='{"engine": "photon"}',
                )
            )  # fmt: skip

    def told(who, **params):
        return [
            (one["workspace"], one["action"]) for one in who.get("/v1/decisions", params=params).json()["decisions"]
        ]

    assert told(admin) == [("42", "disable"), ("43", "keep")]
    assert told(admin, action="keep") == [("43", "keep")]
    assert told(admin, workspace="42", history=True) == [("42", "disable"), ("42", "keep")]
    assert told(admin, history=True, limit=1) == [("42", "disable")]
    assert told(admin, history=True, before=2) == [("42", "keep")]
    assert told(client_of("read", workspace="43")) == [("43", "keep")]
    (first, _) = admin.get("/v1/decisions").json()["decisions"]
    assert first["reasons"][0]["reason"] == "cannot-tell"
    assert [first["saving"], first["facts"]] == [{"low_microusd": 1}, {"engine": "photon"}]


def test_decisions_of_the_days_asked_for(admin, database, clock):
    day_ms = 86_400_000
    with database.writing() as connection:
        for days_ago, compute in ((60, "job:7"), (45, "job:8"), (29, "job:7"), (0, "job:7")):
            connection.execute(
                engine_decisions.insert().values(
                    workspace="42", compute=compute, decided_at_ms=clock.now_ms - days_ago * day_ms, action="keep"
                )
            )

    def told(**params):
        found = admin.get("/v1/decisions", params=params).json()["decisions"]
        return [((clock.now_ms - one["decided_at_ms"]) // day_ms, one["compute"]) for one in found]

    assert told() == [(0, "job:7")]
    assert told(days=46) == [(0, "job:7"), (45, "job:8")]
    assert told(history=True) == [(0, "job:7"), (29, "job:7")]
    assert told(history=True, days=400) == [(0, "job:7"), (29, "job:7"), (45, "job:8"), (60, "job:7")]


FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", " =1", "\uff1d1"]


def test_a_spreadsheet_runs_nothing_of_a_csv(admin, store):
    hostile = [*FORMULAS, 'quote " comma , and\r\nline', "plain", "\U0001f642\u202ex"]
    made = store(*({"owner": text, "state_reason": text, "run_count": 7} for text in hostile))
    answer = admin.get("/v1/export/problems.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")))
    assert [int(row["id"]) for row in rows] == made
    for row, text in zip(rows, hostile, strict=True):
        assert row["owner"] == (f"'{text}" if text in FORMULAS else text)
        assert row["run_count"] == "7"
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d")) for cell in row.values())
    assert answer.text.count("\r\n") == len(hostile) + 1 + 2  # the header, and two cells with a line break


def test_an_export_tells_all_and_honours_filters(admin, database, store):
    store({"team": "pricing"})
    with database.writing() as connection:
        connection.execute(
            problems.insert(), [{"workspace": "42", "signature": f"x{number}"} for number in range(1200)]
        )
    everything = admin.get("/v1/export/problems.json").json()
    assert len({one["id"] for one in everything}) == 1201
    assert len(admin.get("/v1/export/problems.csv").text.splitlines()) == 1202
    assert len(admin.get("/v1/export/problems.json", params={"team": "pricing"}).json()) == 1
    assert admin.get("/v1/export/problems.json", params={"team": "none"}).json() == []


def test_what_could_be_saved_in_all_is_of_ones_own_workspace(admin, client_of, store, database, clock):
    ours, theirs = store({"compute": "job:1"}, {"compute": "job:2", "workspace": "43"})
    with database.writing() as connection:
        for problem_id, usd in ((ours, 1), (theirs, 2)):
            connection.execute(
                problem_days.insert().values(
                    problem_id=problem_id, day=clock.now_ms // 86_400_000, run_count=1,
                    avoidable_low_microusd=usd * 1_000_000, avoidable_high_microusd=usd * 1_000_000,
                )
            )  # fmt: skip
    told = admin.get("/v1/savings").json()
    assert [one["compute"] for one in told["chosen"]] == ["42/job:1", "43/job:2"]
    # Nobody decided: the problems' own days say that it is cash.
    assert [told[name]["high_microusd"] for name in ("cash", "capacity", "cash_or_capacity")] == [3_000_000, 0, 0]
    assert client_of("read", workspace="43").get("/v1/savings").json()["cash"]["high_microusd"] == 2_000_000


def test_exclusions_of_the_settings_are_marked_as_such(admin, client_of):
    (one,) = admin.get("/v1/exclusions").json()["exclusions"]
    assert (one["id"], one["actor_kind"], one["created_at_ms"], one["reason"]) == (None, "settings", None, "a sandbox")
    made = admin.post(
        "/v1/exclusions", json={"field": "workload", "pattern": "job:1", "workspace": "4*", "reason": "x"}
    )
    assert made.json()["actor_kind"] == "token"
    # It covers what somebody bound to workspace 42 sees; it is not his to take away.
    bound = client_of("admin", workspace="42")
    assert [one["pattern"] for one in bound.get("/v1/exclusions").json()["exclusions"]] == ["job:99*", "job:1"]
    assert bound.post(f"/v1/exclusions/{made.json()['id']}/remove", json={"reason": "x"}).status_code == 404
