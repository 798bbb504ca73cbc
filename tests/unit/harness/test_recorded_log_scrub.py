"""What is taken out of a recorded log, and what must stay in."""

from __future__ import annotations

import json

import pytest

from scrub import scrub_lines, scrub_text, traces_of

PLACES = {"/data/disk/ann/repo": "/clusop", "/data/disk/ann/repo/out": "/run", "vm": "host-1"}


def scrubbed(event):
    (line,) = scrub_lines([json.dumps(event)], PLACES)
    return json.loads(line)


def test_the_environment_keeps_sparks_own_settings_and_nothing_of_the_machine():
    event = scrubbed(
        {
            "Event": "SparkListenerEnvironmentUpdate",
            "JVM Information": {"Java Home": "/x", "Java Version": "17", "Scala Version": "2.12"},
            "Spark Properties": {
                "spark.comet.enabled": "true",
                "spark.driver.port": "40411",
                "spark.driver.extraJavaOptions": "-Dsecret=1",
                "spark.jars": "/data/disk/ann/repo/comet.jar",
            },
            "System Properties": {"user.name": "ann"},
            "Classpath Entries": {"/x/y.jar": "System Classpath"},
        }
    )
    assert event["Spark Properties"] == {"spark.comet.enabled": "true", "spark.jars": "/clusop/comet.jar"}
    assert event["JVM Information"] == {"Java Version": "17", "Scala Version": "2.12"}
    assert event["System Properties"] == event["Classpath Entries"] == {}


def test_the_user_goes_and_every_id_stays():
    start = scrubbed({"Event": "SparkListenerApplicationStart", "App ID": "local-17", "User": "ann", "Timestamp": 17})
    assert start == {"Event": "SparkListenerApplicationStart", "App ID": "local-17", "User": "user", "Timestamp": 17}
    event = {"Event": "x", "executionId": 4, "rootExecutionId": 4, "Accumulables": [{"ID": 12, "Value": "3"}]}
    assert scrubbed(event) == event


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("/data/disk/ann/repo/out/eventlog", "/run/eventlog"),
        ("file:/data/disk/ann/repo/a.py:3", "file:/clusop/a.py:3"),
        # A host called vm takes nothing out of a word that has its letters.
        ("internal.metrics.jvmGCTime on vm", "internal.metrics.jvmGCTime on host-1"),
        ("/data/disk/ann/repository", "/data/disk/ann/repository"),
        ("at 192.168.3.4:7337", "at 10.0.0.1:7337"),
        ("at 127.0.0.1:7337, version 1.2.3.4", "at 127.0.0.1:7337, version 1.2.3.4"),
        ("/" + "tmp/spark-1/x.jar, y", "/scratch, y"),
    ],
)
def test_places_are_replaced_as_whole_words(text, clean):
    assert scrub_text(text, PLACES) == clean


def test_what_was_left_behind_is_found():
    assert traces_of("... /data/disk/ann/repo/x ... jvm", PLACES) == ["/data/disk/ann/repo"]
    assert traces_of(scrub_text("/data/disk/ann/repo/x on vm", PLACES), PLACES) == []
