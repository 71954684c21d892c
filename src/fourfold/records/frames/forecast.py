"""Forecasts as JSON holds them, and back; numbers are kept to 12 digits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final

import numpy as np

from fourfold.engine.forecasts import Calibration, Forecast, Lack, Method
from fourfold.engine.periods import Calendar

_DIGITS: Final = 12
#: What of a forecast is said elsewhere: by the row, or by the periods.
_ELSEWHERE: Final = frozenset({"series", "as_of", "origin"})


def spec_of_forecast(made: Forecast) -> dict[str, Any]:
    """A forecast as JSON holds it."""
    spec: dict[str, Any] = {
        f.name: short(getattr(made, f.name)) for f in fields(Forecast) if f.name not in _ELSEWHERE | {"calibration"}
    }
    calibration = asdict(made.calibration)
    own = [[level, short(widths)] for level, widths in made.calibration.own]
    return spec | {"method": made.method.name, "lack": made.lack.name, "calibration": calibration | {"own": own}}


def forecast_of_spec(
    spec: Mapping[str, Any], *, kpi: str, unit: str, origin: str, made_at: datetime, calendar: Calendar
) -> Forecast:
    """The forecast of an outlook that a row holds."""
    made = spec["forecast"]
    numbers: dict[str, Any] = {f.name: made[f.name] for f in fields(Forecast) if f.name not in _ELSEWHERE}
    tuples = {name: tuple(value) for name, value in numbers.items() if isinstance(value, list)}
    return Forecast(
        **numbers | tuples | {
            "series": f"{kpi}/{unit}", "as_of": made_at.date(), "origin": calendar.parse(origin),
            "method": Method[made["method"]], "lack": Lack[made["lack"]], "valid": tuple(bounds(made["valid"])),
            "calibration": calibration_of_spec(spec),
        }
    )  # fmt: skip


def calibration_of_spec(spec: Mapping[str, Any]) -> Calibration:
    """How wide the intervals were made."""
    made = spec["forecast"]["calibration"]
    own = tuple((level, tuple(nans(widths))) for level, widths in made["own"])
    return Calibration(**made | {"own": own})


def short(value: Any) -> Any:
    """Numbers with as many digits as are kept; None for what is none, on an open side too."""
    if isinstance(value, (tuple, list)):
        return [short(v) for v in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None
    return value


def nans(values: Iterable[float | None]) -> Iterator[float]:
    """Numbers, NaN where nothing is kept."""
    return (np.nan if value is None else value for value in values)


def bounds(pair: Sequence[float | None]) -> tuple[float, float]:
    """A range, open where nothing is kept."""
    low, high = pair
    return -np.inf if low is None else low, np.inf if high is None else high
