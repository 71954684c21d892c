"""The four roles, each of which can do all that the one before it can."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a membership lets a person do on its unit and the units below it."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    ADMIN = "admin"


class Action(StrEnum):
    """The things people do that need a right."""

    SEE = "see"  # figures, scores, definitions
    RECORD = "record"  # enter or correct a figure
    COMMENT = "comment"  # write a note
    DEFINE = "define"  # load or change definitions
    EVALUATE = "evaluate"  # have everything computed anew
    MANAGE = "manage"  # people, their roles and passwords


#: The actions each role adds to those of the roles before it.
ADDS: dict[Role, frozenset[Action]] = {
    Role.VIEWER: frozenset({Action.SEE}),
    Role.CONTRIBUTOR: frozenset({Action.RECORD, Action.COMMENT}),
    Role.EDITOR: frozenset({Action.DEFINE, Action.EVALUATE}),
    Role.ADMIN: frozenset({Action.MANAGE}),
}


def actions_of(role: Role) -> frozenset[Action]:
    """Everything a role may do.

    >>> sorted(actions_of(Role.CONTRIBUTOR))
    [<Action.COMMENT: 'comment'>, <Action.RECORD: 'record'>, <Action.SEE: 'see'>]
    """
    ranked = list(Role)
    return frozenset().union(*(ADDS[r] for r in ranked[: ranked.index(role) + 1]))
