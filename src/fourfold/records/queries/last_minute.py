"""How long before their period was closed figures came in by hand, and whether they were just good enough."""

from __future__ import annotations

import math
from datetime import datetime

from fourfold.engine import gaming
from fourfold.engine.cells import Bools, Floats
from fourfold.engine.definitions import Kpi
from fourfold.engine.period_states import PeriodState as State
from fourfold.engine.period_states import month_of
from fourfold.engine.plausible import number_of
from fourfold.records import models
from fourfold.records.closed_periods import ids_above
from fourfold.records.frames.series import OwnSeries
from fourfold.records.queries.scope import Scope


def last_minute_of(scope: Scope, kpi: Kpi, series: OwnSeries, sigma: float) -> tuple[Floats, Bools] | None:
    """Hours before the first closing, and whether just on target, of each figure by hand; None where none was closed.

    One statement, and a second where periods were closed. What came after a closing does not count.
    """
    closed = _closings(scope)
    if not closed:
        return None
    rows = models.Measurement.objects.visible_to(scope.person).filter(
        unit=scope.unit.pk, kpi=scope.structure.kpi_pk[kpi.code], recorded_by__isnull=False, import_run=None
    )
    place = {period.ordinal: i for i, period in enumerate(series.periods)}
    hours, values, targets = [], [], []
    columns = ("period", "value", "numerator", "denominator", "recorded_at")
    for text, value, top, bottom, at in rows.order_by("start", "pk").values_list(*columns):
        period = scope.structure.calendar.parse(text, kpi.frequency)
        end, i = closed.get(month_of(period).id), place.get(period.ordinal)
        if end is None or i is None or at > end:
            continue
        number = number_of(kpi, value, top, bottom)
        hours.append((end - at).total_seconds() / 3600)
        values.append(math.nan if number is None else number)
        targets.append(float(series.targets[i]))
    return gaming.entries_of(hours, values, targets, sigma, kpi.polarity)


# house: the state of a unit above holds for this one, and says only that
def _closings(scope: Scope) -> dict[str, datetime]:
    """When each month was closed for the first time, for the unit or one above."""
    rows = models.PeriodState.objects.filter(
        organisation=scope.structure.pk, unit__in=ids_above(scope.unit.path), state=State.CLOSED
    )
    return dict(rows.order_by("-at", "-pk").values_list("period", "at"))
