"""What Teams' Workflows webhook looks at before it takes a message, as far as it is known (facts on Teams, DESIGN §10)."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["MAX_BODY_BYTES", "faults_of"]

MAX_BODY_BYTES = 28 * 1024
"""Above it Teams answers 413."""
_CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
_NEWEST = (1, 5)
_SHOWN = frozenset(
    {"TextBlock", "RichTextBlock", "FactSet", "Container", "ColumnSet", "Column", "Table", "Image", "ImageSet"}
)
_WORKING_ACTIONS = frozenset({"Action.OpenUrl", "Action.ToggleVisibility", "Action.ShowCard"})


def faults_of(body: bytes, content_type: str) -> list[str]:
    """Why the message would not be shown as it is meant; empty where it would."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        return ["the content type is not application/json"]
    try:
        message = json.loads(body.decode("utf-8"))
    except ValueError:
        return ["the body is no JSON in UTF-8"]
    if not isinstance(message, dict) or message.get("type") != "message":
        return ["the envelope is no message"]
    attachments = message.get("attachments")
    if not isinstance(attachments, list) or not attachments:
        return ["the message has no attachments"]
    faults: list[str] = []
    for attachment in attachments:
        faults += _attachment(attachment)
    return faults


def _attachment(attachment: Any) -> list[str]:  # Any, here and below: JSON of somebody else
    if not isinstance(attachment, dict) or attachment.get("contentType") != _CONTENT_TYPE:
        return ["an attachment is no adaptive card"]
    card = attachment.get("content")
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return ["the content is no AdaptiveCard"]
    faults = _version(card.get("version"))
    body = card.get("body")
    if not isinstance(body, list) or not body:
        return [*faults, "the card has no body"]
    for element in body:
        faults += _element(element)
    return [*faults, *_actions(card.get("actions", []))]


def _version(told: object) -> list[str]:
    try:
        version = tuple(int(part) for part in str(told).split("."))
    except ValueError:
        version = ()
    return [] if version and version <= _NEWEST else [f"the card's version {told!r} is not shown"]


def _element(element: Any) -> list[str]:
    if not isinstance(element, dict) or element.get("type") not in _SHOWN:
        return [f"an element of type {element.get('type') if isinstance(element, dict) else element!r} is not shown"]
    if element["type"] == "TextBlock" and not isinstance(element.get("text"), str):
        return ["a TextBlock has no text"]
    inner = [one for key in ("items", "columns") for one in element.get(key, [])]
    faults = [fault for one in inner for fault in _element(one)]
    chosen = [
        run["selectAction"] for run in element.get("inlines", []) if isinstance(run, dict) and "selectAction" in run
    ]
    return [*faults, *_actions(chosen)]


def _actions(actions: Any) -> list[str]:
    return [
        f"{action.get('type')} does not work in a card that a webhook posted"
        for action in actions
        if action.get("type") not in _WORKING_ACTIONS
    ] + [
        "an Action.OpenUrl leads nowhere"
        for action in actions
        if action.get("type") == "Action.OpenUrl" and not str(action.get("url", "")).startswith(("https://", "http://"))
    ]
