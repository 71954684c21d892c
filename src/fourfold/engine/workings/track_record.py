"""How what forecasts were worth came about: each forecast beside the figures that came (methodology §6.4, §6.5)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.forecasts import Coverage, Laid, Scored, TrackRecord, coverage_findings, record
from fourfold.engine.workings.working import Plain, Series, Working, array, plain, series, text


@dataclass(frozen=True)
class Came:
    """One forecast of a series, from the figure of `origin` on: by period ahead what it said, and what came.

    `scale` is its usual miss one period ahead, `error` the past error of the naive forecast, each None where unknown.
    """

    series: str
    origin: str
    actual: Series
    mean: Series
    naive: Series
    lower80: Series
    upper80: Series
    lower95: Series
    upper95: Series
    scale: float | None
    error: float | None


@dataclass(frozen=True)
class RecordWorking(Working):
    """Forecasts beside what came; `is_kept`: they were kept when they were made, else made again afterwards."""

    kind: ClassVar[str] = "forecast_record"
    is_kept: bool
    forecasts: tuple[Came, ...]

    @classmethod
    def of(cls, scored: Scored, *, is_kept: bool) -> RecordWorking:
        """The working of forecasts laid beside their figures."""
        return cls(is_kept, tuple(_came(scored, row) for row in range(len(scored.forecasts))))

    def record(self) -> TrackRecord:
        """The record, by the function that makes those of all forecasts."""
        width = max((len(f.actual) for f in self.forecasts), default=0)

        def table(rows: Sequence[Series]) -> Floats:
            padded = [array((*row, *[None] * (width - len(row)))) for row in rows]
            return np.array(padded).reshape(len(rows), width)

        all_of = self.forecasts
        return record(
            Laid(
                tuple(f.series for f in all_of), table([f.actual for f in all_of]), table([f.mean for f in all_of]),
                table([f.naive for f in all_of]), table([f.lower80 for f in all_of]),
                table([f.upper80 for f in all_of]), table([f.lower95 for f in all_of]),
                table([f.upper95 for f in all_of]), array([f.scale for f in all_of]), array([f.error for f in all_of]),
            )
        )  # fmt: skip

    def answer(self) -> dict[str, Plain]:
        """Figures within each interval and errors in units of the past naive error; None where nothing compares."""
        r = self.record()
        return {
            "series": r.series,
            "forecasts": r.forecasts,
            "figures": r.figures,
            "coverage80": _coverage(r.coverage80),
            "coverage95": _coverage(r.coverage95),
            "mase": plain(r.mase_mean),
            "mase_median": plain(r.mase_median),
            "value_added": plain(r.value_added),
            "bias": plain(r.bias),
            "msis": plain(r.msis),
            "alarm": r.alarm,
        }

    def words(self) -> list[str]:
        """What was compared, how often the intervals held, how far off forecasts were, and what to do about it."""
        r = self.record()
        if not r.forecasts:
            return ["No figure has come yet of which there was a forecast."]
        how = "that were kept when they were made" if self.is_kept else "made again as of earlier months"
        series = f"of {r.series} series" if r.series != 1 else f"of {self.forecasts[0].series}"
        said = [f"{r.forecasts} forecasts {how}, {series}, of which {r.figures} figures have come."]
        said += [
            f"Intervals of {level} % held {held.inside} of {held.outcomes} figures: {held.share:.0%}, and as a "
            f"rule {held.low:.0%} to {held.high:.0%} (with 95 % confidence)."
            for level, held in ((80, r.coverage80), (95, r.coverage95))
            if held.outcomes
        ]
        if math.isfinite(r.mase_mean):
            naive = _short(r.mase_mean + r.value_added)
            said.append(
                f"They were off by {_short(r.mase_mean)} on average, and the figures of a cycle ago, or the last ones, "
                f"by {naive}; 1 is the past error of those."
            )
        if math.isfinite(r.bias):
            side = "low" if r.bias > 0 else "high"
            said.append(f"On average they were {_short(abs(r.bias))} of their usual miss too {side}.")
        return said + [f.words for f in coverage_findings(r)]


def _came(scored: Scored, row: int) -> Came:
    """One forecast beside what came, up to its own horizon."""
    one = scored.forecasts[row]

    def cells(table: Floats) -> Series:
        return series(table[row, : one.horizon])

    return Came(
        one.series, "" if one.origin is None else one.origin.id, cells(scored.actual), cells(scored.mean),
        cells(scored.naive), cells(scored.lower80), cells(scored.upper80), cells(scored.lower95),
        cells(scored.upper95), plain(float(scored.scale[row])), plain(float(scored.error[row])),
    )  # fmt: skip


def _coverage(held: Coverage) -> dict[str, Plain]:
    return {
        "inside": held.inside,
        "outcomes": held.outcomes,
        "share": plain(held.share),
        "low": plain(held.low),
        "high": plain(held.high),
    }


def _short(value: float) -> str:
    return text(round(value, 2))
