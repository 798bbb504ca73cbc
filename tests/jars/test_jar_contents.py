"""What a jar of the listener may hold and may need: our own classes and data, Spark, Scala and the JDK; nothing else."""

from __future__ import annotations

import fnmatch
import json
import re
import zipfile

import pytest

from build_jars import JARS, RESOURCES, ROOT, STAMPS, version_in_tree
from class_file import read_class_file
from jar_file import sha256_of

HOME = "com/clusop/listener/"
SHIM = f"{HOME}PhotonFallbackListener.class"
JAVA_8 = 52
MOST_BYTES = 2_500_000

ALLOWED_PATHS = (
    "META-INF/MANIFEST.MF",
    "com/clusop/listener/*.class",
    "com/clusop/listener/classes.txt",
    "com/clusop/listener/dialects/*.json",
    "com/clusop/listener/price_table.json",
    "com/clusop/listener/reasons.json",
    "com/clusop/listener/settings.json",
    "com/clusop/listener/spark_functions.json",
    "com/clusop/listener/vocabulary.json",
)
# What is on every driver's class path, whatever the cluster: the JDK, Scala's library, Spark itself.
ALLOWED_CLASSES = re.compile(
    r"(?:java|javax/(?:net|crypto|management|security)|scala|org/apache/spark|com/clusop/listener)/.+"
)
# Spark's own listener signatures name these; the shim cannot be a listener without them.
SPARK_SIGNATURES = {"scala/Option", "scala/collection/Seq", "scala/collection/immutable/Seq"}
DEV_PATH = re.compile(rb"(?<![\w.])/(?:home|root|work|tmp|Users)/")


def strangers(names):
    return [name for name in names if not any(fnmatch.fnmatchcase(name, pattern) for pattern in ALLOWED_PATHS)]


def test_only_allowed_paths_are_in_the_jar(entries):
    assert strangers(entries) == []
    assert [pattern for pattern in ALLOWED_PATHS if not fnmatch.filter(entries, pattern)] == []


@pytest.mark.parametrize("name", ["scala/Option.class", "com/clusop/probe/Answers.class", "application.conf"])
def test_a_stranger_in_the_jar_is_seen(entries, name):
    assert strangers([*entries, name]) == [name]


def test_no_class_refers_to_anything_but_spark_scala_and_the_jdk(classes):
    foreign = {
        name: bad
        for name, read in classes.items()
        if (bad := sorted(other for other in read.referred | read.described if not ALLOWED_CLASSES.fullmatch(other)))
    }
    assert foreign == {}


def test_every_class_runs_on_java_8(classes):
    assert {name: read.major_version for name, read in classes.items() if read.major_version != JAVA_8} == {}


def test_every_class_stands_at_the_path_of_its_name(classes):
    assert [name for name, read in classes.items() if f"{read.name}.class" != name] == []


def test_the_shim_refers_to_no_scala_class_of_its_own(classes):
    """DESIGN §9: with the wrong Scala, or half a jar, the shim must still load and stay quiet."""
    assert SHIM in classes
    scala = {name for name in classes[SHIM].referred if name.startswith("scala/")}
    assert scala - SPARK_SIGNATURES == set()


def test_the_list_of_classes_is_the_classes(entries):
    listed = entries[f"{HOME}classes.txt"].decode().split()
    assert listed == sorted(
        name.removesuffix(".class").replace("/", ".") for name in entries if name.endswith(".class")
    )


def test_the_data_files_are_the_packages_own(entries):
    data = [name for name in entries if name.endswith(".json")]
    lines = [line.split() for line in RESOURCES.read_text().splitlines() if line and not line.startswith("#")]
    originals = {file.name: file.read_bytes() for pattern, _ in lines for file in (ROOT / "src/clusop").glob(pattern)}
    assert {name.rpartition("/")[2]: entries[name] for name in data} == originals


def test_no_path_of_the_building_machine_is_in_the_jar(entries):
    found = [name for name, content in entries.items() if name.endswith(".class") and DEV_PATH.search(content)]
    assert found == []


def test_the_manifest_tells_the_version(entries):
    assert f"Implementation-Version: {version_in_tree()}\r\n".encode() in entries["META-INF/MANIFEST.MF"]


def test_nothing_in_the_jar_depends_on_when_or_where_it_was_built(jar):
    with zipfile.ZipFile(jar) as opened:
        infos = opened.infolist()
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.compress_type for info in infos} == {zipfile.ZIP_DEFLATED}
    assert {(info.create_system, info.external_attr) for info in infos} == {(3, 0o644 << 16)}
    names = [info.filename for info in infos]
    assert names[0] == "META-INF/MANIFEST.MF"
    assert names[1:] == sorted(names[1:])


def test_the_jar_is_small_enough_to_be_copied_at_every_start(jar):
    """Each armed driver makes a private copy of it and reads every class."""
    assert jar.stat().st_size < MOST_BYTES


def test_the_compiler_had_nothing_to_say(jar):
    stamp = STAMPS / f"{jar.name}.json"
    if not stamp.is_file():
        pytest.skip("the jars were not built here")
    assert json.loads(stamp.read_text())["warnings"] == ""


def test_the_list_beside_the_jars_tells_their_hashes(jar):
    listed = json.loads((JARS / "jars.json").read_text())
    assert listed["version"] == version_in_tree()
    assert {one["file"]: one["sha256"] for one in listed["jars"].values()}[jar.name] == sha256_of(jar)


def test_both_jars_hold_the_same_public_classes():
    names = []
    for binary in ("2.12", "2.13"):
        path = JARS / f"clusop-listener_{binary}.jar"
        if not path.is_file():
            pytest.skip("the jars are not built (make jars)")
        with zipfile.ZipFile(path) as opened:
            classes = [read_class_file(opened.read(n)).name for n in opened.namelist() if n.endswith(".class")]
        # Each Scala names its anonymous and lambda classes in its own way.
        names.append({name for name in classes if "$" not in name})
    assert names[0] == names[1]
