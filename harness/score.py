"""How right the verdicts are on a labelled set: confusion table, precision and recall with Wilson intervals, disagreements.

    python harness/score.py [--corpus FOLDER]

scores the recorded Comet logs and, where it lies beside the repository, the corpus, through the public command. Imported, it
is the small library the corpus and golden tests count with.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusop.certify.agreement import wilson as score_interval
from clusop.certify.judge import worst_verdict as worst_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = [
    "LABEL_OF_VERDICT",
    "Case",
    "Interval",
    "Rate",
    "Score",
    "manifest_label",
    "wilson",
    "worst_verdict",
]

LABEL_OF_VERDICT = {
    "fallback": "fallback",
    "partial": "partial",
    "unknown": "unknown",
    "native": "clean",
    "command": "clean",
    "not-accelerated": "clean",
}
"""What a verdict claims in the labels' words: the corpus does not tell native, command and not-accelerated apart."""

_LABEL_ORDER = ("fallback", "partial", "clean", "unknown")
_REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Interval:
    """A rate's confidence interval, both ends 0..1."""

    low: float
    high: float


def wilson(successes: int, trials: int, z: float = 1.96) -> Interval:
    """The Wilson score interval of a proportion (E. B. Wilson, 1927), 95 % by default. Nothing tried, nothing known: 0 to 1."""
    return Interval(*score_interval(successes, trials, z))


@dataclass(frozen=True, slots=True)
class Rate:
    """Successes of trials."""

    successes: int
    trials: int

    @property
    def interval(self) -> Interval:
        """Its 95 % Wilson interval."""
        return wilson(self.successes, self.trials)

    def __str__(self) -> str:
        if self.trials == 0:
            return "none to count"
        found = self.interval
        return (
            f"{self.successes}/{self.trials} = {self.successes / self.trials:.3f} [{found.low:.3f}, {found.high:.3f}]"
        )


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled plan: where it is, the label it bears, the label it was given, and a remark for whoever must look."""

    name: str
    expected: str
    said: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A labelled set and what was said of it."""

    cases: tuple[Case, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label that occurs, the known ones first in their usual order."""
        seen = {label for case in self.cases for label in (case.expected, case.said)}
        return (*(label for label in _LABEL_ORDER if label in seen), *sorted(seen - set(_LABEL_ORDER)))

    @property
    def disagreements(self) -> tuple[Case, ...]:
        """The cases said wrong."""
        return tuple(case for case in self.cases if case.expected != case.said)

    def precision(self, label: str) -> Rate:
        """Of those said to be ``label``, how many are."""
        said = [case for case in self.cases if case.said == label]
        return Rate(sum(case.expected == label for case in said), len(said))

    def recall(self, label: str) -> Rate:
        """Of those that are ``label``, how many were said to be."""
        true = [case for case in self.cases if case.expected == label]
        return Rate(sum(case.said == label for case in true), len(true))

    def render(self) -> str:
        """The confusion table, the rates and the disagreements as text."""
        counts = Counter((case.expected, case.said) for case in self.cases)
        width = max([8, *(len(label) for label in self.labels)]) + 2
        lines = ["truth \\ said".ljust(width + 4) + "".join(label.rjust(width) for label in self.labels)]
        for truth in self.labels:
            cells = "".join(str(counts[truth, said] or ".").rjust(width) for said in self.labels)
            lines.append(truth.ljust(width + 4) + cells)
        lines += [f"{label}: precision {self.precision(label)}, recall {self.recall(label)}" for label in self.labels]
        lines.append(f"{len(self.cases)} cases, {len(self.disagreements)} disagreements")
        lines += [
            f"  {case.name}: is {case.expected}, said {case.said}. {case.remark}".rstrip()
            for case in self.disagreements
        ]
        return "\n".join(lines)


def manifest_label(entry: Mapping[str, Any]) -> str:
    """The label of an entry of the corpus's manifest: its ``fallback`` is true, false, ``partial`` or ``unknown``."""
    fallback = entry["fallback"]
    if isinstance(fallback, bool):
        return "fallback" if fallback else "clean"
    return str(fallback)


def worst_verdict(verdicts: Iterable[str]) -> str | None:
    """The verdict that counts where several executions are one piece of work; ``None`` of none."""
    seen = set(verdicts)
    return worst_of(seen) or None


def _analyzed(paths: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """The public command's report on each path, by path."""
    command = [sys.executable, "-m", "clusop", "analyze", "--json", *(str(path) for path in paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        raise SystemExit(done.stderr.strip() or "clusop analyze said nothing")
    return {entry["path"]: entry for entry in json.loads(done.stdout)["inputs"]}


def _recorded_cases(folder: Path) -> Iterator[Case]:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    reports = _analyzed([folder / name for name in expected])
    for name, log in expected.items():
        queries = {query["id"]: query for query in reports[str(folder / name)]["queries"]}
        for workload, truth in log["workloads"].items():
            own = [queries[str(number)] for number in truth["executions"] if str(number) in queries]
            said = worst_verdict(query["verdict"] for query in own if query["role"] != "internal") or "nothing"
            yield Case(f"{name}#{workload}", truth["verdict"], said, truth["shows"])


def _corpus_cases(folder: Path) -> Iterator[Case]:
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines if line.strip()]
    paths = sorted({folder / entry["file"].partition("#")[0] for entry in entries})
    reports = _analyzed(paths)
    for entry in entries:
        file, _, part = entry["file"].partition("#")
        numbered = re.search(r"exec(\d+)", part)
        execution = numbered.group(1) if numbered else ""
        queries = reports.get(str(folder / file), {}).get("queries", [])
        own = [query["verdict"] for query in queries if not execution or query["id"] == execution]
        said = worst_verdict(own)
        yield Case(
            entry["file"], manifest_label(entry), LABEL_OF_VERDICT[said] if said else "nothing", entry.get("why", "")
        )


def main() -> int:
    """Score what is there; 1 if anything disagrees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=_REPOSITORY.parent / "shared" / "corpus")
    given = parser.parse_args()
    recorded = Score(tuple(_recorded_cases(_REPOSITORY / "tests" / "data" / "eventlogs" / "comet")))
    print("Recorded Comet logs\n" + recorded.render())
    astray = len(recorded.disagreements)
    if (given.corpus / "manifest.jsonl").is_file():
        corpus = Score(tuple(_corpus_cases(given.corpus)))
        print("\nCorpus\n" + corpus.render())
        astray += len(corpus.disagreements)
    else:
        print(f"\nNo corpus at {given.corpus}")
    return 1 if astray else 0


if __name__ == "__main__":
    sys.exit(main())
