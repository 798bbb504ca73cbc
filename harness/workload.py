"""What fixtures are written with, under a name that does not say clusop: a script that runs them need not import it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clusop.certify.workload import COUNTS_COMMANDS as COUNTS_COMMANDS
    from clusop.certify.workload import COUNTS_WRITES as COUNTS_WRITES
    from clusop.certify.workload import Application as Application
    from clusop.certify.workload import Dataset as Dataset
    from clusop.certify.workload import Expected as Expected
    from clusop.certify.workload import Run as Run
    from clusop.certify.workload import Workload as Workload
    from clusop.certify.workload import application_of as application_of
    from clusop.certify.workload import discover as discover

_FILE = Path(__file__).resolve().parent.parent / "src" / "clusop" / "certify" / "workload.py"
_spec = importlib.util.spec_from_file_location(__name__, _FILE)
if _spec is None or _spec.loader is None:
    message = f"{_FILE} is no Python file"
    raise ImportError(message)
# The very file, in this module's place.
_module = importlib.util.module_from_spec(_spec)
sys.modules[__name__] = _module
_spec.loader.exec_module(_module)
