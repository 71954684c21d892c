"""The roles, the actions, and the table of which role may do what.

A grant gives one role on a unit and all units below it, or on the whole organisation. What somebody may do is the
union of their grants, minus what they are denied.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a grant makes of a person, of a link or of a key."""

    VIEWER = "viewer"
    COMMENTER = "commenter"
    CONTRIBUTOR = "contributor"
    KPI_OWNER = "kpi_owner"
    APPROVER = "approver"
    EDITOR = "editor"
    SCORECARD_ADMIN = "scorecard_admin"
    AUDITOR = "auditor"
    ORGANISATION_ADMIN = "organisation_admin"
    GUEST_LINK = "guest_link"
    SERVICE_KEY = "service_key"

    @property
    def word(self) -> str:
        """The role as people read it.

        >>> Role.KPI_OWNER.word, Role.SCORECARD_ADMIN.word
        ('KPI owner', 'scorecard admin')
        """
        return self.value.replace("_", " ").replace("kpi", "KPI")


#: What each role is for, in a few words beside its name.
PURPOSES: Final[dict[Role, str]] = {
    Role.VIEWER: "sees figures",
    Role.COMMENTER: "sees figures and writes notes",
    Role.CONTRIBUTOR: "sees and enters figures",
    Role.KPI_OWNER: "sees and enters figures of the KPIs they own",
    Role.APPROVER: "sees figures and approves them",
    Role.EDITOR: "sees figures, changes definitions and targets",
    Role.SCORECARD_ADMIN: "an editor who manages members too",
    Role.AUDITOR: "sees figures and the audit log",
    Role.ORGANISATION_ADMIN: "manages accounts and members, sees no figures",
    Role.GUEST_LINK: "shows one unit to whoever has the link",
    Role.SERVICE_KEY: "lets a program do what the scopes of its key say",
}


class Action(StrEnum):
    """The things people do that need a right."""

    SEE = "see"
    EXPORT = "export"
    COMMENT = "comment"
    RECORD = "record"
    SUBMIT = "submit"
    APPROVE = "approve"
    LOCK = "lock"
    PROPOSE = "propose"
    DEFINE = "define"
    EVALUATE = "evaluate"
    TARGET = "target"
    APPROVE_TARGET = "approve_target"
    USE_SOURCE = "use_source"
    EDIT_SOURCE = "edit_source"
    READ_SECRET = "read_secret"
    MANAGE = "manage"
    ADMINISTER = "administer"
    AUDIT = "audit"

    @property
    def words(self) -> str:
        """What completes "You may not …"."""
        return _WORDS[self]


_WORDS: Final = {
    Action.SEE: "see values, scores and how they came about",
    Action.EXPORT: "take figures out as a file",
    Action.COMMENT: "write notes and actions",
    Action.RECORD: "enter or correct figures",
    Action.SUBMIT: "submit figures for approval",
    Action.APPROVE: "approve or return figures",
    Action.LOCK: "lock or reopen periods, or approve a restatement",
    Action.PROPOSE: "propose another definition or target",
    Action.DEFINE: "change definitions",
    Action.EVALUATE: "have everything computed anew",
    Action.TARGET: "change targets or weights",
    Action.APPROVE_TARGET: "approve another target",
    Action.USE_SOURCE: "use a source of figures",
    Action.EDIT_SOURCE: "change a source of figures",
    Action.READ_SECRET: "read a stored password or key",
    Action.MANAGE: "manage members and guest links",
    Action.ADMINISTER: "manage accounts, signing in and retention",
    Action.AUDIT: "read the audit log",
}


class Reach(StrEnum):
    """How far a role carries an action inside the units of its grant."""

    NO = "-"
    ALL = "all"
    OWN = "own"  # only what the person owns: their KPIs, what they did
    OPTION = "option"  # where the grant says so
    SNAPSHOT = "snapshot"  # the one snapshot that a guest link is bound to
    SCOPE = "scope"  # where the scopes of a service key say so


#: One row per action, one column per role in the order of `Role`.
_TABLE: Final = """
                viewer commenter contributor kpi_owner approver editor scorecard_admin auditor org_admin guest    key
see             all    all       all         own       all      all    all             all     -         snapshot scope
export          option option    -           own       all      all    all             all     -         -        scope
comment         -      all       all         own       all      all    all             -       -         -        -
record          -      -         all         own       -        -      -               -       -         -        scope
submit          -      -         all         own       -        -      -               -       -         -        scope
approve         -      -         -           -         all      -      -               -       -         -        -
lock            -      -         -           -         all      -      all             -       -         -        -
propose         -      -         -           own       -        all    all             -       -         -        -
define          -      -         -           -         -        all    all             -       -         -        -
evaluate        -      -         -           -         -        all    all             -       -         -        -
target          -      -         -           -         -        all    all             -       -         -        -
approve_target  -      -         -           -         all      -      -               -       -         -        -
use_source      -      -         -           -         -        all    all             -       all       -        -
edit_source     -      -         -           -         -        -      all             -       all       -        -
read_secret     -      -         -           -         -        -      -               -       -         -        -
manage          -      -         -           -         -        -      all             -       all       -        -
administer      -      -         -           -         -        -      -               -       all       -        -
audit           -      -         own         own       own      -      all             all     all       -        -
"""

REACH: Final[dict[tuple[Role, Action], Reach]] = {
    (role, Action(row.split()[0])): Reach(cell)
    for row in _TABLE.strip("\n").splitlines()[1:]
    for role, cell in zip(Role, row.split()[1:], strict=True)
}

#: The words of definitions and of `fourfold invite`, and the roles they stand for. `editor` and `admin` are older than
#: the table, and whoever has them could always enter figures too.
WORDS: Final[dict[str, tuple[Role, ...]]] = {
    **{role.value: (role,) for role in Role if role not in (Role.GUEST_LINK, Role.SERVICE_KEY)},
    "editor": (Role.EDITOR, Role.CONTRIBUTOR),
    "admin": (Role.ORGANISATION_ADMIN, Role.SCORECARD_ADMIN, Role.CONTRIBUTOR),
}


def reach(role: Role, action: Action) -> Reach:
    """How far the role carries the action.

    >>> reach(Role.KPI_OWNER, Action.RECORD), reach(Role.ORGANISATION_ADMIN, Action.SEE)
    (<Reach.OWN: 'own'>, <Reach.NO: '-'>)
    """
    return REACH[role, action]
