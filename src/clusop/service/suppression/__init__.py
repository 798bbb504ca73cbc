"""Nobody is spammed: what is worth a message, how often, when not, and every decision not to send with its reason."""

from __future__ import annotations

from clusop.service.suppression.pass_over import PassOver, pass_apart, pass_over
from clusop.service.suppression.policy import Policy
from clusop.service.suppression.policy_section import read_policy

__all__ = ["PassOver", "Policy", "pass_apart", "pass_over", "read_policy"]
