"""The reader for Spark's explain text."""

from clusop.plan.text.decode import read_explain_bytes
from clusop.plan.text.reader import MAX_TEXT_CHARS, read_explain_text
from clusop.plan.text.sniff import looks_like_explain_text
from clusop.plan.text.steps import Steps

__all__ = ["MAX_TEXT_CHARS", "Steps", "looks_like_explain_text", "read_explain_bytes", "read_explain_text"]
