"""Who gets what: tags, job owners and rules from the settings, matched against one problem."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from clusop.service.problems.globs import matches
from clusop.service.told_text import MAX_NAME_CHARS, cleaned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clusop.service.problems.subject import Subject

__all__ = ["NOBODY", "Named", "OwnerPolicy", "OwnerRule", "Ownership", "ownership"]


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """Problems whose names and tags are as all these globs say belong to ``owner`` and ``team``; ``""`` leaves one open.

    ``names`` are globs by field of a problem, ``workspace`` too; ``tags`` globs by tag key, which must be there.
    """

    owner: str = ""
    team: str = ""
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def fits(self, subject: Subject) -> bool:
        """Whether a problem is one of these."""
        return all(matches(pattern, getattr(subject, name)) for name, pattern in self.names.items()) and all(
            key in subject.tags and matches(pattern, subject.tags[key]) for key, pattern in self.tags.items()
        )


@dataclass(frozen=True, slots=True)
class OwnerPolicy:
    """The settings' section ``owners``. Of several tag keys the first that is there counts, of several rules the first that
    fits and tells. ``job_owner`` says which of a job's names in the system tables counts: ``run-as``, ``creator``, or ``none``.
    """

    team_tags: tuple[str, ...] = ()
    owner_tags: tuple[str, ...] = ()
    job_owner: str = "run-as"
    rules: tuple[OwnerRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A name and where it is from: ``person``, ``tag``, ``system-tables``, ``rule``; both ``""`` while nobody knows."""

    name: str = ""
    source: str = ""


NOBODY = Named()


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose a problem is."""

    owner: Named = NOBODY
    team: Named = NOBODY


def ownership(
    subject: Subject, policy: OwnerPolicy, job_owner: str = "", by_person: Ownership | None = None
) -> Ownership:
    """Owner and team, each by the first that tells it: a person, a tag, the system tables (``job_owner``), a rule.

    >>> ownership(Subject(tags={"team": "pricing"}), OwnerPolicy(team_tags=("team",))).team
    Named(name='pricing', source='tag')
    """
    set_owner, set_team = (by_person.owner, by_person.team) if by_person is not None else (NOBODY, NOBODY)
    rules = [rule for rule in policy.rules if rule.fits(subject)]
    return Ownership(
        owner=_first(
            set_owner,
            Named(_tagged(subject, policy.owner_tags), "tag"),
            Named(job_owner, "system-tables"),
            Named(next((rule.owner for rule in rules if rule.owner), ""), "rule"),
        ),
        team=_first(
            set_team,
            Named(_tagged(subject, policy.team_tags), "tag"),
            Named(next((rule.team for rule in rules if rule.team), ""), "rule"),
        ),
    )


def _tagged(subject: Subject, keys: tuple[str, ...]) -> str:
    values = (cleaned(subject.tags.get(key, ""))[:MAX_NAME_CHARS] for key in keys)
    return next((value for value in values if value), "")


def _first(*told: Named) -> Named:
    return next((one for one in told if one.name), NOBODY)
