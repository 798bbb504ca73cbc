"""The vectors of SPEC P9: inputs written here with the answers that Python gives and Scala must give.

``vectors.py write`` puts an answer beside every input below ``tests/vectors/data/<kind>``: ``x.txt`` or ``x.json`` is answered in
``x.answer.json``. ``vectors.py grow KIND COUNT`` adds fuzzed inputs. Look at the difference before you commit it.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz import DEFAULT_SEED, KINDS, input_of, python_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DATA", "Vector", "main", "vectors"]

DATA = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "data"
_ANSWER = ".answer.json"


@dataclass(frozen=True, slots=True)
class Vector:
    """One question and where its answer stands."""

    kind: str
    path: Path

    @property
    def name(self) -> str:
        """For a test's id."""
        return f"{self.kind}/{self.path.stem}"

    @property
    def text(self) -> str:
        """The input, exactly as it stands."""
        return self.path.read_bytes().decode("utf-8")

    @property
    def answer_path(self) -> Path:
        """Where the answer stands."""
        return self.path.with_name(self.path.stem + _ANSWER)

    @property
    def answer(self) -> str:
        """The answer as canonical JSON; on disk it is indented for people."""
        return _canonical(json.loads(self.answer_path.read_text(encoding="utf-8")))


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def vectors() -> Iterator[Vector]:
    """Every vector in the tree, in a fixed order."""
    for kind in KINDS:
        for path in sorted((DATA / kind).glob("*")):
            if not path.name.endswith(_ANSWER):
                yield Vector(kind, path)


def _write() -> None:
    for vector in vectors():
        answer = json.loads(python_answer(vector.kind, vector.text))
        text = json.dumps(answer, indent=1, sort_keys=True, ensure_ascii=True) + "\n"
        if not vector.answer_path.is_file() or vector.answer_path.read_text(encoding="utf-8") != text:
            vector.answer_path.write_text(text, encoding="utf-8")
            print(f"  {vector.answer_path.relative_to(DATA)}")


def _grow(kind: str, count: int) -> None:
    folder = DATA / kind
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        text = input_of(kind, DEFAULT_SEED, index)
        # Git would change carriage returns, and a lone one is what no editor keeps; the fuzz run has them.
        if "\r" not in text:
            suffix = "txt" if kind == "plan-text" else "json"
            (folder / f"grown-{index:03d}.{suffix}").write_bytes(text.encode("utf-8"))


def main(arguments: list[str]) -> int:
    """Write answers, or grow inputs first."""
    match arguments:
        case ["write"]:
            _write()
        case ["grow", kind, count] if kind in KINDS:
            _grow(kind, int(count))
            _write()
        case _:
            sys.exit("usage: vectors.py write | vectors.py grow KIND COUNT")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
