"""Every page: that it answers, says what it must, is built for everybody, and takes no harm from names."""

from __future__ import annotations

import json
import re
from html import unescape
from itertools import pairwise

import pytest
import seed
from app_routes import forgotten_pages
from page_reading import reading
from sqlalchemy import select

from clusop.analysis.economics import recompute
from clusop.service.store.tables.delivery import deliveries
from clusop.service.store.tables.money import bill_hours, reconciliations
from clusop.service.store.tables.problems import problems, signals

LISTS = ["/", "/?days=90", "/problems", "/problems?state=all&sort=runs&q=job", "/jobs", "/compute", "/suppressions",
         "/exclusions", "/agents", "/agents?status=losses", "/deliveries", "/bill"]  # fmt: skip
# For administrators only.
AUDIT = ["/audit", "/audit?problem=1&actor=ana@example.com"]
ONES = ["/problems/1", "/problems/11", "/problems/1/acknowledge", "/problems/1/snooze", "/problems/1/resolve",
        "/problems/1/reopen",
        "/jobs/one?workspace=1234567890&workload=job%3A42",
        "/compute/one?workspace=1234567890&compute=job%3A42", "/agents/1", "/deliveries/1",
        "/deliveries/5", "/exclusions/new", "/exclusions/new?field=workload&pattern=job%3A4*", "/exclusions/1/end",
        "/problems?exclusion=settings-1"]  # fmt: skip
EVERY = LISTS + ONES + AUDIT


def test_no_page_is_missing_here():
    assert forgotten_pages(EVERY) == []


def id_of(server, workload, task_key):
    with server.database.reading() as connection:
        return connection.execute(
            select(problems.c.id).where(problems.c.workload == workload, problems.c.task_key == task_key)
        ).scalar_one()


@pytest.mark.parametrize("path", EVERY)
def test_the_page_is_whole(pages, path):
    answer = pages.get(path)
    assert answer.status == 200
    page = reading(answer.text)
    assert not page.faults
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", EVERY)
def test_nothing_on_it_runs_or_comes_from_elsewhere(pages, path):
    answer = pages.get(path)
    page = reading(answer.text)
    assert "'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert not page.all("script", "style", "iframe", "object", "embed", "base")
    for element in page.elements:
        assert not {name for name in element.attributes if name.startswith("on") or name == "style"}
        for name in ("href", "src", "action"):
            told = element.attributes.get(name, "/")
            assert told.startswith(("/", "#", "data:image/svg+xml,")), told
            assert not told.startswith("//")


@pytest.mark.parametrize("path", EVERY)
def test_it_can_be_used_without_eyes_or_mouse(pages, path):
    page = reading(pages.get(path).text)
    assert page.all("html")[0].attributes["lang"] == "en"
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("footer")) == 1
    levels = [int(element.tag[1]) for element in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels)), levels
    assert page.all("a")[0].attributes == {"class": "skip", "href": "#main"}
    labelled = {element.attributes.get("for") for element in page.all("label")}
    for element in page.all("input", "select", "textarea"):
        if element.attributes.get("type") == "hidden":
            continue
        is_inside = any(one.tag == "label" for one in element.above)
        assert is_inside or element.attributes["id"] in labelled
    for table in page.all("table"):
        heads = [one for one in page.all("th") if table in one.above]
        assert all(one.attributes.get("scope") in {"row", "col"} or "formula" in str(table.above) for one in heads)
    for drawing in page.all("svg"):
        assert drawing.attributes.get("aria-hidden") == "true" or drawing.attributes["role"] == "img"
    assert all(element.text.strip() or element.attributes.get("aria-label") for element in page.all("a", "button"))
    named = [
        one for one in page.elements if one.tag in {"section", "nav", "table"} or one.attributes.get("tabindex") == "0"
    ]
    for element in named:
        if element.tag == "nav" or element.attributes.get("role") == "region":
            assert element.attributes.get("aria-label")


@pytest.mark.parametrize("path", LISTS)
def test_the_menu_says_where_one_is(pages, path):
    page = reading(pages.get(path).text)
    here = [one for one in page.all("a") if one.attributes.get("aria-current") == "page"]
    assert [one.attributes["href"] for one in here] == [path.partition("?")[0]]


