"""What a definition was before: each change of it with when, by whom, and what it said on both sides.

It is told from what is kept of former definitions, so that changes by form, by folder and by library are all there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

from fourfold.engine.amendments import Amendment
from fourfold.engine.definitions.text.complaints import TYPES
from fourfold.engine.edits import Field, key_of
from fourfold.records import models
from fourfold.records.queries.amendment import BEGUN, EVENT, fields_of
from fourfold.records.queries.scope import Scope
from fourfold.records.tables import TABLES

#: What is told with a thing: the nouns beside its own, and the field by which they name it.
BESIDE: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "kpis": (("targets", "kpi"), ("uses", "kpi")),
    "objectives": (("uses", "objective"), ("links", "source"), ("links", "target")),
    "units": (),
}
#: The events by which definitions change.
HOWS: Final = (EVENT, *BEGUN, "folder.load", "library.add")
#: The newest changes of so many versions are told.
MOST: Final = 300


class Change(NamedTuple):
    """One change: when, by whom, of which thing, from what to what. `person` is empty where nobody is known."""

    at: datetime
    person: str
    how: str  # the action of the event: a form, a folder, the library
    noun: str
    thing: Any  # the definition as it is after the change, or before where it went
    kind: str  # added, changed, removed
    fields: tuple[Field, ...]


class _Version(NamedTuple):
    noun: str
    spec: dict[str, Any]
    since: datetime | None
    until: datetime | None


def history_of(scope: Scope, noun: str, code: str) -> list[Change]:
    """The changes of a KPI, objective or unit and of what belongs to it, newest first; three statements and one for
    each table. What was there from the beginning is no change."""
    found: list[_Version] = []
    for each, field in ((noun, "code"), *BESIDE[noun]):
        found += _versions(scope, each, field, code)
    told = [change for noun_ in dict.fromkeys(v.noun for v in found) for change in _changes(noun_, found)]
    told.sort(key=lambda change: change.at, reverse=True)
    return _with_people(scope, told[:MOST])


def _versions(scope: Scope, noun: str, field: str, code: str) -> list[_Version]:
    organisation, model = scope.structure.pk, next(t.model for t in TABLES if t.noun == noun)
    column = field if field == "code" else f"{field}__code"
    # house: whoever sees the thing reads what it was
    now = model._default_manager.filter(organisation=organisation, **{column: code})
    rows = [_Version(noun, spec, since, None) for spec, since in now.values_list("spec", "known_since")]
    # house: as above; the text narrows the search, the field decides
    gone = models.FormerDefinition.objects.filter(organisation=organisation, noun=noun)
    gone = gone.annotate(text=Cast("spec", TextField())).filter(text__contains=f'"{field}":"{code}"')
    columns = gone.order_by("-known_until").values_list("spec", "known_since", "known_until")
    return rows + [_Version(noun, *row) for row in columns[:MOST] if row[0].get(field) == code]


def _changes(noun: str, found: Iterable[_Version]) -> list[Change]:
    """What came, went and became another, thing by thing."""
    kind = TYPES[noun]
    things: dict[tuple[object, ...], list[tuple[_Version, Any]]] = {}
    for version in found:
        if version.noun == noun:
            thing = kind.model_validate(version.spec)
            things.setdefault(key_of(noun, thing), []).append((version, thing))
    told = []
    for versions in things.values():
        ends = {version.until: thing for version, thing in versions if version.until is not None}
        for version, thing in versions:
            if version.since is None:
                continue
            before = ends.pop(version.since, None)
            fields = fields_of(Amendment(noun, before, thing))
            if before is None or fields:
                told.append(Change(version.since, "", "", noun, thing, "changed" if before else "added", fields))
        starts = {version.since for version, _ in versions}
        told += [Change(at, "", "", noun, thing, "removed", ()) for at, thing in ends.items() if at not in starts]
    return told


def _with_people(scope: Scope, told: list[Change]) -> list[Change]:
    """The changes with who made them, by the event of the same moment."""
    moments = {change.at for change in told}
    # house: whoever sees a definition may know who changed it
    events = models.Event.objects.filter(organisation=scope.structure.pk, at__in=moments, action__in=HOWS)
    rows = events.values_list("at", "person__name", "action") if moments else ()
    who = {at: (name or "", action) for at, name, action in rows}
    return [c._replace(person=who.get(c.at, ("", ""))[0], how=who.get(c.at, ("", ""))[1]) for c in told]
