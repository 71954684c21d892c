"""The chart of the days between rare events, beside the signals of a KPI whose counts are too small for a range."""

from __future__ import annotations

import math
from itertools import groupby
from typing import Final

from fourfold.engine.periods import Frequency, Period
from fourfold.engine.signals import Phase
from fourfold.engine.signals.wording import day_number
from fourfold.graphics.svg import Svg
from fourfold.graphics.trend import Limits, Trend, Words, trend
from fourfold.records.queries.kpi import KpiPage
from fourfold.web.components.period import parted_name

#: So many times between events are drawn, the newest ones; on a phone fewer.
WIDE: Final = 40
NARROW: Final = 13
_WORDS: Final = Words(usual="")  # the lower limit is near the axis, where the line is


def between_of(page: KpiPage) -> tuple[Svg, Svg] | None:
    """The wide drawing and the narrow one; None where events are not too rare, or there is no time between two."""
    reading = page.ahead.outlook.reading if page.ahead else None
    if page.ahead is None or reading is None or reading.between is None or not len(reading.between.days):
        return None
    title = f"{page.kpi.name}: days between events"
    sizes = {"between": (WIDE, 820.0, 240.0), "between-n": (NARROW, 358.0, 220.0)}
    wide, narrow = (
        trend(_drawn(page, most), id=name, title=title, fmt=_days, tick_fmt=day_number, lo=0.0, width=w, height=h)
        for name, (most, w, h) in sizes.items()
    )
    return wide, narrow


def _drawn(page: KpiPage, most: int) -> Trend:
    assert page.ahead is not None and page.ahead.outlook.reading is not None
    reading, periods = page.ahead.outlook.reading, page.ahead.outlook.periods
    between = reading.between
    assert between is not None
    places = between.place[-most:].tolist()
    lines = (line[-most:].tolist() for line in (between.centre, between.lower, between.upper))
    limits, at = [], 0
    for (centre, lower, upper), some in groupby(zip(*lines, strict=True)):
        end = at + len(list(some))
        if reading.phase is Phase.LOCKED and math.isfinite(upper):
            limits.append(Limits(centre, lower, upper, at, end - 1))
        at = end
    return Trend(
        labels=[_name(periods[place]) for place in places],
        values=[days if math.isfinite(days) else None for days in between.days[-most:].tolist()],
        limits=limits,
        special=[i for i, place in enumerate(places) if reading.label[place]],
        words=_WORDS,
    )


def _name(period: Period) -> tuple[str, str]:
    """A period for the axis, on which days are not neighbours: ("1 Oct", "2026")."""
    if period.frequency is not Frequency.DAY:
        return parted_name(period)
    return f"{period.start:%-d %b}", f"{period.start:%Y}"


def _days(days: float) -> str:
    return f"{day_number(days)} {'day' if days == 1 else 'days'}"
