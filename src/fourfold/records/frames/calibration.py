"""An installation's own interval widths, from what became of the forecasts that were kept (methodology §6.4).

Every kept outlook says how wide its intervals were made, so the widths in use are those of the newest ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count

from fourfold.engine.findings import Finding
from fourfold.engine.forecasts import (
    Calibration,
    Forecast,
    actuals_of,
    calibration_for,
    coverage_findings,
    recalibrate,
    record,
    score,
)
from fourfold.engine.forecasts.recalibration import FORECASTS, SERIES
from fourfold.engine.kpis import Figures
from fourfold.engine.periods import Frequency
from fourfold.records import models
from fourfold.records.frames.forecast import calibration_of_spec, forecast_of_spec
from fourfold.records.models import Organisation
from fourfold.records.ready import Ready

#: Forecasts that are older, or more than so many, tell little more.
_SINCE: Final = timedelta(days=730)
_MOST: Final = 20_000


def calibrations_in_use(
    organisation: Organisation, ready: Ready, kpis: Collection[str] | None = None
) -> dict[Frequency, Calibration]:
    """By frequency, the widths of the newest outlook of one of these KPIs (any without `kpis`); one statement each."""
    found: dict[Frequency, Calibration] = {}
    by_frequency: dict[Frequency, list[int]] = defaultdict(list)
    for kpi in ready.definitions.kpis:
        if kpis is None or kpi.code in kpis:
            by_frequency[kpi.frequency].append(ready.kpis[kpi.code])
    for frequency, pks in by_frequency.items():
        rows = models.Outlook.objects.filter(organisation=organisation, kpi__in=pks)  # house: of the organisation given
        spec = rows.order_by("-pk").values_list("spec", flat=True).first()
        if spec is not None:
            found[frequency] = calibration_of_spec(spec)
    return found


def recalibrated(
    organisation: Organisation, ready: Ready, found: Figures, *, as_of: datetime
) -> tuple[dict[Frequency, Calibration], tuple[Finding, ...]]:
    """The widths to use from now on, by frequency, and a finding where 80 % intervals did not hold what they promise.

    Those in use hold for the rest of the month they were fitted in. Nothing is fitted before 50 series have six
    forecasts each of which something has come.
    """
    in_use = calibrations_in_use(organisation, ready)
    to = as_of.strftime("%Y-%m")
    if not _are_enough(organisation) or any(own.name.endswith(to) for own in in_use.values()):
        return in_use, ()
    actual, findings = actuals_of(found), list[Finding]()
    for frequency, told in _told(organisation, ready, as_of).items():
        base = calibration_for(frequency)
        scored = score(told, actual)
        own = recalibrate(scored, base)
        if own is not base:
            in_use[frequency] = replace(own, name=f"{own.name} to {to}", own=_kept(own))
            findings += coverage_findings(record(scored))
    return in_use, tuple(findings)


def _kept(own: Calibration) -> tuple[tuple[float, tuple[float, ...]], ...]:
    """The widths as rows hold them, so that the same widths are the same outlook."""
    return tuple((level, tuple(float(f"{width:.12g}") for width in widths)) for level, widths in own.own)


def _are_enough(organisation: Organisation) -> bool:
    """Whether enough series have outlooks from enough periods; the counting is the database's."""
    rows = models.Outlook.objects.filter(organisation=organisation)  # house: of the organisation given
    counted = rows.values("kpi", "unit").annotate(origins=Count("origin", distinct=True)).order_by()
    return counted.filter(origins__gte=FORECASTS).count() >= SERIES


def _told(organisation: Organisation, ready: Ready, as_of: datetime) -> dict[Frequency, list[Forecast]]:
    """By frequency, the last forecast from each origin that was made before its first period was over."""
    rows = models.Outlook.objects.filter(  # house: of the organisation given
        organisation=organisation, made_at__gte=as_of - _SINCE, made_at__lte=as_of
    ).order_by("-pk")
    columns = ("kpi_id", "unit_id", "origin", "made_at", "spec")
    calendar, kpis, units = ready.definitions.calendar, ready.kpi_codes, ready.unit_codes
    seen: set[tuple[int, int, str]] = set()
    found: dict[Frequency, list[Forecast]] = defaultdict(list)
    for kpi, unit, origin, made_at, spec in rows.values_list(*columns)[:_MOST].iterator(chunk_size=500):
        if (kpi, unit, origin) in seen or kpi not in kpis or unit not in units:
            continue
        made = forecast_of_spec(
            spec, kpi=kpis[kpi], unit=units[unit], origin=origin, made_at=made_at, calendar=calendar
        )
        if made.origin is not None and made.horizon and made_at.date() < made.period(1).end:
            seen.add((kpi, unit, origin))
            found[made.origin.frequency].append(made)
    return found
