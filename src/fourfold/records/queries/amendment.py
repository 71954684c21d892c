"""What an amendment would do before it is saved, who changed a definition and how, and what can be amended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from django.utils import timezone

from fourfold.access.roles import Action
from fourfold.access.rules import Thing, can
from fourfold.engine.amendment_check import Verdict, verdict
from fourfold.engine.amendment_reach import EVERYTHING, Reach, reach_of
from fourfold.engine.amendments import Amendment, Amendments, amend, find_thing
from fourfold.engine.carrying import carries
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.complete import complete
from fourfold.engine.edits import KEYS, Field
from fourfold.engine.findings import Finding, Place
from fourfold.engine.nodes import effective_weights
from fourfold.engine.statuses import Status
from fourfold.errors import Forbidden, NotFound, Outdated
from fourfold.records import models
from fourfold.records.amendment_text import amendment_of
from fourfold.records.frames.amendment import kpi_results, rolled_up
from fourfold.records.frames.result import SCORE, STATUS, rows_of_results, stored_results
from fourfold.records.queries.scope import Scope
from fourfold.records.ready import Ready, ready_definitions
from fourfold.records.scope import principal_of

#: The event of a change in definitions made thing by thing.
EVENT = "definitions.amend"
#: Events that begin a whole scorecard or add to it, and how a list of changes tells them.
BEGUN: Final = {"scorecard.start": "started from the template", "scorecard.draft": "drafted from the spreadsheet"}


class Moved(NamedTuple):
    """A KPI or node whose score or status would be another one in the unit and period shown."""

    node: str
    before: tuple[float | None, Status]
    after: tuple[float | None, Status]


class Share(NamedTuple):
    """The share of a KPI in the whole scorecard, before and after; None where it is not on it."""

    kpi: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Effect:
    """What the checks say, which scores move, and which effective weights. `everything` is computed anew on saving."""

    verdict: Verdict
    moved: tuple[Moved, ...] = ()
    shares: tuple[Share, ...] = ()
    everything: bool = False
    after: Definitions | None = None  # as they would be


class Past(NamedTuple):
    """One change in the log: its number, when, by whom, of which thing, and the fields that it changed."""

    number: int
    at: datetime
    person: str
    noun: str
    name: str
    kind: str
    fields: tuple[Field, ...]
    undoes: int | None
    reason: str
    is_last: bool


def may_define(scope: Scope) -> bool:
    """True for who may change the definitions of the organisation; those of an earlier moment nobody changes."""
    return scope.then is None and can(principal_of(scope.person), Action.DEFINE, Thing(scope.structure.pk, None))


def require_define(scope: Scope) -> None:
    """Refuse who may not change definitions."""
    if not may_define(scope):
        raise Forbidden("You may not change definitions here.")


def ready_of(scope: Scope) -> Ready:
    """The definitions as written and as completed. Raises `NotFound` where there are none."""
    found = models.Organisation.objects.visible_to(scope.person).filter(pk=scope.structure.pk).first()
    ready = None if found is None else ready_definitions(found)
    if ready is None:
        raise NotFound("There are no definitions here yet.")
    return ready


def seen_of(scope: Scope, definitions: Definitions) -> Definitions:
    """The definitions without confidential KPIs that are not shown, and the objectives that have no others."""
    if not scope.closed:
        return definitions
    kpis, objectives = scope.closed, _hidden_objectives(scope, definitions)
    return definitions.model_copy(update={
        "kpis": tuple(k for k in definitions.kpis if k.code not in kpis),
        "objectives": tuple(o for o in definitions.objectives if o.code not in objectives),
        "uses": tuple(u for u in definitions.uses if u.kpi not in kpis and u.objective not in objectives),
        "targets": tuple(t for t in definitions.targets if t.kpi not in kpis),
        "links": tuple(x for x in definitions.links if not objectives & {x.source, x.target}),
        "initiatives": tuple(i for i in definitions.initiatives if not i.kpis or set(i.kpis) - kpis),
    })  # fmt: skip


def _hidden_objectives(scope: Scope, definitions: Definitions) -> frozenset[str]:
    return frozenset(o.code for o in definitions.objectives) - scope.structure.objective.keys()


def thing_of(scope: Scope, definitions: Definitions, noun: str, key: str) -> Definition:
    """The thing with the key of an address: its parts with `~` between them; what is not shown is not there."""
    parts = [part or None for part in key.split("~")]
    return find_thing(seen_of(scope, definitions), noun, parts + [None] * (len(KEYS[noun]) - len(parts)))


def effect_of(scope: Scope, ready: Ready, amendments: Amendments) -> Effect:
    """What saving would break and change; nothing is written."""
    try:
        after = amend(ready.written, amendments)
    except Outdated:
        return Effect(Verdict((), ()))
    said = verdict(ready.definitions, after, amendments, today=timezone.localdate(timezone=scope.structure.zone))
    said = Verdict(_shown(scope, ready, said.broken), _shown(scope, ready, said.own))
    if said.broken:
        return Effect(said)
    then = replace(ready, definitions=complete(after), written=after)
    reach = reach_of(ready.definitions, then.definitions, amendments)
    shares = _shares(scope, ready.definitions, then.definitions) if reach.rebuilt else ()
    if reach == EVERYTHING:
        return Effect(said, shares=shares, everything=True)
    return Effect(said, _moved(scope, ready, then, reach), shares, after=after)


def _shown(scope: Scope, ready: Ready, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Findings without the names of KPIs and objectives that are not shown to the person."""
    if not scope.closed:
        return findings
    hidden = scope.closed | _hidden_objectives(scope, ready.written)
    return tuple(
        Finding(f.code, f.level, Place(), "A KPI that is not shown to you is in the way.")
        if hidden & set(re.findall(r"[\w.\-]+", f"{f.message} {f.place.thing}")) else f
        for f in findings
    )  # fmt: skip


