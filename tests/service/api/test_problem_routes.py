"""The API of problems on both databases: the list, one, what people do to one, and who may what."""

from __future__ import annotations

import json

from ingest_samples import signal as a_signal
from sqlalchemy import select

from clusop.analysis.records import canonical_line
from clusop.service.store.tables.access import audit
from clusop.service.store.tables.problems import problem_days, problem_events

NOW_MS = 1_790_000_000_000
TODAY = NOW_MS // 86_400_000


def ids_in(answer):
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["problems"]]


def test_the_list_is_filtered_searched_and_sorted(admin, store):
    one, two, three = store(
        {"team": "pricing", "exposure_high_microusd": 5, "tags": json.dumps({"env": "prod_eu"})},
        {"team": "sales", "exposure_high_microusd": 9, "state": "resolved", "task_key": "50%_off"},
        {"cause": "scala-udf", "exposure_high_microusd": 7, "engine": "comet", "workspace": "43"},
    )
    assert ids_in(admin.get("/v1/problems")) == [one, two, three]
    for filters, expected in (
        ({"team": "pricing"}, [one]),
        ({"team": ""}, [three]),
        ({"workspace": "43"}, [three]),
        ({"workload": "job:1"}, [two]),
        ({"workload": "job"}, []),
        ({"cause": "scala-udf"}, [three]),
        ({"state": "resolved"}, [two]),
        ({"engine": "photon"}, [one, two]),
        ({"search": "PROD_eu"}, [one]),
        ({"search": "50%"}, [two]),
        ({"search": "_"}, [one, two]),
        ({"search": "sales job"}, [two]),
        ({"search": "nothing"}, []),
        ({"sort": "exposure"}, [two, three, one]),
        ({"sort": "exposure", "order": "asc"}, [one, three, two]),
    ):
        assert ids_in(admin.get("/v1/problems", params=filters)) == expected, filters


def test_pages_follow_each_other_without_gap_or_repetition(admin, store):
    # many equal values: the cursor must tell them apart
    made = store(*({"run_count": n % 3, "avoidable_high_microusd": n % 2, "island_ms": n % 4} for n in range(11)))
    for sort in ("last-seen", "first-seen", "avoidable", "exposure", "time", "runs"):
        for order in ("desc", "asc"):
            everything = ids_in(admin.get("/v1/problems", params={"limit": 200, "sort": sort, "order": order}))
            assert sorted(everything) == made
            assert in_pages(admin, sort, order) == everything


def in_pages(admin, sort, order):
    found, cursor = [], ""
    for _ in range(6):
        answer = admin.get("/v1/problems", params={"limit": 3, "cursor": cursor, "sort": sort, "order": order})
        found += ids_in(answer)
        cursor = answer.json()["cursor"]
        if not cursor:
            break
    return found


def test_a_cursor_of_another_list_is_refused(admin, store):
    store({})
    of_runs = "WyJydW5zIiwiZGVzYyIsMSwyXQ"
    for cursor in ("x", "====", "W10", "bnVsbA", of_runs, "\u00e9", "A" * 400, "MQ"):
        answer = admin.get("/v1/problems", params={"cursor": cursor})
        assert answer.status_code == 400, cursor
        assert "cursor" in answer.json()["sentence"]
    assert admin.get("/v1/problems", params={"cursor": of_runs, "sort": "runs"}).status_code == 200


def test_bad_questions_are_refused(admin):
    for params in (
        {"limit": 0}, {"limit": 201}, {"sort": "money"}, {"state": "gone"}, {"nonsense": "1"}, {"team": "x" * 201},
    ):  # fmt: skip
        answer = admin.get("/v1/problems", params=params)
        assert [answer.status_code, answer.json()["reason"]] == [422, "bad-request"], params


def test_hostile_text_is_looked_for_as_text(admin, store):
    made = store({"team": "x"})
    for field in ("search", "team", "workspace", "cause", "engine", "compute", "workload", "owner", "action"):
        for hostile in ("'; DROP TABLE problems; --", "\\", "%00", "\ud7ff\uffff"):
            assert admin.get("/v1/problems", params={field: hostile}).status_code == 200, (field, hostile)
        for unseen in ("\x00", "\u202e"):
            assert admin.get("/v1/problems", params={field: unseen}).status_code == 400, (field, unseen)
    assert ids_in(admin.get("/v1/problems")) == made


