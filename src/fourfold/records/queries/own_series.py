"""The figures of a KPI in one unit in the KPI's own frequency, as long as they are known."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fourfold.engine.cells import Floats
from fourfold.engine.definitions import Kpi
from fourfold.engine.periods import Frequency, Period
from fourfold.records import models
from fourfold.records.frames.series import COLUMNS, OwnSeries, computed_series, parts_of, series_of_rows
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import Scope, refuse_veiled
from fourfold.records.ready import Ready

#: The views that are stored and have periods of one frequency.
_STORED: Final = {Frequency.MONTH: "month", Frequency.QUARTER: "quarter"}
LEAST_UNITS: Final = 4  # below which a change of what is counted is not looked at


def series_of(scope: Scope, kpi: Kpi, now: Period, as_of: datetime) -> OwnSeries:
    """The series up to period `now`: stored results by month or quarter; computed for any other frequency."""
    refuse_veiled(scope, kpi)
    key = ("own series", scope.unit.pk, kpi.code, now.id)
    view = _STORED.get(kpi.frequency)
    if view is None:
        return kept(scope.run, key, lambda: _computed(scope, kpi, as_of), size=lambda s: len(s.periods))
    return kept(scope.run, key, lambda: _stored(scope, kpi, now, view), size=lambda s: len(s.periods))


def _stored(scope: Scope, kpi: Kpi, now: Period, view: str) -> OwnSeries:
    rows = models.Result.objects.visible_to(scope.person).filter(
        unit=scope.unit.pk, view=view, ordinal__lte=now.ordinal, node=f"kpi:{kpi.code}"
    )
    return series_of_rows(now, rows.order_by("ordinal").values_list(*COLUMNS))


def _computed(scope: Scope, kpi: Kpi, as_of: datetime) -> OwnSeries:
    structure = scope.structure
    organisation = models.Organisation.objects.visible_to(scope.person).get(pk=structure.pk)
    units, paths = {u.code: u.pk for u in structure.units}, {u.code: u.path for u in structure.units}
    ready = Ready(structure.whole, structure.whole, structure.kpi_pk, units, paths)
    return computed_series(organisation, ready, kpi, scope.unit.code, as_of=as_of)


def parts_below(scope: Scope, kpi: Kpi, series: OwnSeries) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Numerators and denominators of the units directly below in the last two periods with a figure: n0, d0, n1, d1.

    None where the KPI is no ratio by month or quarter, has fewer than four such units or two such periods, or where the
    person does not see all of the units.
    """
    structure, view = scope.structure, _STORED.get(kpi.frequency)
    below = [u.pk for u in structure.children.get(scope.unit.pk, []) if structure.applies(kpi, u.code)]
    known = [p.ordinal for p, v in zip(series.periods, series.values.tolist(), strict=True) if v == v][-2:]
    if view is None or kpi.kind != "ratio" or len(below) < LEAST_UNITS or len(known) < 2 or not _sees_parts(scope):
        return None
    rows = models.Result.objects.visible_to(scope.person).filter(
        unit__in=below, view=view, ordinal__in=known, node=f"kpi:{kpi.code}"
    )
    parts = rows.values_list("unit", "ordinal", "numerator", "denominator")
    return parts_of({(unit, ordinal): (top, bottom) for unit, ordinal, top, bottom in parts}, below, known)


def _sees_parts(scope: Scope) -> bool:
    """True where no unit below is hidden, and no figure in one of them."""
    return not (scope.hidden_below()[0] or scope.has_veils_below or scope.statuses_only)
