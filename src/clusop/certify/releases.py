"""Which release of Comet and of Delta Lake goes with which Spark: those that were tried here, with the hash of each jar."""

from __future__ import annotations

from dataclasses import dataclass

from clusop.certify.artifacts import Artifact

__all__ = ["SPARK_3_5", "Releases", "known_sparks", "releases_for"]

_COMET, _DELTA = "org.apache.datafusion", "io.delta"


@dataclass(frozen=True, slots=True)
class Releases:
    """What a line of Spark (``3.5``) is certified with; ``comet`` is ``None`` and ``delta`` empty where none was tried."""

    spark: str
    comet: Artifact | None = None
    delta: tuple[Artifact, ...] = ()


SPARK_3_5 = Releases(
    "3.5",
    Artifact(
        _COMET,
        "comet-spark-spark3.5_2.12",
        "0.12.0",
        "4ef25ed0da6816e18b0b7711b82e9807d62a0330a1e89aa3f09a1bbb005c9424",
        67,
    ),
    (
        Artifact(
            _DELTA,
            "delta-spark_2.12",
            "3.3.3",
            "4912bf902a1c453aba3bd838ff212dedd357155212f9bb37a6b47d97f2827ebc",
            7,
        ),
        Artifact(
            _DELTA, "delta-storage", "3.3.3", "45ad193053fd30cebe6d9ab1889873cde39b223a0f210e00ebee8b6642476901", 1
        ),
    ),
)
"""The line that the harness runs with throughout."""

_LINES = (
    SPARK_3_5,
    Releases(
        "4.0",
        None,
        (
            Artifact(
                _DELTA,
                "delta-spark_2.13",
                "4.0.0",
                "538511702aae0ef6973a6a70af3d4543c9009f8edbed786a00737e2d3cd7f04e",
                8,
            ),
            Artifact(
                _DELTA, "delta-storage", "4.0.0", "9bdb9fb450f1e119eba53feb427f331b0d09072d26485b8273883ad72c9a2e1d", 1
            ),
        ),
    ),
    Releases(
        "4.1",
        Artifact(
            _COMET,
            "comet-spark-spark4.1_2.13",
            "1.2.0",
            "5055c43dca9e8cce83c33b1ff25646d1436c94698ca48beb3475bf60843b8d37",
            99,
        ),
        (
            Artifact(
                _DELTA,
                "delta-spark_4.1_2.13",
                "4.3.0",
                "35ae4164ee41bbfc8bdb52dcd3715ff4e1821a18c085e7a71a462e8e80e23ee5",
                9,
            ),
            Artifact(
                _DELTA, "delta-storage", "4.3.0", "d765a7144289c292e256963f810c1a4b096a8c09bdb3b0370096393b6a02b3c5", 1
            ),
        ),
    ),
)


def releases_for(spark: str) -> Releases:
    """By Spark's full version (``3.5.9``). A line that was not tried has no Comet and no Delta Lake."""
    line = ".".join(spark.split(".")[:2])
    return next((known for known in _LINES if known.spark == line), Releases(line))


def known_sparks() -> tuple[str, ...]:
    """The lines of Spark that a Comet is known for, oldest first."""
    return tuple(known.spark for known in _LINES if known.comet is not None)
