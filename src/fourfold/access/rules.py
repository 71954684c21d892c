"""The rules: a grant covers a subtree of units; a person may do what one of their grants allows there.

A unit's *path* is the ids from the root down, as `/4/17/`; a grant without a path covers the whole
organisation. Nothing is allowed that no grant allows, and an organisation without a grant is invisible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fourfold.access.roles import Action, Role, actions_of

#: What concerns the whole organisation is never allowed by a grant on a part of it.
WHOLE_ORGANISATION = frozenset({Action.DEFINE, Action.EVALUATE, Action.MANAGE})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role of one person in one organisation, on the subtree at `path` or, without one, everywhere."""

    organisation: int
    role: Role
    path: str | None = None

    def covers(self, path: str | None) -> bool:
        """True when the unit at `path` (None: the organisation itself) is inside this grant.

        >>> Grant(1, Role.VIEWER, "/4/17/").covers("/4/17/21/")
        True
        >>> Grant(1, Role.VIEWER, "/4/17/").covers("/4/")
        False
        """
        return self.path is None or (path is not None and path.startswith(self.path))


def may(role: Role, action: Action) -> bool:
    """True when the role allows the action inside its scope.

    >>> may(Role.VIEWER, Action.RECORD), may(Role.CONTRIBUTOR, Action.RECORD)
    (False, True)
    """
    return action in actions_of(role)


def allowed(grants: Iterable[Grant], action: Action, *, organisation: int, path: str | None = None) -> bool:
    """True when one of the grants allows the action on the unit at `path` of the organisation.

    Without a path the question is about the organisation as a whole: to see it any grant will do, anything else
    needs a grant on all of it.
    """
    here = [g for g in grants if g.organisation == organisation and may(g.role, action)]
    if path is None:
        return any(action is Action.SEE or g.path is None for g in here)
    return any(g.covers(path) and (action not in WHOLE_ORGANISATION or g.path is None) for g in here)
