"""The series and published results of the M3 and M4 forecasting competitions, as they lie beside the checkout."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from fourfold.engine.cells import Floats
from fourfold.engine.forecasts import Calibration, Forecast, coverage, forecast, mase, msis, recalibrate, score, smape
from fourfold.engine.periods import Calendar, Frequency, Period

PUBLIC_DATA = Path(os.environ.get("FOURFOLD_PUBLIC_DATA") or Path(__file__).parents[2] / "shared" / "data")


@dataclass(frozen=True)
class Set:
    """Series to learn from, moved to the right, and what came: `(series, period)` and `(series, horizon)`."""

    name: str
    frequency: Frequency
    m: int  # of the naive forecast that errors are measured by: the competition's own rule
    train: Floats
    came: Floats

    @property
    def naive_error(self) -> Floats:
        """The competition's denominator: mean change over `m` periods of each series."""
        return np.asarray(np.nanmean(np.abs(self.train[:, self.m :] - self.train[:, : -self.m]), axis=1))

    def part(self, every: int) -> Set:
        """Every so-many-th series."""
        return Set(self.name, self.frequency, self.m, self.train[::every], self.came[::every])


@dataclass(frozen=True)
class Scores:
    """Means over series, and the coverage of intervals over all figures."""

    series: int
    smape: float
    mase: float
    coverage80: float
    coverage95: float
    msis: float


def m3(kind: str, folder: Path = PUBLIC_DATA) -> Set:
    """M3 series of one kind: YEARLY, QUARTERLY or MONTHLY."""
    frequency, m = {"YEARLY": (Frequency.YEAR, 1), "QUARTERLY": (Frequency.QUARTER, 4),
                    "MONTHLY": (Frequency.MONTH, 12)}[kind]  # fmt: skip
    meta = pl.read_csv(folder / "m3_competition" / "m3_meta.csv.gz", infer_schema_length=None)
    values = pl.read_csv(folder / "m3_competition" / "m3_values.csv.gz", infer_schema_length=None)
    ids = meta.filter(pl.col("period") == kind)["series_id"]
    return _set(f"M3 {kind.lower()}", frequency, m, values.filter(pl.col("series_id").is_in(ids.implode())))


def m4(kind: str, folder: Path = PUBLIC_DATA) -> Set:
    """Sample A of M4: yearly or weekly. The competition's naive forecast is the last value for both."""
    frequency = {"yearly": Frequency.YEAR, "weekly": Frequency.WEEK}[kind]
    values = pl.read_csv(folder / "m4" / f"m4_{kind}_sampleA.csv.gz", infer_schema_length=None)
    return _set(f"M4 {kind}, sample A", frequency, 1, values.rename({"series": "series_id", "y": "value"}))


def _set(name: str, frequency: Frequency, m: int, values: pl.DataFrame) -> Set:
    sides = {}
    for split in ("train", "test"):
        rows = values.filter(pl.col("split") == split).sort("series_id", "t")
        lists = rows.group_by("series_id", maintain_order=True).agg("value")["value"].to_list()
        width = max(map(len, lists))
        sides[split] = np.array([[np.nan] * (width - len(row)) + row for row in lists], dtype=np.float64)
    return Set(name, frequency, m, sides["train"], sides["test"])


def forecasts(
    given: Set, last: int | None = None, *, calibration: Calibration | None = None
) -> tuple[Forecast, ...]:
    """Forecasts of every series as far as the competition asks, from the last so many figures or all."""
    return _ahead(given, given.train if last is None else given.train[:, -last:], calibration)


def learnt(given: Set, base: Calibration, times: int = 8) -> Calibration:
    """What an installation with these series would have learnt of its own record before the competition's figures came.

    Forecasts as of the ends of the last so many periods of the part to learn from, beside what came in that part.
    """
    width = given.train.shape[1]
    made: list[Forecast] = []
    for past in range(width - times, width):
        known = np.where(np.arange(width) < past, given.train, np.nan)
        made += [replace(one, series=str(row)) for row, one in enumerate(_ahead(given, known)) if one.scale]
    axis = _axis(given, width)
    came = {str(row): dict(zip(axis, values, strict=True)) for row, values in enumerate(given.train.tolist())}
    return recalibrate(score(made, came), base)


def _ahead(given: Set, figures: Floats, calibration: Calibration | None = None) -> tuple[Forecast, ...]:
    axis, horizon = _axis(given, figures.shape[1]), given.came.shape[1]
    return forecast(figures, axis, as_of=axis[-1].last_day, horizon=horizon, calibration=calibration)


def _axis(given: Set, width: int) -> tuple[Period, ...]:
    first = Calendar().period(given.frequency, date(1, 1, 1))
    return tuple(first.shift(n) for n in range(width))


def scores(given: Set, made: tuple[Forecast, ...], horizon: int | None = None) -> Scores:
    """How good forecasts were, over the first so many periods or all."""
    came = given.came[:, :horizon]
    mean, low80, high80, low95, high95 = (
        np.array([getattr(f, name) for f in made])[:, :horizon]
        for name in ("mean", "lower80", "upper80", "lower95", "upper95")
    )
    return Scores(
        len(made), float(smape(came, mean).mean()), float(np.nanmean(mase(came, mean, given.naive_error))),
        coverage(came, low80, high80).share, coverage(came, low95, high95).share,
        float(np.nanmean(msis(came, low95, high95, given.naive_error))),
    )  # fmt: skip


def seasonal_naive_scores(given: Set, made: tuple[Forecast, ...]) -> tuple[float, float]:
    """sMAPE and MASE of the naive forecast that ours carry with them."""
    naive = np.array([f.naive for f in made])
    error = mase(given.came, naive, given.naive_error)
    return float(smape(given.came, naive).mean()), float(np.nanmean(error))
