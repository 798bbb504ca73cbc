from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_text_damage import FORMATTED, SIMPLE

from clusop.plan.text import Steps, looks_like_explain_text, read_explain_bytes, read_explain_text

if TYPE_CHECKING:
    import random

WORST_GROWTH = 12
PLANS = (SIMPLE, FORMATTED, SIMPLE + FORMATTED)
PIECES = [
    "== Physical Plan ==\n",
    "== Final Plan ==",
    "+- == Initial Plan ==\n",
    "+- == Current Plan ==\n",
    "AdaptiveSparkPlan\n",
    "+- ",
    ":- ",
    ":  ",
    "   ",
    "\n",
    "Filter (a#1",
    "*(2) ",
    "(1) Scan csv\n",
    "Output [1]: [a#1]\n",
    "Subquery:1 Hosting operator id = 1 ",
    "Hosting Expression = ",
    "===== Subqueries =====\n",
    "== Photon Explanation ==\n",
    "Reference node:\n",
    "Unsupported node: x.\n",
    "Photon does not fully support the query because:\n",
    "Subquery subquery#1, [id=#2]",
    "InMemoryRelation [a]",
    "LocalTableScan [a#1]\n",
    "Execute ",
    "CreateViewCommand",
    "\t",
    "// MAGIC ",
    "# ",
    "\\n",
    "\x1b[0m",
    "&nbsp;",
    "\xa0",
    "**",
    "```\n",
    "Project (3)\n",
    "\ud800",
    "'",
]


def bounded(text: str) -> None:
    """Whatever the text, there is a plan or a reason, and the work is a bounded number of passes over it."""
    steps = Steps()
    reading = read_explain_text(text, steps)
    assert reading.plan is not None or reading.problems
    assert steps.count <= 40 * (len(text) + 100)
    if reading.plan is not None:
        assert all(operator.name for operator in reading.plan.operators)
    looks_like_explain_text(text)


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    bounded(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_order_of_a_plans_pieces(pieces: list[str]) -> None:
    bounded("".join(pieces))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=500))
def test_any_bytes(data: bytes) -> None:
    reading = read_explain_bytes(data)
    assert reading.plan is not None or reading.problems


def mutated(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                del lines[at : at + chance.randint(1, 4)]
            case 1:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 2:
                part = lines[at : at + 6]
                chance.shuffle(part)
                lines[at : at + 6] = part
            case 3:
                lines = lines[:at]
            case 4:
                lines.insert(at, chance.choice(PIECES))
            case 5:
                lines[at] = " " * chance.randint(0, 9) + lines[at].lstrip(chance.choice([" ", " :", " :+-"]))
            case 6:
                lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
            case _:
                lines[at] = lines[at].replace(" ", chance.choice(["\t", "", "  "]), chance.randint(1, 5))
        lines = lines or [""]
    return "\n".join(lines)


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False))
def test_mutated_plans(chance: random.Random) -> None:
    bounded(mutated(chance.choice(PLANS), chance))


def chain(depth: int) -> str:
    return "".join("   " * max(n - 1, 0) + ("+- " if n else "") + f"Project [a#{n}]\n" for n in range(depth))