def test_only_what_changes_by_itself_reloads_and_it_can_be_stopped(pages):
    for path in ("/", "/agents", "/deliveries"):
        assert pages.get(path).headers["refresh"] == "60"
        off = f"{path}?refresh=off"
        assert off in reading(pages.get(path).text).links
        assert "refresh" not in pages.get(off).headers
        assert path in {link.partition("?")[0] for link in reading(pages.get(off).text).links}
    assert "refresh" not in pages.get("/problems").headers


def test_the_style_sheet_is_kept_for_ever_under_its_own_name(pages):
    href = reading(pages.get("/").text).all("link")[0].attributes["href"]
    answer = pages.get(href)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in pages.get("/static/clusop.css?v=other").headers["cache-control"]
    assert "@import" not in answer.text
    assert "url(" not in answer.text


def test_no_page_without_a_token_and_none_with_one_that_may_only_send(pages):
    for path in (*EVERY, "/static/clusop.css"):
        assert pages.get(path, token="").status == 401
        assert pages.get(path, token=pages.tokens["ingest"]).status == 403
        assert pages.get(path, token=pages.tokens["read"]).status == (403 if path in AUDIT else 200)


def test_a_token_of_one_workspace_sees_that_one_only(pages):
    own = id_of(pages, "job:13", "dedupe")
    other = id_of(pages, "job:42", "load_orders")
    assert pages.get(f"/problems/{own}", pages.bound).status == 200
    for path in (f"/problems/{other}", f"/problems/{other}/snooze", "/deliveries/1", "/agents/1",
                 "/jobs/one?workspace=1234567890&workload=job%3A42",
                 "/compute/one?workspace=1234567890&compute=job%3A42"):  # fmt: skip
        assert pages.get(path, pages.bound).status == 404, path
    for path in AUDIT:
        assert pages.get(path, pages.bound).status == 403, path
    for path in LISTS:
        text = pages.get(path, pages.bound).text
        assert "1234567890" not in text, path
        assert "load_orders" not in text, path


def test_a_reader_of_one_workspace_reads_no_team_of_others_on_any_list(pages):
    with pages.database.reading() as connection:
        named = connection.execute(select(problems.c.workspace, problems.c.team).where(problems.c.team != "")).all()
        told = set(connection.execute(select(deliveries.c.team)).scalars())
    own = {team for workspace, team in named if workspace == "9876543210"}
    others = ({team for _, team in named} | told) - own - {""}
    assert len(others) > 1
    for path in LISTS:
        text = " ".join(reading(pages.get(path, pages.bound).text).all("body")[0].text.split())
        # A channel may be called by a team's name and more.
        found = {team for team in others if re.search(rf"(?<![\w-]){re.escape(team)}(?![\w-])", text)}
        assert not found, path


def test_a_reader_of_a_workspace_that_no_bill_names_sees_no_reading(pages):
    page = pages.get("/bill", pages.bound).text
    assert "found hours of your workspace" in page
    assert "Last read" not in page
    assert "list prices" not in page
    assert "Hours without a price" not in page


def test_the_bill_shows_a_reader_of_one_workspace_its_own_hours_only(changing):
    with changing.database.writing() as connection:
        for version, hour in ((1, 20), (2, 20), (1, 21)):
            connection.execute(
                bill_hours.insert().values(
                    workspace="9876543210", cluster="c", sku="JOBS", cloud="AWS", currency="USD", unit="DBU", dbu="1",
                    hour_at_ms=seed.NOW_MS - hour * 3_600_000, microusd=1, basis="billed-at-list", version=version,
                    is_current=version == 2 or hour == 21, reconciliation_id=1,
                )
            )  # fmt: skip
    own = " ".join(reading(changing.get("/bill", changing.bound).text).all("main")[0].text.split())
    assert "Hours of your workspace last changed" in own
    assert "3 hours; 2 new; 1 corrected" in own
    assert "33 hours" not in own
    everybody = " ".join(reading(changing.get("/bill").text).all("main")[0].text.split())
    assert "33 hours; 28 new; 4 corrected" in everybody


def test_a_reading_that_ended_is_seen_at_once(changing):
    assert "The warehouse slept." not in changing.get("/bill").text
    with changing.database.writing() as connection:
        connection.execute(reconciliations.update().values(outcome="failed", sentence="The warehouse slept."))
    assert "The warehouse slept." in changing.get("/bill").text


