from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from readings import problem_ids, shape

from clusop.plan.text import looks_like_explain_text, read_explain_bytes, read_explain_text

if TYPE_CHECKING:
    from collections.abc import Callable

SIMPLE = """== Physical Plan ==
AdaptiveSparkPlan isFinalPlan=false
+- == Initial Plan ==
   CollectLimit 21
   +- ColumnarToRow
      +- PhotonResultStage
         +- PhotonBroadcastHashJoin [k#1], [k#2], Inner, BuildRight, false, true
            :- PhotonFilter (k#1 > Subquery subquery#5, [id=#50])
            :  :  +- Subquery subquery#5, [id=#50]
            :  :     +- ColumnarToRow
            :  :        +- PhotonResultStage
            :  :           +- PhotonScan parquet shop.m[m#9]
            :  +- PhotonRowToColumnar
            :     +- FileScan csv [k#1,v#3] Batched: false, DataFilters: [(k#1 < 3) & true], Format: CSV
            +- PhotonShuffleExchangeSource
               +- PhotonShuffleMapStage EXECUTOR_BROADCAST, [id=#77]
                  +- PhotonShuffleExchangeSink SinglePartition
                     +- PhotonScan parquet shop.d[k#2] DataFilters: [], Format: parquet


== Photon Explanation ==
Photon does not fully support the query because:
\t\tUnsupported node: CollectLimit 21.

Reference node:
\tCollectLimit 21
"""
FORMATTED = """== Physical Plan ==
* Project (4)
+- * BroadcastHashJoin Inner BuildRight (3)
   :- Scan parquet  (1)
   +- ReusedExchange (2)


(1) Scan parquet\x20
Output [1]: [k#1]
Batched: true

(2) ReusedExchange [Reuses operator id: 9]
Output [1]: [k#2]

(3) BroadcastHashJoin [codegen id : 1]
Left keys [1]: [k#1]

(4) Project [codegen id : 1]
Output [1]: [k#1]
"""
PLAIN = {"simple": SIMPLE, "formatted": FORMATTED}


def before_each_line(prefix: str) -> Callable[[str], str]:
    return lambda text: "\n".join(prefix + line for line in text.split("\n"))


def numbered(form: str) -> Callable[[str], str]:
    return lambda text: "\n".join(form.format(n) + line for n, line in enumerate(text.split("\n"), 1))


def unexpanded(width: int) -> Callable[[str], str]:
    def tabs(match: re.Match[str]) -> str:
        return "\t" * (len(match.group()) // width) + " " * (len(match.group()) % width)

    return lambda text: re.sub(r"(?m)^ +", tabs, text)


HARMLESS: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "trailing blanks": lambda text: text.replace("\n", "  \t \n"),
    "indented": before_each_line("      "),
    "byte-order mark": lambda text: text,
    "blank lines": lambda text: text.replace("\n", "\n\n"),
    "prose around": lambda text: f"Here is the plan, see below.\n\n{text}\nWhat is wrong with it?\nThanks + regards",
    "prompts": lambda text: (
        f"spark-sql (default)> EXPLAIN SELECT 1;\nplan\n{text}\nTime taken: 0.2 seconds, Fetched 1 row(s)\n"
    ),
    "scala shell": lambda text: f"scala> df.explain\n{text}\nscala> ",
    "result of a shell": lambda text: f"res3: String =\n{text}",
    "fenced": lambda text: f"```text\n{text}\n```\n",
    "table of a shell": lambda text: f"+----+\n|plan|\n+----+\n|{text}|\n+----+\n",
}
REPAIRED: dict[str, Callable[[str], str]] = {
    "// MAGIC": before_each_line("// MAGIC "),
    "-- MAGIC": before_each_line("-- MAGIC "),
    "# MAGIC": before_each_line("# MAGIC "),
    "#": before_each_line("# "),
    "//": before_each_line("//"),
    "--": before_each_line("-- "),
    "%": before_each_line("%"),
    "quoted mail": before_each_line("> "),
    "twice quoted mail": before_each_line("> > "),
    "table": before_each_line("|"),
    "bullets": before_each_line("* "),
    "dashes": before_each_line("- "),
    "line numbers": numbered("{:4d}  "),
    "cat -n": numbered("{:6d}\t"),
    "line numbers with dots": numbered("{:3d}. "),
    "tabs of eight": unexpanded(8),
    "tabs of three": unexpanded(3),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "zero-width characters": lambda text: "\ufeff" + text.replace("- ", "-\u200b "),
    "colours": lambda text: re.sub(r"([A-Z]\w+)", "\x1b[1;32m\\1\x1b[0m", text),
    "bold": lambda text: re.sub(r"(ColumnarToRow|BroadcastHashJoin)", r"**\1**", text),
    "typographic dashes": lambda text: text.replace("+- ", "+\u2013 ").replace(":- ", ":\u2013 "),
    "HTML": lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace(" ", "&nbsp;"),
    "HTML breaks": lambda text: text.replace("\n", "<br/>"),
    "HTML pre": lambda text: f"<pre>{text}</pre>",
    "JSON string": json.dumps,
    "JSON object": lambda text: json.dumps({"a": 1, "plan": text, "z": "end"}),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "Python string": repr,
    "Scala string": lambda text: f'plan: String = "{text}"'.replace("\n", "\\n"),
}


