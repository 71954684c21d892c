"""What an organisation has defined, kept in memory while its definitions do not change.

Definitions change a few times a month and are read by every page, so a process keeps the last ones it read. Each use
first reads the organisation's `definitions_version` (one row), so a change by any process is seen at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from fourfold.engine import definitions as defined
from fourfold.engine.definitions.complete import complete
from fourfold.engine.periods import Calendar
from fourfold.engine.related import Related, relations
from fourfold.engine.small_groups import nodes_above
from fourfold.engine.unit_settings import UnitSettings, settings_of, zone_of
from fourfold.records import models
from fourfold.records.ready import ready_definitions
from fourfold.records.scope import Closed

_ROOM: Final = 64  # organisations kept
_WRITTEN: Final = ("spec", "known_since")
#: What was written with the organisation itself.
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit in its tree: its row id, definition, path from the root and depth (0 at the root)."""

    pk: int
    code: str
    name: str
    size: str
    parent: int | None
    path: str

    @property
    def depth(self) -> int:
        """How many units are above it."""
        return self.path.count("/") - 2


@dataclass(frozen=True)
class Structure:
    """The completed definitions of one organisation, with the row ids that addresses of pages need."""

    pk: int
    organisation: defined.Organisation
    strategy: defined.Strategy | None
    units: tuple[UnitPlace, ...]
    perspectives: tuple[defined.Perspective, ...]
    objectives: tuple[defined.Objective, ...]
    links: tuple[defined.Link, ...]
    kpis: tuple[defined.Kpi, ...]
    uses: tuple[defined.KpiUse, ...]
    initiatives: tuple[defined.Initiative, ...]
    people: Mapping[str, Person]
    code_of: Mapping[int, str]  # of people by row id
    kpi_pk: Mapping[str, int]
    objective_pk: Mapping[str, int]
    definitions: defined.Definitions  # of the organisation and its units alone
    examples: str = ""  # the code of the template whose example figures it holds

    @cached_property
    def whole(self) -> defined.Definitions:
        """Everything that is defined, completed; read when a page first asks for it."""
        ready = ready_definitions(models.Organisation.objects.get(pk=self.pk))  # house: as in `_read`
        return self.definitions if ready is None else ready.definitions

    @cached_property
    # house: as in `_read`, and when they were written
    def first_written(self) -> dict[tuple[str, str], datetime]:
        """When each KPI and unit was first written as more than a draft, by noun and code; three statements."""
        rows = [("kpis", *row) for row in models.Kpi.objects.filter(organisation=self.pk).values_list(*_WRITTEN)]
        rows += [("units", *row) for row in models.Unit.objects.filter(organisation=self.pk).values_list(*_WRITTEN)]
        former = models.FormerDefinition.objects.filter(organisation=self.pk, noun__in=("kpis", "units"))
        found: dict[tuple[str, str], datetime] = {}
        for noun, spec, at in [*rows, *former.values_list("noun", *_WRITTEN)]:
            if spec.get("state") != "draft":
                key, moment = (noun, spec["code"]), at or _BEGINNING
                found[key] = min(found.get(key, moment), moment)
        return found

    @cached_property
    def calendar(self) -> Calendar:
        """The organisation's calendar."""
        return self.organisation.calendar

    @cached_property
    def settings(self) -> dict[str, UnitSettings]:
        """Currency, time zone and business days of each unit by its code."""
        return {unit.code: settings_of(self.definitions, unit) for unit in self.definitions.units}

    @cached_property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return zone_of(self.organisation)

    @cached_property
    def kpi(self) -> dict[str, defined.Kpi]:
        """KPIs by code."""
        return {k.code: k for k in self.kpis}

    @cached_property
    def kpi_of(self) -> dict[int, defined.Kpi]:
        """KPIs by row id."""
        return {self.kpi_pk[k.code]: k for k in self.kpis}

    @cached_property
    def objective(self) -> dict[str, defined.Objective]:
        """Objectives by code."""
        return {o.code: o for o in self.objectives}

    @cached_property
    def related(self) -> dict[str, tuple[Related, ...]]:
        """What each KPI goes together with, by its code; one that goes together with none is not there."""
        return relations(self.shown)

    @cached_property
    def shown(self) -> defined.Definitions:
        """What is shown to the person, completed: no more than this structure has."""
        known = ("strategy", "perspectives", "objectives", "links", "kpis", "uses", "initiatives")
        return self.definitions.model_copy(update={name: getattr(self, name) for name in known})

    @cached_property
    def closed(self) -> Closed:
        """What a clearance is needed for."""
        kpis = {self.kpi_pk[k.code]: k.code for k in self.kpis if k.is_confidential}
        above = nodes_above(kpis.values(), self.uses, self.objectives)
        has_groups = any(k.headcount is not None for k in self.kpis)
        uses = ((use.objective, self.kpi_pk[use.kpi]) for use in self.uses)
        return Closed.of(kpis, uses, above, has_groups=has_groups)

    @cached_property
    def unit_of(self) -> dict[int, UnitPlace]:
        """Units by row id."""
        return {u.pk: u for u in self.units}

    @cached_property
    def children(self) -> dict[int | None, list[UnitPlace]]:
        """Units by the row id of the unit above them."""
        below: dict[int | None, list[UnitPlace]] = {}
        for unit in self.units:
            below.setdefault(unit.parent, []).append(unit)
        return below

    @cached_property
    def uses_of(self) -> dict[str, list[defined.KpiUse]]:
        """Uses by objective code, in the order written."""
        return _grouped(self.uses, "objective")

    @cached_property
    def uses_of_kpi(self) -> dict[str, list[defined.KpiUse]]:
        """Uses by KPI code."""
        return _grouped(self.uses, "kpi")

    @cached_property
    def objectives_of(self) -> dict[str, list[defined.Objective]]:
        """Objectives by perspective code."""
        return _grouped(self.objectives, "perspective")

    @cached_property
    def weight(self) -> dict[str, float]:
        """The share 0..1 of each KPI in the whole scorecard when every figure is there, over all its uses."""
        shares: dict[str, float] = {}
        perspectives = _shares({p.code: float(p.weight) for p in self.perspectives})
        top = {None, *(unit.code for unit in self.units if unit.parent is None)}
        for code, objectives in self.objectives_of.items():
            for objective, inside in _shares({o.code: float(o.weight) for o in objectives if o.unit in top}).items():
                uses = [use for use in self.uses_of.get(objective, ()) if not use.monitor_only]
                for i, part in _shares(dict(enumerate(float(use.weight) for use in uses))).items():
                    share = perspectives.get(code, 0.0) * inside * part
                    shares[uses[i].kpi] = shares.get(uses[i].kpi, 0.0) + share
        return shares

    def only(self, codes: frozenset[str]) -> Structure:
        """The same with these KPIs alone, and of the rest what they hang on."""
        uses = tuple(use for use in self.uses if use.kpi in codes)
        objectives = {use.objective for use in uses}
        kept = tuple(o for o in self.objectives if o.code in objectives)
        perspectives = {o.perspective for o in kept}
        return replace(
            self,
            kpis=tuple(k for k in self.kpis if k.code in codes),
            uses=uses,
            objectives=kept,
            perspectives=tuple(p for p in self.perspectives if p.code in perspectives),
            links=tuple(link for link in self.links if {link.source, link.target} <= objectives),
            initiatives=tuple(i for i in self.initiatives if codes & set(i.kpis)),
        )

    def without(self, codes: frozenset[str]) -> Structure:
        """The same without these KPIs and the objectives that have no others; weights stay those of the whole."""
        open_kpis = frozenset(k.code for k in self.kpis) - codes
        emptied = self.objective.keys() & self.uses_of.keys() - {u.objective for u in self.uses if u.kpi in open_kpis}
        kept = frozenset(self.objective) - emptied
        found = replace(
            self,
            kpis=tuple(k for k in self.kpis if k.code in open_kpis),
            uses=tuple(use for use in self.uses if use.kpi in open_kpis),
            objectives=tuple(o for o in self.objectives if o.code in kept),
            links=tuple(link for link in self.links if {link.source, link.target} <= kept),
            initiatives=tuple(i for i in self.initiatives if not i.kpis or open_kpis & set(i.kpis)),
        )
        found.__dict__["weight"] = {code: share for code, share in self.weight.items() if code in open_kpis}
        return found

    def applies(self, kpi: defined.Kpi, unit: str) -> bool:
        """True when the unit has this KPI."""
        return unit not in kpi.not_applicable_in and (not kpi.only_in or unit in kpi.only_in)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as other people see them."""

    name: str
    title: str
    initials: str


def structure_of(organisation: models.Organisation) -> Structure:
    """The definitions as they are now; the caller has made sure that the person may see the organisation."""
    key = (organisation.pk, organisation.created_at)
    kept = _KEPT.get(key)
    if kept is not None and kept[0] == organisation.definitions_version:
        return kept[1]
    structure = _read(organisation)
    with _LOCK:
        while len(_KEPT) >= _ROOM:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[key] = (organisation.definitions_version, structure)
    return structure


def forget() -> None:
    """Read the definitions anew."""
    with _LOCK:
        _KEPT.clear()


_KEPT: dict[tuple[int, Any], tuple[int, Structure]] = {}
_LOCK: Final = Lock()


def slug(name: str) -> str:
    """The words of a name for an address: `Energy use per m²` is `energy-use-per-m`.

    >>> slug("St Brigid’s & co")
    'st-brigid-s-co'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "-"


