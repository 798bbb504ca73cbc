"""``/v1/jobs`` and its exports on both databases: which jobs, in which order, what they add up to, and who may see them."""

from __future__ import annotations

import csv
import io
import json

from clusop.service.store.tables.problems import problem_days

NOW_MS = 1_790_000_000_000
TODAY = NOW_MS // 86_400_000


def days_of(database, *rows):
    with database.writing() as connection:
        for row in rows:
            connection.execute(problem_days.insert().values({"day": TODAY} | row))


def jobs_in(answer):
    assert answer.status_code == 200, answer.text
    return [(one["workspace"], one["workload"]) for one in answer.json()["jobs"]]


def a_fleet(store, database):
    """Jobs 1 to 3 of one workspace, job 1 of another; job 9 is done with, and a problem that no job is told of."""
    load, score, other, cheap, timed, done, nameless = store(
        {"workload": "job:1", "task_key": "load", "team": "pricing", "owner": "ana"},
        {"workload": "job:1", "task_key": "load", "team": "risk", "state": "snoozed", "is_upper_bound": True},
        {"workload": "job:1", "workspace": "43", "team": "=cmd()"},
        {"workload": "job:2"},
        {"workload": "job:3", "state": "came-back"},
        {"workload": "job:9", "state": "resolved"},
        {"workload": ""},
    )
    money = {"exposure_low_microusd": 4, "exposure_high_microusd": 6}
    days_of(
        database,
        {"problem_id": load, "run_count": 4, "run_ms": 1000, "island_ms": 300} | money,
        {"problem_id": load, "run_count": 90, "run_ms": 1, "island_ms": 1, "day": TODAY - 40},
        {"problem_id": score, "run_count": 3, "run_ms": 900, "island_ms": 200} | money,
        {"problem_id": other, "run_count": 1, "exposure_low_microusd": 1, "exposure_high_microusd": 99},
        {"problem_id": cheap, "run_count": 1, "run_ms": 10, "island_ms": 5},
        {"problem_id": timed, "run_count": 1, "run_ms": 10, "island_ms": 7},
        {"problem_id": done, "run_count": 1, "exposure_low_microusd": 1000, "exposure_high_microusd": 1000},
        {"problem_id": nameless, "run_count": 1, "exposure_low_microusd": 1000, "exposure_high_microusd": 1000},
    )


def test_jobs_with_something_to_do_by_premium_then_by_time(admin, store, database):
    a_fleet(store, database)
    answer = admin.get("/v1/jobs")
    assert jobs_in(answer) == [("43", "job:1"), ("42", "job:1"), ("42", "job:3"), ("42", "job:2")]
    assert answer.json()["total"] == 4
    one = answer.json()["jobs"][1]
    sums = one.pop("last_30_days")
    assert one == {
        "workspace": "42", "workload": "job:1", "tasks": 1, "problems": 2, "teams": ["pricing", "risk"], "owners": ["ana"],
        "last_seen_at_ms": NOW_MS,
    }  # fmt: skip
    assert sums["runs"] == {"low": 4, "high": 7}
    assert sums["run_ms"] == {"low": 1000, "high": 1900}
    assert (sums["island_ms"], sums["is_upper_bound"]) == (500, True)
    assert sums["exposure"] == {"low_microusd": 8, "high_microusd": 12, "unpriced_runs": 0}