GROWING = {
    "wide tree": lambda n: (
        "== Physical Plan ==\nUnion\n" + ":- LocalTableScan [a#1]\n" * n + "+- LocalTableScan [a#1]\n"
    ),
    "joins": lambda n: "== Physical Plan ==\nUnion\n" + ":- Project [a#1]\n:  +- LocalTableScan [a#1]\n" * n,
    "lost indentation": lambda n: "== Physical Plan ==\nProject [a#1]\n" + "+- Project [a#1]\n" * n,
    "lost indentation, joins": lambda n: "== Physical Plan ==\nJoin x\n" + ":- Join x\n+- Join x\n:- Scan x\n" * n,
    "nested adaptive plans": lambda n: (
        "== Physical Plan ==\n" + "AdaptiveSparkPlan x\n+- == Final Plan ==\n   " * n + "Scan x\n"
    ),
    "markers": lambda n: "== Physical Plan ==\nAdaptiveSparkPlan x\n" + "+- == Final Plan ==\n   Scan x\n" * n,
    "initial markers": lambda n: (
        "== Physical Plan ==\nAdaptiveSparkPlan x\n" + "+- == Initial Plan ==\n   Scan x\n" * n
    ),
    "irregular tree": lambda n: (
        "== Physical Plan ==\nUnion\n" + "            :- Filter x\n      :- Sort x\n  +- Sort x\n" * n
    ),
    "details": lambda n: "== Physical Plan ==\nScan csv (1)\n\n" + "(1) Scan csv\nOutput [1]: [a#1]\n\n" * n,
    "one long detail": lambda n: "== Physical Plan ==\nScan csv (1)\n\n(1) Scan csv\n" + "Output [1]: [a#1]\n" * n,
    "subqueries": lambda n: (
        "== Physical Plan ==\nScan csv (1)\n\n(1) Scan csv\n\n"
        + "Subquery:1 Hosting operator id = 1 Hosting Expression = Subquery s#1\nScan csv (2)\n\n" * n
    ),
    "reasons": lambda n: SIMPLE + "\tfoo(a#1) is not supported:\n\t\tNo.\n\nReference node:\n\tProject x\n\n" * n,
    "unnamed reasons": lambda n: SIMPLE + "words without end\n" * n,
    "wrapped arguments": lambda n: "== Physical Plan ==\nFilter (\n" + "a#1 AND\n" * n + "+- Scan x\n",
    "one long line": lambda n: "== Physical Plan ==\nFilter (" + "a (1) AND * # // ** " * n + "\n+- Scan x\n",
    "guides only": lambda n: "== Physical Plan ==\nUnion\n" + ":  " * n + ": x\n" + " " * n + "\n",
    "open brackets": lambda n: "== Physical Plan ==\nFilter " + "([{" * n + "\nx\n",
    "escapes": lambda n: "== Physical Plan ==\\nUnion\\n" + ":- Scan x\\n\\\\t\\u0041" * n,
    "comments": lambda n: "# MAGIC == Physical Plan ==\n# MAGIC Union\n" + "# MAGIC :- Scan x\n" * n,
    "quotes": lambda n: ">" * n + " == Physical Plan ==\n" + "> > +- Scan x\n" * n,
    "tabs": lambda n: "== Physical Plan ==\nUnion\n" + "\t:- Scan x\n" * n,
    "entities and tags": lambda n: "<pre>== Physical Plan ==\nUnion\n" + "<span &lt;&#58;- Scan\n" * n,
    "headings": lambda n: "== Physical Plan ==\nScan x\n" * n,
    "equals signs": lambda n: "=" * n + "\n" + "== " * n + "\n",
    "logical plan": lambda n: "== Analyzed Logical Plan ==\nUnion\n" + ":- Relation x\n" * n,
    "prose": lambda n: "Filter Project Sort, as I said. " * n,
    "colour codes": lambda n: "\x1b[31m== Physical Plan ==\n" + "\x1b]" * n,
}


@pytest.mark.parametrize("kind", GROWING)
def test_work_grows_no_faster_than_the_text(kind: str) -> None:
    counts = []
    for size in (40, 400):
        steps = Steps()
        text = GROWING[kind](size)
        read_explain_text(text, steps)
        counts.append(steps.count / max(len(text), 1))
    assert counts[1] <= counts[0] * WORST_GROWTH / 10


def test_a_deep_tree_costs_no_more_per_character_than_a_shallow_one() -> None:
    per_character = []
    for depth in (60, 600):
        steps = Steps()
        text = "== Physical Plan ==\n" + chain(depth)
        reading = read_explain_text(text, steps)
        assert reading.plan is not None
        assert max(reading.plan.depths) == depth - 1
        per_character.append(steps.count / len(text))
    assert per_character[1] <= per_character[0] * WORST_GROWTH / 10
