"""Who may give and take roles: nobody gives more than they hold, and nobody gives to themselves.

One exception is wanted and written down as an event of its own: an organisation admin, who reads no figures by default,
may take a role.
"""

from __future__ import annotations

from typing import Final

from fourfold.access.roles import Role
from fourfold.access.rules import DENIED, Principal, overlaps

_OF_A_SCORECARD: Final = frozenset({
    Role.VIEWER, Role.COMMENTER, Role.CONTRIBUTOR, Role.KPI_OWNER, Role.APPROVER, Role.EDITOR, Role.SCORECARD_ADMIN,
})  # fmt: skip
#: The roles of people that each role holds to give away, inside the units of its own grant.
GIVES: Final[dict[Role, frozenset[Role]]] = {
    Role.SCORECARD_ADMIN: _OF_A_SCORECARD,
    Role.ORGANISATION_ADMIN: _OF_A_SCORECARD | {Role.AUDITOR, Role.ORGANISATION_ADMIN},
}

TOO_MUCH: Final = "You may give roles that you hold to give, in the units that are yours to manage."
NO_CLEARANCE: Final = "You may give a clearance for confidential KPIs where you have it yourself."
OWN_RIGHTS: Final = "Nobody gives a role to themselves. Ask another administrator."
OWN_DENIAL: Final = "Nobody lifts what is denied to themselves. Ask another administrator."


def gives(principal: Principal, organisation: int, path: str | None) -> frozenset[Role]:
    """The roles that the principal may give or take away on the subtree at `path` (None: everywhere)."""
    if any(d.organisation == organisation and overlaps(d.path, path) for d in principal.denials):
        return frozenset()
    here = [g for g in principal.grants if g.organisation == organisation and g.covers(path)]
    return frozenset().union(*(GIVES.get(g.role, frozenset()) for g in here))


def clears(principal: Principal, organisation: int, path: str | None) -> bool:
    """True where the principal may give a clearance: as an organisation admin, or by a clearance of their own."""
    here = (g for g in principal.effective if g.organisation == organisation and g.covers(path) and g.role in GIVES)
    return any(g.confidential or g.role is Role.ORGANISATION_ADMIN for g in here)


def refusal_to_give(
    principal: Principal, role: Role, *, to: int, organisation: int, path: str | None, confidential: bool = False
) -> str:
    """Why the principal may not give this role to the person `to` there; empty where they may."""
    if confidential and not clears(principal, organisation, path):
        return NO_CLEARANCE
    if role not in gives(principal, organisation, path):
        return DENIED if principal.is_denied(organisation, path) else TOO_MUCH
    return OWN_RIGHTS if to == principal.person and not is_taking(principal, to, organisation) else ""


def is_taking(principal: Principal, to: int, organisation: int) -> bool:
    """True where a role given would be one that an organisation admin takes for themselves."""
    admins = (g for g in principal.grants if g.role is Role.ORGANISATION_ADMIN and g.path is None)
    return to == principal.person and any(g.organisation == organisation for g in admins)


def refusal_to_revoke(principal: Principal, role: Role, *, organisation: int, path: str | None) -> str:
    """Why the principal may not take this role away, from others or from themselves."""
    return "" if role in gives(principal, organisation, path) else TOO_MUCH


def refusal_to_deny(principal: Principal, *, to: int, organisation: int, path: str | None, lift: bool = False) -> str:
    """Why the principal may not deny the subtree to a person, or lift such a denial."""
    if lift and to == principal.person:
        return OWN_DENIAL
    return "" if gives(principal, organisation, path) else TOO_MUCH
