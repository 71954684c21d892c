"""What the checks say about an amendment: what it would break, and what there is to say about the things it is about.

A whole scorecard of a thousand KPIs takes the checks half a second. An amendment is checked in the part of the
definitions that it can be felt in: the same part before and after, so that what is odd about a part is no news.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.checks import check
from fourfold.engine.definitions import (
    Definitions,
    Initiative,
    Kpi,
    KpiUse,
    Link,
    Note,
    Objective,
    Perspective,
    Step,
    Strategy,
    Target,
    Unit,
)
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.text.folder import NOUNS
from fourfold.engine.findings import Finding, Level
from fourfold.engine.formulas import FormulaError, parse, references
from fourfold.engine.groups import dependents

#: Fields of the strategy that the checks of other things look at.
_FELT: Final = ("unit", "state", "weights_sum_to_100", "success_factors", "waivers")
_STEPS: Final = 2  # so many links away an objective is looked at with a touched one


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken` are errors that were not there before: nothing may be saved with them. `own` is about the things."""

    broken: tuple[Finding, ...]
    own: tuple[Finding, ...]


def verdict(before: Definitions, after: Definitions, amendments: Amendments, *, today: date) -> Verdict:
    """What the checks say about the definitions `after` that they did not say of `before`, and about what is new.

    `today` decides which waivers hold.
    """
    touched = _Touched.by(before, after, amendments)
    others = after if any(map(_takes_away, amendments)) else None  # they may refer to what is gone
    new = check(touched.part(after), today=today, within=after, referring=others)
    broken = tuple(f for f in new if f.level is Level.ERROR)
    if broken:  # only then it matters what was broken before
        known = {_key(f) for f in check(touched.part(before), today=today, within=before, referring=others and before)}
        broken = tuple(f for f in broken if _key(f) not in known)
    names = tuple(name for each in amendments if each.after is not None for name in names_of(each))
    return Verdict(broken, tuple(f for f in new if is_about(f, names)))


def names_of(each: Amendment) -> tuple[str, ...]:
    """How findings call the thing of an amendment; a target is known by its KPI."""
    thing = each.thing
    if isinstance(thing, KpiUse):
        return (f"use:{thing.objective}/{thing.kpi}",)
    if isinstance(thing, Link):
        return (f"link:{thing.source}>{thing.target}",)
    if isinstance(thing, Target | Note | Step):
        return (f"{NOUNS[each.noun]}:{thing.kpi}#",)
    noun = NOUNS.get(each.noun)
    return (f"{noun}:{getattr(thing, 'code', '')}" if noun else each.noun,)


def is_about(finding: Finding, names: Iterable[str]) -> bool:
    """True where the finding is about one of these things or a field of it."""
    thing = finding.place.thing or ""
    return any(thing == name or thing.startswith(name if name.endswith("#") else f"{name}.") for name in names)


def field_of(finding: Finding) -> str:
    """The field that a finding is about; empty where it is about the thing."""
    thing = finding.place.thing or ""
    noun, _, rest = thing.partition(":")
    if noun in ("organisation", "strategy") and not rest:
        return ""
    if not rest:
        return thing.partition(".")[2].partition("#")[0]
    last = rest.rpartition(".")
    return last[2].partition("#")[0] if last[1] and "/" not in last[2] and ">" not in last[2] else ""


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.code, (finding.place.thing or "").partition("#")[0], finding.message


