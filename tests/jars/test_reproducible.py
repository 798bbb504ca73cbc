"""The same sources give the same jar on one machine, byte for byte, wherever in it and whenever it is built."""

from __future__ import annotations

import pytest

from build_jars import build_again, main_jar
from jar_file import jar_entries, manifest, write_jar

pytestmark = pytest.mark.spark


def test_a_second_build_gives_the_same_bytes(jar, tmp_path):
    scala_binary = jar.stem.rpartition("_")[2]
    again = tmp_path / "elsewhere" / jar.name
    build_again(scala_binary, again)
    first, second = jar_entries(main_jar(scala_binary)), jar_entries(again)
    assert [name for name in first.keys() | second.keys() if first.get(name) != second.get(name)] == []
    assert again.read_bytes() == jar.read_bytes()


def test_the_order_in_which_entries_come_makes_no_difference(tmp_path):
    entries = {f"com/acme/{name}.class": name.encode() for name in "cab"}
    made = []
    for number, order in enumerate((sorted(entries), sorted(entries, reverse=True))):
        path = tmp_path / f"{number}.jar"
        write_jar(path, {name: entries[name] for name in order}, manifest("acme", "1.0", "com.acme"))
        made.append(path.read_bytes())
    assert made[0] == made[1]
