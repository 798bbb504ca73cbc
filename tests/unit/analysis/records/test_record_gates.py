"""Nothing but what looks like what a field is for passes into a record."""

from __future__ import annotations

import pytest

from clusop.analysis.records import gate

KEY = b"k"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("HashAggregate", "HashAggregate"),
        ("PhotonShuffleExchangeSink", "PhotonShuffleExchangeSink"),
        ("Scan csv", "Scan csv"),
        ("Scan ExistingRDD", "Scan ExistingRDD"),
        ("Scan payroll2024", "Scan"),  # dataset.rdd.setName("payroll2024")
        ("Execute InsertIntoHadoopFsRelationCommand", "Execute InsertIntoHadoopFsRelationCommand"),
        ("Execute payroll", "Execute"),
        ("?", "?"),
        ("", "?"),
        ("dapi0123456789abcdef", "?"),
        ("AKIA" + "IOSFODNN7EXAMPLE", "?"),
        ("Jdbc83726455", "?"),
        ("/dbfs/mnt/x", "?"),
        ("Größe", "?"),
        ("X" + "y" * 5000, "?"),
        ("Sort\n", "?"),
    ],
)
def test_an_operator_name_looks_like_a_class(name, shown):
    assert gate.operator_name(name) == shown


def test_only_functions_of_spark_itself_are_named():
    assert gate.built_in(("regexp_replace", "decrypt_salary", "my_udf")) == ("regexp_replace",)


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("collect at /home/ann/jobs/load.py:17", "load.py:17"),
        ("collect at C:\\Users\\jane\\load.py:17", "load.py:17"),
        (
            "save at NativeMethodAccessorImpl.java:0\norg.secret.Thing.run(Thing.java:5)",
            "NativeMethodAccessorImpl.java:0",
        ),
        ("load.py:17 and more", ""),
        ("", ""),
    ],
)
def test_a_call_site_is_base_name_and_line(text, site):
    assert gate.call_site(text) == site


def test_tags_leave_by_name_only_cut_and_without_control_characters():
    found = {"team": "pri\x1b[31mcing\u202e" + "x" * 500, "owner": "jane@corp.example", "empty": ""}
    kept = gate.tags(found, ("team", "empty", "absent"))
    assert kept["team"].startswith("pri[31mcingxxx")
    assert len(kept["team"]) == 128
    assert kept.keys() == {"team", "empty"}


def test_at_most_sixteen_tags_leave():
    found = {f"k{number}": "v" for number in range(40)}
    assert len(gate.tags(found, tuple(found))) == 16


def test_a_name_of_another_form_becomes_its_keyed_hash():
    assert gate.or_hash("load_orders", gate.TASK_KEY, KEY) == "load_orders"
    assert gate.or_hash("", gate.TASK_KEY, KEY) == ""
    hashed = gate.or_hash("jane.doe@corp.example", gate.TASK_KEY, KEY)
    assert hashed.startswith("~")
    assert gate.matching(hashed, gate.TASK_KEY)
    assert hashed != gate.or_hash("jane.doe@corp.example", gate.TASK_KEY, b"another key")


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("dapi" + "0123456789abcdef" * 2, False),
        ("AKIA" + "IOSFODNN7EXAMPLE", False),
        ("load_" + "a1" * 10, False),
        ("ingest_customers_2024", True),
        ("internationalizationofcustomers", True),
        ("8721196619973675872119661997", True),
        ("6f9619ff-8b86-d011-b42d-00c04fc964ff", True),
    ],
)
def test_what_looks_like_a_token_does_not_pass_for_a_name(text, stays):
    assert (gate.or_hash(text, gate.TASK_KEY, KEY) == text) is stays


@pytest.mark.parametrize(
    ("pattern", "passes", "stays"),
    [
        (gate.DBR, "13.3", True),
        (gate.DBR, "18.x-photon-scala2.13", True),
        (gate.DBR, "client.5.1", True),
        (gate.DBR, "custom-of-jane", False),
        (gate.NODE_TYPE, "i3.xlarge", True),
        (gate.NODE_TYPE, "Standard_DS3_v2", True),
        (gate.NODE_TYPE, "n2-highmem-4", True),
        (gate.NODE_TYPE, "jane's pool", False),
        (gate.CLUSTER, "1122-334455-abc12def", True),
        (gate.CLUSTER, "nightly load of jane", False),
        (gate.SPARK, "3.5.9", True),
        (gate.SPARK, "4.1.0-SNAPSHOT", True),
        (gate.SPARK, "3.5-secret", False),
        (gate.WORKSPACE, "1234567890", True),
        (gate.WORKSPACE, "jane@corp.example", False),
        (gate.INPUT_VALUE, "0.55..2/3", True),
        (gate.INPUT_VALUE, "unpriced:unknown-vm-price", True),
        (gate.INPUT_VALUE, "select 1", False),
    ],
)
def test_a_form_is_narrow(pattern, passes, stays):
    assert bool(gate.matching(passes, pattern)) is stays


def test_all_node_types_with_a_price_pass():
    import json
    from importlib import resources

    table = json.loads(resources.files("clusop.pricing").joinpath("price_table.json").read_text(encoding="utf-8"))
    names = {entry["key"].split("/")[1] for entry in table["entries"] if entry["kind"] in {"node_dbu", "vm_usd"}}
    assert [name for name in sorted(names) if not gate.matching(name, gate.NODE_TYPE)] == []