@pytest.mark.parametrize("plan", PLAIN)
@pytest.mark.parametrize("damage", HARMLESS)
def test_what_changes_nothing_is_not_mentioned(plan: str, damage: str) -> None:
    whole, read = read_explain_text(PLAIN[plan]), read_explain_text(HARMLESS[damage](PLAIN[plan]))
    assert (shape(read), read.explanation, read.phase) == (shape(whole), whole.explanation, whole.phase)
    assert whole.problems == ()
    assert read.problems == ()


@pytest.mark.parametrize("plan", PLAIN)
@pytest.mark.parametrize("damage", REPAIRED)
def test_damage_is_undone_and_told(plan: str, damage: str) -> None:
    damaged = REPAIRED[damage](PLAIN[plan])
    whole, read = read_explain_text(PLAIN[plan]), read_explain_text(damaged)
    assert shape(read) == shape(whole)
    assert read.explanation.verdict is whole.explanation.verdict
    if damaged != PLAIN[plan]:
        assert problem_ids(read) <= {"repaired-text"}


def test_the_words_of_a_repair() -> None:
    read = read_explain_text(before_each_line("# MAGIC ")(SIMPLE).replace("\n", "\\n"))
    assert [reason.sentence for reason in read.problems] == [
        "The text was damaged and repaired (escaped newlines, comment signs)."
    ]


def test_a_missing_heading_is_told() -> None:
    whole, read = read_explain_text(SIMPLE), read_explain_text(SIMPLE.partition("\n")[2])
    assert (shape(read), read.phase, read.explanation) == (shape(whole), whole.phase, whole.explanation)
    assert problem_ids(read) == {"missing-header"}


def test_wrapped_arguments_inside_the_tree() -> None:
    wrapped = SIMPLE.replace(
        "DataFilters: [(k#1", "\n            :        DataFilters:\n            :          [(k#1"
    ).replace("[k#1], [k#2], Inner", "[k#1],\n[k#2], Inner")
    read = read_explain_text(wrapped)
    assert shape(read) == shape(read_explain_text(SIMPLE))
    assert problem_ids(read) == {"wrapped-lines"}
    assert read.plan is not None
    scan = next(o for o in read.plan.operators if o.name == "Scan csv")
    assert "DataFilters: [(k#1 < 3)" in scan.arguments


def test_wrapped_arguments_at_the_end_belong_to_the_last_operator() -> None:
    read = read_explain_text(
        "== Physical Plan ==\nColumnarToRow\n"
        "+- FileScan parquet [a#1] DataFilters: [isnotnull(a#1),\n(a#1 > 3)]\nTime taken: 3 s\n"
    )
    assert problem_ids(read) == {"wrapped-lines"}
    assert read.plan is not None
    assert "(a#1 > 3)" in read.plan.operators[1].arguments


def test_a_missing_top_leaves_a_forest() -> None:
    text = """b#2, trim(c#3, None) AS d#4]
   :        +- PhotonFilter (a#1 > 3)
   :           +- PhotonRowToColumnar
   :              +- FileScan csv [a#1]
   +- PhotonShuffleExchangeSource
      +- PhotonScan parquet t[b#2]

== Photon Explanation ==
The query is fully supported by Photon.
"""
    read = read_explain_text(text)
    assert (
        shape(read)
        == """PhotonFilter
  PhotonRowToColumnar
    Scan csv
PhotonShuffleExchangeSource
  PhotonScan parquet"""
    )
    assert problem_ids(read) == {"missing-header", "truncated-top"}
    assert read.explanation.verdict.value == "fully"


def test_a_text_that_begins_at_a_marker_lost_its_wrapper_only() -> None:
    read = read_explain_text(
        "+- == Final Plan ==\n   *(1) Project [a#1]\n   +- LocalTableScan [a#1]\n"
        "+- == Initial Plan ==\n   Project [a#1]\n   +- LocalTableScan [a#1]\n"
    )
    assert shape(read) == "Project\n  LocalTableScan"
    assert read.phase.value == "final"
    assert "truncated-top" not in problem_ids(read)


