"""Runs the notebook from top to bottom as a Databricks driver would, on a local Spark: ``mimic_databricks.py JOB.json``."""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path

from pyspark.sql import SparkSession

NOTEBOOK = Path(__file__).resolve().parents[3] / "harness" / "certify_notebook.py"


class NotebookEndError(Exception):
    pass


class Widgets:
    def __init__(self, given):
        self._given, self._values = given, {}

    def text(self, name, default, label):
        assert label
        self._values[name] = self._given.get(name, default)

    def dropdown(self, name, default, choices, label):
        assert label
        assert default in choices
        self.text(name, default, label)

    def get(self, name):
        return self._values[name]


class Notebook:
    def exit(self, value):
        raise NotebookEndError(value)


class Dbutils:
    def __init__(self, given):
        self.widgets, self.notebook = Widgets(given), Notebook()


def main():
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    os.environ.update(job["environment"])
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("Databricks Shell")
    for key, value in job["conf"].items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    before = {row[0] for row in spark.sql("SHOW DATABASES").collect()}
    for statement in job["before"]:
        spark.sql(statement)
    told = {"exit": "", "shown": []}
    names = {
        "spark": spark,
        "dbutils": Dbutils(job["widgets"]),
        "displayHTML": told["shown"].append,
    }
    try:
        runpy.run_path(str(NOTEBOOK), init_globals=names, run_name="__main__")
    except NotebookEndError as end:
        told["exit"] = str(end)
    told["databases_left"] = sorted({row[0] for row in spark.sql("SHOW DATABASES").collect()} - before)
    Path(job["told"]).write_text(json.dumps(told), encoding="utf-8")
    spark.stop()


if __name__ == "__main__":
    main()
