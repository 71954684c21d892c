"""Outlooks to rows and back; a row is written only where it says something else than the newest one of its series.

Numbers are kept to 12 digits, limits only where they change, and nothing beyond the last figure. The figures without
their season are not kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np
from django.db.models import F, Max

from fourfold.engine.cells import Floats
from fourfold.engine.evaluate import periods_of
from fourfold.engine.findings import Finding
from fourfold.engine.forecasts import hindcast
from fourfold.engine.groups import with_inputs
from fourfold.engine.kpis import Figures, figures
from fourfold.engine.outlook import Chance, Outlook, Prospect, Way, outlooks
from fourfold.engine.periods import Calendar, Period
from fourfold.engine.plausible import Lines
from fourfold.engine.progress import Progress
from fourfold.engine.rows import Rows, locate
from fourfold.engine.signals import (
    Assurance,
    Between,
    Phase,
    Reading,
    Remark,
    Rule,
    Scale,
    Signal,
    Suggestion,
    Variation,
)
from fourfold.engine.statuses import Status
from fourfold.records import models
from fourfold.records.bulk import insert_rows
from fourfold.records.fields import SpecParts
from fourfold.records.frames.calibration import calibrations_in_use, recalibrated
from fourfold.records.frames.forecast import bounds, forecast_of_spec, nans, short, spec_of_forecast
from fourfold.records.frames.measurement import read_measurements
from fourfold.records.models import Organisation
from fourfold.records.ready import Ready
from fourfold.records.scope import InUnits

_TABLE: Final = models.Outlook._meta.db_table
_BATCH: Final = 500
_TOGETHER: Final = 200  # outlooks that are compared with what is kept at once; one of days can have 100 kB
_FEW: Final = 200  # KPIs that are named one by one
#: Lines of the chart that hold from where they change.
_LINES: Final = ("lower", "centre", "upper", "sigma")
_CODES: Final = {"phase": Phase, "scale": Scale, "variation": Variation, "assurance": Assurance,
                 "assurance_ahead": Assurance}  # fmt: skip
_PLAIN: Final = ("count", "relock", "trend", "dependence")


class Kept(NamedTuple):
    """An outlook as its row holds it: `spec` as JSON."""

    kpi: str
    unit: str
    origin: str
    spec: str


def outlooks_now(
    organisation: Organisation,
    ready: Ready,
    *,
    as_of: datetime,
    kpis: Collection[str] | None = None,
    units: Collection[str] | None = None,
    places: Collection[tuple[str, str]] | None = None,
    until: date | None = None,
) -> tuple[Outlook, ...]:
    """The outlooks of these KPIs (all without `kpis`) in these units, from the figures as known now; see the engine.

    With `places`, pairs of a KPI and a unit, of those alone.

    Intervals are as wide as those of the outlooks that are kept.
    """
    if places is not None and kpis is None:
        kpis = {kpi for kpi, _ in places}
    found = figures_now(organisation, ready, as_of=as_of, kpis=kpis)
    own = calibrations_in_use(organisation, ready, kpis)
    return tuple(
        outlooks(
            ready.definitions, found, as_of=as_of, kpis=kpis, units=units, places=places, until=until, calibrations=own
        )
    )


def figures_now(
    organisation: Organisation, ready: Ready, *, as_of: datetime, kpis: Collection[str] | None = None
) -> Figures:
    """Figures of these KPIs (all without `kpis`) at their own frequencies, as known now."""
    definitions = ready.definitions
    needed = definitions.kpis if kpis is None else with_inputs(definitions, kpis)
    measured = [kpi.code for kpi in needed if not kpi.is_computed]
    rows = locate(read_measurements(organisation, ready, kpis=measured), definitions)
    shown = periods_of(definitions, rows, view="month", as_of=as_of)
    return figures(definitions, rows, as_of=as_of, periods=shown, only=kpis)


def all_outlooks(
    organisation: Organisation, ready: Ready, rows: Rows, *, as_of: datetime,
    tell: Progress | None = None,
) -> tuple[tuple[Kept, ...], tuple[Finding, ...]]:
    """The outlooks of all KPIs and units that have figures, and what is to be said of past ones.

    Once a month intervals are fitted to what became of the forecasts that were kept, where there are enough of them.
    """
    definitions = ready.definitions
    shown = periods_of(definitions, rows, view="month", as_of=as_of)
    found = figures(definitions, rows, as_of=as_of, periods=shown)
    own, findings = recalibrated(organisation, ready, found, as_of=as_of)
    made = outlooks(definitions, found, as_of=as_of, calibrations=own)
    said: list[Kept] = []
    for outlook in kept(made):
        said.append(outlook)
        if tell:
            tell("Looked ahead", len(said), 0)
    return tuple(said), findings


def kept(found: Iterable[Outlook]) -> Iterator[Kept]:
    """Outlooks as rows hold them; of those without a figure there is none."""
    for outlook in found:
        if outlook.origin is not None:
            spec = json.dumps(spec_of_outlook(outlook), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            yield Kept(outlook.kpi, outlook.unit, outlook.origin.id, spec)


class Differing(NamedTuple):
    """Outlooks that say something else than what is kept, as rows without time and version, and ids of the others."""

    new: list[tuple[Any, ...]]
    same: list[int]


def differing_outlooks(organisation: Organisation, ready: Ready, found: Iterable[Kept]) -> Differing:
    """Which of these differ from what was said last about their KPI and unit; it can be asked without the lock."""
    some = tuple(found)
    newest = _newest(organisation, {ready.kpis[outlook.kpi] for outlook in some})
    pks = [newest.get((ready.kpis[outlook.kpi], ready.units[outlook.unit]), 0) for outlook in some]
    remaining = zip(some, pks, strict=True)
    differing = Differing([], [])
    while together := list(islice(remaining, _TOGETHER)):
        known = _specs([pk for _, pk in together if pk])
        for outlook, pk in together:
            if pk and known[pk] == json.loads(outlook.spec):
                differing.same.append(pk)
            else:
                differing.new.append((ready.kpis[outlook.kpi], ready.units[outlook.unit], outlook.origin, outlook.spec))
    return differing


def keep_outlooks(organisation: Organisation, differing: Differing, *, at: datetime, input_version: int) -> int:
    """Keep those that differ and say of the others that they are as of this version; says how many differ.

    Call it inside a transaction that holds the lock on the organisation.
    """
    new, same = differing
    for start in range(0, len(same), _BATCH):
        older = models.Outlook.objects.filter(pk__in=same[start : start + _BATCH], input_version__lt=input_version)
        older.update(input_version=input_version)
    columns = ("organisation_id", "made_at", "input_version", "kpi_id", "unit_id", "origin", "spec")
    insert_rows(_TABLE, columns, ((organisation.pk, at, input_version, *row) for row in new), exact=True)
    if new or same:
        Organisation.objects.filter(pk=organisation.pk).update(outlooks_version=F("outlooks_version") + 1)
    return len(new)


def write_outlooks(
    organisation: Organisation, ready: Ready, found: Iterable[Kept], *, at: datetime, input_version: int
) -> int:
    """Keep the outlooks that differ from what was said last about their KPI and unit; says how many did.

    Call it inside a transaction that holds the lock on the organisation.
    """
    differing = differing_outlooks(organisation, ready, found)
    return keep_outlooks(organisation, differing, at=at, input_version=input_version)


def _newest(organisation: Organisation, kpis: Collection[int]) -> dict[tuple[int, int], int]:
    """The id of the newest row of each of these KPIs and unit."""
    rows = models.Outlook.objects.filter(organisation=organisation)
    if len(kpis) <= _FEW:
        rows = rows.filter(kpi__in=kpis)
    last = rows.values("kpi", "unit").annotate(last=Max("pk")).order_by()
    return {(kpi, unit): pk for kpi, unit, pk in last.values_list("kpi", "unit", "last")}


def _specs(pks: Collection[int]) -> dict[int, Any]:
    """What rows say, by their ids."""
    rows = models.Outlook.objects.filter(pk__in=pks)  # house: ids of rows of the organisation given
    return dict(rows.values_list("pk", "spec")) if pks else {}


def newest_charts(rows: InUnits[models.Outlook]) -> Iterator[tuple[int, int, Lines, str, int]]:
    """Of the newest of these outlooks: KPI and unit by row id, lines of the chart, its first period, how many it has.

    Those without a chart are left out. The rest of an outlook, most of it, is not read.
    """
    newest = rows.values("kpi", "unit").annotate(newest=Max("pk")).order_by().values("newest")
    chart = SpecParts("spec", "reading.lines", "first", "periods")
    for kpi, unit, (lines, *span) in rows.filter(pk__in=newest).values_list("kpi_id", "unit_id", chart):
        if lines is not None:
            yield kpi, unit, lines, *span


def tried(
    values: Sequence[float | None],
    periods: Sequence[Period],
    *,
    as_of: date,
    since: Period | None,
    valid: tuple[float, float],
) -> tuple[int, int]:
    """How many of the last twelve figures lay in the 80 % range of a forecast made a period before, and of how many."""
    place = 0 if since is None else max(since.ordinal - periods[0].ordinal, 0)
    figures = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    found = hindcast(figures, periods, as_of=as_of, since=place, valid=valid)
    return found.inside, found.outcomes


def spec_of_outlook(outlook: Outlook) -> dict[str, Any]:
    """An outlook as JSON holds it."""
    first, origin = outlook.periods[0], outlook.origin
    length = 0 if origin is None else origin.ordinal - first.ordinal + 1
    return {
        "first": first.id,
        "periods": length,
        "forecast": spec_of_forecast(outlook.forecast),
        "reading": None if outlook.reading is None else _reading_spec(outlook.reading, length),
        "chance": None if outlook.chance is None else _chance_spec(outlook.chance),
        "prospect": None if (p := outlook.prospect) is None else [p.period.id, short(p.value), int(p.status)],
        "wanted": [[None if np.isnan(v) else _open(v) for v in pair] for pair in outlook.wanted],
    }


def outlook_of_spec(
    spec: Mapping[str, Any], *, kpi: str, unit: str, origin: str, made_at: datetime, calendar: Calendar
) -> Outlook:
    """The outlook that a row holds."""
    first = calendar.parse(spec["first"])
    periods = tuple(first.shift(n) for n in range(spec["periods"]))
    read, chance, end = (spec[part] for part in ("reading", "chance", "prospect"))
    forecast = forecast_of_spec(spec, kpi=kpi, unit=unit, origin=origin, made_at=made_at, calendar=calendar)
    reading = None if read is None else _reading(read, len(periods))
    return Outlook(
        kpi, unit, periods, reading, forecast, None if chance is None else _chance(chance, calendar),
        None if end is None else Prospect(calendar.parse(end[0]), end[1], Status(end[2])),
        tuple((_number(low), _number(high)) for low, high in spec["wanted"]),
    )  # fmt: skip


def _reading_spec(reading: Reading, length: int) -> dict[str, Any]:
    """A reading as JSON holds it; `between` is there where events are too rare to be counted."""
    between = reading.between
    marked = np.flatnonzero(reading.label).tolist()
    new = reading.suggestion
    return {
        **{name: int(getattr(reading, name)) for name in _CODES},
        **{name: short(getattr(reading, name)) for name in _PLAIN},
        "lines": list(_changes([getattr(reading, name)[:length] for name in _LINES])),
        "marked": [[place, int(reading.label[place]), int(reading.side[place])] for place in marked],
        "signals": [[s.rule.name, s.at, list(s.points), s.side, s.in_baseline] for s in reading.signals],
        "suggestion": None if new is None else [new.start, *short((new.shift, new.centre, new.lower, new.upper))],
        "remarks": [remark.name for remark in reading.remarks],
        **({} if between is None else {"between": _between_spec(between)}),
    }


def _between_spec(between: Between) -> dict[str, Any]:
    lines = (between.days, between.lower, between.centre, between.upper)
    return {
        "place": between.place.tolist(),
        "lines": [short(line.tolist()) for line in lines],
        "since": short(between.since),
    }


def _between(spec: Mapping[str, Any] | None) -> Between | None:
    if spec is None:
        return None
    days, lower, centre, upper = (np.array(list(nans(line)), dtype=np.float64) for line in spec["lines"])
    return Between(np.array(spec["place"], dtype=np.intp), days, lower, centre, upper, spec["since"])


def _changes(lines: Sequence[Floats]) -> Iterator[list[Any]]:
    """The lines `(period,)` side by side, as [place, values…] wherever any of them changes."""
    if not lines[0].size:
        return
    before: list[Any] = [None] * len(lines)
    table = np.stack(lines, axis=1)
    moves = (table[1:] != table[:-1]) & ~(np.isnan(table[1:]) & np.isnan(table[:-1]))
    for place in (0, *(np.flatnonzero(moves.any(axis=1)) + 1).tolist()):
        if (now := short(table[place].tolist())) != before:
            before = now
            yield [place, *now]


def _reading(spec: Mapping[str, Any], periods: int) -> Reading:
    lines = np.full((len(_LINES), periods), np.nan)
    for place, *numbers in spec["lines"]:
        lines[:, place:] = np.array(list(nans(numbers)))[:, None]
    label, side = np.zeros(periods, np.uint8), np.zeros(periods, np.int8)
    for place, rule, way in spec["marked"]:
        label[place], side[place] = rule, way
    signals = [Signal(Rule[rule], at, tuple(points), *rest) for rule, at, points, *rest in spec["signals"]]
    new, rest = spec["suggestion"], {name: spec[name] for name in _PLAIN}
    codes: dict[str, Any] = {name: kind(spec[name]) for name, kind in _CODES.items()}
    drawn: dict[str, Any] = dict(zip(_LINES, lines, strict=True))
    return Reading(
        **codes, **rest, **drawn,
        adjusted=np.full(periods, np.nan), label=label, side=side, signals=tuple(signals),
        suggestion=None if new is None else Suggestion(*new),
        remarks=tuple(Remark[name] for name in spec["remarks"]),
        between=_between(spec.get("between")),
    )  # fmt: skip


def _chance_spec(chance: Chance) -> dict[str, Any]:
    return {
        "end": chance.end.id, "way": chance.way.value, "wanted": short((chance.low, chance.high)),
        "expected": short(chance.expected), "p": short(chance.p), "needed": short(chance.needed),
    }  # fmt: skip


def _chance(spec: Mapping[str, Any], calendar: Calendar) -> Chance:
    end: Period = calendar.parse(spec["end"])
    wanted = bounds(spec["wanted"])
    return Chance(end, Way(spec["way"]), *wanted, spec["expected"], spec["p"], spec.get("needed"))


def _open(value: float) -> float | str:
    """A bound as JSON holds it: a number, or which way it is open."""
    return float(short(value)) if np.isfinite(value) else "-" if value < 0 else "+"


def _number(kept: float | str | None) -> float:
    """The bound that was kept; NaN for none."""
    if isinstance(kept, str):
        return -np.inf if kept == "-" else np.inf
    return np.nan if kept is None else kept
