"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# No test judges wall time: the machine may be busy.
settings.register_profile("clusop", deadline=None)
settings.load_profile("clusop")
