"""A stable hash of a plan's shape: which operators, in which order, hanging on what. No argument goes into it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from clusop.plan.node import Link

if TYPE_CHECKING:
    from clusop.plan.node import Plan

__all__ = ["fingerprint"]

_VERSION = "plan-1"
_DIGITS = 32


def fingerprint(plan: Plan) -> str:
    """``plan-1:`` and 32 hexadecimal digits.

    Equal for equal trees of canonical names and links, whatever the arguments (columns, literals, paths, ids), metrics and
    codegen scopes; so the same plan read from text, SparkPlanInfo and a profile can be told to be the same. Sources list the
    subqueries of an operator in different orders, so their order does not count; that of its children does. Adaptive
    execution changes the tree, and with it the fingerprint. Formula: per operator from the leaves up, SHA-256 of its name,
    its link, the digests of its children in order and the sorted digests of its subqueries.
    """
    below: list[list[bytes]] = [[] for _ in plan.operators]
    holders: list[list[bytes]] = [[] for _ in plan.operators]
    roots: list[bytes] = []
    for index in range(len(plan.operators) - 1, -1, -1):
        operator = plan.operators[index]
        digest = hashlib.sha256()
        name = operator.name.encode("utf-8", "replace")
        digest.update(b"%d:%b|%b|" % (len(name), name, operator.link.value.encode()))
        # Children were met last to first.
        digest.update(b"".join(reversed(below[index])) + b"|" + b"".join(sorted(holders[index])))
        found = digest.digest()
        if operator.parent < 0:
            roots.append(found)
        elif operator.link is Link.SUBQUERY:
            holders[operator.parent].append(found)
        else:
            below[operator.parent].append(found)
        below[index], holders[index] = [], []
    whole = hashlib.sha256(b"".join(reversed(roots))).hexdigest()
    return f"{_VERSION}:{whole[:_DIGITS]}"
