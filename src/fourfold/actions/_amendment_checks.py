"""What speaks against amendments before they are written: the checks, codes twice, figures, closed months."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from fourfold.actions._closed_targets import targets_of_closed
from fourfold.engine.amendment_check import Verdict, verdict
from fourfold.engine.amendments import Amendments, amend
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions import Unit as UnitDefinition
from fourfold.engine.definitions.text.folder import NOUNS
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.former_trees import parent_on
from fourfold.records.models import Attachment, Kpi, Measurement, Organisation, PeriodState, Unit
from fourfold.records.ready import Ready


def checked(
    organisation: Organisation, before: Ready, amendments: Amendments, *, today: date
) -> tuple[Definitions, Verdict]:
    """The definitions as they would be, and what is against them: `broken` may not be written.

    Nothing is written. Raises `Outdated` where a thing is no longer as an amendment has it before.
    """
    after = amend(before.written, amendments)
    said = verdict(before.definitions, after, amendments, today=today)
    broken = (*said.broken, *_taken(before.written, amendments), *_in_use(organisation, amendments))
    if not broken:  # what is broken cannot be told of periods
        closed = _closed(organisation, before.written, amendments)
        broken = (*closed, *targets_of_closed(organisation, before, amendments))
    return after, Verdict(broken, said.own)


def _taken(before: object, amendments: Amendments) -> Iterator[Finding]:
    """A code that is new and names something already."""
    for each in amendments:
        code = getattr(each.after, "code", None)
        if each.before is None and code is not None and any(t.code == code for t in getattr(before, each.noun)):
            place = Place(thing=f"{NOUNS[each.noun]}:{code}.code")
            message = f"There is a {NOUNS[each.noun]} with the code {code} already."
            yield Finding("CODE-TWICE", Level.ERROR, place, message, "Give it a code of its own.")


def _in_use(organisation: Organisation, amendments: Amendments) -> Iterator[Finding]:
    """A KPI or unit that is to go and has figures, or files of figures."""
    for each in amendments:
        model = {"kpis": Kpi, "units": Unit}.get(each.noun)
        if model is None or each.after is not None:
            continue
        rows = model.objects.filter(organisation=organisation, code=each.name)
        column = "kpi__in" if model is Kpi else "unit__in"
        kept = (Measurement.objects, Attachment.objects)
        has_figures = any(each.filter(organisation=organisation, **{column: rows}).exists() for each in kept)
        if has_figures or (model is Unit and PeriodState.objects.filter(unit__in=rows).exists()):
            noun = "KPI" if model is Kpi else "unit"
            fix = "Archive it: its state becomes “retired”, and its history stays." if model is Kpi else "Keep it."
            place = Place(thing=f"{NOUNS[each.noun]}:{each.name}")
            yield Finding("AMEND-IN-USE", Level.ERROR, place, f"The {noun} {each.name} has figures.", fix)


def _closed(organisation: Organisation, written: Definitions, amendments: Amendments) -> Iterator[Finding]:
    """A unit that is to move and has closed months: what they showed was put together in the old tree.

    From a day after them on it may, as long as they are closed above its new place too, or for the unit itself.
    """
    moves = [e for e in amendments if isinstance(e.before, UnitDefinition) and isinstance(e.after, UnitDefinition)]
    rows = PeriodState.objects.current().without_figures().filter(organisation=organisation)
    closed: dict[str, dict[date, str]] = {}
    for unit, start, period in rows.values_list("unit__code", "start", "period") if moves else ():
        closed.setdefault(unit, {})[start] = period
    for each in moves if closed else ():
        before, after = each.before, each.after
        assert isinstance(before, UnitDefinition)
        assert isinstance(after, UnitDefinition)
        own, old, new = (_months(closed, codes) for codes in (
            [before.code], _lineage(written, before.parent), _lineage(written, after.parent)))  # fmt: skip
        place = Place(thing=f"unit:{before.code}.parent")
        told = [start for start in own | old | new if parent_on(before, start) != parent_on(after, start)]
        if told:
            last = (own | old | new)[max(told)]
            message = f"Closed months until {last.removeprefix('M:')} would show other figures if {before.name} moved."
            fix = "Let it move from a day after them on, or reopen them first."
            yield Finding("AMEND-CLOSED", Level.ERROR, place, message, fix)
        elif open_again := sorted(old.keys() - own.keys() - new.keys()):
            last = old[open_again[-1]].removeprefix("M:")
            message = f"Months until {last} are closed for {before.name} by the units above it, and open above there."
            fix = f"Close them for {before.name} itself first."
            yield Finding("AMEND-CLOSED", Level.ERROR, place, message, fix)


def _months(closed: Mapping[str, Mapping[date, str]], units: Iterable[str]) -> dict[date, str]:
    return {start: period for unit in units for start, period in closed.get(unit, {}).items()}


def _lineage(written: Definitions, code: str | None) -> list[str]:
    """The unit and those above it."""
    found: list[str] = []
    while code is not None and code not in found and code in written.unit:
        found.append(code)
        code = written.unit[code].parent
    return found
