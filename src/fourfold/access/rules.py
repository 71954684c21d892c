"""The policy: may this principal do this to that thing, and why not.

A unit's *path* is the ids from the root down, as `/4/17/`; a grant or a denial covers the units whose path begins with
its own, and without a path everything. Nothing is allowed that no grant allows; a denial takes away whatever grants
give. What concerns the whole organisation needs a grant on all of it, and no denial of any part: whoever may reshape
the tree could otherwise move a unit out of what is denied to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from fourfold.access.roles import Action, Reach, Role, reach

#: What concerns the whole organisation is never allowed by a grant on a part of it.
WHOLE_ORGANISATION: Final = frozenset({
    Action.DEFINE, Action.EVALUATE, Action.USE_SOURCE, Action.EDIT_SOURCE, Action.ADMINISTER,
})  # fmt: skip
#: Nobody does these to what they wrote themselves.
FOUR_EYES: Final = frozenset({Action.APPROVE, Action.LOCK, Action.APPROVE_TARGET})
#: Nobody makes their own target easier.
TARGETS: Final = frozenset({Action.TARGET, Action.APPROVE_TARGET})

DENIED: Final = "This part of the organisation is denied to you."
NO_GRANT: Final = "None of your roles allows it here."
NO_CLEARANCE: Final = "It is confidential, and you have no clearance here."
NO_SCOPE: Final = "This token is not good for it."
OWN_WORK: Final = "You wrote it yourself: somebody else looks at it."
OWN_TARGET: Final = "A target of your own is made easier by somebody else."


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in one organisation, on the subtree at `path` or, without one, everywhere.

    `exports` is the option to export, `scopes` what a service key may do, `snapshot` what a guest link shows,
    `confidential` the clearance for confidential KPIs; with `statuses_only` no number is seen by it.
    """

    organisation: int
    role: Role
    path: str | None = None
    exports: bool = False
    scopes: frozenset[Action] = frozenset()
    snapshot: str | None = None
    confidential: bool = False
    statuses_only: bool = False

    def covers(self, path: str | None) -> bool:
        """True when the unit at `path` (None: the organisation itself) is inside this grant.

        >>> Grant(1, Role.VIEWER, "/4/17/").covers("/4/17/21/")
        True
        >>> Grant(1, Role.VIEWER, "/4/17/").covers("/4/")
        False
        """
        return covers(self.path, path)


@dataclass(frozen=True, slots=True)
class Denial:
    """One organisation, or the subtree at `path` of it, in which nothing is allowed whatever grants say."""

    organisation: int
    path: str | None = None


@dataclass(frozen=True)
class Principal:
    """Who asks: a person (its id), or with `person=None` a link or a key, with what was granted and denied to it."""

    person: int | None = None
    grants: tuple[Grant, ...] = ()
    denials: tuple[Denial, ...] = ()
    allowed: frozenset[Action] | None = None  # of a token: nothing but these; None of people: whatever grants allow

    @cached_property
    def organisations(self) -> frozenset[int]:
        """The organisations in which anything is left of the grants."""
        return frozenset(g.organisation for g in self.effective)

    @cached_property
    def effective(self) -> tuple[Grant, ...]:
        """The grants that are not inside a denial."""
        return tuple(g for g in self.grants if not self.is_denied(g.organisation, g.path))

    @cached_property
    def sight(self) -> str:
        """Equal for two whose pages are the same; the person counts where only what they own is seen.

        It is a text, since keys of what is kept are compared many times for a page.
        """
        owns = any(reach(g.role, Action.SEE) is Reach.OWN for g in self.grants)
        grants, denials = (sorted({repr(each) for each in given}) for given in (self.grants, self.denials))
        return repr((grants, denials, self.person if owns else None))

    def __hash__(self) -> int:
        """That of the text, which is made once: every query looks up what the principal sees."""
        return hash(self.sight)

    def lets(self, action: Action) -> bool:
        """True where the token, if it is one, is good for this at all; grants say where."""
        return self.allowed is None or action in self.allowed

    def is_denied(self, organisation: int, path: str | None) -> bool:
        """True when a denial covers the unit at `path`, or all of the organisation."""
        return any(d.organisation == organisation and covers(d.path, path) for d in self.denials)


