"""What the fault tests have in common: where their scripts are, and the variables of an armed job that has no time to lose."""

from __future__ import annotations

from pathlib import Path

JOBS = Path(__file__).parent / "jobs"
RUNTIME_JOBS = Path(__file__).parents[1] / "runtime" / "jobs"
ARM = {"CLUSOP_ARM": "1"}
# Records at once, so that a test need not wait for a minute.
SOON = {"CLUSOP_SEAL_INTERVAL_MS": "200", "CLUSOP_POLL_INTERVAL_MS": "100", "CLUSOP_TIMEOUT_MS": "2000"}
