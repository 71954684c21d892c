"""The trend of a KPI's page, wide for a desk and narrow for a phone, from the results of its window."""

from __future__ import annotations

import math
from typing import Final

from fourfold.engine.definitions import Kpi
from fourfold.graphics.svg import Svg
from fourfold.graphics.trend import Trend, Words, trend
from fourfold.records.queries.kpi import KpiPage
from fourfold.records.queries.window import Cell, statuses, values
from fourfold.web.components.drawings import band_of, format_of
from fourfold.web.components.kpi_outlook import fan_of, limits_of, special_of, wanted_ahead
from fourfold.web.components.numbers import plain
from fourfold.web.components.period import parted_name

NARROW: Final = 13  # periods of the trend on a phone
_BAND: Final = Words(target="Upper edge", red_line="Lower edge")


def length_of(page: KpiPage, asked: int) -> int:
    """How many periods the wide trend shows: those asked for, but not the empty ones before the first figure."""
    cells = page.cells[-asked:]
    first = next((i for i, cell in enumerate(cells) if cell is not None and cell.value is not None), len(cells))
    return max(len(cells) - first, min(NARROW, len(cells)))


def trends_of(page: KpiPage, length: int) -> tuple[Svg, Svg]:
    """The wide drawing with the last `length` periods (see `length_of`), and the narrow one."""
    name, last = page.kpi.name, page.scope.period
    wide = _trend(page, length)
    narrow = _trend(page, min(NARROW, len(page.cells)))
    fmt = format_of(page.kpi)
    title = f"{name}, {wide.period(0)} to {last.label}"
    narrow_title = f"{name}, {narrow.period(0)} to {last.label}"
    return (
        trend(wide, id="trend", title=title, fmt=fmt.short, tick_fmt=plain),
        trend(narrow, id="trend-n", title=narrow_title, fmt=fmt.short, tick_fmt=plain, width=358, height=260),
    )


def numbered(page: KpiPage, length: int) -> list[tuple[int, str]]:
    """The annotations inside the last `length` periods as (index of the period, number shown)."""
    first = page.scope.period.ordinal - length + 1
    marks = []
    for number, (period, _) in enumerate(page.annotations, start=1):
        if first <= period.ordinal <= page.scope.period.ordinal:
            marks.append((period.ordinal - first, str(number)))
    return marks


def _trend(page: KpiPage, length: int) -> Trend:
    cells = page.cells[-length:]
    periods = [page.scope.period.shift(i - length + 1) for i in range(length)]
    targets, red_lines, is_band = _goals(page.kpi, cells)
    ahead, fans = fan_of(page)
    more, lower = wanted_ahead(page, len(fans))
    valid = page.ahead.outlook.forecast.valid if page.ahead else (-math.inf, math.inf)
    return Trend(
        labels=[parted_name(period) for period in (*periods, *ahead)],
        values=values(cells),
        states=statuses(cells),
        targets=[*targets, *more],
        red_lines=[*red_lines, *lower] if is_band else red_lines,
        limits=limits_of(page, length),
        forecast=fans,
        special=special_of(page, length),
        notes=numbered(page, length),
        valid=valid,
        words=_BAND if is_band else Words(),
    )


def _goals(kpi: Kpi, cells: list[Cell | None]) -> tuple[list[float | None], list[float | None], bool]:
    """Targets and red lines by period; of a band to stay in, its upper and lower edge."""
    if any(band_of(cell) for cell in cells):
        return [c.high if c else None for c in cells], [c.low if c else None for c in cells], True
    return [c.target if c else None for c in cells], [c.red_line if c else None for c in cells], False
