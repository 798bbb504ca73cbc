"""Whether an engine pays on a compute definition: judged over a window by what agents saw of its hours (DESIGN §6)."""

from __future__ import annotations

from clusop.service.decisions.deciding import decide, decide_apart
from clusop.service.decisions.totals import saving_totals

__all__ = ["decide", "decide_apart", "saving_totals"]
