"""The Databricks notebook, run from top to bottom on a local driver that has what Databricks gives a notebook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MIMIC = Path(__file__).resolve().parent / "mimic_databricks.py"
TAGS = "spark.databricks.clusterUsageTags."
PATIENCE_S = 400


@pytest.fixture
def run_notebook(java_home, tmp_path):
    def run(widgets, environment=None, conf=None, before=()):
        place = tmp_path / "driver"
        place.mkdir(exist_ok=True)
        job = {
            "widgets": widgets,
            "environment": {"DATABRICKS_RUNTIME_VERSION": "16.4", **(environment or {})},
            "conf": {
                "spark.sql.warehouse.dir": (place / "warehouse").as_uri(),
                "spark.ui.enabled": "false",
                "spark.ui.liveUpdate.period": "0",
                f"{TAGS}sparkVersion": "16.4.x-scala2.12",
                f"{TAGS}sparkImageLabel": "release__16.4.x-snapshot-scala2.12__databricks-universe__16.4.9__fd2",
                **(conf or {}),
            },
            "told": str(place / "told.json"),
            "before": list(before),
        }
        (place / "job.json").write_text(json.dumps(job), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(MIMIC), str(place / "job.json")],
            env=dict(os.environ, JAVA_HOME=str(java_home)),
            cwd=place,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads((place / "told.json").read_text(encoding="utf-8"))

    return run


def test_it_runs_from_top_to_bottom_and_leaves_only_its_result(run_notebook, tmp_path):
    volume = tmp_path / "volume"
    volume.mkdir()
    widgets = {"volume": str(volume), "engine": "none", "repeats": "2", "fixtures": "clean-aggregate, python-udf"}
    told = run_notebook(widgets)
    assert (told["exit"], told["databases_left"], len(told["shown"])) == ("", [], 1)
    assert "clean-aggregate" in told["shown"][0]
    (kept,) = volume.iterdir()
    assert sorted(one.name for one in kept.iterdir()) == ["inputs", "journal", "matrix.html", "matrix.json", "run.json"]
    matrix = json.loads((kept / "matrix.json").read_text(encoding="utf-8"))
    assert [(cell["fixture"], cell["outcome"]) for cell in matrix["cells"]] == [
        ("clean-aggregate", "jvm"),
        ("python-udf", "jvm"),
    ]
    stamp = matrix["stamp"]
    assert (stamp["dbr"], stamp["image"].partition("__")[0], stamp["engine"]) == ("16.4", "release", "none")
    assert (matrix["agent"]["untold"], matrix["agent"]["losses"]) == (0, {})
    # Run all again: nothing is left to run, and the matrix is the same. What a driver that died left is dropped.
    before = (kept / "matrix.json").read_bytes()
    (kept / "schema.txt").write_text("clusop_certify_0123abcd", encoding="utf-8")
    (kept / "scratch-0123abcd").mkdir()
    again = run_notebook(widgets, before=["CREATE SCHEMA clusop_certify_0123abcd"])
    assert (again["exit"], again["databases_left"]) == ("", [])
    assert (kept / "matrix.json").read_bytes() == before
    assert sorted(one.name for one in kept.iterdir()) == ["inputs", "journal", "matrix.html", "matrix.json", "run.json"]
    # Another number of runs is another matrix: said with what to do here, and begun anew where that is chosen.
    other = widgets | {"repeats": "1"}
    assert 'Choose "yes" for "Begin anew".' in run_notebook(other)["exit"]
    assert run_notebook(other | {"fresh": "yes"})["exit"] == ""
    assert json.loads((kept / "run.json").read_text(encoding="utf-8"))["repeats"] == 1


@pytest.mark.parametrize(
    ("widgets", "environment", "says"),
    [
        ({"engine": "photon"}, {}, "Photon is not on this cluster"),
        ({"engine": "none"}, {"IS_SERVERLESS": "TRUE"}, "serverless compute has no driver to watch"),
        ({"engine": "none"}, {"DATABRICKS_RUNTIME_VERSION": ""}, "this is no Databricks driver"),
        ({"engine": "none", "catalog": "nobody"}, {}, "Name a catalog in which you may CREATE SCHEMA"),
        ({"engine": "none", "fixtures": "nonsense"}, {}, "nonsense is not known"),
        ({"engine": "none", "volume": ""}, {}, "Name a folder of a Volume"),
        ({"engine": "none", "volume": "/proc/nowhere"}, {}, "Name a Volume you may write"),
    ],
)
def test_where_it_cannot_be_done_it_says_so_and_leaves_nothing(run_notebook, tmp_path, widgets, environment, says):
    volume = tmp_path / "volume"
    volume.mkdir()
    told = run_notebook({"volume": str(volume), "fixtures": "clean-aggregate", **widgets}, environment)
    assert says in told["exit"]
    assert told["exit"].count("\n") == 0
    assert told["databases_left"] == []
    assert list(volume.iterdir()) == []
