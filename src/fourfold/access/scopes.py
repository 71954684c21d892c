"""What a token may be good for, in words that people choose from; never more than its person may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Final

from fourfold.access.roles import Action, Role
from fourfold.access.rules import Principal


class Scope(StrEnum):
    """A part of what a person may do."""

    READ = "read"
    RECORD = "record"
    APPROVE = "approve"
    AUDIT = "audit"
    SHARE = "share"
    SOURCES = "sources"
    DEFINE = "define"


#: The actions of each scope. Whoever records must see what they record.
ACTIONS: Final[dict[Scope, frozenset[Action]]] = {
    Scope.READ: frozenset({Action.SEE, Action.EXPORT}),
    Scope.RECORD: frozenset({Action.SEE, Action.RECORD, Action.SUBMIT}),
    Scope.APPROVE: frozenset({Action.SEE, Action.APPROVE, Action.LOCK}),
    Scope.AUDIT: frozenset({Action.AUDIT}),
    Scope.SHARE: frozenset({Action.SEE, Action.MANAGE}),
    Scope.SOURCES: frozenset({Action.SEE, Action.USE_SOURCE}),
    Scope.DEFINE: frozenset({Action.SEE, Action.DEFINE, Action.TARGET, Action.EVALUATE}),
}
#: What each is for, in words that complete “This token may …”.
WORDS: Final[dict[Scope, str]] = {
    Scope.READ: "read units, KPIs, figures and scores",
    Scope.RECORD: "enter and correct figures",
    Scope.APPROVE: "approve figures, and close and reopen periods",
    Scope.AUDIT: "read the audit log",
    Scope.SHARE: "make and revoke guest links",
    Scope.SOURCES: "ask sources for the rows behind a figure",
    Scope.DEFINE: "read and change definitions",
}


def actions_of(scopes: Iterable[Scope]) -> frozenset[Action]:
    """The actions that these scopes allow together."""
    return frozenset().union(*(ACTIONS[scope] for scope in scopes))


def narrowed(principal: Principal, scopes: Iterable[Scope]) -> Principal:
    """The principal as a token of theirs: the same grants and denials, of which only these scopes hold.

    >>> narrowed(Principal(7), [Scope.READ]).allowed == ACTIONS[Scope.READ]
    True
    """
    allowed = actions_of(scopes)
    grants = tuple(replace(g, scopes=allowed) if g.role is Role.SERVICE_KEY else g for g in principal.grants)
    return replace(principal, grants=grants, allowed=allowed)
