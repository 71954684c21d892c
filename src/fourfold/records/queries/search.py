"""Finding KPIs, objectives, units and initiatives by a few letters of their names."""

from __future__ import annotations

from typing import Final, NamedTuple

from fourfold.records.queries.scope import Scope

LIMIT: Final = 12


class Found(NamedTuple):
    """One thing found: its noun (`kpi`, `objective`, `unit`, `initiative`), its name and what an address needs."""

    noun: str
    name: str
    key: str


def found_in(scope: Scope, words: str) -> list[Found]:
    """The things whose name holds every word, those that begin with the first word first; no statement of its own.

    What it reads are the definitions of the scope's organisation and the units the person may see.
    """
    asked = words.lower().split()
    if not asked:
        return []
    structure = scope.structure
    everything = [
        *((Found("kpi", k.name, k.code), " ".join((k.name, k.code, *k.synonyms, *k.tags))) for k in structure.kpis),
        *((Found("objective", o.name, o.code), o.name) for o in structure.objectives),
        *((Found("unit", u.name, u.code), f"{u.name} {u.code}") for u in scope.units),
        *((Found("initiative", i.name, i.code), i.name) for i in structure.initiatives),
    ]
    hits = []
    for order, (thing, text) in enumerate(everything):
        lower = text.lower()
        if all(word in lower for word in asked):
            hits.append((not thing.name.lower().startswith(asked[0]), order, thing))
    return [thing for _, _, thing in sorted(hits)[:LIMIT]]
