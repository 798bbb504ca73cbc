"""Acknowledge, snooze, resolve, reopen: a look changes nothing, the button does, once, and under the person's name."""

from __future__ import annotations

import pytest
from page_reading import reading
from sqlalchemy import select

from clusop.service.store.tables.access import audit
from clusop.service.store.tables.every import metadata
from clusop.service.store.tables.problems import problem_events, problems


def state_of(server, key):
    with server.database.reading() as connection:
        return connection.execute(select(problems).where(problems.c.id == key)).mappings().one()


def contents(server):
    """All rows of all tables, but when a token was last used."""
    with server.database.reading() as connection:
        return {
            table.name: sorted(
                repr(tuple(value for name, value in row.items() if name != "used_at_ms"))
                for row in connection.execute(select(table)).mappings()
            )
            for table in metadata.sorted_tables
        }


@pytest.mark.parametrize(
    ("kind", "state"),
    [("acknowledge", "acknowledged"), ("snooze", "snoozed"), ("resolve", "resolved")],
)
def test_the_button_does_what_the_page_said(changing, kind, state):
    form = reading(changing.get(f"/problems/1/{kind}").text)
    fields = form.fields() | {"reason": "planned <b>for</b> May"}
    answer = changing.post(f"/problems/1/{kind}", fields)
    assert (answer.status, answer.headers["location"]) == (303, f"/problems/1?done={kind}")
    row = state_of(changing, 1)
    assert (row["state"], row["state_by"], row["state_reason"]) == (state, "admin token", "planned <b>for</b> May")
    with changing.database.reading() as connection:
        assert (
            connection.execute(select(problem_events.c.kind).order_by(problem_events.c.id.desc())).scalars().first()
            == state
        )
        line = connection.execute(select(audit).order_by(audit.c.id.desc())).mappings().first()
    assert (line["actor"], line["actor_kind"], line["target"]) == ("admin token", "token", "problem:1")
    page = changing.get(answer.headers["location"]).text
    assert 'role="status"' in page
    assert "planned &lt;b&gt;for&lt;/b&gt; May" in page
    again = reading(changing.get("/problems/1/reopen").text).fields() | {"reason": "not yet"}
    assert changing.post("/problems/1/reopen", again).status == 303
    assert state_of(changing, 1)["state"] == "open"


def test_nothing_is_done_without_the_forms_confirmation(changing):
    fields = reading(changing.get("/problems/1/resolve").text).fields() | {"reason": "x"}
    before = contents(changing)
    for wrong in ({"csrf": ""}, {"csrf": "0" * 64}):
        assert changing.post("/problems/1/resolve", fields | wrong).status == 403
    others = reading(changing.get("/problems/1/resolve", changing.tokens["read"]).text)
    assert "csrf" not in others.fields()
    assert contents(changing) == before


def test_nobody_changes_anything_with_a_token_that_may_only_read(changing):
    fields = reading(changing.get("/problems/1/resolve").text).fields() | {"reason": "x"}
    assert changing.post("/problems/1/resolve", fields, changing.tokens["read"]).status == 403
    assert "may look, not change" in changing.get("/problems/1/resolve", changing.tokens["read"]).text
    assert state_of(changing, 1)["state"] == "open"


def test_a_reason_is_asked_for_and_what_was_typed_is_kept(changing):
    fields = reading(changing.get("/problems/1/snooze").text).fields()
    answer = changing.post("/problems/1/snooze", fields | {"reason": "  "})
    assert answer.status == 400
    assert 'role="alert"' in answer.text
    answer = changing.post("/problems/1/snooze", fields | {"reason": "typed with care", "days": "4000"})
    assert answer.status == 400
    assert "typed with care" in answer.text
    assert state_of(changing, 1)["state"] == "open"


def test_who_was_slower_is_told_so(changing):
    fields = reading(changing.get("/problems/1/acknowledge").text).fields() | {"reason": "mine"}
    assert changing.post("/problems/1/acknowledge", fields).status == 303
    answer = changing.post("/problems/1/acknowledge", fields)
    assert answer.status == 409
    assert "changed meanwhile" in answer.text


def test_a_change_that_makes_no_sense_has_no_button(changing):
    page = reading(changing.get("/problems/1/reopen").text)
    assert not page.all("form")
    assert "cannot be done now" in page.all("main")[0].text
    offered = {link for link in reading(changing.get("/problems/1").text).links if link.startswith("/problems/1/")}
    assert offered == {f"/problems/1/{kind}" for kind in ("acknowledge", "snooze", "resolve")}


def test_a_scanner_that_follows_every_link_changes_nothing(changing):
    before = contents(changing)
    waiting, seen = ["/"], set()
    while waiting:
        path = waiting.pop().partition("#")[0]
        if not path or path in seen:
            continue
        seen.add(path)
        answer = changing.get(path)
        assert answer.status == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            waiting += [link for link in reading(answer.text).links if link.startswith("/")]
    assert len(seen) > 150
    assert any(path.endswith("/acknowledge") for path in seen)
    assert contents(changing) == before
