"""A second, slow and obvious policy, written from the table of the specification."""

from __future__ import annotations

from fourfold.access.roles import Action
from fourfold.access.rules import Grant, Principal, Thing

#: What each role may do in the units of its grant.
ALL = {
    "viewer": {"see"},
    "commenter": {"see", "comment"},
    "contributor": {"see", "comment", "record", "submit"},
    "approver": {"see", "export", "comment", "approve", "lock", "approve_target"},
    "editor": {"see", "export", "comment", "propose", "define", "evaluate", "target", "use_source"},
    "scorecard_admin": {
        "see", "export", "comment", "lock", "propose", "define", "evaluate", "target", "use_source", "edit_source",
        "manage", "audit",
    },
    "auditor": {"see", "export", "audit"},
    "organisation_admin": {"use_source", "edit_source", "manage", "administer", "audit"},
}  # fmt: skip
#: What each role may do to what its person owns or did.
OWN = {
    "contributor": {"audit"},
    "kpi_owner": {"see", "export", "comment", "record", "submit", "propose", "audit"},
    "approver": {"audit"},
}
KEY = {"see", "export", "record", "submit"}
WHOLE = {"define", "evaluate", "use_source", "edit_source", "administer"}


def inside(outer: str | None, inner: str | None) -> bool:
    """Whether one subtree lies in another, by the units on the way down."""
    if outer is None or inner is None:
        return outer is None
    above, below = outer.strip("/").split("/"), inner.strip("/").split("/")
    return below[: len(above)] == above


def gives(grant: Grant, action: str, who: Principal, thing: Thing, anywhere: bool) -> bool:
    role = grant.role.value
    return (
        action in ALL.get(role, ())
        or (action in OWN.get(role, ()) and (anywhere or thing.owner == who.person))
        or (action == "export" and role in ("viewer", "commenter") and grant.exports)
        or (action == "see" and role == "guest_link" and None is not grant.snapshot == thing.snapshot)
        or (role == "service_key" and action in KEY and action in {scope.value for scope in grant.scopes})
    )


def may(who: Principal, action: Action, thing: Thing) -> bool:
    """Union of grants minus denials, then four eyes."""
    here = [d for d in who.denials if d.organisation == thing.organisation]
    held = [g for g in who.grants if g.organisation == thing.organisation]
    held = [g for g in held if not any(inside(d.path, g.path) for d in here)]
    path = None if action.value in WHOLE else thing.path
    anywhere = path is None and action is Action.SEE
    if not anywhere and any(path is None or inside(d.path, path) for d in here):
        return False
    if not any(gives(g, action.value, who, thing, anywhere) for g in held if anywhere or inside(g.path, path)):
        return False
    mine = {"kpi_owner"} if thing.owner == who.person else set()
    clear = [g for g in held if inside(g.path, path) and (g.confidential or g.role.value in mine)]
    if thing.confidential and not clear:
        return False
    if thing.author == who.person and action.value in ("approve", "lock", "approve_target"):
        return False
    return not (thing.eases and thing.owner == who.person and action.value in ("target", "approve_target"))
