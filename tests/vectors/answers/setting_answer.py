"""What texts are as values of a kind of setting: the answer Scala must give too, value and fault alike.

The question names the kind and lists texts; a count is bounded by 100 and 60000.
"""

from __future__ import annotations

from decimal import Decimal

from observed_json import canonical_json

from clusop.plan.json_text import JsonTextError, decode_json
from clusop.runtime.setting_value import SettingError, as_text, parse_value

__all__ = ["answer_of_setting"]


def answer_of_setting(text: str) -> str:
    """The value or the fault of each text."""
    try:
        asked = decode_json(text)
    except JsonTextError:
        asked = None
    kind = asked.get("kind") if isinstance(asked, dict) else None
    texts = asked.get("texts") if isinstance(asked, dict) else None
    if not isinstance(kind, str) or not isinstance(texts, list):
        return canonical_json({"refused": "no-setting"})
    return canonical_json([_one(kind, one) if isinstance(one, str) else None for one in texts])


def _one(kind: str, told: str) -> dict[str, str]:
    try:
        value = parse_value(kind, told, 100, 60_000)
    except SettingError as error:
        return {"fault": str(error)}
    return {"value": f"{Decimal(repr(value)).normalize():f}" if isinstance(value, float) else as_text(value)}