def initials(name: str) -> str:
    """The first letters of the first and last word of a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def _read(organisation: models.Organisation) -> Structure:
    units = models.Unit.objects.filter(organisation=organisation)  # house: definitions of an organisation already seen
    kpis = _rows(models.Kpi, organisation)
    objectives = _rows(models.Objective, organisation)
    strategies = _rows(models.Strategy, organisation)
    members = list(
        models.Membership.objects.filter(organisation=organisation).select_related("person")  # house: as above
    )
    own = defined.Organisation.model_validate(organisation.spec)
    written: dict[str, Any] = {
        "perspectives": tuple(_specs(models.Perspective, defined.Perspective, organisation)),
        "objectives": tuple(defined.Objective.model_validate(spec) for _, _, spec in objectives),
        "kpis": tuple(defined.Kpi.model_validate(spec) for _, _, spec in kpis),
    }
    alone: dict[str, Any] = {
        "organisation": own,
        "units": tuple(defined.Unit.model_validate(unit.spec) for unit in units),
    }
    completed = complete(defined.Definitions.model_construct(**written))
    return Structure(
        pk=organisation.pk,
        organisation=own,
        strategy=defined.Strategy.model_validate(strategies[0][2]) if strategies else None,
        units=tuple(_place(unit) for unit in units),
        perspectives=tuple(sorted(completed.perspectives, key=lambda p: p.rank or 0)),
        objectives=completed.objectives,
        links=tuple(_specs(models.Link, defined.Link, organisation)),
        kpis=completed.kpis,
        uses=tuple(_specs(models.KpiUse, defined.KpiUse, organisation)),
        initiatives=tuple(_specs(models.Initiative, defined.Initiative, organisation)),
        people={m.code: Person(m.person.name, m.person.title, initials(m.person.name)) for m in members},
        code_of={m.person_id: m.code for m in members},
        kpi_pk={code: pk for pk, code, _ in kpis},
        objective_pk={code: pk for pk, code, _ in objectives},
        definitions=defined.Definitions.model_construct(**alone),
        examples=organisation.examples,
    )


def _rows(model: type[models.Kpi | models.Objective | models.Strategy], organisation: models.Organisation) -> list[Any]:
    return list(model.objects.filter(organisation=organisation).values_list("pk", "code", "spec"))  # house: as above


def _specs(model: Any, kind: Any, organisation: models.Organisation) -> list[Any]:
    rows = model.objects.filter(organisation=organisation).values_list("spec", flat=True)  # house: as above
    return [kind.model_validate(spec) for spec in rows]


def _place(unit: models.Unit) -> UnitPlace:
    return UnitPlace(unit.pk, unit.code, unit.name, unit.spec.get("size", ""), unit.parent_id, unit.path)


def _grouped(items: Any, by: str) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for item in items:
        groups.setdefault(getattr(item, by), []).append(item)
    return groups


def _shares(weights: dict[Any, float]) -> dict[Any, float]:
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()} if total > 0 else {}
