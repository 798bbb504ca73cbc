"""Hands one message to the channel it is for: Teams by its webhook, any other through apprise."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from clusop.reasons import Reason
from clusop.service.teams.outcome import Fate, Outcome, unreached, unsure
from clusop.service.teams.webhook import post_message

if TYPE_CHECKING:
    from clusop.service.teams.channels import Channel

__all__ = ["dispatch"]


def dispatch(channel: Channel, address: str, body: str, now_s: float) -> Outcome:
    """One try. Raises nothing for what can go wrong on the way."""
    if channel.kind == "teams":
        return post_message(address, body.encode(), channel.egress, now_s)
    return _notify(address, body)


def _notify(address: str, body: str) -> Outcome:
    """Through apprise, which knows only done and not done; not done may still have arrived. Where its URL leads is the
    business of whoever wrote it: the list of hosts is one of Teams' webhooks.
    """
    try:
        import apprise
    except ImportError:
        return unreached(Reason("address-refused", "apprise is not installed: pip install 'clusop[notify]'"))
    notifier = apprise.Apprise()
    if not notifier.add(address):
        return unreached(Reason("address-refused", "apprise does not know this kind of address"))
    told = json.loads(body)
    is_done = False
    # A plugin may raise whatever the libraries below it raise; the message may have left all the same.
    with suppress(Exception):
        is_done = bool(notifier.notify(title=told["title"], body=told["text"], body_format=apprise.NotifyFormat.TEXT))
    return (
        Outcome(Fate.ACCEPTED, Reason("message-accepted", "apprise"))
        if is_done
        else unsure("apprise did not say that it is done")
    )
