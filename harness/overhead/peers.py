"""The other agents that are measured beside ours, and how they are fetched."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from prepare import CACHE, Artifact, fetch_artifacts

__all__ = ["PEERS", "fetch_peers"]

PEERS = (
    Artifact(
        "io.openlineage",
        "openlineage-spark_2.12",
        "1.53.0",
        "9fe28ee2e5b2cb535cd51b6572394bddeb684bf0c58650a698cf7724ce62d94d",
        42,
    ),
    Artifact(
        "ch.cern.sparkmeasure",
        "spark-measure_2.12",
        "0.24",
        "b5cb053ce5190baae36c18aeac4e4bea09429815c411406ac7e1aec7fb47c4b3",
        1,
    ),
)


def fetch_peers() -> list[Path]:
    """Their jars, downloaded once; empty where one cannot be had."""
    folder = CACHE / "jars"
    if fetch_artifacts(PEERS, folder):
        return []
    return [folder / peer.file_name for peer in PEERS]
