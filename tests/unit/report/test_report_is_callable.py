"""``clusop.report()`` answers also where the package of that name was imported before."""

from __future__ import annotations

import subprocess
import sys


def test_the_package_answers_as_the_function_does():
    program = (
        "import clusop; first = type(clusop.report()); import clusop.report.text; "
        "second = clusop.report(everybody=True); print(first is type(second), first.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "Report"]
