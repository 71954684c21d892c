"""What forecasts have to say besides their numbers (methodology §6.1, §6.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.forecasts.forecast import Forecast
from fourfold.engine.forecasts.track_record import TrackRecord


def forecast_findings(forecasts: Iterable[Forecast]) -> Iterator[Finding]:
    """A finding for each forecast that was so far from the last figure that the figure stands instead."""
    for one in forecasts:
        if one.replaced:
            message = "The forecast would lie far from the last figure; the last figure is carried on instead."
            fix = "Look whether the last figure is right, or whether a lasting step should be confirmed."
            yield Finding("FORECAST-FAR", Level.WARNING, Place(thing=one.series or None), message, fix)


def coverage_findings(record: TrackRecord) -> Iterator[Finding]:
    """A finding where 80 % intervals held fewer than 70 or more than 90 % of figures, beyond chance."""
    if record.alarm:
        held = record.coverage80
        message = f"Of {held.outcomes} figures {held.share:.0%} came within their 80 % interval."
        yield Finding("FORECAST-COVERAGE", Level.WARNING, Place(), message, "Recalibrate the intervals.")