@pytest.mark.parametrize("kept_lines", [6, 9, 12, 14, 16, 17])
def test_a_missing_bottom_is_told(kept_lines: int) -> None:
    read = read_explain_text("\n".join(SIMPLE.split("\n")[:kept_lines]))
    assert problem_ids(read) == {"truncated-plan"}


def test_a_missing_middle_is_told() -> None:
    lines = SIMPLE.split("\n")
    read = read_explain_text("\n".join(lines[:8] + lines[13:]))
    assert problem_ids(read) & {"truncated-plan", "irregular-indentation"}


def test_lost_indentation_is_read_in_order() -> None:
    bare = re.sub(r"(?m)^[ :]*?(?=[+:]- |[^ :])", "", SIMPLE.partition("\n\n\n")[0])
    read = read_explain_text(bare)
    assert shape(read) == shape(read_explain_text(SIMPLE))
    assert problem_ids(read) == {"irregular-indentation"}


def test_lost_leading_blanks_are_read_in_order() -> None:
    bare = "\n".join(line.lstrip() for line in SIMPLE.partition("\n\n\n")[0].split("\n"))
    read = read_explain_text(bare)
    assert shape(read) == shape(read_explain_text(SIMPLE))
    assert problem_ids(read) == {"irregular-indentation"}


@pytest.mark.parametrize("width", [1, 2, 4])
def test_another_width_of_indentation_is_read_by_nearness(width: int) -> None:
    text = "== Physical Plan ==\nProject [a#1]\n" + "".join(
        " " * (width * depth) + f"+- {name}\n"
        for depth, name in enumerate(["Filter x", "Sort x", "Exchange x", "LocalTableScan [a#1]"])
    )
    assert shape(read_explain_text(text)) == "Project\n  Filter\n    Sort\n      Exchange\n        LocalTableScan"


def test_lost_connectors_leave_the_indentation() -> None:
    text = "== Physical Plan ==\nColumnarToRow\n  PhotonResultStage\n    PhotonProject [a#1]\n      PhotonScan parquet t[a#1]\n"
    read = read_explain_text(text)
    assert shape(read) == "ColumnarToRow\n  PhotonResultStage\n    PhotonProject\n      PhotonScan parquet"
    assert problem_ids(read) == {"irregular-indentation"}


def test_a_comment_sign_that_begins_a_wrapped_argument_stays() -> None:
    text = "== Physical Plan ==\nProject [a\n#1, b#2]\n+- LocalTableScan [a#1]\n"
    read = read_explain_text(text)
    assert problem_ids(read) == {"wrapped-lines"}
    assert read.plan is not None
    assert read.plan.operators[0].arguments == "[a #1, b#2]"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_bytes_in_any_usual_encoding(encoding: str) -> None:
    text = SIMPLE.replace("shop", "caf\u00e9")
    read = read_explain_bytes(text.encode(encoding))
    assert shape(read) == shape(read_explain_text(SIMPLE))
    assert read.problems == ()


def test_bytes_cut_inside_their_last_character() -> None:
    read = read_explain_bytes((SIMPLE + "\u00e9").encode()[:-1])
    assert shape(read) == shape(read_explain_text(SIMPLE))


@pytest.mark.parametrize("damage", HARMLESS)
def test_a_damaged_text_is_still_told_to_be_one(damage: str) -> None:
    assert looks_like_explain_text(HARMLESS[damage](SIMPLE))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        '{"Event":"SparkListenerLogStart"}\n{"x":"== Physical Plan =="}',
        "a,b\n1,2\n",
        "+- one",
        "=" * 60_000,
        "+- " * 20_000,
    ],
)
def test_other_texts_are_not_taken_for_plans(text: str) -> None:
    assert not looks_like_explain_text(text)


def test_children_that_are_not_indented_below_a_tabbed_root() -> None:
    text = (
        "== Physical Plan ==\nAdaptiveSparkPlan isFinalPlan=false\t \n+- == Initial Plan ==\n\tColumnarToRow \n"
        "\t+- PhotonResultStage  \n\t+- PhotonBroadcastHashJoin [a#1], [b#2], Inner, BuildRight\n"
        "\t:- PhotonProject [a#1]\n\t+- PhotonScan parquet t[a#1]\n\t+- PhotonScan parquet u[b#2]\n"
    )
    read = read_explain_text(text)
    assert problem_ids(read) == {"irregular-indentation", "repaired-text"}
    assert (
        shape(read)
        == """AdaptiveSparkPlan
  ColumnarToRow
    PhotonResultStage
      PhotonBroadcastHashJoin
        PhotonProject
          PhotonScan parquet
        PhotonScan parquet"""
    )
