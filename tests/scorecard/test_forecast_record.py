"""What forecasts of a folder were worth: made again as of earlier months, or those somebody kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import fourfold
from fourfold.engine.forecasts import Forecast
from fourfold.errors import NotFound
from fourfold.scorecard import Scorecard
from fourfold.scorecard.forecast_record import ForecastRecord

EXAMPLE = Path(__file__).parents[2] / "examples" / "calder_vale"
AS_OF = "2026-11-20"


@pytest.fixture(scope="module")
def card() -> Scorecard:
    return fourfold.load(EXAMPLE)


@pytest.fixture(scope="module")
def found(card: Scorecard) -> ForecastRecord:
    return card.forecast_record(as_of=AS_OF)


def test_one_kpi_and_one_period_ahead_are_counted_as_by_hand(card: Scorecard) -> None:
    """The forecast of October from September alone, by asking on the last day of September."""
    figures = card.signals("ed_4h", as_of=AS_OF).points.filter(unit="group")
    came = dict(zip(figures["period"].to_list(), figures["value"].to_list(), strict=True))["M:2026-10"]
    told = card.forecasts("ed_4h", "group", as_of="2026-10-20").items[0].forecast
    assert told.origin is not None and told.origin.id == "M:2026-09"
    record = card.forecast_record("ed_4h", as_of=AS_OF, kept=[told])
    row = record.frame.filter(part="all").to_dicts()[0]
    assert record.is_kept and (row["forecasts"], row["figures"]) == (1, 1)
    assert row["inside80"] == (told.lower80[0] <= came <= told.upper80[0])
    assert row["mase"] == pytest.approx(abs(came - told.mean[0]) / told.naive_error)


def test_the_whole_is_made_of_its_periods_and_of_its_lengths(found: ForecastRecord) -> None:
    frame = found.frame
    whole = frame.filter(part="all").to_dicts()[0]
    for part in ("period", "length"):
        some = frame.filter(part=part)
        assert some["figures"].sum() == whole["figures"] and some["inside80"].sum() == whole["inside80"]
    assert not found.is_kept and whole["series"] > 15


def test_intervals_that_hold_too_few_figures_raise_the_alarm(card: Scorecard, found: ForecastRecord) -> None:
    assert not found.whole.alarm and "Recalibrate" not in str(found)

    def narrow(one: Forecast) -> Forecast:
        return replace(one, lower80=one.mean, upper80=one.mean)

    kept = [narrow(one) for one in found.scored.forecasts]
    bad = card.forecast_record(as_of=AS_OF, kept=kept)
    assert bad.is_kept and bad.whole.alarm and "Recalibrate the intervals." in str(bad)


def test_a_unit_or_kpi_that_is_not_there_is_refused(card: Scorecard) -> None:
    for kpi, unit in (("ed4h", None), (None, "grp")):
        with pytest.raises(NotFound):
            card.forecast_record(kpi, unit)