def test_one_problem_in_full(admin, database, store):
    line = canonical_line(a_signal())
    (one,) = store({"evidence": line, "hours_pico": 125 * 10**9, "run_count": 2, "recommendation": 8200})
    with database.writing() as connection:
        for day, low in ((TODAY, 5), (TODAY - 40, 7)):
            values = {"problem_id": one, "day": day, "exposure_low_microusd": low, "exposure_high_microusd": 2 * low}
            connection.execute(problem_days.insert().values(values))
        connection.execute(
            problem_days.update()
            .where(problem_days.c.day == TODAY)
            .values(derived_low_microusd=3, derived_high_microusd=4, replaced_low_microusd=2, replaced_high_microusd=6)
        )
        connection.execute(
            problem_events.insert().values(problem_id=one, at_ms=1, kind="opened", actor="clusop", actor_kind="clusop")
        )
    lately = admin.get(f"/v1/problems/{one}").json()
    found = admin.get(f"/v1/problems/{one}", params={"days": 41}).json()
    assert [day["day"] for day in lately["days"]] == [TODAY]
    assert lately == found | {"days": found["days"][-1:]}
    # Thirty days are summed, however few are asked for.
    assert admin.get(f"/v1/problems/{one}", params={"days": 1}).json()["last_30_days"] == found["last_30_days"]
    assert found["evidence"] == json.loads(line)
    assert [day["day"] for day in found["days"]] == [TODAY - 40, TODAY]
    assert [day["derived_exposure"] for day in found["days"]] == [None, {"low_microusd": 3, "high_microusd": 4}]
    assert [tuple(day["replaced_exposure"].values()) for day in found["days"]] == [(0, 0), (2, 6)]
    assert [event["kind"] for event in found["events"]] == ["opened"]
    assert [found["total"]["cluster_hours"], found["total"]["runs"], found["recommendation"]] == ["0.125", 2, 0.82]
    assert found["last_30_days"]["exposure"] == {"low_microusd": 5, "high_microusd": 10, "unpriced_runs": 0}
    assert found["changes"] == ["acknowledge", "snooze", "resolve"]


def test_no_such_problem(admin):
    for problem_id in ("999", "0", "-1", "9223372036854775808", "x", "1e3"):
        assert admin.get(f"/v1/problems/{problem_id}").status_code == (404 if problem_id == "999" else 422)
    for params in ({"days": 0}, {"days": 401}, {"days": "x"}, {"day": 3}):
        answer = admin.get("/v1/problems/999", params=params)
        assert [answer.status_code, answer.json()["reason"]] == [422, "bad-request"], params


def test_the_whole_life_of_a_problem(admin, database, store, clock):
    (one,) = store({})

    def post(what, **body):
        clock.now_ms += 1000
        return admin.post(f"/v1/problems/{one}/{what}", json={"reason": "why not"} | body)

    assert post("acknowledge", state="open").json()["state"] == "acknowledged"
    snoozed = post("snooze", state="acknowledged", until_at_ms=NOW_MS + 10**7).json()
    assert [snoozed["state"], snoozed["state_until_at_ms"], snoozed["state_by"]] == [
        "snoozed",
        NOW_MS + 10**7,
        "ana's token",
    ]
    late = post("resolve", state="snoozed", state_since_at_ms=snoozed["state_since_at_ms"] - 1)
    assert [late.status_code, late.json()["reason"]] == [409, "problem-changed"]
    assert (
        post("resolve", state="snoozed", state_since_at_ms=snoozed["state_since_at_ms"]).json()["state"] == "resolved"
    )
    twice = post("resolve", state="resolved")
    assert [twice.status_code, twice.json()["reason"]] == [409, "change-not-possible"]
    assert post("reopen", state="resolved").json()["changes"] == ["acknowledge", "snooze", "resolve"]
    with database.reading() as connection:
        lines = connection.execute(select(audit.c.action, audit.c.actor, audit.c.actor_kind).order_by(audit.c.id)).all()
        kinds = connection.execute(select(problem_events.c.kind).order_by(problem_events.c.id)).scalars().all()
    changes = [tuple(line) for line in lines if line.action.startswith("problem.")]
    assert changes == [
        (f"problem.{kind}", "ana's token", "token") for kind in ("acknowledge", "snooze", "resolve", "reopen")
    ]
    assert kinds == ["acknowledged", "snoozed", "resolved", "reopened"]


BAD_CHANGES = [
    ({"reason": "", "state": "open"}, 400),
    ({"reason": "\u0000", "state": "open"}, 400),
    ({"reason": "x" * 1001, "state": "open"}, 400),
    ({"reason": "x" * 4001, "state": "open"}, 422),
    ({"reason": "x"}, 422),
    ({"reason": "x", "state": "new"}, 422),
    ({"reason": 7, "state": "open"}, 422),
    ({"reason": "x", "state": "open", "state_since_at_ms": 2**70}, 422),
    ({"reason": "x", "state": "open", "force": True}, 422),
    ([], 422),
]


