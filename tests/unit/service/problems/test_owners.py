"""Whose a problem is: each source, their order, and that a person's word stays."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from clusop.errors import InputError
from clusop.service.actor import Actor
from clusop.service.problems.owner_policy import Named, OwnerPolicy, OwnerRule, Ownership, ownership
from clusop.service.problems.owner_settings import owner_policy
from clusop.service.problems.owners import assign, assign_some, set_by_person
from clusop.service.problems.subject import Subject
from clusop.service.store.tables.access import audit
from clusop.service.store.tables.problems import job_owners, problem_events

NOW_MS = 1_790_000_000_000
ANA = Actor("ana@example.com", "person")
SUBJECT = Subject("42", "job:7", "load_orders", "1122-334455-abc", "job:7:ff", {"team": "pricing", "owner": "tagged"})
POLICY = OwnerPolicy(
    team_tags=("cost_center", "team"),
    owner_tags=("owner",),
    rules=(OwnerRule(owner="ruled", team="ruled", names={"workload": "job:*"}),),
)
PERSON = Ownership(Named("ana", "person"), Named("anas", "person"))


def owner_of(*, person=None, tags=SUBJECT.tags, job_owner="", rules=POLICY.rules):
    subject = Subject("42", "job:7", "load_orders", "1122-334455-abc", "job:7:ff", tags)
    policy = OwnerPolicy(POLICY.team_tags, POLICY.owner_tags, "run-as", rules)
    return ownership(subject, policy, job_owner, person).owner


def test_a_person_stands_before_tags_tags_before_system_tables_and_those_before_rules():
    assert owner_of(person=PERSON, job_owner="bea") == Named("ana", "person")
    assert owner_of(job_owner="bea") == Named("tagged", "tag")
    assert owner_of(tags={}, job_owner="bea") == Named("bea", "system-tables")
    assert owner_of(tags={}) == Named("ruled", "rule")
    assert owner_of(tags={}, rules=()) == Named("", "")


def test_the_team_has_its_own_source_and_system_tables_tell_none():
    found = ownership(SUBJECT, POLICY, "bea")
    assert [found.team, found.owner] == [Named("pricing", "tag"), Named("tagged", "tag")]
    assert ownership(Subject(workload="job:7"), OwnerPolicy(), "bea").team == Named("", "")
    half = Ownership(team=Named("anas", "person"))
    found = ownership(SUBJECT, POLICY, "", half)
    assert [found.team.source, found.owner.source] == ["person", "tag"]


def test_of_several_tag_keys_the_first_that_says_something_counts():
    tags = {"cost_center": " \x07", "team": "pricing"}
    assert ownership(Subject(tags=tags), POLICY).team == Named("pricing", "tag")
    assert ownership(Subject(tags={"cost_center": "9", "team": "pricing"}), POLICY).team.name == "9"


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({"workload": "job:7"}, True),
        ({"workload": "job:*", "workspace": "42"}, True),
        ({"workload": "job:*", "workspace": "43"}, False),
        ({"task_key": "load_*"}, True),
        ({"cluster": "1122-*"}, True),
        ({"compute": "job:7:*"}, True),
        ({"tag": {"team": "pri*"}}, True),
        ({"tag": {"team": "pri*", "env": "*"}}, False),
        ({"task_key": "load_*", "tag": {"team": "sales"}}, False),
    ],
)
def test_a_rule_fits_where_all_its_globs_do(rule, fits):
    policy = owner_policy([{**rule, "team": "x"}])
    assert (ownership(SUBJECT, policy).team == Named("x", "rule")) is fits


def test_of_several_rules_the_first_that_tells_counts_for_each():
    policy = owner_policy([{"workload": "*", "owner": "first"}, {"workload": "*", "owner": "second", "team": "second"}])
    found = ownership(Subject(workload="job:7"), policy)
    assert [found.owner.name, found.team.name] == ["first", "second"]


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ("everything", "owners: "),
        ({"teams": []}, "owners.teams: "),
        ({"job_owner": "me"}, "owners.job_owner: 'me'"),
        ({"rules": {"team": "x"}}, "owners.rules: "),
        ([{"workload": "*"}], r"owners.rules\[0\]: "),
        ([{"workload": "", "team": "x"}], r"owners.rules\[0\].workload: "),
        ([{"workload": ["a"], "team": "x"}], r"owners.rules\[0\].workload: "),
        ([{"team": "x"}, {"job": "7", "team": "x"}], r"owners.rules\[1\].job: .*Known are workspace"),
        ([{"tag": "team", "team": "x"}], r"owners.rules\[0\].tag: "),
        ([{"workload": "*" * 300, "team": "x"}], r"owners.rules\[0\].workload: "),
        ({"team_tags": 7}, "owners.team_tags: "),
    ],
)
def test_a_bad_section_names_key_value_and_what_is_allowed(section, place):
    with pytest.raises(InputError, match=f"^{place}"):
        owner_policy(section)


def test_no_section_is_the_default():
    assert owner_policy(None) == OwnerPolicy()


def assigned(database, policy, now_ms=NOW_MS):
    with database.writing() as connection:
        return assign(connection, policy, now_ms)


def owned(row):
    return [row[name] for name in ("owner", "owner_source", "team", "team_source")]


def test_problems_are_assigned_once_and_again_when_the_settings_change(database, a_problem, problem_row):
    tagged, ruled, nobodys = (
        a_problem(tags={"team": "pricing"}),
        a_problem(workload="job:9"),
        a_problem(workload="name:" + "0" * 32),
    )
    policy = owner_policy({"team_tags": ["team"], "rules": [{"workload": "job:9", "team": "nine"}]})
    assert assigned(database, policy) == 2
    assert assigned(database, policy) == 0
    assert owned(problem_row(tagged)) == ["", "", "pricing", "tag"]
    assert owned(problem_row(ruled)) == ["", "", "nine", "rule"]
    assert owned(problem_row(nobodys)) == ["", "", "", ""]
    assert assigned(database, OwnerPolicy()) == 2
    assert owned(problem_row(tagged)) == ["", "", "", ""]
    with database.reading() as connection:
        events = (
            connection.execute(select(problem_events).where(problem_events.c.problem_id == tagged)).mappings().all()
        )
    assert [[event["kind"], json.loads(event["detail"])["team"]] for event in events] == [
        ["owner", "pricing"],
        ["owner", ""],
    ]


@pytest.mark.parametrize(("which", "expected"), [("run-as", "bea"), ("creator", "cid"), ("none", "")])
def test_a_jobs_owner_is_from_the_system_tables_of_its_own_workspace(database, a_problem, problem_row, which, expected):
    here, there = a_problem(), a_problem(workspace="43")
    with database.writing() as connection:
        connection.execute(job_owners.insert().values(workspace="42", job_id="7", run_as="bea", creator="cid"))
    assigned(database, owner_policy({"job_owner": which}))
    source = "system-tables" if expected else ""
    assert owned(problem_row(here))[:2] == [expected, source]
    assert owned(problem_row(there))[:2] == ["", ""]


def test_what_a_person_says_stays_and_can_be_taken_back(database, a_problem, problem_row):
    problem_id = a_problem(tags={"team": "pricing", "owner": "tagged"})
    with database.writing() as connection:
        assert set_by_person(connection, problem_id, ("dan", ""), (ANA, "moved"), NOW_MS) is None
        with pytest.raises(InputError, match=r"^owner: "):
            set_by_person(connection, problem_id, ("bea\x00", ""), (ANA, "moved"), NOW_MS)
    assigned(database, POLICY)
    assert owned(problem_row(problem_id)) == ["dan", "person", "pricing", "tag"]
    with database.writing() as connection:
        assert set_by_person(connection, problem_id, ("", ""), (ANA, "back"), NOW_MS) is None
        assert set_by_person(connection, 999, ("a", "b"), (ANA, "x"), NOW_MS).id == "unknown-problem"
    assigned(database, POLICY)
    assert owned(problem_row(problem_id)) == ["tagged", "tag", "pricing", "tag"]
    with database.reading() as connection:
        lines = connection.execute(select(audit.c.action, audit.c.actor, audit.c.reason)).all()
    assert [tuple(line) for line in lines] == [
        ("problem.owner", "ana@example.com", "moved"),
        ("problem.owner", "ana@example.com", "back"),
    ]


def test_a_person_needs_a_reason(database, a_problem):
    problem_id = a_problem()
    with pytest.raises(InputError), database.writing() as connection:
        set_by_person(connection, problem_id, ("a", "b"), (ANA, ""), NOW_MS)


def test_a_thousand_at_a_time(database):
    with database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO problems (workspace, signature, workload) WITH RECURSIVE n(i) AS "
            "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) SELECT '42', i, 'job:1' FROM n"
        )
        policy = owner_policy([{"workload": "*", "team": "all"}])
        assert assign_some(connection, policy, NOW_MS) == (1000, 1000)
        assert assign_some(connection, policy, NOW_MS, 1000) == (500, -1)
        assert assign(connection, policy, NOW_MS) == 0
