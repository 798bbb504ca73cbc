"""A run goes on only where it would run the same: what is said about a fixture may change, what it runs may not."""

from __future__ import annotations

import pytest

from clusop.certify.recipe import Recipe, fixtures_hash, refuse_another_recipe
from clusop.certify.workload import discover
from clusop.errors import InputError

FIXTURE = '''"""{shows}"""

from workload import Expected, Workload


def _run(spark, data):
    return spark.range({rows})


WORKLOAD = Workload(
    name="one", shows="{shows}", expected=Expected("{verdict}"), run=_run, settings={settings}, disagreement="{why}"
)
'''
AS_IT_IS = {"rows": "3", "shows": "a", "verdict": "native", "why": "", "settings": "{}"}


def recipe(folder, spark="3.5.9", limit_s=120.0, started="", **changed):
    group = folder / "group"
    group.mkdir(parents=True, exist_ok=True)
    (group / "__init__.py").write_text(f"from workload import Application\n\nAPPLICATION = Application({started})\n")
    (group / "one.py").write_text(FIXTURE.format(**{**AS_IT_IS, **changed}))
    return Recipe("none", spark, fixtures_hash(discover(folder), folder), ("a.jar",), 1, limit_s)


@pytest.mark.parametrize("remark", [{"shows": "b"}, {"verdict": "fallback"}, {"why": "It counts otherwise."}], ids=str)
def test_a_remark_changes_no_run(remark, tmp_path):
    assert recipe(tmp_path / "one") == recipe(tmp_path / "other", **remark)


@pytest.mark.parametrize(
    "change",
    [
        {"rows": "4"},
        {"settings": "{'a': 'b'}"},
        {"spark": "4.0.5"},
        {"limit_s": 5.0},
        {"started": "settings={'spark.a': 'b'}"},
    ],
    ids=str,
)
def test_what_runs_otherwise_is_another_run(change, tmp_path):
    refuse_another_recipe(tmp_path, recipe(tmp_path / "one"))
    with pytest.raises(InputError, match=r"a certification with other (fixtures|limit_s|spark) was begun here"):
        refuse_another_recipe(tmp_path, recipe(tmp_path / "other", **change))
