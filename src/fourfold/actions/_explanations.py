"""Which figures need an explanation and have none: judged in one place, whichever way they come in (methodology §9.4).

Whoever enters a figure by hand explains it first. A program and a file cannot be asked: their figures are recorded, and
whoever sent them is told; or they are refused, where the organisation says so (`unexplained`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.periods import Frequency, Period
from fourfold.engine.plausible import (
    SHORTEST_NOTE,
    Lines,
    UsualRange,
    Wanted,
    Why,
    needs_words,
    number_of,
    status_of,
    usual_range,
    why_explain,
)
from fourfold.records.frames.imports import NewFigure
from fourfold.records.frames.measurement import Cell
from fourfold.records.frames.outlook import newest_charts
from fourfold.records.frames.result import stored_goals
from fourfold.records.models import Outlook
from fourfold.records.ready import Ready

_AT_ONCE: Final = 2_000  # figures that are looked up together
#: The views whose results have the targets of KPIs that are reported so often.
VIEWS: Final = {Frequency.MONTH: "month", Frequency.QUARTER: "quarter"}


class Figure(NamedTuple):
    """What somebody recorded or is about to: codes of KPI and unit, the period, what it comes to, and the words."""

    kpi: str
    unit: str
    period: Period
    number: float
    note: str


class Judged(NamedTuple):
    """A figure with its usual range, where it has one, and why it needs an explanation, where it needs one."""

    figure: Figure
    usual: UsualRange | None
    why: Why | None

    @property
    def is_bare(self) -> bool:
        """True where it needs an explanation and has none."""
        return self.why is not None and needs_words(self.figure.note)


def rule_of(definitions: Definitions, kpi: Kpi) -> str:
    """Which figures of the KPI need an explanation."""
    return kpi.explain or definitions.organisation.explain


def refuses(definitions: Definitions) -> bool:
    """Whether a figure that lacks its explanation is refused whoever it comes from."""
    return definitions.organisation.unexplained == "refused"


def refused_ones(ready: Ready, news: Iterable[NewFigure]) -> dict[Cell, Finding]:
    """Of figures that files, programs and sources bring those that are refused for want of words, by their cells."""
    figures = {}
    for each in news:
        period = ready.definitions.calendar.parse(each.period)
        number = number_of(ready.definitions.kpi[each.kpi], each.value, each.numerator, each.denominator)
        if number is not None:
            figures[each.cell] = Figure(each.kpi, each.unit, period, number, each.note)
    found = {}
    cells = list(figures)
    for start in range(0, len(cells), _AT_ONCE):
        some = cells[start : start + _AT_ONCE]
        for cell, verdict in zip(some, judged(ready, [figures[cell] for cell in some]), strict=True):
            if verdict.is_bare:
                found[cell] = unexplained(verdict, level=Level.ERROR)
    return found


def judged(ready: Ready, figures: Sequence[Figure]) -> list[Judged]:
    """Each figure against its target and the chart that is kept, as of before it came; two statements."""
    kpis = {ready.kpis[each.kpi] for each in figures}
    units = {ready.units[each.unit] for each in figures}
    charts, wanted = _charts(kpis, units), _wanted(ready, figures)
    found = []
    for each in figures:
        kpi = ready.definitions.kpi[each.kpi]
        chart = charts.get((ready.kpis[each.kpi], ready.units[each.unit]))
        parse = ready.definitions.calendar.parse
        usual = usual_range(chart[0], parse(chart[1]), chart[2], each.period) if chart else None
        goal = wanted.get((ready.units[each.unit], each.kpi, each.period.id))
        status = status_of(kpi, each.number, goal) if goal else None
        found.append(Judged(each, usual, why_explain(rule_of(ready.definitions, kpi), status, each.number, usual)))
    return found


def unexplained(each: Judged, *, level: Level) -> Finding:
    """What is said of one figure that needs an explanation and has none."""
    assert each.why is not None
    fix = f"Say why, and what is done, in {SHORTEST_NOTE} characters or more."
    kpi, unit, period, *_ = each.figure
    message = f"{each.why.words}, and is not explained: {kpi}, {unit}, {period.label}."
    return Finding("RECORD-EXPLAIN", level, Place(thing="note"), message, fix)


def _charts(kpis: set[int], units: set[int]) -> dict[tuple[int, int], tuple[Lines, str, int]]:
    """The lines of the newest kept charts of these KPIs and units."""
    rows = Outlook.objects.filter(kpi__in=kpis, unit__in=units)
    return {(kpi, unit): (lines, first, count) for kpi, unit, lines, first, count in newest_charts(rows)}


def _wanted(ready: Ready, figures: Sequence[Figure]) -> dict[tuple[int, str, str], Wanted]:
    """What the stored results say each figure is judged against, by unit, KPI and period."""
    asked = [each for each in figures if each.period.frequency in VIEWS]
    place = {
        (ready.units[each.unit], VIEWS[each.period.frequency], each.period.ordinal, f"kpi:{each.kpi}"): each
        for each in asked
    }
    spots, units, nodes = {key[1:3] for key in place}, {key[0] for key in place}, {key[3] for key in place}
    found = {}
    for unit, view, ordinal, node, *goal in stored_goals((spots, units, nodes)):
        each = place.get((unit, view, ordinal, node))
        if each is not None:
            found[unit, each.kpi, each.period.id] = Wanted(*goal)
    return found
