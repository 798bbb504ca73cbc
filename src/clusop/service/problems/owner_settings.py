"""The settings' section ``owners`` as a policy.

::

    owners:
      team_tags: [team, cost_center]
      owner_tags: [owner]
      job_owner: run-as          # or creator, none
      rules:
        - {workload: "job:12*", team: pricing, owner: ana@example.com}
        - {tag: {env: "prod*"}, workspace: "42", team: platform}
"""

from __future__ import annotations

from types import MappingProxyType

from clusop.errors import InputError
from clusop.service.problems.globs import glob_of
from clusop.service.problems.owner_policy import OwnerPolicy, OwnerRule
from clusop.service.problems.section import list_in, mapping_in, only, text_in, texts_in
from clusop.service.problems.subject import NAME_FIELDS

__all__ = ["owner_policy"]

_RULE_NAMES = ("workspace", *NAME_FIELDS)
_JOB_OWNERS = ("run-as", "creator", "none")


def owner_policy(section: object, where: str = "owners") -> OwnerPolicy:
    """The policy that ``section`` holds; a list alone is its rules, nothing the default. Raises ``InputError``."""
    if section is None:
        return OwnerPolicy()
    told = {"rules": section} if isinstance(section, list) else mapping_in(section, where)
    only(told, ("team_tags", "owner_tags", "job_owner", "rules"), where)
    job_owner = text_in(told.get("job_owner", "run-as"), f"{where}.job_owner")
    if job_owner not in _JOB_OWNERS:
        raise InputError(f"{where}.job_owner", f"{job_owner!r} is not known", f"Known are {', '.join(_JOB_OWNERS)}.")
    rules = list_in(told.get("rules"), f"{where}.rules")
    return OwnerPolicy(
        team_tags=texts_in(told.get("team_tags"), f"{where}.team_tags"),
        owner_tags=texts_in(told.get("owner_tags"), f"{where}.owner_tags"),
        job_owner=job_owner,
        rules=tuple(_rule(rule, f"{where}.rules[{number}]") for number, rule in enumerate(rules)),
    )


def _rule(value: object, where: str) -> OwnerRule:
    told = mapping_in(value, where)
    only(told, (*_RULE_NAMES, "tag", "owner", "team"), where)
    names = {name: _glob(told[name], f"{where}.{name}") for name in _RULE_NAMES if name in told}
    tags = mapping_in(told.get("tag", {}), f"{where}.tag")
    owner, team = (text_in(told.get(name, ""), f"{where}.{name}") for name in ("owner", "team"))
    if not owner and not team:
        raise InputError(where, "the rule names neither an owner nor a team", "Name one of both.")
    return OwnerRule(
        owner=owner,
        team=team,
        names=MappingProxyType(names),
        tags=MappingProxyType({key: _glob(pattern, f"{where}.tag.{key}") for key, pattern in tags.items()}),
    )


def _glob(value: object, where: str) -> str:
    return glob_of(text_in(value, where), where).pattern