def test_a_bad_change_names_its_field_and_changes_nothing(admin, store):
    (one,) = store({})
    for body, status in BAD_CHANGES:
        answer = admin.post(f"/v1/problems/{one}/resolve", json=body)
        assert answer.status_code == status, answer.text
        assert set(answer.json()) == {"sentence", "reason"}
    assert admin.get(f"/v1/problems/{one}").json()["state"] == "open"


def test_a_lone_half_of_a_pair_is_no_fault(admin, store):
    (one,) = store({})
    answer = admin.post(
        f"/v1/problems/{one}/resolve",
        content=b'{"reason": "a\\ud800b", "state": "open"}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code in {200, 422}


def test_a_snooze_ends_within_a_year(admin, store):
    (one,) = store({})
    for until_at_ms in (NOW_MS, 1, NOW_MS + 400 * 86_400_000):
        body = {"reason": "x", "state": "open", "until_at_ms": until_at_ms}
        assert admin.post(f"/v1/problems/{one}/snooze", json=body).status_code == 400


def test_a_change_is_json_and_not_what_a_foreign_page_can_send(admin, store):
    (one,) = store({})
    for content_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = admin.post(
            f"/v1/problems/{one}/resolve",
            content=b'{"reason": "x", "state": "open"}',
            headers={"Content-Type": content_type},
        )
        assert answer.status_code == 422, content_type
    assert admin.get(f"/v1/problems/{one}").json()["state"] == "open"


def test_a_person_says_whose_it_is(admin, store):
    (one,) = store({"owner": "bea", "owner_source": "tag"})
    found = admin.post(f"/v1/problems/{one}/owner", json={"reason": "moved", "owner": "dan"}).json()
    assert [found["owner"], found["owner_source"], found["team_source"]] == ["dan", "person", ""]
    assert admin.post("/v1/problems/999/owner", json={"reason": "x", "owner": "dan"}).status_code == 404


GETS = [
    "/v1/problems",
    "/v1/problems/1",
    "/v1/exclusions",
    "/v1/decisions",
    "/v1/savings",
    "/v1/export/problems.csv",
    "/v1/export/problems.json",
]
POSTS = [
    "/v1/problems/1/acknowledge", "/v1/problems/1/snooze", "/v1/problems/1/resolve", "/v1/problems/1/reopen",
    "/v1/problems/1/owner", "/v1/exclusions", "/v1/exclusions/1/remove",
]  # fmt: skip


def test_nothing_is_told_without_a_token_and_nothing_changed_with_a_readers(client_of, store):
    (one,) = store({})
    nobody, reader, agent = client_of(""), client_of("read"), client_of("ingest")
    for path in GETS:
        assert nobody.get(path).status_code == 401, path
        assert agent.get(path).status_code == 403, path
        assert reader.get(path.replace("/1", f"/{one}")).status_code == 200, path
    for path in POSTS:
        assert nobody.post(path, json={}).status_code == 401, path
        assert reader.post(path, json={}).status_code == 403, path
        assert reader.get(path).status_code in {404, 405, 422} or path == "/v1/exclusions", path


def test_a_token_of_one_workspace_sees_and_changes_that_one_only(client_of, store):
    here, there = store({}, {"workspace": "43"})
    mine = client_of("admin", workspace="42")
    assert ids_in(mine.get("/v1/problems")) == [here]
    assert ids_in(mine.get("/v1/problems", params={"workspace": "43"})) == []
    assert mine.get(f"/v1/problems/{there}").status_code == 404
    body = {"reason": "x", "state": "open"}
    assert mine.post(f"/v1/problems/{there}/resolve", json=body).status_code == 404
    assert mine.post(f"/v1/problems/{there}/owner", json={"reason": "x", "owner": "me"}).status_code == 404
    assert len(mine.get("/v1/export/problems.csv").text.splitlines()) == 2
    assert [one["workspace"] for one in mine.get("/v1/export/problems.json").json()] == ["42"]


def test_every_route_is_described_with_examples(admin):
    document = admin.get("/openapi.json").json()
    for path in (*GETS, *POSTS):
        described = document["paths"][
            path.replace("/exclusions/1", "/exclusions/{exclusion_id}").replace("/1", "/{problem_id}")
        ]
        for route in described.values():
            assert route["summary"]
            assert {"401", "403"} <= route["responses"].keys()
    for name in ("Problem", "ChangeBody", "SnoozeBody", "OwnerBody", "ExclusionBody", "DecisionAnswer"):
        assert "example" in document["components"]["schemas"][name], name
