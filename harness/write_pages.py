"""Write what is generated in the pages: ``docs/cli.md``, and the output shown in the README. ``--check`` only compares.

The page of the command line comes from the command tree, each command asked for its parameters, so it does not depend on how
wide a terminal is or how a version of typer draws its help.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["cli_page", "readme"]

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = "docs/examples/python_udf.txt"
LAST_SHOWN = "Findings"
BLOCK = re.compile(r"(?<=<!-- output of the example, by make docs -->\n```text\n).*?(?=```\n)", flags=re.DOTALL)
HEAD = """\
# Command line

Generated from the program by `make docs`; do not edit.

Exit codes: 0 done, 1 a bug in clusop, 2 bad usage or input, 3 `--fail-on` matched.
"""


def _sentences(text: str | None) -> str:
    return re.sub(r"\s+", " ", (text or "").partition("\f")[0]).strip().replace("|", "\\|")


def _parameter_rows(command: Any) -> Iterator[str]:  # Any: typer's classes differ from version to version
    for parameter in command.params:
        if getattr(parameter, "hidden", False) or parameter.name in {"install_completion", "show_completion"}:
            continue
        value = parameter.metavar or (parameter.name or "").upper()
        if parameter.param_type_name == "argument":
            name = f"`{value}`"
        else:
            name = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
            name += "" if parameter.is_flag else f" `{value}`"
        default = getattr(parameter.default, "value", parameter.default)
        is_worth_showing = isinstance(default, str | int) and not isinstance(default, bool) and default != ""
        shown = f" Default: `{default}`." if is_worth_showing else ""
        yield f"| {name} | {_sentences(parameter.help)}{shown} |"


def _sections(command: Any, name: str) -> Iterator[str]:  # Any: as above
    below = getattr(command, "commands", {})
    rows = list(_parameter_rows(command))
    if name != "clusop" or rows:
        yield f"## {name}\n\n{_sentences(command.help)}\n"
        if rows:
            yield "\n".join(["| parameter | meaning |", "|---|---|", *rows]) + "\n"
    for part in sorted(below):
        if not below[part].hidden:
            yield from _sections(below[part], f"{name} {part}")


def cli_page() -> str:
    """The page, from the commands as they are now."""
    from clusop.cli.root import app
    from typer.main import get_command

    return "\n".join([HEAD, *_sections(get_command(app), "clusop")])


def readme(text: str) -> str:
    """``text`` of the README with the example's output as the program prints it today, up to its findings."""
    command = [sys.executable, "-m", "clusop", "analyze", EXAMPLE]
    plain = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    answer = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=True)
    shown = answer.stdout.partition(f"\n{LAST_SHOWN}\n")[0].rstrip()
    if not BLOCK.search(text):
        sys.exit("README.md has no block for the output of the example")
    return BLOCK.sub(lambda _: f"$ clusop analyze {EXAMPLE}\n{shown}\n…\n", text)


def _main(*, only_check: bool) -> int:
    pages = {ROOT / "docs" / "cli.md": lambda _: cli_page(), ROOT / "README.md": readme}
    stale = []
    for path, write in pages.items():
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = write(before)
        if before != after:
            stale.append(path.name)
            if not only_check:
                path.write_text(after, encoding="utf-8")
    print(f"{'stale' if only_check else 'written'}: {', '.join(stale) or 'nothing'}")
    return 1 if stale and only_check else 0


if __name__ == "__main__":
    sys.exit(_main(only_check="--check" in sys.argv[1:]))