def test_a_signal_that_is_not_added_up_says_why(changing):
    key = id_of(changing, "job:42", "load_orders")
    sentence = "Not added up: The agent that watched this run counted it"
    assert sentence not in changing.get(f"/problems/{key}").text
    with changing.database.writing() as connection:
        connection.execute(
            signals.update().where(signals.c.problem_id == key).values(is_offline=True, left_out="told-live")
        )
    assert sentence in reading(changing.get(f"/problems/{key}").text).all("main")[0].text


def test_what_is_not_there_is_said_on_a_page(pages):
    for path in ("/problems/999999", "/problems/1/delete", "/agents/999999", "/deliveries/999999", "/nothing",
                 "/compute/one?compute=job%3A1", "/jobs/one?workspace=1234567890&workload=job%3A1", "/jobs/one"):  # fmt: skip
        answer = pages.get(path)
        assert answer.status == 404
        assert len(reading(answer.text).all("h1")) == 1


def test_the_overview_says_what_was_burned_and_on_what_it_rests(pages):
    text = reading(pages.get("/").text).all("main")[0].text
    assert re.search(r"\$[\d,]+–[\d,]+ of premium bought nothing in the last 30 days", text)
    # What frees capacity saves no cash and is in no sum of cash.
    assert re.search(r"Avoidable, last 30 days\s*\$[\d.,–]+\s*cash, modeled; and \$[\d.,–]+ of capacity", text)
    for words in ("billed-at-list", "derived from the bill", "modeled", "not priced", "came back", "pricing", "local"):
        assert words in text


def test_problems_are_ranked_by_what_they_burned(pages):
    page = reading(pages.get("/problems").text)
    assert [one.attributes["aria-sort"] for one in page.all("th") if "aria-sort" in one.attributes] == ["descending"]
    rows = [one for one in page.all("th") if one.attributes.get("scope") == "row"]
    causes = [one.text for one in page.all("a") if one.above[-1] in rows]
    assert causes[0] == "rdd-or-dataset-api"
    assert len(causes) == 11


def test_a_search_finds_what_a_person_would_type(pages):
    for words, expected in (
        ("load_orders", 1),
        ("job 57", 1),
        ("pricing-lead", 2),
        ("100%", 0),
        ("_", 4),
        ("nobody%", 0),
    ):
        page = reading(pages.get(f"/problems?state=all&q={words.replace(' ', '+').replace('%', '%25')}").text)
        rows = [one for one in page.all("th") if one.attributes.get("scope") == "row"]
        assert len(rows) == expected, words


def test_filters_stay_in_the_form_and_in_the_links(pages):
    page = reading(pages.get("/problems?team=risk&state=all&sort=runs").text)
    chosen = {
        one.above[-1].attributes["name"]: one.attributes["value"]
        for one in page.all("option")
        if "selected" in one.attributes
    }
    assert (chosen["team"], chosen["state"], chosen["sort"]) == ("risk", "all", "runs")
    exports = [link for link in page.links if "/v1/export/" in link]
    assert len(exports) == 2
    for link in exports:
        assert "team=risk" in link
        assert pages.get(link).status == 200


def test_a_problem_tells_everything(pages):
    key = id_of(pages, "job:42", "load_orders")
    page = reading(pages.get(f"/problems/{key}").text)
    text = " ".join(page.all("main")[0].text.split())
    for words in (
        "python-udf at BatchEvalPython",
        "2 operators of job 42 ran outside Databricks Photon",
        "Rewrite it with built-in functions",
        "F.lit(0.81)",
        "derived",
        "projected per 30 days",
        "formula exposure-1",
        "share off the engine",
        "formula per-30-days-1",
        "Databricks list prices",
        "2026-04-10",
        "parse high",
        # Of this problem the bill tells a part.
        "The bill tells a part of these dollars; the rest is modeled until its bill is complete.",
        "card to pricing-teams",
        "seen for the first time",
        "1122-334455-0042abcd",
        "3 operators of this plan, far from the cause",
    ):
        assert words in text, words
    culprits = [one for one in page.elements if "island" in one.attributes.get("class", "").split()]
    assert any("BatchEvalPython" in one.text and "python-udf" in one.text for one in culprits)
    assert pages.get(f"/v1/problems/{key}").status == 200