@dataclass(frozen=True, slots=True)
class Thing:
    """What something is done to: it lies in a unit (`path`) or concerns the organisation as a whole.

    `owner` and `author` are people by id: who answers for it, and who wrote what is now to be approved. `eases` says
    that a target becomes easier to reach; `snapshot` is the snapshot it is shown from; `confidential` asks for a
    clearance, which its owner has by the role of KPI owner.
    """

    organisation: int
    path: str | None = None
    owner: int | None = None
    author: int | None = None
    eases: bool = False
    snapshot: str | None = None
    confidential: bool = False


NOBODY: Final = Principal()


def can(principal: Principal, action: Action, thing: Thing) -> bool:
    """True when the principal may do this.

    >>> can(Principal(7, (Grant(1, Role.VIEWER, "/4/"),)), Action.SEE, Thing(1, "/4/17/"))
    True
    """
    return not refusal(principal, action, thing)


def refusal(principal: Principal, action: Action, thing: Thing) -> str:
    """Why the principal may not do this, in a sentence; empty where they may.

    To see something of the organisation as a whole any grant that sees will do.

    >>> refusal(Principal(7, (Grant(1, Role.APPROVER),)), Action.APPROVE, Thing(1, "/4/", author=7))
    'You wrote it yourself: somebody else looks at it.'
    """
    if not principal.lets(action):
        return NO_SCOPE
    path = None if action in WHOLE_ORGANISATION else thing.path
    anywhere = path is None and action is Action.SEE
    if not anywhere and _is_closed(principal, thing.organisation, path):
        return DENIED
    here = _grants_for(principal, action, thing.organisation)
    if not any((anywhere or g.covers(path)) and _reaches(principal, g, action, thing, anywhere) for g in here):
        return NO_GRANT
    if thing.confidential and not _is_cleared(principal, thing.organisation, path, thing.owner):
        return NO_CLEARANCE
    mine = principal.person is not None
    if mine and action in FOUR_EYES and thing.author == principal.person:
        return OWN_WORK
    if mine and action in TARGETS and thing.eases and thing.owner == principal.person:
        return OWN_TARGET
    return ""


def role_at(principal: Principal, organisation: int, path: str) -> Role | None:
    """The one role by which the principal counts in a unit, the last in the table of those that see it; None for none.

    >>> role_at(Principal(7, (Grant(1, Role.VIEWER), Grant(1, Role.APPROVER, "/4/"))), 1, "/4/17/")
    <Role.APPROVER: 'approver'>
    """
    seeing = {g.role for g in _grants_for(principal, Action.SEE, organisation) if g.covers(path)}
    return next((role for role in reversed(Role) if role in seeing), None)


def covers(outer: str | None, path: str | None) -> bool:
    """True when the unit at `path`, or for None the whole, lies in the subtree at `outer`; None is everything."""
    return outer is None or (path is not None and path.startswith(outer))


def overlaps(one: str | None, other: str | None) -> bool:
    """True when two subtrees have a unit in common: one of them lies in the other."""
    return covers(one, other) or covers(other, one)


def _is_closed(principal: Principal, organisation: int, path: str | None) -> bool:
    if path is None:
        return any(d.organisation == organisation for d in principal.denials)
    return principal.is_denied(organisation, path)


def _is_cleared(principal: Principal, organisation: int, path: str | None, owner: int | None) -> bool:
    is_own = principal.person is not None and owner == principal.person
    here = (g for g in principal.effective if g.organisation == organisation and g.covers(path))
    return any(g.confidential or (is_own and reach(g.role, Action.SEE) is Reach.OWN) for g in here)


def _grants_for(principal: Principal, action: Action, organisation: int) -> Iterator[Grant]:
    return (
        g for g in principal.effective if g.organisation == organisation and reach(g.role, action) is not Reach.NO
    )


def _reaches(principal: Principal, grant: Grant, action: Action, thing: Thing, anywhere: bool) -> bool:
    far = reach(grant.role, action)
    if far is Reach.OWN:
        return anywhere or (principal.person is not None and thing.owner == principal.person)
    if far is Reach.OPTION:
        return grant.exports
    if far is Reach.SNAPSHOT:
        return grant.snapshot is not None and grant.snapshot == thing.snapshot
    return far is Reach.ALL or (far is Reach.SCOPE and action in grant.scopes)
