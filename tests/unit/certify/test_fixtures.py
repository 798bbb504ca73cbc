"""The fixtures as they ship: enough of them, each with a name of its own and an expectation in known words."""

from __future__ import annotations

import re
import textwrap
from collections import Counter

import pytest

from clusop.analysis.assessment import Verdict
from clusop.certify.workload import Application, Expected, application_of, discover, workloads_folder
from clusop.reasons import catalogue

pytest.importorskip("pyspark", reason="the fixtures import pyspark (make test installs it)")
pytest.importorskip("pandas", reason="some fixtures import pandas (make test installs it)")

AT_LEAST = 120
MOST_LINES = 80
KNOWN_NEEDS = {"delta", "hive", "sql-udf"}
VERDICTS = {verdict.value for verdict in Verdict}
CAUSES = {entry.id for entry in catalogue().values() if entry.kind == "cause"}
# What a run could not tell and what only a log says: neither is true of a fixture whose engine gives its reasons.
NO_TRUTH = {"unknown"}


@pytest.fixture(scope="module")
def shipped():
    return discover()


def files():
    return [file for file in sorted(workloads_folder().glob("*/*.py")) if file.stem != "__init__"]


def test_there_are_enough_and_every_file_is_one(shipped):
    assert len(shipped) >= AT_LEAST
    assert len(shipped) == len(files())


def test_names_are_unique_and_in_kebab_case(shipped):
    names = [fixture.name for fixture in shipped]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)] == []


def test_what_a_fixture_shows_is_one_sentence_and_no_two_show_the_same(shipped):
    shown = [fixture.shows for fixture in shipped]
    assert [sentence for sentence in shown if not sentence.endswith(".")] == []
    assert [sentence for sentence, count in Counter(shown).items() if count > 1] == []


def test_every_group_has_an_area_of_its_own(shipped):
    groups = sorted({fixture.group for fixture in shipped})
    areas = [application_of(group).area for group in groups]
    assert all(areas), [group for group, area in zip(groups, areas, strict=True) if not area]
    assert len(set(areas)) == len(areas)


def test_expectations_are_made_of_known_words(shipped):
    for fixture in shipped:
        expected = fixture.expected
        assert expected.verdict in VERDICTS - NO_TRUTH, fixture.name
        assert set(expected.causes) | set(expected.also) <= CAUSES, fixture.name
        assert not set(expected.causes) & set(expected.also), fixture.name
        assert expected.verdict in {"fallback", "partial"} or not expected.causes, fixture.name
        assert expected.verdict not in {"fallback", "partial"} or expected.causes, fixture.name


def test_needs_are_known(shipped):
    assert {need for fixture in shipped for need in fixture.needs} <= KNOWN_NEEDS


def test_a_fixture_is_a_small_file():
    long = {file.name for file in files() if len(file.read_text(encoding="utf-8").splitlines()) > MOST_LINES}
    assert long == set()


def test_a_fixture_writes_only_where_it_may():
    """A name of the catalog goes through ``data.table``, which knows the schema, and a path through the scratch folder."""
    for file in files():
        text = file.read_text(encoding="utf-8").partition("\ndef ")[2].partition("\nWORKLOAD")[0]
        written = re.findall(r"(?:saveAsTable|\.parquet|\.save|\.orc|\.csv|\.json|\.start)\((f?\"[^\"]*\")", text)
        assert written == [], file.name
        made = re.findall(r"(?:TABLE|VIEW|INTO|OVERWRITE)(?: IF EXISTS)? ([a-z]\w*)[ \"]", text)
        assert [name for name in made if not name.startswith("clusop_")] == [], file.name


def _foreign(folder, group, stem, name):
    (folder / group).mkdir(exist_ok=True)
    (folder / group / "__init__.py").write_text(
        "from clusop.certify.workload import Application\nAPPLICATION = Application(area='ours', is_recorded=False)\n"
    )
    (folder / group / f"{stem}.py").write_text(
        textwrap.dedent(f"""
            from clusop.certify.workload import Expected, Workload

            def _run(spark, data):
                return spark.range(3)

            WORKLOAD = Workload(name="{name}", shows="Ours.", expected=Expected("native"), run=_run)
        """)
    )


def test_a_folder_of_somebody_elses_fixtures_is_found(tmp_path):
    # "joins" is a group of ours too: the folders must not mix.
    _foreign(tmp_path, "joins", "cross", "their-cross-join")
    _foreign(tmp_path, "prices", "list_price", "list-price")
    (tmp_path / "no_group").mkdir()
    (tmp_path / "no_group" / "left_alone.py").write_text("raise RuntimeError\n")

    found = discover(tmp_path)

    assert [(fixture.group, fixture.name) for fixture in found] == [
        ("joins", "their-cross-join"),
        ("prices", "list-price"),
    ]
    assert found[0].expected == Expected("native")
    assert application_of("joins", tmp_path) == Application(area="ours", is_recorded=False)
    assert application_of("joins").area == "joins"


def test_two_fixtures_of_one_name_are_refused(tmp_path):
    _foreign(tmp_path, "prices", "list_price", "list-price")
    _foreign(tmp_path, "costs", "list_cost", "list-price")
    with pytest.raises(ValueError, match="fixtures share a name: list-price"):
        discover(tmp_path)
