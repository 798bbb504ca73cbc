"""What the driver tells of itself: old and new names, overrides, reasons; and what is never read. SPEC P7 and P10."""

from __future__ import annotations

import pytest

from clusop.runtime.dbr_version import dbr_version
from clusop.runtime.facts import CONF_KEYS, Fact, detect
from clusop.runtime.settings import resolve

TAGS = "spark.databricks.clusterUsageTags."


@pytest.mark.parametrize(
    ("name", "text", "scala", "flags"),
    [
        ("13.3.x-photon-scala2.12", "13.3", "2.12", {"photon"}),
        ("13.3.x-aarch64-photon-scala2.12", "13.3", "2.12", {"photon", "aarch64"}),
        ("17.3.x-cpu-ml-photon-scala2.13", "17.3", "2.13", {"photon", "ml"}),
        ("16.4.x-gpu-ml-scala2.12", "16.4", "2.12", {"gpu", "ml"}),
        ("18.x-scala2.13", "18", "2.13", set()),
        ("18.x-photon-scala2.13", "18", "2.13", {"photon"}),
        ("18.1.x-scala2.13", "18.1", "2.13", set()),
        ("19.9.x-aarch64-photon-scala2.13", "19.9", "2.13", {"aarch64", "photon"}),
        ("17.3", "17.3", "", set()),
        ("client.5.1", "client.5.1", "", {"client"}),
        ("v15.4.x-scala2.12", "15.4", "2.12", set()),
        ("18", "18", "", set()),
    ],
)
def test_runtime_names_old_and_new(name: str, text: str, scala: str, flags: set[str]) -> None:
    version = dbr_version(name)
    assert version is not None
    assert (version.text, version.scala) == (text, scala)
    said = {"photon": version.is_photon, "aarch64": version.is_aarch64, "ml": version.is_ml, "gpu": version.is_gpu}
    assert {flag for flag, value in {**said, "client": version.is_client}.items() if value} == flags


@pytest.mark.parametrize("name", ["", "latest", "x.y", "-photon", "99999999999.1", "apache-spark-3.5", "١٣.3"])
def test_what_is_no_runtime_name(name: str) -> None:
    assert dbr_version(name) is None


def facts(conf: dict[str, str], environ: dict[str, str] | None = None, **given: object) -> dict[str, Fact]:
    return detect(resolve({}, given, {}), lambda key: conf.get(key, ""), environ or {})


def test_a_photon_job_cluster() -> None:
    found = facts(
        {
            TAGS + "effectiveSparkVersion": "17.3.x-photon-scala2.13",
            TAGS + "clusterName": "job-77-run-5",
            TAGS + "clusterNodeType": "Standard_E8s_v5",
            TAGS + "clusterAvailability": "SPOT_WITH_FALLBACK_AZURE",
            TAGS + "clusterAllTags": '[{"key": "RunName", "value": "nightly"}, {"key": "secret", "value": "s3cr3t"}]',
        }
    )
    told = {name: fact.value for name, fact in found.items() if fact.value}
    assert told["engine"] == "photon"
    assert told["dbr"] == "17.3"
    assert told["cloud"] == "AZURE"
    assert (told["product"], told["uptime"]) == ("JOBS_COMPUTE", "elastic")
    assert (told["job_id"], told["workload"]) == ("77", "nightly")
    assert told["availability"] == "SPOT_WITH_FALLBACK"
    assert "s3cr3t" not in str(found)


@pytest.mark.parametrize(
    ("conf", "product", "uptime"),
    [
        ({"spark.databricks.clusterSource": "JOB"}, "JOBS_COMPUTE", "elastic"),
        ({"spark.databricks.clusterSource": "UI"}, "ALL_PURPOSE_COMPUTE", "fixed"),
        ({TAGS + "clusterSource": "PIPELINE"}, "DLT_COMPUTE", ""),
        ({"spark.databricks.clusterSource": "JOB", TAGS + "instancePoolId": "pool-1"}, "JOBS_COMPUTE", "fixed"),
        ({"spark.databricks.clusterSource": "JOB", TAGS + "clusterPinned": "true"}, "JOBS_COMPUTE", "fixed"),
        ({"spark.databricks.clusterSource": "SOMETHING"}, "", ""),
        ({}, "", ""),
    ],
)
def test_the_source_of_a_cluster_tells_its_bill_and_its_uptime(conf: dict[str, str], product: str, uptime: str) -> None:
    found = facts(conf)
    assert (found["product"].value, found["uptime"].value) == (product, uptime)


def test_every_fact_can_be_overridden_and_says_so() -> None:
    overrides = {
        "fact_workspace": ("workspace", "w"),
        "fact_workload": ("workload", "w"),
        "fact_job_id": ("job_id", "1"),
        "fact_task_key": ("task_key", "t"),
        "fact_engine": ("engine", "comet"),
        "fact_cloud": ("cloud", "GCP"),
        "fact_product": ("product", "JOBS_COMPUTE"),
        "fact_tier": ("tier", "PREMIUM"),
        "fact_uptime": ("uptime", "fixed"),
        "fact_driver_node_type": ("driver_node_type", "n"),
        "fact_worker_node_type": ("worker_node_type", "n"),
        "fact_availability": ("availability", "SPOT"),
    }
    given = {argument: value for argument, (_, value) in overrides.items()}
    found = facts({TAGS + "cloudProvider": "AWS"}, None, **given)
    for name, value in overrides.values():
        assert found[name].value == value
        assert found[name].origin.startswith("spark.clusop.fact.")


def test_what_is_not_known_has_a_reason() -> None:
    assert all(fact.reason is not None for fact in facts({}).values() if not fact.value)
    assert facts({})["tier"].reason is not None


def test_comet_is_known_by_its_plugin() -> None:
    plugin = {"spark.plugins": "org.apache.spark.CometPlugin"}
    assert facts(plugin)["engine"].value == "comet"
    assert facts({**plugin, "spark.comet.enabled": "false"})["engine"].value == ""


def test_only_listed_keys_are_read_and_none_of_them_is_secret() -> None:
    asked: list[str] = []
    detect(resolve({}, {}, {}), lambda key: asked.append(key) or "", {})
    assert set(asked) <= set(CONF_KEYS)
    assert [
        key for key in CONF_KEYS if any(word in key.lower() for word in ("token", "secret", "password", "credential"))
    ] == []


@pytest.mark.parametrize("tags", ["", "[redacted]", "{}", '["x"]', '[{"key": 1}]', "[" * 100_000])
def test_tags_that_are_none_are_no_fault(tags: str) -> None:
    assert facts({TAGS + "clusterAllTags": tags})["workload"].value == ""
