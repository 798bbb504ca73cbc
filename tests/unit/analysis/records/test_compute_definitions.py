"""What a cluster is brought up from is told without the name that people gave it. SPEC P10."""

from __future__ import annotations

import pytest

from clusop.analysis.cluster import Cluster
from clusop.analysis.records import gate
from clusop.analysis.records.compute import compute_of

KEY = b"k"


def compute(product: str, name: str = "", cluster_id: str = "", job_id: str = "") -> str:
    found = compute_of(Cluster(product=product, cluster_name=name, cluster_id=cluster_id), job_id, KEY)
    assert gate.matching(found, gate.COMPUTE) == found
    return found


@pytest.mark.parametrize(
    ("name", "job_id", "expected"),
    [
        ("job-42-run-7", "", "job:42"),
        ("job-42-run-7-main", "", "job:42:" + gate.keyed_hash("main", KEY)),
        ("job-42-run-8-main", "", "job:42:" + gate.keyed_hash("main", KEY)),
        ("job-42-run-7-of jane\n-2", "", "job:42:" + gate.keyed_hash("of jane\n-2", KEY)),
        ("job-42-run-7-main", "9", "job:9:" + gate.keyed_hash("main", KEY)),
        ("nightly load of jane", "42", "job:42"),
        ("nightly load of jane", "", ""),
        ("nightly load of jane", "jane", ""),
        ("job-42-run-7-", "", "job:42"),
        (f"job-{'4' * 21}-run-7-main", "", ""),
    ],
)
def test_a_job_s_cluster_is_the_job_s_whatever_the_run(name, job_id, expected):
    assert compute("JOBS_COMPUTE", name, "1122-334455-abc12def", job_id) == expected


def test_an_all_purpose_cluster_is_itself_whoever_works_on_it():
    told = compute("ALL_PURPOSE_COMPUTE", "job-42-run-7-main", "1122-334455-abc12def", "42")
    assert told == "cluster:1122-334455-abc12def"
    assert compute("ALL_PURPOSE_COMPUTE", "of jane", "of jane") == ""


@pytest.mark.parametrize("product", ["", "DLT_COMPUTE", "SQL_COMPUTE"])
def test_of_anything_else_nothing_is_decided(product):
    assert compute(product, "job-42-run-7-main", "1122-334455-abc12def", "42") == ""