def test_without_a_bill_the_dollars_of_a_problem_are_said_to_be_modeled(pages):
    text = reading(pages.get(f"/problems/{id_of(pages, 'job:14', 'export')}").text).all("main")[0].text
    assert "The dollars are modeled from list prices and measured times; no bill has confirmed them." in text
    assert "The bill tells a part" not in text


def test_compute_tells_what_could_be_saved_in_all(pages):
    text = " ".join(reading(pages.get("/compute").text).all("main")[0].text.split())
    found = re.search(r"Cash that could be saved\s?\$([\d.,]+)–([\d.,]+)\s?modeled, last 30 days", text)
    assert found, text[:600]
    assert "With queries repaired on 8 compute definitions" in text
    told = json.loads(pages.get("/v1/savings").text)
    assert {one["compute"]: one["action"] for one in told["chosen"]}["1234567890/job:42"] == "fix"
    assert found[2] == f"{told['cash']['high_microusd'] / 1_000_000:,.0f}"
    assert recompute(told["cash"]).low * 1_000_000 == pytest.approx(told["cash"]["low_microusd"], abs=1)
    assert {
        one["compute"].partition("/")[0] for one in json.loads(pages.get("/v1/savings", pages.bound).text)["chosen"]
    } == {"9876543210"}


def test_a_decision_names_the_customers_own_prices(pages):
    text = " ".join(
        reading(pages.get("/compute/one?workspace=1234567890&compute=job%3A42").text).all("main")[0].text.split()
    )
    for words in (
        "DBU per hour as billed, of i3.xlarge/PREMIUM_JOBS_COMPUTE_(PHOTON)2.8 to 2.9 dbu/hournot knownlearned from your bill",
        "discount on PREMIUM_*0.2 ratio",
        "your own price per DBU of PREMIUM_JOBS_COMPUTE/AWS/DBU/USD$ per DBU in the formulasince 2023-11-14your account's",
        "Databricks list prices",
    ):
        assert words in text, words


def test_a_problem_without_a_price_says_why_and_shows_time_instead(pages):
    key = id_of(pages, "job:5", "features")
    text = " ".join(reading(pages.get(f"/problems/{key}").text).all("main")[0].text.split())
    assert "Task time outside the engine, a day" in text
    assert "an upper bound" in text
    assert "None: " in text
    assert "Not priced: " in text
    assert "$0" not in text


def test_a_message_page_shows_the_message_and_what_202_does_not_prove(pages):
    text = " ".join(reading(pages.get("/deliveries").text).all("main")[0].text.split())
    assert "not that it was posted or read" in text
    assert "broken The receiver asked to wait" in text
    one = reading(pages.get("/deliveries/1").text)
    assert "AdaptiveCard" in one.all("main")[0].text


def test_what_never_came_and_what_was_lost_can_be_seen(pages):
    text = " ".join(reading(pages.get("/agents").text).all("main")[0].text.split())
    for words in ("ring-overflow", "Records that never came", "its clock is", "ended without goodbye", "switched off"):
        assert words in text, words


def test_names_of_an_enemy_are_text_on_every_page(hostile):
    server, key = hostile
    for path in (*LISTS, *AUDIT, f"/problems/{key}", f"/problems/{key}/snooze", "/deliveries/7"):
        answer = server.get(path)
        assert answer.status == 200
        page = reading(answer.text)
        assert not page.faults
        assert not page.all("script")
        assert "\u202e" not in unescape(answer.text)
        assert "A" * 601 not in answer.text or path.startswith("/deliveries/")
        assert not [link for link in page.links if link.startswith("javascript")]
        for element in page.elements:
            if "gnp.exe" in element.text and not element.above[-1:]:
                continue
            if "gnp.exe" in element.text and element.tag in {"td", "th", "dd", "li"}:
                assert "bdi" in {one.tag for one in page.elements if element in one.above}


def test_a_service_that_heard_of_nobody_says_what_to_do_next(nothing_yet):
    assert "How to send the first signal" in nothing_yet.get("/").text
    for path in LISTS:
        answer = nothing_yet.get(path)
        assert answer.status == 200
        assert not reading(answer.text).faults
    for path in ("/", "/problems", "/agents"):
        # Each by itself: a link to the overview says nothing once a log has come in.
        text = reading(nothing_yet.get(path).text).all("main")[0].text
        assert "spark.clusop.endpoint" in text
        assert "clusop analyze PATH --send URL --token-file FILE" in text
    assert "clusop onboard" in nothing_yet.get("/bill").text
