"""Write what is generated in the pages: ``docs/cli.md``, both pages of settings, the output shown in the README, the matrices in
``docs/certified``.

``--check`` only compares.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

__all__ = ["readme"]

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = "docs/examples/python_udf.txt"
LAST_SHOWN = "Findings"
BLOCK = re.compile(r"(?<=<!-- output of the example, by make docs -->\n```text\n).*?(?=```\n)", flags=re.DOTALL)


def readme(text: str) -> str:
    """``text`` of the README with the example's output as the program prints it today, up to its findings."""
    command = [sys.executable, "-m", "clusop", "analyze", EXAMPLE]
    plain = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    answer = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=True)
    shown = answer.stdout.partition(f"\n{LAST_SHOWN}\n")[0].rstrip()
    if not BLOCK.search(text):
        sys.exit("README.md has no block for the output of the example")
    return BLOCK.sub(lambda _: f"$ clusop analyze {EXAMPLE}\n{shown}\n…\n", text, count=1)


def _main(*, only_check: bool) -> int:
    from certified_page import certified_pages
    from clusop.cli.docs import reference
    from settings_page import service_settings_page, settings_page

    cli_page, front_page = ROOT / "docs" / "cli.md", ROOT / "README.md"
    pages = {cli_page: reference(), front_page: readme(front_page.read_text(encoding="utf-8"))}
    pages[ROOT / "docs" / "settings.md"] = settings_page()
    pages[ROOT / "docs" / "service-settings.md"] = service_settings_page()
    pages |= certified_pages(ROOT / "docs" / "certified")
    stale = []
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
            if not only_check:
                path.write_text(text, encoding="utf-8")
    print(f"{'stale' if only_check else 'written'}: {', '.join(stale) or 'nothing'}")
    return 1 if stale and only_check else 0


if __name__ == "__main__":
    sys.exit(_main(only_check="--check" in sys.argv[1:]))
