"""Which figures of an import are unlike those before them: they are recorded, and somebody should look at them."""

from __future__ import annotations

from typing import Final

from django.db.models import Max

from fourfold.engine.cells import State
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.plausible import SHORTEST_NOTE, Lines, number_of, usual_range
from fourfold.records.models import Import, Measurement, Organisation, Outlook
from fourfold.records.ready import Ready

_NAMED: Final = 3
#: Of more figures at once nothing is said: the page about the health of the data looks at the newest of each KPI.
MOST: Final = 2_000


def unusual_in(organisation: Organisation, ready: Ready, run: Import | None) -> tuple[Finding, ...]:
    """A remark where figures of the run lie outside their usual range, by the charts that are kept; two statements."""
    if run is None or not 0 < run.loaded <= MOST:
        return ()
    rows = Measurement.objects.filter(import_run=run, superseded_at=None, state=State.NUMBER)
    figures = list(
        rows.values_list("kpi_id", "unit_id", "period", "value", "numerator", "denominator", "reason")
    )
    charts = _charts({kpi for kpi, *_ in figures}, {unit for _, unit, *_ in figures})
    found, bare = [], 0
    for kpi, unit, text, value, top, bottom, reason in figures:
        chart = charts.get((kpi, unit))
        code, parse = ready.kpi_codes[kpi], ready.definitions.calendar.parse
        number = number_of(ready.definitions.kpi[code], value, top, bottom)
        usual = usual_range(chart[0], parse(chart[1]), chart[2], parse(text)) if chart else None
        if usual is not None and number is not None and not usual.holds(number):
            found.append(f"{code}/{ready.unit_codes[unit]}/{parse(text).short_id}")
            bare += len(reason.strip()) < SHORTEST_NOTE
    return (_finding(found, bare),) if found else ()


def _charts(kpis: set[int], units: set[int]) -> dict[tuple[int, int], tuple[Lines, str, int]]:
    """The lines of the newest kept charts of these KPIs and units, as of before the figures came."""
    rows = Outlook.objects.filter(kpi__in=kpis, unit__in=units)
    newest = rows.values("kpi", "unit").annotate(newest=Max("pk")).order_by().values("newest")
    return {
        (kpi, unit): (spec["reading"]["lines"], spec["first"], spec["periods"])
        for kpi, unit, spec in rows.filter(pk__in=newest).values_list("kpi_id", "unit_id", "spec")
        if spec["reading"] is not None
    }


def _finding(found: list[str], bare: int) -> Finding:
    count = len(found)
    more = f" and {count - _NAMED:,} more" if count > _NAMED else ""
    lies = "1 figure lies outside its" if count == 1 else f"{count:,} figures lie outside their"
    message = f"{lies} usual range, {bare:,} without an explanation: {', '.join(found[:_NAMED])}{more}."
    fix = "Are they right? Then say why where figures are entered, or in the column note. Data health lists them."
    return Finding("IMPORT-UNUSUAL", Level.WARNING, Place(thing="the figures"), message, fix)
