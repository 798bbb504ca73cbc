"""The overview of one team or one workspace: its sums and links are that part's, and no more is seen than before."""

from __future__ import annotations

import re

import pytest
import seed
from page_reading import reading

from clusop.service.views.days import window
from clusop.service.views.overview import Part, overview
from clusop.service.views.problem_line import TO_LOOK_AT
from clusop.service.views.problems import ProblemsAsked, problem_page, recent_sums

SPAN = window(seed.NOW_MS, 30)


def main_of(server, path, token=None):
    return " ".join(reading(server.get(path, token).text).all("main")[0].text.split())


def test_parts_add_up_to_the_whole(database):
    seed.fill(database)
    with database.reading() as connection:
        recent = recent_sums(connection, SPAN)
        whole = overview(connection, SPAN, recent)
        for parts in (
            [Part(team=line.name) for line in whole.teams],
            [Part(workspace=line.name) for line in whole.workspaces],
            [Part(workspace=line.name, team=team.name) for line in whole.workspaces for team in whole.teams],
        ):
            seen = [overview(connection, SPAN, recent, part) for part in parts]
            for name in ("run_count", "exposure_high_microusd", "avoidable_low_microusd", "capacity_high_microusd"):
                assert sum(getattr(one.total, name) for one in seen) == getattr(whole.total, name)
            for place in range(SPAN.days):
                days = [one.days[place].sums.exposure_low_microusd for one in seen]
                assert sum(days) == whole.days[place].sums.exposure_low_microusd
            assert sum(sum(one.states.values()) for one in seen) == sum(whole.states.values())
        for line in whole.teams:
            assert overview(connection, SPAN, recent, Part(team=line.name)).total == line.sums


def test_only_what_nobody_answered_is_to_look_at(database):
    seed.fill(database)
    with database.reading() as connection:
        recent = recent_sums(connection, SPAN)
        found = problem_page(connection, ProblemsAsked("to-look-at"), recent, SPAN)
        seen = overview(connection, SPAN, recent)
    assert {one.line.state for one in found.problems} == {"open", "came-back"}
    assert found.total == sum(seen.states[state] for state in TO_LOOK_AT) < sum(seen.states.values())


def test_the_tile_the_list_and_its_link_count_the_same(pages):
    page = reading(pages.get("/").text)
    text = page.all("main")[0].text
    assert not re.search(r"\b(acknowledged|snoozed)\b", text[text.index("Look at these first") : text.index("By team")])
    link = next(one for one in page.all("a") if "state=to-look-at" in one.attributes["href"])
    assert re.search(rf"\b{link.text} problems", main_of(pages, link.attributes["href"]))


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("team=risk", "Only team risk"),
        ("workspace=9876543210", "Only workspace 9876543210"),
        ("team=-", "Only what has no team"),
    ],
)
def test_a_part_names_itself_links_within_itself_and_leads_back(pages, asked, named):
    answer = pages.get(f"/?{asked}")
    page = reading(answer.text)
    text = " ".join(page.all("main")[0].text.split())
    assert text.startswith(f"Overview of all {named}")
    assert "/" in page.links
    within = [link for link in page.links if link.startswith(("/?days", "/problems?"))]
    assert within
    assert all(asked in link for link in within), within
    for link in within:
        assert pages.get(link).status == 200


def test_tables_lead_to_parts_and_a_part_is_not_split_by_what_it_is(pages):
    links = reading(pages.get("/?days=90").text).links
    assert {"/?days=90&team=risk", "/?days=90&team=-", "/?days=90&workspace=9876543210"} <= {
        sorted_query(one) for one in links
    }
    text = main_of(pages, "/?team=risk")
    assert "By team" not in text
    assert "By workspace" in text
    assert "/?team=risk&workspace=1234567890" in {
        sorted_query(one) for one in reading(pages.get("/?team=risk").text).links
    }
    both = main_of(pages, "/?team=risk&workspace=1234567890")
    assert "Only team risk, workspace 1234567890" in both
    assert "By workspace" not in both


def sorted_query(link):
    path, _, query = link.partition("?")
    return f"{path}?{'&'.join(sorted(query.split('&')))}"


def test_the_bill_of_a_workspace_is_its_own_and_a_team_has_none(pages):
    rests = "What the dollars rest on"
    assert "billed-at-list" in main_of(pages, "/?workspace=1234567890").partition(rests)[2]
    assert "billed-at-list" not in main_of(pages, "/?workspace=9876543210").partition(rests)[2]
    of_a_team = main_of(pages, "/?team=risk").partition(rests)[2]
    assert "not told of a team" in of_a_team
    assert "Agents in the last day" not in of_a_team


def test_a_reader_of_one_workspace_is_shown_nothing_of_another_by_asking_for_it(pages):
    text = main_of(pages, "/?workspace=1234567890", pages.bound)
    assert "No problem of it is known" in text
    assert "$1,0" not in text
    assert "billed-at-list" not in text
    assert "Problems to look at0" in text.replace(" ", "").replace("Problemstolookat", "Problems to look at")
    assert "No problem of it is known" in main_of(pages, "/?team=pricing", pages.bound)
