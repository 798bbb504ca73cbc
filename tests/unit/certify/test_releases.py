"""Which jars go with which Spark: only such as were tried, each pinned by its hash."""

from __future__ import annotations

import pytest

from clusop.certify.releases import SPARK_3_5, known_sparks, releases_for


@pytest.mark.parametrize(
    ("spark", "comet", "delta"),
    [
        ("3.5.9", "0.12.0", "3.3.3"),
        ("4.0.5", "", "4.0.0"),
        ("4.1.4", "1.2.0", "4.3.0"),
        ("4.2.1", "", ""),
        ("3.3.4", "", ""),
    ],
)
def test_a_line_of_spark_has_its_releases(spark, comet, delta) -> None:
    found = releases_for(spark)
    assert (found.comet.version if found.comet else "") == comet
    assert {jar.version for jar in found.delta} == ({delta} if delta else set())


def test_the_lines_with_a_comet_are_told() -> None:
    assert known_sparks() == ("3.5", "4.1")
    assert releases_for("3.5.1") is SPARK_3_5


def test_every_jar_is_pinned_and_named_after_its_spark() -> None:
    for spark in ("3.5.9", "4.0.5", "4.1.4"):
        found = releases_for(spark)
        scala = "2.12" if spark.startswith("3.") else "2.13"
        for jar in (*found.delta, *([found.comet] if found.comet else [])):
            assert len(jar.sha256) == 64
            assert jar.name == "delta-storage" or jar.name.endswith(f"_{scala}")
