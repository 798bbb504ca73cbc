"""Check that a tag may become a release: it is the version in the tree, the changelog knows it, the wheel holds what it must.

``check_release.py v1.2.3 [WHEEL]``. Prints each fault and ends with 1 if there is one. ``tests/install`` uses the wheel's check.
"""

from __future__ import annotations

import fnmatch
import re
import sys
import zipfile
from pathlib import Path

__all__ = ["release_problems", "wheel_problems"]

ROOT = Path(__file__).resolve().parent.parent

# Every path in the wheel matches one of these, and each of these matches a path. `*` does not cross a folder.
ALLOWED = (
    "clusop/*.py",
    "clusop/py.typed",
    "clusop/reasons.json",
    "clusop/analysis/*.py",
    "clusop/analysis/*/*.py",
    "clusop/api/*.py",
    "clusop/api/pages/*.py",
    "clusop/api/routes/*.py",
    "clusop/api/static/clusop.css",
    "clusop/api/templates/*.html.j2",
    "clusop/certify/*.py",
    "clusop/certify/matrix.v1.schema.json",
    "clusop/certify/workloads/*.py",
    "clusop/certify/workloads/*/*.py",
    "clusop/cli/*.py",
    "clusop/eventlog/*.py",
    "clusop/jars/clusop-listener_2.12.jar",
    "clusop/jars/clusop-listener_2.13.jar",
    "clusop/jars/jars.json",
    "clusop/plan/*.py",
    "clusop/plan/*/*.py",
    "clusop/plan/dialects/*.json",
    "clusop/pricing/*.py",
    "clusop/pricing/price_table.json",
    "clusop/report/*.py",
    "clusop/runtime/*.py",
    "clusop/runtime/settings.json",
    "clusop/service/*.py",
    "clusop/service/*/*.py",
    "clusop/service/migrations/script.py.mako",
    "clusop/service/migrations/versions/*.py",
    "clusop/service/onboard/statements/*.sql",
    "clusop/service/resolver/queries/*.sql",
    "clusop/service/settings/settings.json",
    "clusop/service/store/tables/*.py",
    "clusop_autoload.pth",
    "clusop_autoload.start",
    "clusop-*.dist-info/METADATA",
    "clusop-*.dist-info/RECORD",
    "clusop-*.dist-info/WHEEL",
    "clusop-*.dist-info/entry_points.txt",
    "clusop-*.dist-info/licenses/LICENSE",
)
# Allowed as well, but a wheel is whole without them.
OPTIONAL = (
    "clusop/*/*.json",
    "clusop/*/*/*.json",
    "clusop/eventlog/*/*.py",
    "clusop/report/*/*.py",
    "clusop/runtime/*/*.py",
    "clusop/runtime/*.sh",
    "clusop/report/*.css",
    "clusop/report/*.html",
    "clusop/report/*.js",
    "clusop/report/*/*.css",
    "clusop/report/*/*.html",
    "clusop/report/*/*.j2",
    "clusop/report/*/*.js",
    "clusop/cli/*/*.py",
    "clusop/pricing/*/*.py",
    "clusop/plan/*/*/*.py",
    "clusop/analysis/*/*/*.py",
)


def _matches(name: str, pattern: str) -> bool:
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(fnmatch.fnmatchcase(a, b) for a, b in zip(parts, wanted, strict=True))


def wheel_problems(names: list[str]) -> list[str]:
    """What is wrong with a wheel that holds these paths: strangers in it, and things missing from it."""
    files = [name for name in names if not name.endswith("/")]
    strangers = [name for name in files if not any(_matches(name, pattern) for pattern in ALLOWED + OPTIONAL)]
    missing = [pattern for pattern in ALLOWED if not any(_matches(name, pattern) for name in files)]
    return [f"the wheel holds {name}, which nobody allowed" for name in strangers] + [
        f"the wheel holds nothing that matches {pattern}" for pattern in missing
    ]


def release_problems(tag: str, version: str, changelog: str) -> list[str]:
    """What keeps ``tag`` from being the release of ``version``."""
    problems = []
    if tag != f"v{version}":
        problems.append(f"the tag is {tag}, the version in the tree is {version}")
    if not re.search(rf"^## \[{re.escape(version)}\]", changelog, flags=re.MULTILINE):
        problems.append(f"CHANGELOG.md has no entry for {version}")
    return problems


def _version_in_tree() -> str:
    text = (ROOT / "src" / "clusop" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, flags=re.MULTILINE)
    if found is None:
        sys.exit("src/clusop/__init__.py has no __version__")
    return found.group(1)


def _main(arguments: list[str]) -> int:
    if not arguments:
        sys.exit("usage: check_release.py TAG [WHEEL…]")
    tag, *wheels = arguments
    problems = release_problems(tag, _version_in_tree(), (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as opened:
            problems += wheel_problems(opened.namelist())
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
