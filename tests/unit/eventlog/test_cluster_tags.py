"""DESIGN §6: the cluster a log's settings tell of: product, uptime, shape, runtime."""

from __future__ import annotations

import json

import pytest
from spark_events import DATABRICKS, application_start, environment, job_start, log_start

from clusop.analysis.cluster import Uptime

TAGS = "spark.databricks.clusterUsageTags."
SOURCE = "spark.databricks.clusterSource"


def application_with(read, more, *, without=(), name="Databricks Shell", jobs=()):
    properties = {key: value for key, value in (DATABRICKS | more).items() if key not in without}
    return read(log_start(), environment(properties), application_start(name=name), *jobs)


def cluster_with(read, more, *, without=()):
    return application_with(read, more, without=without).cluster


@pytest.mark.parametrize(
    ("source", "product", "uptime", "reasons"),
    [
        ("JOB", "JOBS_COMPUTE", Uptime.ELASTIC, []),
        ("UI", "ALL_PURPOSE_COMPUTE", Uptime.FIXED, []),
        ("API", "ALL_PURPOSE_COMPUTE", Uptime.FIXED, []),
        ("PIPELINE", "DLT_COMPUTE", Uptime.UNKNOWN, ["unknown-edition"]),
        ("MODELS", "", Uptime.FIXED, ["unknown-product"]),
        ("SOMETHING_NEW", "", Uptime.UNKNOWN, ["unknown-product"]),
    ],
)
def test_the_product_follows_the_clusters_source(read, source, product, uptime, reasons):
    cluster = cluster_with(read, {SOURCE: source})
    assert (cluster.product, cluster.uptime) == (product, uptime)
    assert [remark.id for remark in cluster.remarks if remark.id != "no-timeline"] == reasons


def test_a_job_on_an_all_purpose_cluster_is_billed_as_all_purpose(read):
    """q88's case: a job's id in the properties, and a cluster made through the API."""
    job = job_start(0, [0], properties={"spark.databricks.job.id": "11"})
    named = {SOURCE: "API", TAGS + "clusterName": "job-11-run-22"}
    application = application_with(read, named, jobs=(job,))
    assert (application.job_id, application.cluster.product) == ("11", "ALL_PURPOSE_COMPUTE")


def test_the_name_of_a_job_cluster_counts_only_where_the_source_says_nothing(read):
    assert cluster_with(read, {}, without=(SOURCE,)).product == "JOBS_COMPUTE"
    unnamed = cluster_with(read, {TAGS + "clusterName": "my job-11-run-22"}, without=(SOURCE,))
    assert (unnamed.product, unnamed.remarks[0].id) == ("", "unknown-product")


@pytest.mark.parametrize("tag", ["instancePoolId", "driverInstancePoolId"])
def test_a_pool_keeps_nodes_up(read, tag):
    assert cluster_with(read, {TAGS + tag: "pool-1"}).uptime is Uptime.FIXED


@pytest.mark.parametrize(
    ("told", "node", "cloud"),
    [
        ("AWS", "x", "AWS"),
        ("Azure", "x", "AZURE"),
        ("GCP", "x", "GCP"),
        ("", "Standard_E8s_v3", "AZURE"),
        ("", "n2-highmem-4", "GCP"),
        ("", "m6gd.2xlarge", "AWS"),
        ("", "something", ""),
    ],
)
def test_the_cloud_is_told_or_read_from_the_shape_of_the_node_type(read, told, node, cloud):
    more = {TAGS + "cloudProvider": told, TAGS + "driverNodeType": node}
    assert cluster_with(read, more).cloud == cloud


@pytest.mark.parametrize(
    ("told", "availability"),
    [
        ("ON_DEMAND", "ON_DEMAND"),
        ("ON_DEMAND_AZURE", "ON_DEMAND"),
        ("SPOT_WITH_FALLBACK_AZURE", "SPOT_WITH_FALLBACK"),
        ("PREEMPTIBLE_WITH_FALLBACK_GCP", "SPOT_WITH_FALLBACK"),
        ("PREEMPTIBLE_GCP", "SPOT"),
        ("SPOT", "SPOT"),
        ("WHATEVER", ""),
    ],
)
def test_availability_has_one_spelling(read, told, availability):
    assert cluster_with(read, {TAGS + "clusterAvailability": told}).availability == availability


@pytest.mark.parametrize(
    ("version", "image", "expected", "is_serverless"),
    [
        ("13.3.x-aarch64-photon-scala2.12", "", "13.3", False),
        ("18.x-photon-scala2.13", "", "18", False),
        ("18.1.x-scala2.13", "", "18.1", False),
        ("17.3.x-cpu-ml-photon-scala2.13", "", "17.3", False),
        ("client.2.5", "", "client.2.5", True),
        ("custom:mine", "release__14.3.x-snapshot-photon-scala2.12__x", "14.3", False),
        ("custom:mine", "", "", False),
    ],
)
def test_the_runtime_is_read_from_the_version_that_runs(read, version, image, expected, is_serverless):
    application = application_with(read, {TAGS + "effectiveSparkVersion": version, TAGS + "sparkImageLabel": image})
    assert (application.dbr_version, application.cluster.is_serverless) == (expected, is_serverless)
    assert application.image_label == image


@pytest.mark.parametrize(
    ("more", "is_single"),
    [
        ({}, False),
        ({TAGS + "isSingleNode": "true"}, True),
        ({"spark.databricks.cluster.profile": "singleNode"}, True),
        ({"spark.master": "local[*, 4]"}, True),
    ],
)
def test_a_single_node_is_told_in_three_ways(read, more, is_single):
    assert cluster_with(read, more).is_single_node is is_single


def test_node_types_and_counts_have_a_second_name(read):
    second = {
        "spark.databricks.driverNodeTypeId": "d",
        "spark.databricks.workerNodeTypeId": "w",
        "spark.task.cpus": "2",
    }
    first = {TAGS + "driverNodeType": "", TAGS + "clusterNodeType": "", TAGS + "clusterFirstOnDemand": "1"}
    cluster = cluster_with(read, second | first)
    assert (cluster.driver_node_type, cluster.worker_node_type) == ("d", "w")
    assert (cluster.first_on_demand, cluster.task_cpus) == (1, 2)


def test_plain_spark_is_no_databricks_cluster(read):
    cluster = read(log_start(), environment({"spark.master": "yarn"}), application_start()).cluster
    assert (cluster.is_databricks, cluster.cloud, cluster.product, cluster.uptime) == (False, "", "", Uptime.UNKNOWN)


@pytest.mark.parametrize(
    ("more", "name", "expected"),
    [
        ({TAGS + "clusterAllTags": json.dumps([{"key": "RunName", "value": "load orders"}])}, "x", "load orders"),
        ({TAGS + "clusterAllTags": "{broken"}, "Databricks Shell", "job-11-run-22-main"),
        ({SOURCE: "UI", TAGS + "clusterName": "team cluster"}, "Databricks Shell", "team cluster"),
        ({SOURCE: "UI"}, "my app", "my app"),
    ],
)
def test_the_workload_is_called_what_people_call_it(read, more, name, expected):
    assert application_with(read, more, name=name).workload_name == expected
