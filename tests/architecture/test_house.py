"""The shape of the files: small, named after what they hold, with their duty said first."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from tree_of_files import ROOT, modules, own_files, shown

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_LINES = 400
# The owner of a cluster uploads one file and reads it from top to bottom before he does.
LONGER = {"deploy/databricks/clusop-init.sh": 450}
CALLED_BY_FRAMEWORKS = {"command", "callback", "get", "post"}
WRITTEN = {".py", ".scala", ".html", ".js", ".css", ".sh"}
NAMES_THAT_SAY_NOTHING = frozenset(
    {"base", "common", "handlers", "helper", "helpers", "manager", "misc", "models", "stuff", "tools", "util", "utils"}
)


def code_files() -> list[Path]:
    return [path for path in own_files() if path.suffix in WRITTEN]


@pytest.mark.parametrize("path", code_files(), ids=shown)
def test_no_file_grows_beyond_what_one_reads_in_one_go(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGER.get(shown(path), LONGEST_LINES), (
        f"{shown(path)} has {lines} lines: a list of things wants a folder"
    )


def test_no_file_or_folder_is_named_after_nothing() -> None:
    vague = {
        shown(path)
        for path in own_files()
        for part in (*path.relative_to(ROOT).parts[:-1], path.stem)
        if part.lower().strip("_") in NAMES_THAT_SAY_NOTHING
    }
    assert vague == set()


@pytest.mark.parametrize("path", [path for path in modules() if path.read_text().strip()], ids=shown)
def test_a_module_says_its_duty_and_what_is_public(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "the first line of a module says its duty"
    public = declared_public(tree)
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not is_command(node)
    }
    if defined:
        assert public is not None, "a module that defines public names lists them in __all__"
    if public is not None:
        assert public == sorted(public, key=order), "__all__ is sorted"
        assert defined <= set(public), f"public by name and not in __all__: {sorted(defined - set(public))}"


def is_command(node: ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) -> bool:
    """Whether typer calls it by its name on the command line, or FastAPI by its path; no code does."""
    return any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in CALLED_BY_FRAMEWORKS
        for one in node.decorator_list
    )


def declared_public(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return [str(name) for name in ast.literal_eval(node.value)]
    return None


def order(name: str) -> tuple[int, str]:
    """Ruff's order of ``__all__``: CONSTANTS, then Classes, then functions."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)
