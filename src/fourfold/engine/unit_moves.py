"""A unit moved to another place in the tree, from a day on or for all times, as amendments."""

from __future__ import annotations

from datetime import date

from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.definitions import Definitions, FormerParent
from fourfold.engine.rows import unit_tree
from fourfold.errors import Conflict, NotFound


def move_unit(definitions: Definitions, code: str, to: str, *, since: date | None) -> Amendments:
    """The unit below another one. With `since` its figures of periods before that day stay where they were; without it
    all of its past is told anew on the new tree.

    Gives nothing where it is there already. Raises `NotFound` for what is no unit, and `Conflict` for the top, for a
    place below the unit itself, and for a day that is not after the last move.
    """
    unit, above = definitions.unit.get(code), definitions.unit.get(to)
    if unit is None or above is None:
        raise NotFound("There is no such unit.")
    if unit.parent is None:
        raise Conflict(f"{unit.name} is the top: everything is part of it.", hint="Move the units below it.")
    if to in codes_within(definitions, code):
        message = f"{above.name} is {unit.name} itself, or a part of it."
        raise Conflict(message, hint="Choose a unit that is not below it.")
    if unit.parent == to:
        return ()
    past: tuple[FormerParent, ...] = ()
    if since is not None:
        last = max((former.until for former in unit.formerly), default="")
        if since.isoformat() <= last:
            message = f"{unit.name} moved on {last} already, and {since.isoformat()} is not after that."
            raise Conflict(message, hint="Choose a later day, or take the earlier move back under Changes.")
        past = (*unit.formerly, FormerParent(parent=unit.parent, until=since.isoformat()))
    return (Amendment("units", unit, unit.model_copy(update={"parent": to, "formerly": past})),)


def codes_within(definitions: Definitions, code: str) -> frozenset[str]:
    """The codes of a unit and of all below it: what it cannot be part of."""
    tree = unit_tree(definitions)
    return frozenset(tree.codes[i] for i in tree.subtree(tree.codes.index(code)))
