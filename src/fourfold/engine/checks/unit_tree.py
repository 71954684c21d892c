"""Units form one tree."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.words import choices


@rule("UNIT-TREE", "The units are not one tree")
def unit_tree(d: Definitions) -> Iterator[Said]:
    """Figures roll up along `parent`, so exactly one unit has none, and every other one leads up to it.

    A circle of parents has no top; its path is in the message.
    """
    if not d.units:
        yield Said("organisation", "There is no unit.", "Add `units:` with one unit: the organisation as a whole.")
        return
    roots = [u.code for u in d.units if u.parent is None]
    for extra in roots[1:]:
        message = f"Unit {extra} has no parent, and neither has {roots[0]}; only one unit can be the top."
        yield Said(f"unit:{extra}", message, f"Add `parent: {roots[0]}` to it, or to {roots[0]} another parent.")
    parents = {u.code: u.parent for u in d.units}
    told: set[str] = set()
    for unit in d.units:
        path = [unit.code]
        while (above := parents.get(path[-1])) is not None and above in parents and above not in path:
            path.append(above)
        if above in path and not told.intersection(path):
            circle = path[path.index(above) :]
            told.update(circle)
            fix = f"Give one of them another parent{f', such as {roots[0]}' if roots else '; the top unit has none'}."
            message = f"These units are parents of one another: {' → '.join([*circle, circle[0]])}."
            yield Said(f"unit:{circle[0]}.parent", message, fix)
    if not roots and not told:
        message = f"No unit is the top: each has a parent, and {choices(_strangers(parents), 'and')} is not a unit."
        yield Said(f"unit:{d.units[0].code}.parent", message, "Delete the `parent` of the unit that is the whole.")


def _strangers(parents: dict[str, str | None]) -> list[str]:
    return sorted({p for p in parents.values() if p is not None and p not in parents})
