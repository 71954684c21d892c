"""Every code that refers to something finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fourfold.engine.checks.rule import Said, notes, rule, steps, targets
from fourfold.engine.definitions import Definitions
from fourfold.engine.words import call, did_you_mean, show


@rule("REF-UNKNOWN", "A code refers to nothing")
def unknown_reference(d: Definitions) -> Iterator[Said]:
    """Owners, units, perspectives, themes, objectives and KPIs are named by their codes; each must be defined.

    Codes are case-sensitive. Names inside formulas have a check of their own.
    """
    return unknown_within(d, d)


def unknown_within(part: Definitions, d: Definitions) -> Iterator[Said]:
    """The same of a part, whose codes may refer to anything in the whole."""
    known = {
        "unit": [u.code for u in d.units],
        "person": [p.code for p in d.people],
        "perspective": [p.code for p in d.perspectives],
        "theme": [t.code for t in d.themes],
        "objective": [o.code for o in d.objectives],
        "KPI": [k.code for k in d.kpis],
    }
    sets = {noun: frozenset(codes) for noun, codes in known.items()}
    for thing, key, code, noun in _references(part):
        if code is not None and code not in sets[noun]:
            message = f"`{key}` of {call(thing)} is {show(code)}, and there is no such {noun}."
            if noun == "person" and not d.people:
                fix = f"Add the person under `people`, or delete the key `{key}`."
            else:
                fix = did_you_mean(code, known[noun], noun)
            yield Said(f"{thing}.{key}", message, fix)


def _references(d: Definitions) -> Iterator[tuple[str, str, str | None, str]]:
    """(thing, key, code, noun it should name) of every reference."""
    yield "strategy", "unit", d.strategy.unit, "unit"
    yield from _each("strategy", "waivers", (w.author for w in d.strategy.waivers if w.author is not None), "person")
    yield from _each("strategy", "success_factors", (k for f in d.strategy.success_factors for k in f.kpis), "KPI")
    for unit in d.units:
        yield f"unit:{unit.code}", "parent", unit.parent, "unit"
        yield from _each(f"unit:{unit.code}", "formerly", (past.parent for past in unit.formerly), "unit")
    for person in d.people:
        yield f"person:{person.code}", "unit", person.unit, "unit"
    for o in d.objectives:
        thing = f"objective:{o.code}"
        yield thing, "perspective", o.perspective, "perspective"
        yield thing, "owner", o.owner, "person"
        yield thing, "unit", o.unit, "unit"
        yield thing, "cascaded_from", o.cascaded_from, "objective"
        yield thing, "accepted_by", o.accepted_by, "person"
        yield from _each(thing, "themes", o.themes, "theme")
    for link in d.links:
        thing = f"link:{link.source}>{link.target}"
        yield thing, "source", link.source, "objective"
        yield thing, "target", link.target, "objective"
    yield from _of_kpis(d)
    for use in d.uses:
        thing = f"use:{use.objective}/{use.kpi}"
        yield thing, "kpi", use.kpi, "KPI"
        yield thing, "objective", use.objective, "objective"
    for thing, target in targets(d):
        yield thing, "kpi", target.kpi, "KPI"
        yield thing, "unit", target.unit, "unit"
        yield thing, "author", target.author, "person"
        yield thing, "approver", target.approver, "person"
    for initiative in d.initiatives:
        thing = f"initiative:{initiative.code}"
        yield thing, "owner", initiative.owner, "person"
        yield from _each(thing, "objectives", initiative.objectives, "objective")
        yield from _each(thing, "kpis", initiative.kpis, "KPI")
    for thing, note in notes(d):
        yield thing, "kpi", note.kpi, "KPI"
        yield thing, "unit", note.unit, "unit"
        yield thing, "author", note.author, "person"
    for thing, step in steps(d):
        yield thing, "kpi", step.kpi, "KPI"
        yield thing, "unit", step.unit, "unit"
        yield thing, "by", step.by, "person"


def _of_kpis(d: Definitions) -> Iterator[tuple[str, str, str | None, str]]:
    for k in d.kpis:
        thing = f"kpi:{k.code}"
        yield thing, "weighted_by", k.weighted_by, "KPI"
        yield thing, "owner", k.owner, "person"
        yield thing, "steward", k.steward, "person"
        yield thing, "approver", k.approver, "person"
        yield from _each(thing, "paired_with", k.paired_with, "KPI")
        yield from _each(thing, "not_applicable_in", k.not_applicable_in, "unit")
        yield from _each(thing, "only_in", k.only_in, "unit")


def _each(thing: str, key: str, codes: Iterable[str], noun: str) -> Iterator[tuple[str, str, str | None, str]]:
    for code in codes:
        yield thing, key, code, noun
