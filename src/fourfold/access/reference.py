"""The reference page of roles, made of the table that the policy reads."""

from __future__ import annotations

from typing import Final

from fourfold.access.giving import GIVES
from fourfold.access.roles import PURPOSES, REACH, WORDS, Action, Reach, Role
from fourfold.access.rules import FOUR_EYES, TARGETS, WHOLE_ORGANISATION

_CELLS: Final = {
    Reach.NO: "–", Reach.ALL: "yes", Reach.OWN: "own", Reach.OPTION: "option", Reach.SNAPSHOT: "snapshot",
    Reach.SCOPE: "scope",
}  # fmt: skip
_INTRODUCTION: Final = """# Roles

A grant gives one of these roles to a person, on a unit and all units below it or on the whole organisation. What
somebody may do is the union of their grants. A denial of a unit takes away everything there, whatever grants give.

- *own*: only for KPIs that the person owns; of the audit log what they did.
- *option*: where the grant says so: "may take figures out as a file".
- *snapshot*: the one thing that a guest link is bound to. *scope*: where the scopes of a service key say so.
- Nobody reads a stored password or key, whatever their role.
"""


def roles_page() -> str:
    """The page as Markdown."""
    return "\n".join([_INTRODUCTION, *_purposes(), "", *_table(), "", *_notes(), "", *_gives(), "", *_words(), ""])


def _purposes() -> list[str]:
    return ["## What each role is for", "", "| role | |", "|---|---|", *(f"| {r.word} | {PURPOSES[r]} |" for r in Role)]


def _table() -> list[str]:
    head = ["## What each role may do", "", "| | " + " | ".join(role.word for role in Role) + " |"]
    rows = (
        f"| {action.words} | " + " | ".join(_CELLS[REACH[role, action]] for role in Role) + " |" for action in Action
    )
    return [*head, "|---" * (len(Role) + 1) + "|", *rows]


def _notes() -> list[str]:
    return [
        f"Only with a role on the whole organisation, and no part of it denied: {_listed(WHOLE_ORGANISATION)}.",
        "",
        f"Never for what one wrote oneself: {_listed(FOUR_EYES)}. Never for a target of one's own that becomes easier: "
        f"{_listed(TARGETS)}.",
    ]


def _gives() -> list[str]:
    """Who may give what."""
    lines = ["## Who gives which role", "", "Inside their own units, and to others than themselves:", ""]
    lines += [f"- {role.word}: {', '.join(given.word for given in Role if given in GIVES[role])}" for role in GIVES]
    return [*lines, "", "An organisation admin may take a role; it is an event of its own, `grant.take`."]


def _words() -> list[str]:
    """The words of definitions."""
    lines = ["## In definitions and on the command line", "", "`role:` of a person, and `fourfold invite --role`:", ""]
    lines += [f"- `{word}`: {' and '.join(role.word for role in roles)}" for word, roles in WORDS.items()]
    return [*lines, "", "`roles:` of a person is a list of exactly the roles above, where `editor` is that role alone."]


def _listed(actions: frozenset[Action]) -> str:
    return "; ".join(action.words for action in Action if action in actions)
