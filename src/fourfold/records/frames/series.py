"""Stored results of one KPI as arrays over its own periods, and computed ones where none are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from fourfold.engine.cells import Codes, Floats, State
from fourfold.engine.definitions import Kpi
from fourfold.engine.evaluate import evaluate_kpis, periods_of
from fourfold.engine.groups import with_inputs
from fourfold.engine.periods import Period
from fourfold.engine.rows import locate
from fourfold.engine.statuses import Status
from fourfold.records.frames.measurement import read_measurements
from fourfold.records.models import Organisation
from fourfold.records.ready import Ready

#: What `series_of_rows` reads of a result.
COLUMNS: Final = ("ordinal", "value", "target", "numerator", "denominator", "state", "status")
_NOTHING: Final = (None, None, None, None, State.NOT_APPLICABLE, Status.NO_DATA)


@dataclass(frozen=True)
class OwnSeries:
    """Consecutive periods, oldest first, with a figure or without; arrays are `(period,)`, NaN for no number."""

    periods: tuple[Period, ...]
    values: Floats
    targets: Floats
    numerators: Floats
    denominators: Floats
    states: Codes
    status: Codes


def series_of_rows(now: Period, rows: Iterable[Any]) -> OwnSeries:
    """Rows of `COLUMNS` as arrays over all periods from the first one; one without a row is not applicable."""
    found = {row[0]: row[1:] for row in rows}
    first = min(found, default=now.ordinal + 1)
    periods = tuple(now.shift(ordinal - now.ordinal) for ordinal in range(first, max(found, default=first - 1) + 1))
    columns = list(zip(*(found.get(p.ordinal, _NOTHING) for p in periods), strict=True)) or [()] * len(_NOTHING)
    value, target, top, bottom = map(_floats, columns[:4])
    state, status = (np.array(c, dtype=np.uint8) for c in columns[4:])
    return OwnSeries(periods, np.where(state == State.NUMBER, value, np.nan), target, top, bottom, state, status)


def computed_series(organisation: Organisation, ready: Ready, kpi: Kpi, unit: str, *, as_of: datetime) -> OwnSeries:
    """The series of a KPI from the figures as known now, by its own frequency."""
    definitions = ready.definitions
    needed = [k.code for k in with_inputs(definitions, (kpi.code,)) if not k.is_computed]
    rows = locate(read_measurements(organisation, ready, kpis=needed), definitions)
    view: Any = kpi.frequency.value
    shown = periods_of(definitions, rows, view=view, as_of=as_of)
    found = evaluate_kpis(definitions, rows, as_of=as_of, view=view, periods=shown, only=(kpi.code,))
    if not found.nodes or found.state is None:
        return series_of_rows(shown[-1], ())
    u, none = found.units.index(unit), np.full(len(shown), np.nan)
    arrays = (found.value, found.target, found.numerator, found.denominator)
    value, target, top, bottom = (none if a is None else a[0, u] for a in arrays)
    state = found.state[0, u]
    filled = np.where(state == State.NUMBER, value, np.nan)
    return OwnSeries(shown, filled, target, top, bottom, state, found.status[0, u])


def parts_of(
    found: Mapping[tuple[int, int], tuple[float | None, float | None]], units: Sequence[int], ordinals: Sequence[int]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Numerators and denominators by unit and ordinal as n0, d0, n1 and d1 `(unit,)` of two periods."""
    n0, d0, n1, d1 = (
        _floats([found.get((pk, ordinal), (None, None))[i] for pk in units]) for ordinal in ordinals for i in (0, 1)
    )
    return n0, d0, n1, d1


def _floats(numbers: Sequence[float | None]) -> Floats:
    return np.array([np.nan if x is None else x for x in numbers], dtype=np.float64)