@dataclass(frozen=True, slots=True)
class _Touched:
    """The codes of the KPIs and objectives in which an amendment can be felt; None for all."""

    kpis: frozenset[str] | None
    objectives: frozenset[str]  # those whose uses are looked at
    beside: frozenset[str] = frozenset()  # those of the same perspectives

    @classmethod
    def by(cls, before: Definitions, after: Definitions, amendments: Amendments) -> _Touched:
        """Those that are amended or named by it, and those that hang on them before or after."""
        if all(map(_moves_a_unit, amendments)):  # an objective above another is one of a unit above
            cascaded = [o for d in (before, after) for o in d.objectives if o.cascaded_from]
            return cls(frozenset(), frozenset(code for o in cascaded for code in (o.code, str(o.cascaded_from))))
        if any(each.noun in ("organisation", "units", "people") or _is_felt(each) for each in amendments):
            return cls(None, frozenset())
        things = [t for each in amendments for t in (each.before, each.after) if t is not None]
        own = frozenset(thing.code for thing in things if isinstance(thing, Kpi))
        kpis = own | {code for thing in things for code in _kpis_named(thing)}
        kpis |= dependents(before, own & before.kpi.keys())
        kpis |= _inputs(after, kpis)
        uses = (*before.uses, *after.uses)
        objectives = {code for thing in things for code in _objectives_named(thing)}
        objectives |= _near(before, objectives) | _near(after, objectives)
        objectives |= {use.objective for use in uses if use.kpi in own}
        return cls(kpis, frozenset(objectives), frozenset(_beside((before, after), things)))

    def part(self, definitions: Definitions) -> Definitions:
        """The part of the definitions, completed."""
        kpis = self.kpis
        if kpis is None:
            return complete(definitions)
        return complete(definitions.model_copy(update={
            "kpis": tuple(k for k in definitions.kpis if k.code in kpis),
            "objectives": tuple(o for o in definitions.objectives if o.code in self.objectives | self.beside),
            "uses": tuple(u for u in definitions.uses if u.kpi in kpis or u.objective in self.objectives),
            "targets": tuple(t for t in definitions.targets if t.kpi in kpis),
            "notes": tuple(n for n in definitions.notes if n.kpi in kpis),
            "steps": tuple(s for s in definitions.steps if s.kpi in kpis),
        }))  # fmt: skip


def _moves_a_unit(each: Amendment) -> bool:
    """True where a unit is put below another one, and is otherwise as it was."""
    before, after = each.before, each.after
    if not isinstance(before, Unit) or not isinstance(after, Unit):
        return False
    return before.model_copy(update={"parent": after.parent, "formerly": after.formerly}) == after


def _takes_away(each: Amendment) -> bool:
    """True where a code that was there may be there no more."""
    return each.before is not None and getattr(each.before, "code", None) != getattr(each.after, "code", None)


def _is_felt(each: Amendment) -> bool:
    """True for an amendment of the strategy that other things are checked by."""
    return isinstance(each.before, Strategy) and any(getattr(each.before, f) != getattr(each.after, f) for f in _FELT)


def _kpis_named(thing: object) -> tuple[str, ...]:
    if isinstance(thing, KpiUse | Target | Note | Step):
        return (thing.kpi,)
    if isinstance(thing, Kpi):
        return (*thing.paired_with, *((thing.weighted_by,) if thing.weighted_by else ()))
    return thing.kpis if isinstance(thing, Initiative) else ()


def _inputs(definitions: Definitions, codes: Collection[str]) -> set[str]:
    """What these KPIs are computed from or weighted by, directly and through others; a broken formula names nothing."""
    found, todo = set[str](), list(codes)
    while todo:
        kpi = definitions.kpi.get(todo.pop())
        if kpi is None or kpi.code in found:
            continue
        found.add(kpi.code)
        texts = filter(None, (kpi.formula, kpi.numerator, kpi.denominator))
        todo += [name for text in texts for name in _names_in(text)]
        todo += [kpi.weighted_by] if kpi.weighted_by else []
    return found


def _names_in(formula: str) -> frozenset[str]:
    try:
        return frozenset(references(parse(formula)))
    except FormulaError:
        return frozenset()


def _objectives_named(thing: object) -> tuple[str, ...]:
    if isinstance(thing, Objective):
        return (thing.code, *((thing.cascaded_from,) if thing.cascaded_from else ()))
    if isinstance(thing, KpiUse):
        return (thing.objective,)
    if isinstance(thing, Link):
        return thing.source, thing.target
    return thing.objectives if isinstance(thing, Initiative) else ()


def _near(definitions: Definitions, codes: Collection[str]) -> set[str]:
    """The objectives a few links away, and those that carry one of these or are carried by it."""
    found = set(codes)
    for _ in range(_STEPS):
        ends = [(link.source, link.target) for link in definitions.links]
        found |= {a for a, b in ends if b in found} | {b for a, b in ends if a in found}
    return found | {o.code for o in definitions.objectives if o.cascaded_from in codes}


def _beside(both: Iterable[Definitions], things: Iterable[object]) -> set[str]:
    """The objectives of the perspectives that are amended, or in which an objective is."""
    places = {t.perspective for t in things if isinstance(t, Objective)}
    places |= {t.code for t in things if isinstance(t, Perspective)}
    return {o.code for definitions in both for o in definitions.objectives if o.perspective in places}