def test_jobs_are_filtered_searched_and_paged(admin, store, database):
    a_fleet(store, database)
    every = jobs_in(admin.get("/v1/jobs"))
    for asked, expected in (
        ({"workspace": "43"}, [("43", "job:1")]),
        ({"team": "risk"}, [("42", "job:1")]),
        ({"team": ""}, [("42", "job:3"), ("42", "job:2")]),
        ({"team": "ris"}, []),
        ({"search": "job 1, workload"}, [("43", "job:1"), ("42", "job:1")]),
        ({"search": "ANA pric"}, [("42", "job:1")]),
        ({"search": "ana job:2"}, []),
        ({"search": "%"}, []),
    ):
        found = admin.get("/v1/jobs", params=asked)
        assert jobs_in(found) == expected, asked
        assert found.json()["total"] == len(expected)
    paged = [one for skip in range(5) for one in jobs_in(admin.get("/v1/jobs", params={"limit": 1, "skip": skip}))]
    assert paged == every
    for wrong in ({"limit": 0}, {"limit": 501}, {"skip": -1}, {"nonsense": 1}, {"team": "x" * 201}):
        assert admin.get("/v1/jobs", params=wrong).status_code == 422, wrong


def test_hostile_text_is_looked_for_as_text(admin, store, database):
    a_fleet(store, database)
    for field in ("search", "team", "workspace"):
        for path in ("/v1/jobs", "/v1/export/jobs.csv", "/v1/export/jobs.json"):
            for hostile in ("'; DROP TABLE problems; --", "\\", "%00", "\ud7ff\uffff"):
                assert admin.get(path, params={field: hostile}).status_code == 200, (path, field, hostile)
            # What nobody can see is no text to be looked for; it names no team.
            for unseen in ("\x00", "a\u202e"):
                expected = 400 if field == "search" else 200
                assert admin.get(path, params={field: unseen}).status_code == expected, (path, field, unseen)


def test_who_is_bound_to_a_workspace_sees_its_jobs_only(admin, client_of, store, database):
    a_fleet(store, database)
    # Kept for one who sees all, asked for by one who does not, and again.
    assert len(jobs_in(admin.get("/v1/jobs"))) == 4
    bound = client_of("read", "43")
    assert jobs_in(bound.get("/v1/jobs")) == [("43", "job:1")]
    assert jobs_in(bound.get("/v1/jobs", params={"workspace": "42"})) == []
    assert bound.get("/v1/export/jobs.json").json() == bound.get("/v1/jobs").json()["jobs"]
    assert "42," not in bound.get("/v1/export/jobs.csv").text
    assert len(jobs_in(admin.get("/v1/jobs"))) == 4


def test_exports_hold_what_the_list_does(admin, store, database):
    a_fleet(store, database)
    listed = admin.get("/v1/jobs").json()["jobs"]
    told = admin.get("/v1/export/jobs.json")
    assert told.headers["content-disposition"] == 'attachment; filename="clusop-jobs.json"'
    assert told.json() == listed
    answer = admin.get("/v1/export/jobs.csv", params={"search": "job:1"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [(row["workspace"], row["workload"]) for row in rows] == [("43", "job:1"), ("42", "job:1")]
    row, sums = rows[1], listed[1]["last_30_days"]
    assert (row["runs_low"], row["runs_high"], row["run_ms_low"], row["run_ms_high"]) == ("4", "7", "1000", "1900")
    assert (row["island_ms"], row["is_upper_bound"], row["tasks"], row["problems"]) == ("500", "True", "1", "2")
    for name in ("exposure", "avoidable", "capacity"):
        for end in ("low_microusd", "high_microusd"):
            assert row[f"{name}_{end}"] == str(sums[name][end])
    assert json.loads(row["teams"]) == ["pricing", "risk"]
    assert json.loads(rows[0]["teams"]) == ["=cmd()"]


def test_what_is_resolved_goes_and_what_came_back_is_there_again(admin, store, database):
    a_fleet(store, database)
    assert ("42", "job:9") not in jobs_in(admin.get("/v1/jobs"))
    (key,) = [one["id"] for one in admin.get("/v1/problems", params={"workload": "job:9"}).json()["problems"]]
    reopened = admin.post(f"/v1/problems/{key}/reopen", json={"reason": "it is not done", "state": "resolved"})
    assert reopened.status_code == 200, reopened.text
    assert jobs_in(admin.get("/v1/jobs"))[0] == ("42", "job:9")
