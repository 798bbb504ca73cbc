"""Asks Scala and Python the same questions and compares their answers byte for byte (SPEC P9): ``make fuzz``.

``fuzz.py [--count 20000] [--seed N] [--kind plan-text] [--only INDEX] [--scala 2.13]``. Input ``index`` of a kind depends on
the seed, the kind and the index alone, so one line of a failure's report makes it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import TypeAlias

from fuzz_markets import market_text, numbers_text
from fuzz_plan_infos import plan_info_text
from fuzz_runs import run_text
from fuzz_settings import setting_text
from fuzz_shrink import shrunk
from fuzz_texts import explain_text
from probe_jvm import ProbeJvm

# Python's answers are test code: they stand beside the vectors.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "vectors" / "answers"))

__all__ = ["KINDS", "Disagreement", "Kind", "disagreements", "input_of", "main", "python_answer"]

Answer: TypeAlias = Callable[[str, str], str]

DEFAULT_COUNT = 20_000
DEFAULT_SEED = 20261122
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question: how an input is made, and what part of the whole it has."""

    make: Callable[[Random], str]
    parts: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An input on which the two differ, made small, with both answers and how to make it again."""

    kind: str
    index: int
    text: str
    python: str
    scala: str

    def report(self, seed: int) -> str:
        """What a person needs to mend it."""
        at = next((i for i, (a, b) in enumerate(zip(self.python, self.scala, strict=False)) if a != b), -1)
        around = slice(max(0, at - 80), at + 120)
        return (
            f"{self.kind} #{self.index} (again: harness/fuzz.py --seed {seed} --kind {self.kind} --only {self.index})\n"
            f"  input  {self.text!r}\n  Python …{self.python[around]}\n  Scala  …{self.scala[around]}"
        )


KINDS = {
    "plan-text": Kind(explain_text, 7),
    "plan-info": Kind(plan_info_text, 4),
    "run": Kind(run_text, 5),
    "market": Kind(market_text, 3),
    "record": Kind(market_text, 2),
    "numbers": Kind(numbers_text, 1),
    "setting": Kind(setting_text, 1),
}


def python_answer(kind: str, text: str) -> str:
    """Python's answer to one input. An exception is an answer that Scala never gives: it is reported like any disagreement."""
    try:
        return _python_answers()[kind](text)
    except Exception as error:
        return f"raised {type(error).__name__}: {error}"


@cache
def _python_answers() -> dict[str, Callable[[str], str]]:
    from cost_answer import answer_of_market
    from diagnosis_answer import answer_of_observed
    from plan_answer import answer_of_plan_info, answer_of_text
    from record_answer import answer_of_record
    from setting_answer import answer_of_setting
    from units_answer import answer_of_numbers

    return {
        "plan-text": answer_of_text,
        "plan-info": answer_of_plan_info,
        "run": answer_of_observed,
        "market": answer_of_market,
        "record": answer_of_record,
        "numbers": answer_of_numbers,
        "setting": answer_of_setting,
    }


def input_of(kind: str, seed: int, index: int) -> str:
    """The input of this kind, seed and index; the same on every machine and Python."""
    return KINDS[kind].make(Random(f"{seed}:{kind}:{index}"))


def disagreements(kind: str, seed: int, indexes: range, scala: Answer) -> list[Disagreement]:
    """Compare these inputs; what differs is made small. Stops after a handful: the first ones are what one mends."""
    found: list[Disagreement] = []
    for index in indexes:
        text = input_of(kind, seed, index)
        if python_answer(kind, text) == scala(kind, text):
            continue
        small = shrunk(text, lambda candidate: python_answer(kind, candidate) != scala(kind, candidate))
        found.append(Disagreement(kind, index, small, python_answer(kind, small), scala(kind, small)))
        if len(found) == _SHOWN:
            break
    return found


def main(arguments: list[str]) -> int:
    """Compare; 1 where something differs."""
    parser = argparse.ArgumentParser(description="Compare Scala's and Python's answers on fuzzed inputs")
    parser.add_argument("--count", type=int, default=DEFAULT_COUNT, help="inputs of all kinds together")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--kind", choices=KINDS, action="append", help="only this kind (may be repeated)")
    parser.add_argument("--only", type=int, help="only the input of this index")
    parser.add_argument("--scala", choices=("2.12", "2.13"), default="2.12")
    chosen = parser.parse_args(arguments)
    kinds = chosen.kind or list(KINDS)
    parts = sum(KINDS[kind].parts for kind in kinds)
    failed = 0
    with ProbeJvm(chosen.scala) as jvm:
        for kind in kinds:
            count = -(-chosen.count * KINDS[kind].parts // parts)
            indexes = range(count) if chosen.only is None else range(chosen.only, chosen.only + 1)
            start = time.monotonic()
            found = disagreements(kind, chosen.seed, indexes, jvm.answer)
            failed += len(found)
            word = "all alike" if not found else f"{len(found)} differ, the rest was not tried"
            print(f"  {kind}: {len(indexes)} inputs in {time.monotonic() - start:.0f} s, {word}", flush=True)
            for one in found:
                print(one.report(chosen.seed), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
