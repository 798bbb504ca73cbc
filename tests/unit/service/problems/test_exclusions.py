"""What nobody wants to be told of: by settings and by people, with a trace, and never everything."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from clusop.errors import InputError
from clusop.reasons import Reason
from clusop.service.actor import Actor
from clusop.service.problems.exclusion_changes import Removal, add_exclusion, remove_exclusion
from clusop.service.problems.exclusions import (
    Exclusion,
    concerns,
    current_exclusions,
    excluded,
    exclusions_in_settings,
    stored_exclusions,
)
from clusop.service.store.tables.access import audit

NOW_MS = 1_790_000_000_000
ANA = Actor("ana@example.com", "person")
ROW = {
    "workspace": "42",
    "workload": "job:7",
    "task_key": "load_orders",
    "cluster": "",
    "compute": "job:7:ff",
    "tags": json.dumps({"env": "dev-eu"}),
}


@pytest.mark.parametrize(
    ("one", "falls_under"),
    [
        (Exclusion("workload", "job:7"), True),
        (Exclusion("workload", "job:?"), True),
        (Exclusion("workload", "job:77"), False),
        (Exclusion("task_key", "load_*"), True),
        (Exclusion("compute", "job:7*"), True),
        (Exclusion("tag", "dev*", tag_key="env"), True),
        (Exclusion("tag", "*", tag_key="env"), True),
        (Exclusion("tag", "*", tag_key="team"), False),
        (Exclusion("workload", "job:*", workspace="42"), True),
        (Exclusion("workload", "job:*", workspace="4?"), True),
        (Exclusion("workload", "job:*", workspace="43"), False),
        # a name that is not known falls under nothing
        (Exclusion("cluster", "*"), False),
        (Exclusion("signature", "*"), False),
    ],
)
def test_a_problem_falls_under_a_glob_over_a_name_or_a_tag(one, falls_under):
    assert excluded(ROW, [one]) == (one if falls_under else None)


def test_damaged_tags_are_no_tags():
    for tags in ("", "null", "[1]", '{"env": 1}'):
        assert excluded(ROW | {"tags": tags}, [Exclusion("tag", "*", tag_key="env")]) is None


def test_the_settings_section():
    found = exclusions_in_settings(
        [{"workload": "job:99*", "reason": "a sandbox"}, {"tag": {"env": "dev*"}, "workspace": 42}]
    )
    assert found == (
        Exclusion("workload", "job:99*", reason="a sandbox"),
        Exclusion("tag", "dev*", tag_key="env", workspace="42"),
    )
    assert exclusions_in_settings(None) == ()


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ({"workload": "x"}, "exclusions: "),
        ([{"workload": "x", "cluster": "y"}], r"exclusions\[0\]: "),
        ([{"reason": "x"}], r"exclusions\[0\]: "),
        ([{"job": "x"}], r"exclusions\[0\].job: "),
        ([{"tag": {"a": "b", "c": "d"}}], r"exclusions\[0\].tag: "),
        ([{"tag": "env"}], r"exclusions\[0\].tag: "),
        ([{"workload": "*"}], r"exclusions\[0\].pattern: .*everything"),
        ([{"workload": "?*?"}], r"exclusions\[0\].pattern: .*everything"),
        ([{"workload": None}], r"exclusions\[0\].workload: "),
    ],
)
def test_a_bad_section_names_its_place(section, place):
    with pytest.raises(InputError, match=f"^{place}"):
        exclusions_in_settings(section)


def add(database, one, now_ms=NOW_MS):
    with database.writing() as connection:
        return add_exclusion(connection, one, ANA, now_ms)


def test_people_add_and_take_away_and_the_audit_keeps_both(database):
    made = add(database, Exclusion("workload", "job:9*", reason="a sandbox"))
    assert made.actor == "ana@example.com"
    in_settings = exclusions_in_settings([{"workload": "job:1"}])
    with database.reading() as connection:
        assert current_exclusions(connection, in_settings, NOW_MS) == (*in_settings, made)
    with database.writing() as connection:
        assert remove_exclusion(connection, Removal(made.exclusion_id, "no longer"), ANA, NOW_MS) is None
        assert remove_exclusion(connection, Removal(made.exclusion_id, "again"), ANA, NOW_MS).id == "unknown-exclusion"
        assert stored_exclusions(connection, NOW_MS) == ()
        lines = connection.execute(select(audit.c.action, audit.c.reason, audit.c.detail)).all()
    assert [line.action for line in lines] == ["exclusion.add", "exclusion.remove"]
    assert [line.reason for line in lines] == ["a sandbox", "no longer"]
    assert all(json.loads(line.detail)["pattern"] == "job:9*" for line in lines)


def test_an_exclusion_that_took_the_number_of_another_is_not_taken_away_for_it(database):
    seen = add(database, Exclusion("workload", "job:9*", reason="a sandbox"))
    with database.writing() as connection:
        assert remove_exclusion(connection, Removal(seen.exclusion_id, "somebody was quicker"), ANA, NOW_MS) is None
    other = add(database, Exclusion("workload", "job:8*", reason="another"), NOW_MS + 1)
    assert other.exclusion_id == seen.exclusion_id  # what makes it a danger
    with database.writing() as connection:
        late = Removal(seen.exclusion_id, "over", seen_at_ms=seen.created_at_ms)
        assert remove_exclusion(connection, late, ANA, NOW_MS + 2).id == "unknown-exclusion"
        assert stored_exclusions(connection, NOW_MS + 2) == (other,)
        own = Removal(other.exclusion_id, "over", seen_at_ms=other.created_at_ms)
        assert remove_exclusion(connection, own, ANA, NOW_MS + 2) is None


def test_who_is_bound_to_a_workspace_ends_only_what_holds_there_alone(database):
    made = add(database, Exclusion("workload", "job:9*", workspace="4*", reason="a sandbox"))
    with database.writing() as connection:
        assert (
            remove_exclusion(connection, Removal(made.exclusion_id, "x", "42"), ANA, NOW_MS).id == "unknown-exclusion"
        )
    # He is told of it all the same: it covers what is his.
    assert [concerns(made, workspace) for workspace in ("42", "53", "*")] == [True, False, True]


def test_a_glob_that_a_token_is_bound_to_is_no_workspace(database):
    one = Exclusion("workload", "job:9*", workspace="*", reason="a sandbox")
    for bound_to in ("B*", "B?", "", " ", "[B]", "**"):
        with database.writing() as connection, pytest.raises(InputError, match="names no workspace"):
            add_exclusion(connection, one, ANA, NOW_MS, bound_to=bound_to)
    with database.writing() as connection:
        assert add_exclusion(connection, one, ANA, NOW_MS, bound_to="B1").workspace == "B1"
    # Nor does it end what somebody else meant for several.
    glob = add(database, Exclusion("workload", "job:9*", workspace="B*", reason="x"))
    with database.writing() as connection:
        assert (
            remove_exclusion(connection, Removal(glob.exclusion_id, "x", "B*"), ANA, NOW_MS).id == "unknown-exclusion"
        )


def test_the_same_twice_is_told_and_one_that_has_ended_is_renewed(database):
    one = Exclusion("tag", "dev*", tag_key="env", reason="x", until_at_ms=NOW_MS + 10)
    first = add(database, one)
    again = add(database, one)
    assert isinstance(again, Reason)
    assert again.id == "exclusion-known"
    assert str(first.exclusion_id) in again.sentence
    with database.reading() as connection:
        assert stored_exclusions(connection, NOW_MS + 10) == ()
    renewed = add(database, Exclusion("tag", "dev*", tag_key="env", reason="x"), NOW_MS + 10)
    assert renewed.until_at_ms is None


@pytest.mark.parametrize(
    "one",
    [
        Exclusion("workload", "job:9"),
        Exclusion("workload", "", reason="x"),
        Exclusion("workload", "\x00", reason="x"),
        # without what nobody sees, each would be about something else
        Exclusion("workload", "a\x00", reason="x"),
        Exclusion("workload", "a\u200b", reason="x"),
        Exclusion("workload", "a", reason="x", workspace=""),
        Exclusion("workload", "a", reason="x", workspace=" "),
        Exclusion("workload", "a", reason="x", workspace="4\x00"),
        Exclusion("tag", "a", tag_key="env\x00", reason="x"),
        Exclusion("workload", "***", reason="x"),
        Exclusion("owner", "x", reason="x"),
        Exclusion("tag", "x", reason="x"),
        Exclusion("workload", "x", tag_key="env", reason="x"),
        Exclusion("workload", "x" * 257, reason="x"),
        Exclusion("workload", "x", reason="x", until_at_ms=NOW_MS),
        Exclusion("workload", "x", reason="x", until_at_ms=2**70),
    ],
)
def test_what_cannot_be_used_is_refused(database, one):
    with pytest.raises(InputError):
        add(database, one)
    with database.reading() as connection:
        assert stored_exclusions(connection, NOW_MS) == ()


@pytest.mark.parametrize("hostile", ["'; DROP TABLE exclusions; --", '" OR 1=1', "\\", "%", "{}"])
def test_hostile_text_is_text(database, hostile):
    made = add(database, Exclusion("workload", hostile, reason=hostile))
    with database.reading() as connection:
        (stored,) = stored_exclusions(connection, NOW_MS)
    assert stored == made
    assert [stored.pattern, stored.reason] == [hostile, hostile]
