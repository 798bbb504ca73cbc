"""Exclusions on pages: all of them are listed with what they cover; made and ended by a form, by those who may."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request

import pytest
from page_reading import reading
from sqlalchemy import select
from test_confirming import contents

from clusop.service.store.tables.access import audit
from clusop.service.store.tables.delivery import exclusions
from clusop.service.store.tables.problems import problems

NEW = "/exclusions/new?field=workload&pattern=job%3A4*"


def rows(text):
    """The text of each row of the list, by what is excluded."""
    page = reading(text)
    found = {}
    for row in page.all("tr"):
        heads = [one for one in page.all("th") if row in one.above and one.attributes.get("scope") == "row"]
        if heads:
            found[row.attributes.get("id", "")] = " ".join(row.text.split())
    return found


def stored(server):
    with server.database.reading() as connection:
        return connection.execute(select(exclusions).order_by(exclusions.c.id)).mappings().all()


def id_of(server, workload, task_key):
    with server.database.reading() as connection:
        return connection.execute(
            select(problems.c.id).where(problems.c.workload == workload, problems.c.task_key == task_key)
        ).scalar_one()


def listed(server, path):
    """Ids of the problems in a list."""
    page = reading(server.get(path).text)
    heads = [one for one in page.all("th") if one.attributes.get("scope") == "row"]
    links = [one.attributes["href"] for one in page.all("a") if one.above[-1] in heads]
    return sorted(int(link.rpartition("/")[2]) for link in links)


def test_all_are_listed_with_whose_why_and_what_they_cover(pages):
    found = rows(pages.get("/exclusions").text)
    assert list(found) == ["e-settings-1", "e-settings-2", "e-1"]
    for words in (
        "workload = job:5*",
        "load tests <b>at night</b>",
        "the settings",
        "2 problems",
        "in every workspace",
    ):
        assert words in found["e-settings-1"], words
    assert "End" not in found["e-settings-1"]
    assert "tag env = sand*" in found["e-settings-2"]
    assert "no reason is told" in found["e-settings-2"]
    assert "nothing" in found["e-settings-2"]
    for words in (
        "workload = job:9*",
        "Sandbox jobs",
        "ana@example.com",
        "2026-11-26 09:30",
        "workspace 9876543210",
        "End",
    ):
        assert words in found["e-1"], words
    text = " ".join(reading(pages.get("/exclusions").text).all("main")[0].text.split())
    assert "3 exclusions in force, covering 2 problems that are not resolved" in text


def test_the_count_leads_to_just_these_problems(pages):
    both = sorted([id_of(pages, "job:57", "sessionize"), id_of(pages, "job:5", "features")])
    link = "/problems?exclusion=settings-1"
    assert link in reading(pages.get("/exclusions").text).links
    assert listed(pages, link) == both
    text = " ".join(reading(pages.get(link).text).all("main")[0].text.split())
    assert "2 problems that match" in text
    assert "because of the exclusion workload = job:5*" in text
    # What goes to programs knows no exclusions: a link would take all others along.
    assert not [one for one in reading(pages.get(link).text).links if "/v1/export/" in one]
    # The filter stays while others are chosen.
    assert reading(pages.get(link).text).fields()["exclusion"] == "settings-1"
    assert listed(pages, f"{link}&team=ml") == [id_of(pages, "job:5", "features")]
    for ended in ("77", "settings-9", "x"):
        assert listed(pages, f"/problems?exclusion={ended}&state=all") == []


def test_a_problem_says_by_which_it_is_excluded(pages):
    text = " ".join(
        reading(pages.get(f"/problems/{id_of(pages, 'job:5', 'features')}").text).all("main")[0].text.split()
    )
    assert "Nobody is told of it because of workload = job:5* of the settings: load tests <b>at night</b>" in text
    assert "Exclude its workload" not in text
    free = reading(pages.get(f"/problems/{id_of(pages, 'job:42', 'load_orders')}").text)
    assert "Nobody is told of it" not in free.all("main")[0].text
    (offer,) = [link for link in free.links if link.startswith("/exclusions/new")]
    assert "load_orders" in reading(pages.get(offer).text).all("main")[0].text


def test_what_it_would_cover_is_shown_before_it_is_made(changing):
    before = contents(changing)
    page = reading(changing.get(NEW).text)
    text = " ".join(page.all("main")[0].text.split())
    assert "It covers 2 problems that are not resolved" in text
    assert "load_orders" in text
    assert "score_orders" in text
    assert page.fields()["pattern"] == "job:4*"
    assert "It covers no problem that there is now" in changing.get("/exclusions/new?field=workload&pattern=job:0").text
    assert contents(changing) == before


def test_the_button_makes_what_the_page_said(changing):
    fields = reading(changing.get(NEW).text).fields() | {"reason": "a <b>sandbox</b>", "days": "30"}
    answer = changing.post("/exclusions/new", fields)
    assert (answer.status, answer.headers["location"]) == (303, "/exclusions?done=add")
    made = stored(changing)[-1]
    assert (made["field"], made["pattern"], made["workspace"], made["reason"], made["actor"]) == (
        "workload", "job:4*", "*", "a <b>sandbox</b>", "admin token",
    )  # fmt: skip
    assert made["until_at_ms"] - made["created_at_ms"] == 30 * 86_400_000
    text = changing.get(answer.headers["location"]).text
    assert 'role="status"' in text
    assert "a &lt;b&gt;sandbox&lt;/b&gt;" in text
    assert "2 problems" in rows(text)[f"e-{made['id']}"]
    with changing.database.reading() as connection:
        line = connection.execute(select(audit).order_by(audit.c.id.desc())).mappings().first()
    assert (line["action"], line["actor"], line["reason"]) == ("exclusion.add", "admin token", "a <b>sandbox</b>")
    again = changing.post("/exclusions/new", fields)
    assert again.status == 409
    assert "such an exclusion already" in again.text
    assert "a &lt;b&gt;sandbox&lt;/b&gt;" in again.text


def test_the_button_ends_it_once(changing):
    fields = reading(changing.get("/exclusions/1/end").text).fields() | {"reason": "the sandbox is gone"}
    answer = changing.post("/exclusions/1/end", fields)
    assert (answer.status, answer.headers["location"]) == (303, "/exclusions?done=end")
    assert stored(changing) == []
    with changing.database.reading() as connection:
        line = connection.execute(select(audit).order_by(audit.c.id.desc())).mappings().first()
    assert (line["action"], line["target"], line["reason"]) == (
        "exclusion.remove",
        "exclusion:1",
        "the sandbox is gone",
    )
    assert "job:9*" in line["detail"]
    assert changing.post("/exclusions/1/end", fields).status == 404
    assert "e-1" not in rows(changing.get("/exclusions").text)


def posted(server, path, fields, token):
    """The status of a POST with the token in the header of a program."""
    request = urllib.request.Request(server.url + path, data=urllib.parse.urlencode(fields).encode(), method="POST")
    request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("path", ["/exclusions/new", "/exclusions/1/end"])
def test_nothing_is_done_without_the_forms_confirmation_a_reason_or_the_right(changing, path):
    asked = NEW if path.endswith("new") else path
    fields = reading(changing.get(asked).text).fields() | {"reason": "x"}
    before = contents(changing)
    for wrong in ({"csrf": ""}, {"csrf": "0" * 64}):
        assert changing.post(path, fields | wrong).status == 403
    blank = changing.post(path, fields | {"reason": "  "})
    assert blank.status == 400
    assert 'role="alert"' in blank.text
    # As a program, which needs no form: so it is the scope that refuses.
    assert posted(changing, path, fields, changing.tokens["read"]) == 403
    shown = reading(changing.get(asked, changing.tokens["read"]).text)
    assert "may look, not change" in shown.all("main")[0].text
    assert not shown.all("form")
    assert contents(changing) == before


def test_what_cannot_be_used_is_said_and_not_made(changing):
    fields = reading(changing.get(NEW).text).fields() | {"reason": "typed with care"}
    before = contents(changing)
    for wrong in ({"pattern": "*"}, {"pattern": ""}, {"field": "owner"}, {"tag_key": "env"}, {"days": "4000"},
                  {"days": "x"}, {"field": "tag"}, {"pattern": "x" * 300}):  # fmt: skip
        answer = changing.post("/exclusions/new", fields | wrong)
        assert answer.status == 400, wrong
        assert 'role="alert"' in answer.text
    assert contents(changing) == before
    assert changing.get("/exclusions/new?field=workload&pattern=%2A").status == 400
    for path in ("/exclusions/77/end", f"/exclusions/{2**70}/end", "/exclusions/settings-1/end"):
        assert changing.get(path).status == 404, path


def test_a_token_of_one_workspace_excludes_and_ends_there_only(changing):
    from clusop.service.tokens import ADMIN, create_token

    with changing.database.writing() as connection:
        bound = create_token(connection, "bound admin", ADMIN, 1, workspace="local")
    assert list(rows(changing.get("/exclusions", bound).text)) == ["e-settings-1", "e-settings-2"]
    assert "1 problem" in rows(changing.get("/exclusions", bound).text)["e-settings-1"]
    assert changing.get("/exclusions/1/end", bound).status == 404
    page = reading(changing.get("/exclusions/new?field=workload&pattern=job:*&workspace=*", bound).text)
    assert "It covers 2 problems" in " ".join(page.all("main")[0].text.split())
    assert changing.post("/exclusions/new", page.fields() | {"reason": "x", "workspace": "*"}, bound).status == 303
    assert stored(changing)[-1]["workspace"] == "local"


def test_a_token_bound_to_a_glob_excludes_nowhere(changing):
    from clusop.service.tokens import ADMIN, create_token

    with changing.database.writing() as connection:
        bound = create_token(connection, "bound to a glob", ADMIN, 1, workspace="loc*")
    page = reading(changing.get("/exclusions/new?field=workload&pattern=job:*", bound).text)
    before = stored(changing)
    refused = changing.post("/exclusions/new", page.fields() | {"reason": "x", "workspace": "local"}, bound)
    assert (refused.status, stored(changing)) == (400, before)
    assert "names no workspace" in reading(refused.text).all("main")[0].text


def test_names_of_an_enemy_are_text(hostile):
    import seed

    server, _ = hostile
    told = seed.HOSTILE[:60]
    fields = reading(server.get(NEW).text).fields() | {"pattern": told, "reason": seed.HOSTILE[:400]}
    refused = server.post("/exclusions/new", fields)
    assert refused.status == 400
    assert "It holds a control character" in reading(refused.text).all("main")[0].text
    fields["pattern"] = told.replace("\u202e", "").replace("\u202c", "")
    assert server.post("/exclusions/new", fields).status == 303
    number = stored(server)[-1]["id"]
    for path in ("/exclusions", f"/exclusions/{number}/end", f"/problems?exclusion={number}"):
        page = reading(server.get(path).text)
        assert not page.faults
        assert not page.all("script")
        assert "<script>alert(1)</script>" in page.all("main")[0].text
        assert "\u202e" not in page.all("main")[0].text
