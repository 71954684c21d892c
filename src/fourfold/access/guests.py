"""What a guest link lets whoever has it see: one unit and nothing below it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from fourfold.access.roles import Action, Role
from fourfold.access.rules import Denial, Grant, Principal, Thing, can
from fourfold.access.sight import sights_of


def guest(
    organisation: int, path: str, below: Iterable[str], link: str, *, statuses_only: bool = False
) -> Principal:
    """Whoever has the link: nobody by name, at one unit, with the subtrees below it denied, and only to see."""
    grant = Grant(organisation, Role.GUEST_LINK, path, snapshot=link, statuses_only=statuses_only)
    return Principal(None, (grant,), tuple(Denial(organisation, each) for each in below), frozenset({Action.SEE}))


def may_share(principal: Principal, organisation: int, path: str) -> bool:
    """True where the principal may make a guest link: who manages members and sees all that the link would show.

    An organisation admin, who sees no figures, would otherwise see them by a link of their own.
    """
    place = Thing(organisation, path)
    sight = sights_of(principal).get(organisation)
    return sight is not None and sight.sees_numbers(path) and can(principal, Action.MANAGE, place)
