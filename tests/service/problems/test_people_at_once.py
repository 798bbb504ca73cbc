"""Two people, two replicas, two databases: nobody is overwritten, nothing happens twice."""

from __future__ import annotations

import threading

from sqlalchemy import func, select

from clusop.reasons import Reason
from clusop.service.actor import Actor
from clusop.service.decisions import decide_apart
from clusop.service.decisions.prices_in_force import PricesInForce
from clusop.service.problems.exclusion_changes import add_exclusion
from clusop.service.problems.exclusions import Exclusion, stored_exclusions
from clusop.service.problems.lifecycle import change, wake
from clusop.service.problems.owner_settings import owner_policy
from clusop.service.problems.owners import assign, set_by_person
from clusop.service.problems.states import Change
from clusop.service.store.tables.access import audit
from clusop.service.store.tables.agents import agents, usage_hours
from clusop.service.store.tables.decisions import engine_decisions
from clusop.service.store.tables.problems import job_owners, problem_events, problems

NOW_MS = 497_500 * 3_600_000
ANA = Actor("ana", "person")


def store(database, count=1, **columns):
    with database.writing() as connection:
        rows = [{"workspace": "42", "signature": str(n), "workload": "job:7"} | columns for n in range(count)]
        connection.execute(problems.insert(), rows)
        return connection.execute(select(problems.c.id).order_by(problems.c.id)).scalars().all()


def at_once(count, act):
    """What ``count`` threads get from ``act`` that all begin together."""
    gate, answers = threading.Barrier(count), []

    def one(number):
        gate.wait()
        answers.append(act(number))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == count, "a thread failed"
    return answers


def test_of_six_people_one_gets_through(database):
    (one,) = store(database)

    def act(number):
        with database.writing() as connection:
            wanted = Change(("acknowledge", "resolve")[number % 2], "why", "open", 0)
            return change(connection, one, wanted, Actor(f"p{number}", "person"), NOW_MS)

    answers = at_once(6, act)
    assert sorted(answer.id if answer else "" for answer in answers) == [""] + ["problem-changed"] * 5
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(problem_events)).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(audit)).scalar_one() == 1


def test_two_replicas_wake_a_snooze_once(database):
    ids = store(database, 40, state="snoozed", state_until_at_ms=NOW_MS)

    def act(_):
        with database.writing() as connection:
            return wake(connection, NOW_MS)

    assert sum(at_once(4, act)) == len(ids)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(problem_events)).scalar_one() == len(ids)
        assert set(connection.execute(select(problems.c.state)).scalars()) == {"open"}


def test_the_same_exclusion_at_once_is_one(database):
    def act(number):
        with database.writing() as connection:
            wanted = Exclusion("workload", "job:9*", reason="why")
            return add_exclusion(connection, wanted, Actor(f"p{number}", "person"), NOW_MS)

    answers = at_once(6, act)
    assert sum(isinstance(answer, Exclusion) for answer in answers) == 1
    assert {answer.id for answer in answers if isinstance(answer, Reason)} == {"exclusion-known"}
    with database.reading() as connection:
        assert len(stored_exclusions(connection, NOW_MS)) == 1


def test_a_person_who_is_quicker_than_the_settings_keeps_their_word(database):
    ids = store(database, 30)
    policy = owner_policy([{"workload": "job:*", "owner": "ruled", "team": "ruled"}])

    def act(number):
        with database.writing() as connection:
            if number:
                return assign(connection, policy, NOW_MS)
            return [set_by_person(connection, one, ("ana", "anas"), (ANA, "mine"), NOW_MS) for one in ids[:10]]

    at_once(3, act)
    with database.writing() as connection:
        assign(connection, policy, NOW_MS)
        owners = connection.execute(select(problems.c.owner, problems.c.team).order_by(problems.c.id)).all()
    assert [tuple(row) for row in owners] == [("ana", "anas")] * 10 + [("ruled", "ruled")] * 20


def test_a_jobs_owner_and_a_decision_on_either_database(database):
    (one,) = store(database)
    with database.writing() as connection:
        connection.execute(job_owners.insert().values(workspace="42", job_id="7", run_as="bea"))
        assert assign(connection, owner_policy(None), NOW_MS) == 1
        agent_id = connection.execute(
            agents.insert().values(
                workspace="42", agent="a", compute="job:7", engine="photon", is_final=True, last_arrived_at_ms=NOW_MS,
                shape='{"cloud":"AWS","product":"JOBS_COMPUTE","tier":"PREMIUM","driver_node_type":"i3.xlarge",'
                '"worker_node_type":"i3.xlarge","is_single_node":true,"is_serverless":false,"availability":"ON_DEMAND",'
                '"first_on_demand":null,"uptime":"elastic","workers":[0,0],"slots":[4,4]}',
            )
        ).inserted_primary_key[0]  # fmt: skip
        connection.execute(
            usage_hours.insert().values(
                agent_id=agent_id, hour_at_ms=NOW_MS - 3_600_000, slots_by_node_type='{"i3.xlarge": 14400000}',
                slot_ms=14_400_000, busy_ms=14_400_000, native_ms=0,
            )
        )  # fmt: skip
    assert decide_apart(database, PricesInForce(), NOW_MS) == 1
    assert decide_apart(database, PricesInForce(), NOW_MS + 1) == 0
    with database.reading() as connection:
        assert connection.execute(select(problems.c.owner).where(problems.c.id == one)).scalar_one() == "bea"
        assert connection.execute(select(engine_decisions.c.action)).scalar_one() == "disable"
