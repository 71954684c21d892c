"""Forecasts of short series, with intervals that hold what they promise, and their track record (methodology §6)."""

from fourfold.engine.forecasts.accuracy import Coverage, coverage, mase, msis, naive_error, smape, wilson
from fourfold.engine.forecasts.actuals import actuals_of, first_of_each_origin
from fourfold.engine.forecasts.calibration import Calibration, calibration_for
from fourfold.engine.forecasts.findings import coverage_findings, forecast_findings
from fourfold.engine.forecasts.forecast import Forecast, ForecastError, Lack
from fourfold.engine.forecasts.hindcast import hindcast
from fourfold.engine.forecasts.history import own_figures
from fourfold.engine.forecasts.ladder import Method
from fourfold.engine.forecasts.predict import forecast
from fourfold.engine.forecasts.recalibration import recalibrate
from fourfold.engine.forecasts.track_record import (
    Laid,
    Scored,
    TrackRecord,
    record,
    records_by_length,
    records_by_period,
    score,
)

__all__ = [
    "Calibration", "Coverage", "Forecast", "ForecastError", "Lack", "Laid", "Method", "Scored", "TrackRecord",
    "actuals_of", "calibration_for", "coverage", "coverage_findings", "first_of_each_origin", "forecast",
    "forecast_findings", "hindcast", "mase", "msis", "naive_error", "own_figures", "recalibrate", "record",
    "records_by_length", "records_by_period", "score", "smape", "wilson",
]  # fmt: skip
