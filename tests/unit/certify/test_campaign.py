"""A campaign whose Spark does not start, after a run that was cut off: it must end, and blame nobody's fixture."""

from __future__ import annotations

import textwrap

import pytest

from clusop.certify.campaign import Campaign, run_campaign
from clusop.certify.engines import COMET
from clusop.certify.journal import Journal
from clusop.certify.workload import discover
from clusop.errors import InputError

ENOUGH = 4


@pytest.fixture
def campaign(tmp_path):
    group = tmp_path / "fixtures" / "ours"
    group.mkdir(parents=True)
    (group / "__init__.py").write_text(
        "from clusop.certify.workload import Application\nAPPLICATION = Application(area='ours', is_recorded=False)\n"
    )
    (group / "one.py").write_text(
        textwrap.dedent("""
            from clusop.certify.workload import Expected, Workload

            def _run(spark, data):
                return spark.range(3)

            WORKLOAD = Workload(name="one", shows="Ours.", expected=Expected("native"), run=_run)
        """)
    )
    fixtures = discover(tmp_path / "fixtures")
    # No Java lies there, so no Spark starts.
    return Campaign(
        COMET, tmp_path / "out", tmp_path / "inputs", tmp_path / "no-java", fixtures, folder=tmp_path / "fixtures"
    )


@pytest.mark.parametrize("begun", [0, 1, 2])
def test_a_spark_that_does_not_start_ends_the_run_and_is_no_fixture_s_fault(campaign, begun):
    campaign.out.mkdir()
    for _ in range(begun):
        Journal(campaign.out / "journal").begin("one", 1)
    lines = []

    def tell(line):
        lines.append(line)
        assert len(lines) < ENOUGH, "it starts Spark again and again"

    with pytest.raises(InputError, match=r"Spark ended with code \d+ before the first fixture. What it said stands in"):
        run_campaign(campaign, tell)
    assert Journal(campaign.out / "journal").read().finished == {}


def test_what_a_killed_application_left_is_taken_away(campaign):
    left = campaign.out / "applications" / "007"
    for name in ("tables", "warehouse", "local", "eventlog"):
        (left / name).mkdir(parents=True)
    with pytest.raises(InputError):
        run_campaign(campaign, lambda _line: None)
    assert [one.name for one in left.iterdir()] == ["eventlog"]
