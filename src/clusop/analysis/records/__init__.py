"""What leaves a cluster (DESIGN §8): the records ``Signal``, ``UsageHour`` and ``AgentState``, version 1.

The agent writes them (``com.clusop.listener.deliver``), the aggregator reads them. ``*.v1.schema.json`` are printed from the
shapes declared here.
"""

from clusop.analysis.records.agent_state import AgentState
from clusop.analysis.records.line import MAX_RECORD_BYTES, canonical_line, content_hash
from clusop.analysis.records.read import WireRecord, read_record
from clusop.analysis.records.signal import Signal
from clusop.analysis.records.usage_hour import UsageHour

__all__ = [
    "MAX_RECORD_BYTES",
    "AgentState",
    "Signal",
    "UsageHour",
    "WireRecord",
    "canonical_line",
    "content_hash",
    "read_record",
]