def _moved(scope: Scope, ready: Ready, then: Ready, reach: Reach) -> tuple[Moved, ...]:
    """Scores in the unit and period shown; none where nothing was evaluated or scores are carried forward."""
    as_of = scope.run.as_of
    if not reach or as_of is None or carries(then.definitions):
        return ()
    spots, unit = [(scope.view, scope.period.ordinal)], ready.units[scope.unit.code]
    organisation = models.Organisation.objects.visible_to(scope.person).get(pk=scope.structure.pk)
    known = {code for code in reach.kpis if code in ready.kpis}
    found = kpi_results(organisation, then, known, {scope.view: (scope.period,)}, as_of)  # type: ignore[dict-item]
    rows = [r for v, each in found.items() for r in rows_of_results(then, (v,), each, units=(scope.unit.code,))]
    rows += rolled_up(then, reach, found, rows, list, units=(unit,))
    names = {row[3] for row in rows}
    stored = stored_results((spots, [unit], names)).rows if names else {}
    moved = []
    hidden = {f"kpi:{code}" for code in scope.closed}
    hidden |= {f"objective:{code}" for code in _hidden_objectives(scope, ready.written)} if scope.closed else set()
    for row in rows:
        before = stored.get(row[:4])
        old = (None, Status.NO_DATA) if before is None else (before[SCORE], Status(before[STATUS]))
        new = (row[SCORE], Status(row[STATUS]))
        if old != new and row[3] not in hidden and not (before is None and new[1] is Status.NOT_APPLICABLE):
            moved.append(Moved(row[3], old, new))
    return tuple(sorted(moved, key=lambda m: (m.node != "scorecard", m.node)))


def _shares(scope: Scope, before: Definitions, after: Definitions) -> tuple[Share, ...]:
    old, new = (effective_weights(each, scope.unit.code) for each in (before, after))
    return tuple(
        Share(node.removeprefix("kpi:"), old.get(node), new.get(node))
        for node in dict.fromkeys((*new, *old))
        if node.startswith("kpi:") and node.removeprefix("kpi:") not in scope.closed and old.get(node) != new.get(node)
    )


def known_of(scope: Scope, definitions: Definitions) -> dict[str, list[tuple[str, str]]]:
    """What fields can name, by noun: code and name; what is not shown is not among them."""
    definitions = seen_of(scope, definitions)
    listed: Mapping[str, Iterable[Definition]] = {
        "people": definitions.people, "perspectives": definitions.perspectives, "themes": definitions.themes,
        "objectives": definitions.objectives, "units": definitions.units,
        "kpis": definitions.kpis,
    }  # fmt: skip
    return {noun: [(t.code, t.name) for t in things] for noun, things in listed.items()}  # type: ignore[attr-defined]


def past_of(scope: Scope, noun: str = "", name: str = "", most: int = 60) -> list[Past]:
    """The changes of one thing, or of all, newest first; those of KPIs that are not shown are left out."""
    events = models.Event.objects.visible_to(scope.person) if not may_define(scope) else _own(scope)
    hidden = scope.closed
    if hidden:
        hidden |= _hidden_objectives(scope, ready_of(scope).written)
    found: list[Past] = []
    seen = set[tuple[str, str]]()
    for event in events.filter(action__in=(EVENT, *BEGUN)).order_by("-seq").select_related("person")[: most * 20]:
        who = event.person.name if event.person else event.agent or "the administrator of the machine"
        if event.action in BEGUN:
            if not noun and len(found) < most:
                how = f"{BEGUN[event.action]} {event.object}"
                found.append(Past(event.seq, event.at, who, "scorecard", "", how, (), None, event.reason, False))
            continue
        for told in event.after["amendments"]:
            spot = (told["noun"], told["name"])
            if (noun and spot != (noun, name)) or len(found) >= most:
                continue
            each = amendment_of(told)
            if hidden and hidden & _codes_of(each):
                continue
            last = spot not in seen and not seen.add(spot)  # type: ignore[func-returns-value]
            found.append(Past(event.seq, event.at, who, *spot, _kind(each), fields_of(each),
                              event.after.get("undoes"), event.reason, is_last=last))  # fmt: skip
    return found


def _codes_of(each: Amendment) -> set[object]:
    """The codes of KPIs and objectives that an amendment names, before and after."""
    things = [thing for thing in (each.before, each.after) if thing is not None]
    names = ("code", "kpi", "objective", "source", "target")
    return {getattr(thing, name, None) for thing in things for name in names}


def _own(scope: Scope) -> models.event.Events:
    # house: who may change the definitions reads what was changed in them
    found: models.event.Events = models.Event.objects.filter(organisation=scope.structure.pk)
    return found


def _kind(each: Amendment) -> str:
    return "added" if each.before is None else "removed" if each.after is None else "changed"


def fields_of(each: Amendment) -> tuple[Field, ...]:
    """What an amendment changes, field by field, as differences of folders tell it."""
    if each.before is None or each.after is None:
        return ()
    old, new = each.before.model_dump(mode="json"), each.after.model_dump(mode="json")
    return tuple(Field(name, old[name], new[name]) for name in type(each.after).model_fields if old[name] != new[name])

