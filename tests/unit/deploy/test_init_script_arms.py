"""The init script in a pretended driver: it arms only with a whole jar and what it understands. SPEC P1."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest
from init_script_driver import OPENLINEAGE, OURS, THEIRS, Cluster, listeners, make_jar, sha256

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


def test_it_writes_with_a_verified_jar_and_keeps_databricks_own_listener(cluster: Cluster) -> None:
    line = cluster.start()
    assert line.startswith("written: ")
    assert sha256(cluster.source / "clusop-listener_2.12.jar") in line
    assert listeners(cluster.conf) == [THEIRS, OURS]
    assert cluster.jars() == ["clusop-init_2.12.jar"]


@pytest.mark.parametrize(
    "told", [{"SCALA_VERSION": "2.13"}, {"SPARK_SCALA_VERSION": "2.13.16", "SCALA_VERSION": "2.12"}]
)
def test_it_takes_the_jar_for_the_image_s_scala(cluster: Cluster, told: dict[str, str]) -> None:
    cluster.start(**told)
    assert cluster.jars() == ["clusop-init_2.13.jar"]


def test_without_the_variable_spark_s_own_jars_tell_the_scala_version(cluster: Cluster) -> None:
    (cluster.jar_dir / "scala-library_2.13.16.jar").write_text("")
    assert "clusop-init_2.13.jar" in cluster.start(SCALA_VERSION="")


def test_an_unknown_scala_version_arms_nothing(cluster: Cluster) -> None:
    assert "Scala version" in cluster.start(SCALA_VERSION="3.3")
    assert cluster.left_no_trace()


@pytest.mark.parametrize(
    "text",
    [
        '[driver] {\n  "spark.extraListeners" = "com.other.One,com.other.Two"\n}\n',
        '# x\r\n[driver] {\r\n // spark.extraListeners\r\n\t"spark.extraListeners": "com.other.One, com.other.Two",\r\n}',
        '[driver] { "spark.extraListeners" = "com.other.One,com.other.Two" }\n',
        '[driver] {\n  "spark.a" = "x y"\n  "spark.extraListeners" = "com.other.One,com.other.Two"\n  spark.b = 1\n}\n',
        "spark.extraListeners com.other.One, com.other.Two\n",
        "spark.master local\nspark.extraListeners com.other.One\n# spark.extraListeners old.Gone\n",
        "spark.extraListeners=com.other.One,com.other.Two\n",
        f'"spark.extraListeners" = "com.other.One,com.other.Two,{OURS}"\n',
    ],
)
def test_entries_of_another_file_are_kept_and_the_file_untouched(cluster: Cluster, text: str) -> None:
    other = cluster.write("10-other.conf", text)
    cluster.start(CLUSOP_LISTENERS="")
    expected = ["com.other.One", "com.other.Two"] if "com.other.Two" in text else ["com.other.One"]
    assert listeners(cluster.conf) == [*expected, OURS]
    assert other.read_bytes() == text.encode()


@pytest.mark.parametrize(
    "text",
    [
        "{ spark.extraListeners = a.B, spark.foo = bar }\n",
        '[driver] { "spark.extraListeners" = "a.B", "spark.foo" = "bar" }\n',
        '[driver] {\n  base = "x.Y"\n  "spark.extraListeners" = ${base},a.B\n}\n',
        '[driver] {\n  "spark.extraListeners" = ${base}"a.B"\n}\n',
        '[driver] {\n  "spark.extraListeners" = "${base}"\n}\n',
        '[driver] {\n  "spark.extraListeners" = "a.B\u00e9,c.D"\n}\n',
        '[executor] {\n  "spark.extraListeners" = "a.B"\n}\n',
        '[driver] {\n  "spark.a" = "1"\n}\n[executor] {\n  "spark.extraListeners" = "a.B"\n}\n',
        '[driver] {\n  "spark.extraListeners" = """a.B,c.D"""\n}\n',
        '[driver] {\n  x = """\n  "spark.extraListeners" = "old.Gone"\n  """\n}\n',
        '[driver] {\n  "spark.extraListeners" += "a.B"\n}\n',
        "spark.extraListeners += a.B\n",
        '[driver] {\n  "spark.extraListeners" = ["a.B","c.D"]\n}\n',
        "[driver] {\n  \"spark.extraListeners\" = 'a.B'\n}\n",
        '[driver] {\n  spark {\n    extraListeners = "a.B"\n  }\n}\n',
        'spark.extra"Listeners" = "a.B"\nspark.extraListeners = "a.B\n',
        '[driver] {\n  "spark.extraListeners" = "a.B" // c.D\n}\n',
        '[driver] {\n  "spark.extraListeners" = "a.B"\n  "spark.extraListeners" = "c.D"\n}\n',
        '[driver] {\n  "spark.extraListeners" = "a.B"\n',
        '[driver] {\n  "spark.extraListeners" = "NoPackage"\n}\n',
        '[driver] {\n  "spark.extraListeners" = "a.B; rm -rf $(HOME)"\n}\n',
        "spark.extraListeners = \\\n  a.B\n",
        'spark.extraListeners =\n"a.B"\n',
        'include "more.conf"\n"spark.extraListeners" = "a.B"\n',
        "include more.conf\nspark.extraListeners a.B\n",
        "my.spark.extraListeners a.B\n",
        "spark.extraListeners a.B\x00\n",
        "\ufeffspark.extraListeners a.B\n",
        "spark.foo = bar, spark.extraListeners = a.B\n",
    ],
)
def test_a_form_that_is_not_understood_whole_arms_nothing(cluster: Cluster, text: str) -> None:
    other = cluster.write("10-other.conf", text)
    line = cluster.start()
    assert line.startswith("not armed: 10-other.conf")
    assert "form that this script does not read" in line
    assert [path.name for path in cluster.conf_dir.iterdir()] == ["10-other.conf"]
    assert other.read_bytes() == text.encode()
    assert cluster.jars() == []


@pytest.mark.parametrize(
    "text",
    [
        '// "spark.extraListeners" = "old.Gone"\n',
        '  # spark.extraListeners old.Gone\n[executor] {\n  x = """a"""\n}\n',
        "include more\nspark.master local[2]\n",
    ],
)
def test_what_only_a_comment_names_is_not_brought_to_life(cluster: Cluster, text: str) -> None:
    cluster.write("10-other.conf", text)
    cluster.start()
    assert listeners(cluster.conf) == [THEIRS, OURS]


def test_beside_openlineage_s_own_file_ours_is_read_last_and_holds_its_entries(cluster: Cluster) -> None:
    cluster.write(
        "openlineage-spark-driver-defaults.conf",
        f'[driver] {{\n  "spark.extraListeners" = "{THEIRS},{OPENLINEAGE}"\n}}\n',
    )
    cluster.start()
    assert listeners(cluster.conf) == [THEIRS, OPENLINEAGE, OURS]
    assert max(path.name for path in cluster.conf_dir.iterdir()) == cluster.conf.name


def test_a_file_that_would_be_read_after_ours_arms_nothing(cluster: Cluster) -> None:
    cluster.write("zzzz.conf", "spark.extraListeners com.mine.A\n")
    assert "read after" in cluster.start()


def test_of_two_files_only_what_both_name_or_a_jar_holds_is_named(cluster: Cluster) -> None:
    cluster.write("10-a.conf", "spark.extraListeners com.both.X,com.mine.A\n")
    cluster.write("20-b.conf", "spark.extraListeners com.both.X\n")
    cluster.start(CLUSOP_LISTENERS="")
    assert listeners(cluster.conf) == ["com.both.X", "com.mine.A", OURS]
    cluster.write("10-a.conf", "spark.extraListeners old.Gone,com.both.X\n")
    assert "holds old.Gone" in cluster.start(CLUSOP_LISTENERS="")
    assert not cluster.conf.exists()


def test_without_word_of_the_listeners_that_are_there_it_names_none(cluster: Cluster) -> None:
    assert "tell them in CLUSOP_LISTENERS" in cluster.start(CLUSOP_LISTENERS="")
    assert cluster.left_no_trace()
    cluster.start(CLUSOP_LISTENERS="none")
    assert listeners(cluster.conf) == [OURS]


@pytest.mark.parametrize(
    "told", ["com.gone.Listener", f"{THEIRS},com.gone.Listener", "com/mine/A", "com.mine.A;x", "A"]
)
def test_a_told_entry_that_no_jar_holds_arms_nothing(cluster: Cluster, told: str) -> None:
    assert cluster.start(CLUSOP_LISTENERS=told).startswith("not armed: ")
    assert cluster.left_no_trace()


def test_told_entries_are_added_to_those_of_the_files(cluster: Cluster) -> None:
    cluster.write("10-other.conf", "spark.extraListeners com.other.One\n")
    cluster.start(CLUSOP_LISTENERS=f"com.mine.A, {THEIRS},com.other.One")
    assert listeners(cluster.conf) == ["com.other.One", "com.mine.A", THEIRS, OURS]


def test_a_jar_that_is_not_the_listed_one_writes_nothing(cluster: Cluster) -> None:
    make_jar(cluster.source / "clusop-listener_2.12.jar", OURS, "com.evil.X")
    assert "is not the jar" in cluster.start()
    assert cluster.left_no_trace()


def test_a_listed_jar_without_our_class_writes_nothing(cluster: Cluster) -> None:
    make_jar(cluster.source / "clusop-listener_2.12.jar", "com.other.Thing")
    cluster.list_jars()
    assert f"holds no {OURS}" in cluster.start()
    assert cluster.left_no_trace()


def test_a_list_that_is_not_the_pinned_one_writes_nothing(cluster: Cluster) -> None:
    assert "CLUSOP_JARS_SHA256" in cluster.start(CLUSOP_JARS_SHA256="0" * 64)
    assert cluster.left_no_trace()
    assert cluster.start(CLUSOP_JARS_SHA256=sha256(cluster.source / "jars.json")).endswith(", pinned)")


@pytest.mark.parametrize("content", ["", "not json", '{"jars": {"2.12": {"file": "clusop-listener_2.12.jar"}}}'])
def test_a_list_that_tells_nothing_writes_nothing(cluster: Cluster, content: str) -> None:
    (cluster.source / "jars.json").write_text(content)
    assert "no SHA-256" in cluster.start()
    assert cluster.left_no_trace()


def test_a_source_without_the_jar_writes_nothing(cluster: Cluster) -> None:
    assert "No such file" in cluster.start(CLUSOP_SOURCE=str(cluster.source / "gone"))
    assert cluster.left_no_trace()


def test_the_wheel_is_a_source_too(cluster: Cluster, tmp_path: Path) -> None:
    wheel = tmp_path / "clusop-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as made:
        for path in cluster.source.iterdir():
            made.write(path, f"clusop/jars/{path.name}")
    assert cluster.start(CLUSOP_SOURCE=str(wheel)).startswith("written")
    wheel.write_bytes(b"no wheel")
    assert "cannot be read" in cluster.start(CLUSOP_SOURCE=str(wheel))
    assert cluster.left_no_trace()
