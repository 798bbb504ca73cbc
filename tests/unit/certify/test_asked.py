"""The command that stands in a matrix is the one that makes it again."""

from __future__ import annotations

from pathlib import Path

from clusop.certify.local import Asked


def asked(**more):
    return Asked("comet", Path("/home/ann/out"), Path("/home/ann/cache"), "2026-11-29", **more)


def test_what_was_chosen_stands_in_the_command():
    assert asked().command == "clusop certify --engine comet"
    chosen = asked(areas=("Delta Lake reads",), fixtures=("scala-udf",), repeats=3)
    assert chosen.command == "clusop certify --engine comet --area 'Delta Lake reads' --fixture scala-udf --repeats 3"


def test_no_path_of_this_machine_stands_in_it():
    own = asked(folder=Path("/home/ann/fixtures"), jars=(Path("/home/ann/comet.jar"),))
    assert own.command == "clusop certify --engine comet --folder FOLDER --jar FILE"
