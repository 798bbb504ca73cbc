"""What may be imported and touched where (SPEC, "The house").

The order of the packages is import-linter's (``make layers``); here stands what it cannot say: which packages live on the
standard library alone, and which are pure.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

import pytest
from tree_of_files import SOURCE, modules, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STANDARD_LIBRARY_ONLY = ("plan", "pricing", "analysis", "runtime")
PURE = ("plan", "pricing", "analysis")
FOUNDATION = ("reasons", "units", "errors")

# Modules a pure package has no use for: clocks, chance, the machine, files, the network, threads, other programs.
FORBIDDEN_MODULES = frozenset(
    """
    asyncio atexit concurrent contextvars ctypes datetime fileinput getpass glob http io locale logging mmap
    multiprocessing os pathlib platform queue random sched secrets select selectors shutil signal socket sqlite3 ssl
    subprocess tempfile threading time tracemalloc urllib uuid warnings weakref zoneinfo
    """.split()
)
FORBIDDEN_CALLS = frozenset({"open", "print", "input", "exec", "eval", "compile", "breakpoint", "__import__"})
FORBIDDEN_METHODS = frozenset(
    {"now", "utcnow", "today", "getenv", "environ", "open", "write_text", "write_bytes", "read_text", "read_bytes"}
)

# The one exception: a function that loads the package's own JSON. Named here so that a second one is a decision.
LOADERS = {
    "analysis/causes/functions.py": {"spark_functions"},
    "reasons.py": {"catalogue"},
    "plan/dialect.py": {"dialect_ids", "_load"},
    "plan/profile/tags.py": {"tag_table"},
    "plan/scrub.py": {"_vocabulary"},
    "plan/text/explanation.py": {"explanation_grammar"},
    "pricing/table.py": {"load_price_table"},
}


def files_of(packages: tuple[str, ...]) -> list[Path]:
    return [path for path in modules() if path.relative_to(SOURCE).parts[0] in packages]


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import hides which layer is meant"
            yield node.module or "", node.lineno


def foreign_imports(tree: ast.AST) -> list[str]:
    """Imports that are neither of the standard library nor of clusop."""
    allowed = sys.stdlib_module_names | {"clusop"}
    return [f"line {line}: {name}" for name, line in imports(tree) if name.partition(".")[0] not in allowed]


def impurities(tree: ast.Module, loaders: set[str]) -> list[str]:
    """What a pure module must not name. Inside a named loader ``importlib.resources`` and ``read_text`` are allowed."""
    excused: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in loaders:
            excused.update(id(inner) for inner in ast.walk(node))
    found = [
        f"line {line}: imports {name}"
        for name, line in imports(tree)
        if name.partition(".")[0] in FORBIDDEN_MODULES or (name.startswith("importlib") and not loaders)
    ]
    for node in ast.walk(tree):
        if id(node) in excused:
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            found.append(f"line {node.lineno}: calls {node.func.id}()")
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_METHODS:
            found.append(f"line {node.lineno}: uses .{node.attr}")
        if isinstance(node, ast.Name) and node.id == "resources":
            found.append(f"line {node.lineno}: reads package data outside a named loader")
        if isinstance(node, ast.Global):
            found.append(f"line {node.lineno}: changes a global")
    return found


@pytest.mark.parametrize(
    "path", files_of((*STANDARD_LIBRARY_ONLY, "__init__.py", *(f"{n}.py" for n in FOUNDATION))), ids=shown
)
def test_what_runs_in_the_driver_imports_the_standard_library_only(path: Path) -> None:
    assert foreign_imports(ast.parse(path.read_text())) == []


@pytest.mark.parametrize("path", files_of((*PURE, *(f"{name}.py" for name in FOUNDATION))), ids=shown)
def test_a_pure_module_touches_no_clock_environment_file_socket_or_thread(path: Path) -> None:
    loaders = LOADERS.get(path.relative_to(SOURCE).as_posix(), set())
    assert impurities(ast.parse(path.read_text()), loaders) == []


def test_every_named_loader_exists() -> None:
    for name, loaders in LOADERS.items():
        tree = ast.parse((SOURCE / name).read_text())
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert loaders <= defined, name


def test_only_clock_reads_the_time() -> None:
    readers = {
        shown(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today", "monotonic", "perf_counter", "time_ns"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date", "time"}
    }
    assert readers == {"src/clusop/clock.py"}


@pytest.mark.parametrize(
    "code",
    [
        "import time",
        "from datetime import datetime",
        "import os.path",
        "open('x')",
        "where.read_text()",
        "from importlib import resources",
        "from pathlib import Path",
        "import random",
        "import threading",
        "print('x')",
    ],
)
def test_the_purity_check_sees_an_impurity(code: str) -> None:
    assert impurities(ast.parse(code), set())


def test_the_purity_check_lets_a_named_loader_read_its_own_data() -> None:
    code = "from importlib import resources\ndef catalogue():\n    return resources.files('clusop').read_text()\n"
    assert impurities(ast.parse(code), {"catalogue"}) == []
    assert impurities(ast.parse(code), {"another"}) != []


def test_the_standard_library_check_sees_a_foreign_import() -> None:
    assert foreign_imports(ast.parse("import orjson, json")) == ["line 1: orjson"]
