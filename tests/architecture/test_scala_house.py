"""What Scala code of the listener must not say: it runs on two Scalas, seven Sparks and Java 8, in somebody else's driver."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tree_of_files import ROOT, own_files, shown

if TYPE_CHECKING:
    from pathlib import Path

MAIN = ROOT / "scala" / "src" / "main" / "scala"

# What differs between Scala 2.12 and 2.13, or between Sparks, and what DESIGN §9 saw hang or kill a driver. Java 8 is the
# compiler's business (`-release`).
FORBIDDEN = {
    "a converter that moved in 2.13": re.compile(r"\b(?:JavaConverters|JavaConversions|CollectionConverters)\b"),
    "a view that 2.13 made lazy": re.compile(r"\.(?:mapValues|filterKeys|toStream)\b|\bbreakOut\b"),
    "a collection's old conversion": re.compile(r"\.to\["),
    "procedure syntax": re.compile(
        r"^\s*(?:(?:override|private|protected|final)(?:\[\w+\])? )*def \w+(?:\([^)]*\))? *\{", re.MULTILINE
    ),
    "a symbol literal": re.compile(r"(?<![\w'\\])'[a-zA-Z_]\w*(?!['\w])"),
    "removeListener, which can hang sc.stop()": re.compile(r"\bremoveListener\s*\("),
    "QueryExecution.sparkSession, whose type moved in 4.0": re.compile(r"\.sparkSession\b"),
    "a way out of somebody else's JVM": re.compile(r"\bSystem\.exit\b|\bsys\.exit\b|\bRuntime\.getRuntime\.halt\b"),
}
IMPORT = re.compile(r"^\s*import ([\w.]+)", re.MULTILINE)
ALLOWED_IMPORT = re.compile(
    r"(?:java|javax\.(?:net|crypto|management)|scala|org\.apache\.spark|com\.clusop\.listener)\b"
)
COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|""".*?"""|"(?:\\.|[^"\\\n])*"', re.DOTALL)
CHAR = re.compile(r"'(?:\\.|\\u[0-9a-fA-F]{4}|[^'\\\n])'")


def scala_files() -> list[Path]:
    return [path for path in own_files() if path.suffix == ".scala" and MAIN in path.parents]


def code_of(text: str) -> str:
    """The code without comments, texts and characters."""
    return CHAR.sub("' '", COMMENT_OR_TEXT.sub('""', text))


def forbidden_in(text: str) -> list[str]:
    code = code_of(text)
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(code.replace("' '", ""))]


@pytest.mark.parametrize("path", scala_files(), ids=shown)
def test_a_file_says_nothing_that_only_some_versions_understand(path: Path) -> None:
    assert forbidden_in(path.read_text()) == []


@pytest.mark.parametrize("path", scala_files(), ids=shown)
def test_a_file_imports_only_what_every_driver_has(path: Path) -> None:
    # Two words in small letters are a package; `import problem._` is a value of this very file.
    packages = [name for name in IMPORT.findall(code_of(path.read_text())) if re.match(r"[a-z]\w*\.[a-z]", name)]
    assert [name for name in packages if not ALLOWED_IMPORT.match(name)] == []


@pytest.mark.parametrize("path", scala_files(), ids=shown)
def test_a_file_stands_in_the_folder_of_its_package_and_says_its_duty(path: Path) -> None:
    text = path.read_text()
    package = re.search(r"^package ([\w.]+)", text, re.MULTILINE)
    assert package is not None
    assert path.parent == MAIN / package.group(1).replace(".", "/")
    assert re.search(r"/\*\*|^// ", text, re.MULTILINE), "the duty of a file stands in its first comment"


@pytest.mark.parametrize(
    "code",
    [
        "import scala.collection.JavaConverters._",
        "xs.mapValues(f)",
        "xs.to[Vector]",
        "def run() {",
        "val x = 'symbol",
        "bus.removeListener(this)",
        "execution.sparkSession.conf",
        "sys.exit(1)",
    ],
)
def test_the_check_sees_what_is_forbidden(code: str) -> None:
    assert forbidden_in(code) != []


@pytest.mark.parametrize(
    "code",
    ["// never removeListener(x)", 'val x = "a.mapValues(f)"', "val c = 'c'", "def run(): Unit = {", "xs.toVector"],
)
def test_the_check_spares_what_only_looks_like_it(code: str) -> None:
    assert forbidden_in(code) == []
