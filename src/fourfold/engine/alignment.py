"""How far units pull in one direction: four shares from 0 to 100, never blended into one (methodology §1.5).

A unit has the objectives that name it, and those of the strategy of which it has a KPI: these it carries identically.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from fourfold.engine.definitions import Definitions, Objective
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.rows import unit_tree


@dataclass(frozen=True, slots=True)
class Share:
    """A share of things from 0 to 100, by weight; `lacking` are those that do not count. NaN where there are none.

    `weights` are those of all the things, by code.
    """

    value: float
    counted: int
    of: int
    lacking: tuple[str, ...]
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alignment:
    """The four numbers of a unit.

    `up`: its objectives that carry one of the unit above. `down`: its objectives that a unit directly below carries.
    `side`: its objectives in themes shared with a neighbour that have one agreed KPI. `people`: those in it or below
    whose KPIs or work belong to an objective.
    """

    unit: str
    up: Share
    down: Share
    side: Share
    people: Share


def alignment(definitions: Definitions, unit: str, *, working: Collection[str] = ()) -> Alignment:
    """The four numbers of a unit; `working` are people whose actions, elsewhere, belong to an objective.

    The top unit has nothing above it, and a unit without units below nothing below: those shares are NaN.
    """
    tree = unit_tree(definitions)
    place = tree.index[unit]
    parent = tree.codes[tree.parent[place]] if tree.parent[place] >= 0 else None
    below = [tree.codes[int(c)] for c in tree.children[place]]
    return Alignment(
        unit,
        _up(definitions, unit, parent),
        _down(definitions, unit, below),
        _side(definitions, unit, parent),
        _people(definitions, {tree.codes[i] for i in tree.subtree(place)}, working, is_root=parent is None),
    )


def objectives_of(definitions: Definitions, unit: str) -> tuple[Objective, ...]:
    """The objectives of a unit: its own, and those of the strategy of which it has a KPI, in order.

    The unit whose strategy it is (the root without one) has all of the strategy's.
    """
    whose = definitions.strategy.unit or definitions.root.code
    kpis: dict[str, list[str]] = {}
    for use in definitions.uses:
        kpis.setdefault(use.objective, []).append(use.kpi)
    known = definitions.kpi
    return tuple(
        o
        for o in definitions.objectives
        if o.unit == unit
        or (o.unit is None and unit == whose)
        or (
            o.unit is None
            and any(k in known and definitions.applies(known[k], unit) for k in kpis.get(o.code, ()))
        )
    )  # fmt: skip


def _up(definitions: Definitions, unit: str, parent: str | None) -> Share:
    if parent is None:
        return _share((), ())
    own, above = objectives_of(definitions, unit), {o.code for o in objectives_of(definitions, parent)}
    return _share(own, [o.code for o in own if o.code in above or (o.cascaded_from in above and not o.local)])


def _down(definitions: Definitions, unit: str, below: Iterable[str]) -> Share:
    carried = [o for child in below for o in objectives_of(definitions, child)]
    if not list(below):
        return _share((), ())
    codes = {o.code for o in carried} | {o.cascaded_from for o in carried if o.cascaded_from and not o.local}
    own = objectives_of(definitions, unit)
    return _share(own, [o.code for o in own if o.code in codes])


def _side(definitions: Definitions, unit: str, parent: str | None) -> Share:
    """Of the objectives in a theme that a neighbour also serves: those with a KPI that every such neighbour has too."""
    tree = unit_tree(definitions)
    if parent is None:
        return _share((), ())
    siblings = [tree.codes[int(c)] for c in tree.children[tree.index[parent]] if tree.codes[int(c)] != unit]
    theirs = {sibling: objectives_of(definitions, sibling) for sibling in siblings}
    shared, agreed = [], []
    for o in objectives_of(definitions, unit):
        mates = [[p for p in found if set(p.themes) & set(o.themes)] for found in theirs.values()]
        sets = [_measures(definitions, sibling, own) for sibling, own in zip(theirs, mates, strict=True) if own]
        if sets:
            shared.append(o)
            if set.intersection(_measures(definitions, unit, [o]), *sets):
                agreed.append(o.code)
    return _share(shared, agreed)


def _measures(definitions: Definitions, unit: str, objectives: Iterable[Objective]) -> set[str]:
    codes, known = {o.code for o in objectives}, definitions.kpi
    return {
        u.kpi for u in definitions.uses
        if u.objective in codes and u.kpi in known and definitions.applies(known[u.kpi], unit)
    }  # fmt: skip


def _people(definitions: Definitions, units: set[str], working: Collection[str], *, is_root: bool) -> Share:
    """People of these units; who has no unit belongs to the whole."""
    used = {u.kpi for u in definitions.uses}
    linked = {o.owner for o in definitions.objectives} | set(working)
    linked |= {who for k in definitions.kpis if k.code in used for who in (k.owner, k.steward, k.approver)}
    linked |= {i.owner for i in definitions.initiatives if i.objectives}
    here = [p.code for p in definitions.people if p.unit in units or (p.unit is None and is_root)]
    there = [code for code in here if code in linked]
    value = 100.0 * len(there) / len(here) if here else math.nan
    lacking = tuple(code for code in here if code not in linked)
    return Share(value, len(there), len(here), lacking, dict.fromkeys(here, 1.0))


def _share(objectives: Iterable[Objective], counted: Collection[str]) -> Share:
    """By weight; where all weights are zero each counts the same."""
    own = list(objectives)
    weight = {o.code: float(o.weight) for o in own}
    if own and not any(weight.values()):
        weight = dict.fromkeys(weight, 1.0)
    total = sum(weight.values())
    value = 100.0 * sum(weight[c] for c in counted) / total if total else math.nan
    return Share(value, len(counted), len(own), tuple(o.code for o in own if o.code not in counted), weight)


def findings_of(found: Alignment) -> tuple[Finding, ...]:
    """What would raise the four numbers of a unit, one word for each thing that does not count."""
    texts = (
        ("up", found.up, "objective", "carries no objective of the unit above",
         "Write `cascaded_from` and `cascade_type`, or keep it as `local: true`."),
        ("down", found.down, "objective", "is carried by no unit below", "Ask which unit below it depends on."),
        ("side", found.side, "objective", "shares a theme with neighbours, and no KPI with all of them",
         "Agree on one KPI for the theme."),
        ("people", found.people, "person", "has no KPI or work that belongs to an objective",
         "Make them owner or steward of a KPI, or give them an action of an objective."),
    )  # fmt: skip
    return tuple(
        Finding(
            "ALIGNMENT", Level.INFO, Place(thing=f"{noun}:{code}"), f"{noun.title()} {code} {what} ({found.unit}).", fix
        )
        for _, share, noun, what, fix in texts
        for code in share.lacking
    )
