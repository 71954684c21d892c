"""What there is to say of figures that came in together: which are unlike those before them, and which need words."""

from __future__ import annotations

from typing import Final

from fourfold.actions._explanations import Figure, Judged, judged
from fourfold.engine.cells import State
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.plausible import needs_words, number_of
from fourfold.records.models import Import, Measurement
from fourfold.records.ready import Ready

_NAMED: Final = 3
#: Of more figures at once nothing is said: the page about the health of the data looks at the newest of each KPI.
MOST: Final = 2_000


def remarks_on(ready: Ready, run: Import | None) -> tuple[Finding, ...]:
    """A remark where figures of the run lie outside their usual range, and one where some need an explanation.

    By the targets and charts that are kept; three statements.
    """
    if run is None or not 0 < run.loaded <= MOST:
        return ()
    found = judged(ready, _figures(ready, run))
    unusual = [each for each in found if each.usual is not None and not each.usual.holds(each.figure.number)]
    bare = [each for each in found if each.is_bare]
    return (*([_unusual(unusual)] if unusual else ()), *([_bare(bare)] if bare else ()))


def _figures(ready: Ready, run: Import) -> list[Figure]:
    rows = Measurement.objects.filter(import_run=run, superseded_at=None, state=State.NUMBER)
    columns = ("kpi_id", "unit_id", "period", "value", "numerator", "denominator", "reason")
    figures = []
    for kpi, unit, text, value, top, bottom, reason in rows.values_list(*columns):
        code, period = ready.kpi_codes[kpi], ready.definitions.calendar.parse(text)
        number = number_of(ready.definitions.kpi[code], value, top, bottom)
        if number is not None:
            figures.append(Figure(code, ready.unit_codes[unit], period, number, reason))
    return figures


def _named(found: list[Judged]) -> str:
    names = [f"{each.figure.kpi}/{each.figure.unit}/{each.figure.period.short_id}" for each in found[:_NAMED]]
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    return ", ".join(names) + more


def _unusual(found: list[Judged]) -> Finding:
    count, bare = len(found), sum(needs_words(each.figure.note) for each in found)
    lies = "1 figure lies outside its" if count == 1 else f"{count:,} figures lie outside their"
    message = f"{lies} usual range, {bare:,} without an explanation: {_named(found)}."
    fix = "Are they right? Then say why where figures are entered, or in the column note. Data health lists them."
    return Finding("IMPORT-UNUSUAL", Level.WARNING, Place(thing="the figures"), message, fix)


def _bare(found: list[Judged]) -> Finding:
    needs = "1 figure needs an explanation and has"
    if len(found) > 1:
        needs = f"{len(found):,} figures need an explanation and have"
    fix = "Say why, and what is done, where figures are entered, or in the column note."
    return Finding("IMPORT-EXPLAIN", Level.WARNING, Place(thing="the figures"), f"{needs} none: {_named(found)}.", fix)
