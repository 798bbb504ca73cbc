"""Which native engine a log's settings name, and whether it was on for one execution."""

from __future__ import annotations

import pytest
from spark_events import DATABRICKS, application_start, environment, job_start, log_start, plan, sql_end, sql_start

from clusop.analysis.observed import EngineState
from clusop.plan.dialect import dialect_ids

TAGS = "spark.databricks.clusterUsageTags."
COMET = {"spark.plugins": "com.example.Other, org.apache.spark.CometPlugin"}
BARE = {name: value for name, value in DATABRICKS.items() if "ersion" not in name and "Engine" not in name}


def engine(read, properties, modified=None):
    settings = () if properties is None else (environment(properties),)
    application = read(
        log_start(), application_start(), *settings, sql_start(0, plan("Scan"), modified=modified), sql_end(0)
    )
    fact = application.queries[0].engine
    assert fact.name == application.engine
    assert fact.name in {"", *dialect_ids()}
    assert fact.evidence
    return fact.name, fact.state.value


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (DATABRICKS, ("photon", "on")),
        (BARE | {TAGS + "runtimeEngine": "PHOTON"}, ("photon", "on")),
        (BARE | {TAGS + "effectiveSparkVersion": "13.3.x-aarch64-photon-scala2.12"}, ("photon", "on")),
        (BARE | {TAGS + "sparkImageLabel": "release__17.3.x-snapshot-photon-scala2.13__x"}, ("photon", "on")),
        (BARE | {TAGS + "runtimeEngine": "STANDARD", TAGS + "sparkVersion": "15.4.x-scala2.12"}, ("none", "off")),
        (BARE, ("", "unknown")),
        (DATABRICKS | {"spark.databricks.photon.enabled": "false"}, ("photon", "off")),
        (COMET, ("comet", "on")),
        ({"spark.sql.extensions": "org.apache.comet.CometSparkSessionExtensions"}, ("comet", "on")),
        (COMET | {"spark.comet.exec.enabled": "false"}, ("comet", "off")),
        ({"spark.plugins": "org.apache.gluten.GlutenPlugin"}, ("", "unknown")),
        ({"spark.master": "local[2]"}, ("none", "off")),
        ({"spark.databricks.photon.enabled": "true"}, ("none", "off")),
        (None, ("", "unknown")),
    ],
    ids=[
        "tags", "runtime engine", "effective version", "image label", "standard", "databricks without runtime", "photon off",
        "comet", "comet by extension", "comet off", "engine without dialect", "plain", "a stray switch", "no settings",
    ],
)  # fmt: skip
def test_the_engine_of_the_settings(read, properties, expected):
    assert engine(read, properties) == expected


@pytest.mark.parametrize(
    ("properties", "modified", "expected"),
    [
        (COMET, {"spark.comet.enabled": "false"}, "off"),
        (COMET, {"spark.comet.exec.enabled": "FALSE"}, "off"),
        (COMET | {"spark.comet.enabled": "false"}, {"spark.comet.enabled": "true"}, "on"),
        (COMET, {"spark.comet.enabled": "true", "spark.comet.exec.enabled": "false"}, "off"),
        (DATABRICKS, {"spark.databricks.photon.enabled": "false"}, "off"),
        (DATABRICKS, {"spark.comet.enabled": "false"}, "on"),
    ],
)
def test_an_executions_own_configs_win_either_way(read, properties, modified, expected):
    assert engine(read, properties, modified)[1] == expected


def test_settings_are_taken_from_a_job_where_the_environment_is_lost(read):
    application = read(
        log_start(), application_start(), job_start(0, [0], properties=DATABRICKS), sql_start(0, plan("Scan"))
    )
    assert (application.queries[0].engine.state, application.engine) == (EngineState.ON, "photon")
    assert application.cluster.worker_node_type == "i3.xlarge"


def test_a_redacted_value_is_no_value(read):
    hidden = dict.fromkeys(DATABRICKS, "*********(redacted)")
    application = read(log_start(), application_start(), environment(hidden))
    assert (application.engine, application.cluster.cluster_id, application.dbr_version) == ("", "", "")


def test_the_latest_environment_counts(read):
    later = environment(DATABRICKS | {"spark.databricks.photon.enabled": "false"})
    application = read(log_start(), environment(DATABRICKS), later, application_start(), sql_start(0, plan("Scan")))
    assert application.queries[0].engine.state is EngineState.OFF
