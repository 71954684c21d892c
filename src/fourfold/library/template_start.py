"""A template put in place of an empty scorecard, and its examples taken out again: definitions → definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, TypeVar

from fourfold.engine.definitions import Definitions, Initiative, Kpi, Note, Organisation, Target, Unit
from fourfold.library.template import Template

_OfUnit = TypeVar("_OfUnit", Target, Note)
#: What of an initiative follows from the day on which the template was taken.
_DATED: Final = ("start", "end", "expected_end", "milestones")


def is_empty(definitions: Definitions) -> bool:
    """True where no scorecard has been begun: no perspective, no objective, no KPI."""
    return not (definitions.perspectives or definitions.objectives or definitions.kpis)


def begun(before: Definitions, template: Template, today: date, *, examples: bool) -> Definitions:
    """The definitions with the scorecard of a template, live; `before` has none.

    Name and root unit of the organisation stay, and its other units where it has any: the template brings its own else,
    with its currency and year where no currency is given. Its people come as roles without an address. Initiatives and
    notes are examples, and come only with `examples`.
    """
    made = template.definitions(today)
    root = {made.root.code: before.root.code}
    units = before.units if len(before.units) > 1 else (*before.units, *_below(made, before.root.code))
    known = {unit.code for unit in units}
    organisation = _settled(before.organisation, made.organisation)
    people = {person.code for person in before.people}
    strategy = made.strategy.model_copy(update={"code": before.strategy.code, "unit": before.strategy.unit})
    money = {made.organisation.currency: organisation.currency}
    update: dict[str, object] = {
        "organisation": organisation,
        "units": units,
        "people": (*before.people, *(p for p in made.people if not p.email and p.code not in people)),
        "strategy": strategy.model_copy(update={"state": "active", "waivers": before.strategy.waivers}),
        "kpis": tuple(_kpi(kpi, root, money) for kpi in made.kpis),
        "targets": tuple(_in_units(made.targets, root, known)),
        "initiatives": made.initiatives if examples else (),
        "notes": tuple(_in_units(made.notes, root, known)) if examples else (),
    }
    for noun in ("perspectives", "themes", "objectives", "links", "uses"):
        update[noun] = getattr(made, noun)
    return before.model_copy(update=update)


def without_examples(definitions: Definitions, template: Template, today: date) -> Definitions:
    """The definitions without the initiatives and notes of the template that nobody has made their own."""
    made = template.definitions(today)
    work = {initiative.code: _undated(initiative) for initiative in made.initiatives}
    said = {(note.kpi, note.text) for note in made.notes}
    return definitions.model_copy(update={
        "initiatives": tuple(i for i in definitions.initiatives if work.get(i.code) != _undated(i)),
        "notes": tuple(note for note in definitions.notes if (note.kpi, note.text) not in said),
    })  # fmt: skip


def _undated(initiative: Initiative) -> dict[str, Any]:
    return initiative.model_dump(exclude={*_DATED})


def _below(made: Definitions, root: str) -> Iterable[Unit]:
    """The units of the template below its root, hung below another root."""
    for unit in made.units:
        if unit.parent is not None and unit.code != root:
            yield unit.model_copy(update={"parent": root}) if unit.parent == made.root.code else unit


def _settled(before: Organisation, made: Organisation) -> Organisation:
    """The organisation, with currency and year of the template where nobody has said which it has."""
    if before.currency:
        return before
    return before.model_copy(update={"currency": made.currency, "fiscal_year_start": made.fiscal_year_start})


def _kpi(kpi: Kpi, root: Mapping[str, str], money: Mapping[str, str]) -> Kpi:
    only_in = tuple(root.get(unit, unit) for unit in kpi.only_in)
    return kpi.model_copy(update={"only_in": only_in, "unit": money.get(kpi.unit, kpi.unit)})


def _in_units(things: Iterable[_OfUnit], root: Mapping[str, str], known: set[str]) -> Iterable[_OfUnit]:
    """Targets or notes with the root unit by its name here, without those of units that are not here."""
    for thing in things:
        unit = root.get(thing.unit or "", thing.unit)
        if unit is None or unit in known:
            yield thing.model_copy(update={"unit": unit})
