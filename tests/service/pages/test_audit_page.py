"""The audit page: for administrators only, who did what and why, by problem and person, a page at a time, and as files."""

from __future__ import annotations

import csv
import io
import json

import pytest
import seed
from page_reading import reading
from sqlalchemy import select

from clusop.service.actor import Actor
from clusop.service.audit_line import AuditLine, write_audit
from clusop.service.problems.lifecycle import Change, change
from clusop.service.store.tables.access import audit
from clusop.service.store.tables.problems import problems

BEN = Actor("ben@example.com", "person")
EXPORTS = ["/v1/export/audit.csv", "/v1/export/audit.json"]


def words(server, path, token=None):
    return " ".join(reading(server.get(path, token).text).all("main")[0].text.split())


def rows(server, path, token=None):
    """The rows of the table, each as its words."""
    found = reading(server.get(path, token).text).all("tr")
    return [" ".join(one.text.split()) for one in found if any(above.tag == "tbody" for above in one.above)]


def exported(server, query="", token=None):
    return json.loads(server.get(f"/v1/export/audit.json{query}", token).text)


def id_of(server, workload):
    with server.database.reading() as connection:
        return connection.execute(select(problems.c.id).where(problems.c.workload == workload)).scalar_one()


@pytest.mark.parametrize("path", ["/audit", *EXPORTS])
def test_only_an_administrator_sees_it(pages, path):
    assert pages.get(path, "").status == 401
    for scope in ("read", "ingest"):
        assert pages.get(path, pages.tokens[scope]).status == 403
    assert pages.get(path).status == 200


def test_only_an_administrator_is_shown_the_way(pages):
    assert "/audit" in reading(pages.get("/").text).links
    assert "/audit" not in reading(pages.get("/", pages.tokens["read"]).text).links
    (here,) = [one for one in reading(pages.get("/audit").text).all("a") if one.attributes.get("aria-current")]
    assert here.attributes["href"] == "/audit"


def test_it_says_who_did_what_when_and_why_the_newest_first(pages):
    key = id_of(pages, "job:12")
    (line,) = [row for row in rows(pages, "/audit") if "snoozed" in row.split(" ")[0]]
    assert line.startswith(f"snoozed problem {key}from open, to snoozed, until ")
    assert "ana@example.com" in line
    assert "Waits for the new table layout." in line
    ids = [one["id"] for one in exported(pages)]
    assert ids == sorted(ids)
    made = [row for row in rows(pages, "/audit") if row.startswith("resolved")]
    assert made
    assert f"/problems/{key}" in reading(pages.get("/audit").text).links


def test_by_problem_and_by_person(changing):
    key = id_of(changing, "job:12")
    with changing.database.writing() as connection:
        assert change(connection, key, Change("reopen", "It is back.", "snoozed"), BEN, seed.NOW_MS) is None
    assert len(rows(changing, f"/audit?problem={key}")) == 2
    assert rows(changing, f"/audit?problem={key}")[0].startswith(f"reopened problem {key}")
    assert len(rows(changing, "/audit?actor=ben@example.com")) == 1
    assert len(rows(changing, f"/audit?problem={key}&actor=ben@example.com")) == 1
    assert "Nothing like that was done." in words(changing, "/audit?actor=nobody")
    assert [one["actor"] for one in exported(changing, f"?problem={key}")] == ["ana@example.com", "ben@example.com"]
    page = reading(changing.get(f"/audit?problem={key}&actor=ben%40example.com").text)
    assert f"/v1/export/audit.csv?problem={key}&actor=ben%40example.com" in page.links
    assert page.fields() == {"problem": str(key), "actor": "ben@example.com"}


def test_a_page_at_a_time(changing):
    with changing.database.writing() as connection:
        lines = [AuditLine("problem.owner", f"problem:{number}") for number in range(1, 121)]
        write_audit(connection, BEN, lines, seed.NOW_MS)
    seen, path = [], "/audit?actor=ben@example.com"
    while path:
        page = reading(changing.get(path).text)
        seen += [row.split("problem ")[1].split(" ")[0] for row in rows(changing, path)]
        path = next((one.attributes["href"] for one in page.all("a") if one.attributes.get("rel") == "next"), "")
    assert seen == [str(number) for number in range(120, 0, -1)]


def test_the_files_have_all_of_it_and_nothing_that_a_spreadsheet_runs(changing):
    evil = Actor("=HYPERLINK(1)", "person")
    with changing.database.writing() as connection:
        lines = [AuditLine("problem.owner", f"problem:{number}", "=1+1") for number in range(1, 1_201)]
        write_audit(connection, evil, lines, seed.NOW_MS)
    told = list(csv.DictReader(io.StringIO(changing.get(EXPORTS[0]).text)))
    with changing.database.reading() as connection:
        assert [int(one["id"]) for one in told] == connection.execute(
            select(audit.c.id).order_by(audit.c.id)
        ).scalars().all()
    assert (told[-1]["actor"], told[-1]["reason"]) == ("'=HYPERLINK(1)", "'=1+1")
    assert [one["id"] for one in exported(changing)] == [int(one["id"]) for one in told]
    assert exported(changing)[0]["detail"]["from"] == "open"


@pytest.mark.parametrize("query", ["?problem=x", "?problem=0", "?problem=99999999999999999999", "?actors=ana"])
def test_a_filter_that_cannot_be_is_refused_in_a_sentence(pages, query):
    answer = pages.get(f"{EXPORTS[1]}{query}")
    assert answer.status == 422
    assert json.loads(answer.text)["sentence"].startswith(
        f"The request cannot be used: query.{query[1:].partition('=')[0]}"
    )


@pytest.mark.parametrize(
    "query", ["?problem=x&before=-1", "?problem=99999999999999999999", "?actor=%00%ff&before=9" + "9" * 30]
)
def test_what_somebody_types_into_the_address_does_no_harm(pages, query):
    assert pages.get(f"/audit{query}").status == 200


def test_an_administrator_of_one_workspace_sees_what_was_done_to_its_problems(changing):
    from clusop.service.tokens import create_token

    own, other = id_of(changing, "job:12"), id_of(changing, "job:57")
    with changing.database.writing() as connection:
        bound = create_token(connection, "bound", "admin", seed.NOW_MS, workspace="9876543210")
        write_audit(connection, BEN, [AuditLine("token-created", "token:abc")], seed.NOW_MS)
    told = words(changing, "/audit", bound)
    links = reading(changing.get("/audit", bound).text).links
    assert f"/problems/{own}" in links
    assert f"/problems/{other}" not in links
    assert "token abc" not in told
    assert "token abc" in words(changing, "/audit")
    with changing.database.reading() as connection:
        mine = connection.execute(select(problems.c.id).where(problems.c.workspace == "9876543210")).scalars().all()
    assert {one["target"] for one in exported(changing, token=bound)} <= {f"problem:{key}" for key in mine}


def test_names_of_an_enemy_are_text(changing):
    enemy = Actor("<script>alert(1)</script>", "person")
    with changing.database.writing() as connection:
        line = AuditLine("<b>", "problem:x", "<img src=x>", {"a_at_ms": 10**30, "<i>": ["<u>", ""], "b": {"c": 1}})
        write_audit(connection, enemy, [line], seed.NOW_MS)
    page = reading(changing.get("/audit").text)
    assert not page.all("script", "b", "img", "u", "i")
    assert not page.faults
