"""A rate: what one unit of a currency is worth in another."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourfold.engine.definitions.base import Definition, Exact, Line, Name


class Rate(Definition):
    """What one unit of `currency` is worth in the currency `into`, in a period (methodology §2.4).

    Figures of a flow are converted at the `average` rate of their period, stocks at the `closing` rate of its last day,
    plans at the `budget` rate. An average or budget rate of a longer period, such as a year, holds for the shorter ones
    in it that have none of their own. A rate into one currency also serves the way back. Where there is no rate the
    figure is an error, never the same number.
    """

    currency: Name  # the currency converted, ISO 4217: EUR, USD …
    into: Line = ""  # the currency it is converted into; that of the organisation without one
    kind: Literal["average", "closing", "budget"] = "average"  # what it is the rate of
    period: Name  # the period, or the day, it is for: `2026-04`, `FY2027`, `2026-04-30`
    rate: Annotated[Exact, Field(gt=0)]  # how much of `into` one of `currency` is worth
    source: Line = ""  # who published it
    recorded_at: Line | None = None  # when it became known; decides what an "as of" view sees
