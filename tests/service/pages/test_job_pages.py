"""The pages of jobs: which are listed, what they add up to, what is on the page of one, and who sees it."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
import seed
from page_reading import reading
from sqlalchemy import insert, select, update

from clusop.service.store.tables.problems import problem_days, problems

JOB_42 = "/jobs/one?workspace=1234567890&workload=job%3A42"
TODAY = seed.NOW_MS // 86_400_000


def main_text(server, path, token=None):
    return " ".join(reading(server.get(path, token).text).all("main")[0].text.split())


def rows_of(server, path, label, token=None):
    """The rows of the table whose first column is called so, by what they are called."""
    page = reading(server.get(path, token).text)
    found = {}
    for row in page.all("tr"):
        heads = [one for one in page.all("th") if row in one.above and one.attributes.get("scope") == "row"]
        table = next(one for one in row.above if one.tag == "table")
        first = next(one for one in page.all("th") if table in one.above)
        if heads and first.text.strip() == label:
            found[" ".join(heads[0].text.split())] = " ".join(row.text.split())
    return found


def links_of(server, path):
    return reading(server.get(path).text).links


@pytest.fixture
def twice(changing):
    """Task load_orders of job 42 has a second problem, seen as often as the first; the two may be of the same runs."""
    with changing.database.writing() as connection:
        chosen = select(problems).where(problems.c.workload == "job:42", problems.c.task_key == "load_orders")
        row = dict(connection.execute(chosen).mappings().one())
        key = row.pop("id")
        row.update(signature="a" * 32, cause="scala-udf", causes="[]", team="second-team", is_upper_bound=False)
        (copy,) = connection.execute(insert(problems).values(row)).inserted_primary_key
        days = connection.execute(select(problem_days).where(problem_days.c.problem_id == key)).mappings().all()
        connection.execute(insert(problem_days), [dict(day) | {"problem_id": copy} for day in days])
    return changing


def test_every_job_with_something_to_do_is_listed_once(pages):
    rows = rows_of(pages, "/jobs", "Job")
    # Both problems of job 42 are one row; what was resolved, job 16, is none.
    assert len(rows) == 10
    assert not [name for name in rows if name.startswith("job 16")]
    assert re.match(r"job 42 ?1234567890 pricing ?pricing-lead@example.com 2 2 \$", rows["job 421234567890"]), rows
    page = reading(pages.get("/jobs").text)
    assert "/problems?workload=job%3A42&workspace=1234567890" in page.links
    assert JOB_42 in page.links
    assert len(re.findall("/jobs/one", pages.get("/jobs").text)) == 10


def test_jobs_stand_by_premium_then_by_time(pages):
    names = [name.split("1234567890")[0].split("9876543210")[0] for name in rows_of(pages, "/jobs", "Job")]
    with pages.database.reading() as connection:
        since = TODAY - 29
        spent = {}
        for workload, low, high, ms in connection.execute(
            select(
                problems.c.workload,
                problem_days.c.exposure_low_microusd - problem_days.c.replaced_low_microusd,
                problem_days.c.exposure_high_microusd - problem_days.c.replaced_high_microusd,
                problem_days.c.island_ms,
            )
            .join(problem_days, problem_days.c.problem_id == problems.c.id)
            .where(problem_days.c.day >= since, problems.c.state != "resolved", problems.c.workload != "job:42")
        ):
            money, time = spent.get(workload, (0, 0))
            spent[workload] = (money + low + high, time + ms)
    expected = sorted(spent, key=lambda workload: spent[workload], reverse=True)
    listed = [name.removesuffix("local").replace("job ", "job:") for name in names]
    assert [name for name in listed if name != "job:42"] == expected
    # Those without a price come last, the longest first.
    assert {spent[name][0] for name in expected[-2:]} == {0}


def test_an_upper_bound_says_so_and_a_measured_time_does_not(pages):
    rows = rows_of(pages, "/jobs", "Job")
    assert re.search(r"≤ [\d.,]+ s ≤ \d+ %", rows["job 5local"]), rows["job 5local"]
    assert "≤" not in rows["job 421234567890"]
    assert re.search(
        r"≤ [\d.,]+ s ?≤ \d+ % of the task time", main_text(pages, "/jobs/one?workspace=local&workload=job:5")
    )
    assert not re.search(r"≤ \d", main_text(pages, JOB_42))


def test_runs_that_two_problems_may_share_are_a_range(twice, pages):
    before = re.search(r"h (\d+) % (\d+) ", rows_of(pages, JOB_42, "Task")["load_orders"])
    assert before, rows_of(pages, JOB_42, "Task")
    runs, share = int(before[2]), int(before[1])
    told = rows_of(twice, JOB_42, "Task")["load_orders"]
    assert f" {runs} to {2 * runs} " in told
    # All of what left is off the engine, in no less than the runs of one problem and no more than those of both.
    found = re.search(r"h (\d+) to (\d+) % ", told)
    assert found, told
    assert abs(int(found[1]) - share) <= 1
    assert int(found[2]) == pytest.approx(2 * share, abs=1)
    assert "pricing, second-team" in rows_of(twice, "/jobs", "Job")["job 421234567890"]
    assert list(rows_of(twice, "/jobs?q=Second-Team", "Job")) == ["job 421234567890"]


def test_a_search_finds_names_and_teams(pages):
    for words, expected in (
        ("job 42", ["job 421234567890"]),
        ("risk", ["job 911234567890", "job 771234567890"]),
        ("RISK job:77", ["job 771234567890"]),
        ("web-lead", ["job 571234567890"]),
        ("nobody-there", []),
        ("%", []),
    ):
        assert sorted(rows_of(pages, f"/jobs?q={quote(words)}", "Job")) == sorted(expected), words
    text = main_text(pages, "/jobs?q=nobody-there")
    assert "No job matches" in text
    page = reading(pages.get("/jobs?q=risk").text)
    assert [one.attributes["value"] for one in page.all("input")] == ["risk"]
    for kind in ("csv", "json"):
        assert f"/v1/export/jobs.{kind}?search=risk" in page.links
        assert "job:77" in pages.get(f"/v1/export/jobs.{kind}?search=risk").text
        assert "job:42" not in pages.get(f"/v1/export/jobs.{kind}?search=risk").text


def test_many_jobs_are_paged_and_each_is_shown_once(nothing_yet):
    with nothing_yet.database.writing() as connection:
        for number in range(1, 118):
            values = {"signature": f"{number:032x}", "workspace": "w", "workload": f"job:{number}", "team": "a"}
            connection.execute(insert(problems).values(values))
            # Many are worth the same.
            day = {"problem_id": number, "day": TODAY, "run_count": 1, "exposure_high_microusd": number % 3}
            connection.execute(insert(problem_days).values(day))
    path, seen = "/jobs?q=a", []
    while path:
        page = reading(nothing_yet.get(path).text)
        seen += [link for link in page.links if link.startswith("/jobs/one")]
        following = [one.attributes["href"] for one in page.all("a") if one.attributes.get("rel") == "next"]
        path = following[0] if following else ""
    assert len(seen) == len(set(seen)) == 117
    assert "101 to 117 of 117" in main_text(nothing_yet, "/jobs?from=100")
    # Beyond the end, and where nobody can count to.
    assert "101 to 117 of 117" in main_text(nothing_yet, "/jobs?from=5000")
    for broken in ("-1", "x", "9" * 40, "²", ""):
        assert "1 to 50 of 117" in main_text(nothing_yet, f"/jobs?from={quote(broken)}"), broken


def test_without_jobs_the_page_says_what_fills_it(nothing_yet):
    for words in (
        "No job has a problem that is not resolved",
        "an event log told that one of its queries left",
        "saved job",
    ):
        assert words in main_text(nothing_yet, "/jobs"), words


def test_with_every_problem_resolved_it_says_when_a_job_is_there_again(changing):
    with changing.database.writing() as connection:
        connection.execute(update(problems).values(state="resolved"))
    assert "comes back when one of them does" in main_text(changing, "/jobs")
    assert "/problems?state=resolved" in links_of(changing, "/jobs")


def test_one_job_tells_its_tasks_problems_and_compute(pages):
    text = main_text(pages, JOB_42)
    assert "2 problems are not resolved, in 2 tasks." in text
    for words in (
        "Premium paid off the engine, last 30 days",
        "derived from the bill",
        "pricing-lead@example.com",
        "job:42",
    ):
        assert words in text, words
    assert set(rows_of(pages, JOB_42, "Task")) == {"load_orders", "score_orders"}
    assert len(rows_of(pages, JOB_42, "Problem")) == 2
    (compute,) = rows_of(pages, JOB_42, "Compute definition").values()
    assert compute.startswith("job 42 Switch the engine off")
    assert re.search(r"\$[\d.,–]+ .*\b2 60 min ago$", compute), compute
    assert "/compute/one?workspace=1234567890&compute=job%3A42" in links_of(pages, JOB_42)
    kept = main_text(pages, "/jobs/one?workspace=1234567890&workload=job:57")
    assert re.search("Keep the engine ?The range covers both gain and loss.", kept)
    assert "not decided yet" in main_text(pages, "/jobs/one?workspace=1234567890&workload=job:91")
    assert "Not told. Agents on Databricks clusters" in main_text(pages, "/jobs/one?workspace=local&workload=job:5")


def test_the_row_and_the_page_of_a_job_tell_the_same(pages):
    for name, path in (
        ("job 421234567890", JOB_42),
        ("job 129876543210", "/jobs/one?workspace=9876543210&workload=job:12"),
    ):
        row, text = rows_of(pages, "/jobs", "Job")[name], main_text(pages, path)
        money = re.findall(r"\$[\d.,]+(?:–[\d.,]+)?", row)
        assert len(money) == 2, row
        for amount in money:
            assert amount in text, (amount, text[:600])
        (time,) = re.findall(r"[\d.,]+ h (?=\d)", row)
        assert time.strip() in text


def test_resolved_problems_stand_last_and_are_in_no_sum(changing):
    before = main_text(changing, JOB_42)
    with changing.database.writing() as connection:
        costly = problems.c.task_key == "load_orders"
        connection.execute(update(problems).where(problems.c.workload == "job:42", costly).values(state="resolved"))
    text = main_text(changing, JOB_42)
    assert "1 problem is not resolved, in 1 task." in text
    shown = list(rows_of(changing, JOB_42, "Problem").values())
    assert [row.endswith("resolved") for row in shown] == [False, True]
    assert "derived from the bill" in before
    assert "derived from the bill" not in text
    assert rows_of(changing, JOB_42, "Task")["load_orders"].startswith("load_orders 0and 1 resolved")
    with changing.database.writing() as connection:
        connection.execute(update(problems).where(problems.c.workload == "job:42").values(state="resolved"))
    text = main_text(changing, JOB_42)
    assert "All of its problems are resolved." in text
    assert "Premium paid off the engine" not in text


def test_a_job_of_another_workspace_or_of_none_is_not_there(pages):
    for path in (
        "/jobs/one", "/jobs/one?workspace=1234567890", "/jobs/one?workload=job:42", "/jobs/one?workspace=local&workload=job:42",
        "/jobs/one?workspace=1234567890&workload=job:4", "/jobs/one?workspace=%00&workload=%00",
    ):  # fmt: skip
        answer = pages.get(path)
        assert answer.status == 404, path
        assert "There is nothing at this address." in answer.text
    assert pages.get(JOB_42, pages.bound).status == 404
    own = "/jobs/one?workspace=9876543210&workload=job:13"
    assert pages.get(own, pages.bound).status == 200
    assert len(rows_of(pages, "/jobs", "Job", pages.bound)) == 4
    assert "1234567890" not in pages.get("/jobs", pages.bound).text


def test_two_workspaces_with_a_job_of_one_number_are_two_jobs(changing):
    with changing.database.writing() as connection:
        connection.execute(update(problems).where(problems.c.workload == "job:13").values(workload="job:42"))
    assert {"job 421234567890", "job 429876543210"} <= set(rows_of(changing, "/jobs", "Job"))
    assert set(rows_of(changing, "/jobs/one?workspace=9876543210&workload=job:42", "Task")) == {"dedupe"}
    assert set(rows_of(changing, JOB_42, "Task")) == {"load_orders", "score_orders"}


def test_a_problem_leads_to_its_job_and_the_list_can_be_of_one_job(pages):
    with pages.database.reading() as connection:
        key = connection.execute(select(problems.c.id).where(problems.c.task_key == "load_orders")).scalar_one()
    assert JOB_42 in links_of(pages, f"/problems/{key}")
    listed = "/problems?workload=job%3A42&workspace=1234567890"
    page = reading(pages.get(listed).text)
    assert len(rows_of(pages, listed, "Problem")) == 2
    assert "Only problems of job 42." in main_text(pages, listed)
    hidden = [one.attributes for one in page.all("input") if one.attributes.get("name") == "workload"]
    assert [one["value"] for one in hidden] == ["job:42"]
    exports = [link for link in page.links if "/v1/export/" in link]
    assert len(exports) == 2
    for link in exports:
        assert "workload=job%3A42" in link
        assert "job:57" not in pages.get(link).text
    # Exact: job 4 is none of these.
    assert not rows_of(pages, "/problems?workload=job%3A4", "Problem")


def test_names_of_an_enemy_are_text(changing):
    name = seed.HOSTILE[:200]
    with changing.database.writing() as connection:
        chosen = problems.c.workload == "job:14"
        texts = dict.fromkeys(("workload", "task_key", "compute", "team", "owner", "workspace"), name)
        connection.execute(update(problems).where(chosen).values(texts))
    asked = f"/jobs/one?workspace={quote(name, safe='')}&workload={quote(name, safe='')}"
    assert asked in links_of(changing, "/jobs")
    for path in ("/jobs", asked, f"/jobs?q={quote(seed.HOSTILE[:20])}"):
        answer = changing.get(path)
        assert answer.status == 200
        page = reading(answer.text)
        assert not page.faults
        assert not page.all("script")
        assert "<script>alert(1)</script>" in page.all("main")[0].text
        assert "\u202e" not in page.all("main")[0].text
        for element in page.elements:
            if "gnp.exe" in element.text and element.tag in {"td", "th", "dd", "h1"}:
                assert "bdi" in {one.tag for one in page.elements if element in one.above}
