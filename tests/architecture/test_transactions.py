"""The service writes through ``Database.write``, which does again what PostgreSQL broke up: no transaction opens beside it."""

from __future__ import annotations

import ast

import pytest
from tree_of_files import modules, shown

# Opens transactions, and does nothing else.
OPENS = "src/clusop/service/store/database.py"


def opens(call: ast.expr) -> bool:
    """Whether what is called is ``….writing`` or ``….engine.begin`` and its like."""
    if not isinstance(call, ast.Attribute):
        return False
    of_engine = isinstance(call.value, ast.Attribute) and call.value.attr in {"engine", "writing_engine"}
    return call.attr == "writing" or (of_engine and call.attr in {"begin", "connect", "raw_connection"})


@pytest.mark.parametrize("path", [path for path in modules() if "database" in path.read_text().lower()], ids=shown)
def test_no_transaction_is_tried_only_once(path):
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    found = [f"line {call.lineno}" for call in calls if opens(call)]
    if shown(path) == OPENS:
        assert found, "what this test looks for has another name by now"
    else:
        assert found == [], "Database.write(work) does work again where PostgreSQL broke it up"
