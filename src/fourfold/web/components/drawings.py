"""The drawings of a row, from its results: track, sparkline and strip, each with the sentence that names it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.cells import Reason
from fourfold.engine.definitions import Kpi
from fourfold.engine.scoring import on_cut
from fourfold.engine.statuses import Status
from fourfold.graphics.sparkline import sparkline
from fourfold.graphics.strip import strip
from fourfold.graphics.svg import Svg
from fourfold.graphics.track import track
from fourfold.records.queries.window import Cell, statuses, values
from fourfold.web.components.numbers import NumberFormat, in_place, score_text

_KEPT: Final = 4096  # drawings of each kind, about 1 kB each
_SMALL: Final = "hidden: group too small"
_TRENDS: Final = {1: "↗", -1: "↘", 0: ""}
_NO_RATE: Final = "no rate"  # in place of an amount that no exchange rate converts


def format_of(kpi: Kpi) -> NumberFormat:
    """How the KPI's values are written."""
    return _format(kpi.unit, kpi.scale, kpi.decimals)


@lru_cache(maxsize=2048)
def _format(unit: str, scale: str, decimals: int) -> NumberFormat:
    return NumberFormat(unit, scale, decimals)


@lru_cache(maxsize=4096)
def _on_cut(target: float, red_line: float, tolerance: float) -> float:
    return float(on_cut(target, red_line, tolerance))


def on_cut_of(kpi: Kpi, cell: Cell | None) -> float:
    """The score from which the KPI is on target: 100 less its tolerance."""
    tolerance = float(kpi.tolerance)
    if cell is None or not tolerance or cell.target is None or cell.red_line is None:
        return 100.0
    return _on_cut(cell.target, cell.red_line, tolerance)


def track_of(kpi: Kpi, now: Cell | None, before: Cell | None, width: float = 190) -> Svg | str:
    """Where the KPI stands between red line and target, and where it came from; nothing where it has neither."""
    if now is not None and now.value is not None and now.score is None:
        return ""
    status = now.status if now else Status.NO_DATA
    score = now.score if now else None
    label = status.word if score is None else f"{status.word}, score {score_text(score)}"
    previous = before.score if before else None
    return _track(score, previous, status, on_cut_of(kpi, now), width, label)


def spark_of(kpi: Kpi, cells: Sequence[Cell | None], width: float = 96) -> Svg:
    """The last periods with the target of now."""
    series = values(list(cells))
    now = cells[-1]
    known = [v for v in series if v is not None]
    fmt = format_of(kpi)
    label = "No figures yet"
    if known:
        label = f"{len(series)} periods: from {fmt.short(known[0])} to {fmt.short(known[-1])}"
    return _sparkline(tuple(series), now.target if now else None, now.status if now else None, width, label)


def strip_of(cells: Sequence[Cell | None], count: int = 6) -> Svg:
    """The last statuses."""
    return _strip(tuple(statuses(list(cells[-count:]))))


# The same figures are looked at many times between two changes, and the same figures make the same drawing.


@lru_cache(maxsize=_KEPT)
def _track(
    score: float | None, previous: float | None, status: Status, on_cut: float, width: float, label: str
) -> Svg:
    return track(score, previous, status, on_cut=on_cut, width=width, label=label)


@lru_cache(maxsize=_KEPT)
def _sparkline(
    series: tuple[float | None, ...], target: float | None, status: Status | None, width: float, label: str
) -> Svg:
    return sparkline(series, target, status, width=width, label=label)


@lru_cache(maxsize=_KEPT)
def _strip(last: tuple[Status, ...]) -> Svg:
    return strip(last, label=f"Last {len(last)}: " + ", ".join(s.word.lower() for s in last))


def value_text(kpi: Kpi, cell: Cell | None) -> str:
    """The figure as a table shows it, or what stands in its place."""
    if cell is not None and cell.veil:
        return veil_words(cell)
    if cell is None or cell.value is None:
        return _NO_RATE if cell and cell.reason == Reason.NO_RATE else in_place(cell.status if cell else None)
    return word_of(kpi, cell.value) or format_of(kpi).short(cell.value)


def veil_words(cell: Cell) -> str:
    """What stands in the place of a number that is not shown; of a status alone, which way it went.

    >>> veil_words(Cell(*[None] * 6, Status.ON, None, 0, 0, None, None, veil=1, trend=1))
    'not shown ↗'
    """
    return _SMALL if cell.is_small else f"not shown {_TRENDS[cell.trend]}".rstrip()


def word_of(kpi: Kpi, value: float) -> str:
    """The word for a value of a KPI that is answered in words: its level, yes or no; empty for any other value."""
    if kpi.kind is MeasureKind.BOOLEAN:
        return {0.0: "no", 1.0: "yes"}.get(value, "")
    if kpi.kind is MeasureKind.ORDINAL and value in range(1, len(kpi.levels) + 1):
        return list(kpi.levels)[int(value) - 1]
    return ""


def band_of(cell: Cell | None) -> tuple[float, float] | None:
    """The edges of the band that a KPI should stay in; None for a KPI with one target."""
    if cell is None or cell.low is None or cell.high is None:
        return None
    return cell.low, cell.high


def target_text(kpi: Kpi, cell: Cell | None) -> str:
    """The target, or the band of a KPI that should stay in a range."""
    fmt = format_of(kpi)
    band = band_of(cell)
    if band is not None:
        return f"{fmt.bare(band[0])}–{fmt.short(band[1])}"
    return fmt.short(cell.target if cell else None)


def gap_of(cell: Cell | None) -> float | None:
    """The figure less its target, or its distance outside the band (0 inside it); None when either is missing."""
    if cell is None or cell.value is None:
        return None
    band = band_of(cell)
    if band is not None:
        return cell.value - min(max(cell.value, band[0]), band[1])
    return None if cell.target is None else cell.value - cell.target
