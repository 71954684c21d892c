"""Factors between units of measurement against the definitions of the units and published conversions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.formulas.unit_words import MEASURES, SPELLINGS
from fourfold.engine.units_of_measure import (
    UnitOfMeasureError,
    can_convert,
    convert,
    factor,
    measured,
)

KNOWN = sorted(MEASURES)


@pytest.mark.parametrize(
    ("given_", "wanted", "expected"),
    [
        # time
        ("hours", "days", "1/24"),
        ("weeks", "hours", "168"),
        ("ms", "s", "1/1000"),
        ("years", "months", "12"),
        ("quarters", "years", "1/4"),
        # pure numbers
        ("%", "ratio", "1/100"),
        ("pp", "bp", "100"),
        ("ppm", "%", "1/10000"),
        ("late orders per order", "%", "100"),
        # scales
        ("GBP k", "GBP m", "1/1000"),
        ("EUR bn", "EUR m", "1000"),
        ("1,000 patients", "patients", "1000"),
        ("per 10k bed days", "per 1000 bed days", "1/10"),
        # lengths, areas, volumes: international yard of 1959, US gallon of 231 cubic inches, barrel of 42 gallons
        ("miles", "km", "1.609344"),
        ("feet", "inches", "12"),
        ("mi", "yd", "1760"),
        ("nmi", "m", "1852"),
        ("acres", "sqft", "43560"),
        ("ha", "m²", "10000"),
        ("bbl", "us-gallon", "42"),
        ("m³", "litres", "1000"),
        # mass
        ("lb", "oz", "16"),
        ("lbs", "kg", "0.45359237"),
        ("t", "kg", "1000"),
        # energy
        ("kWh", "MJ", "3.6"),
        ("GWh", "TJ", "3.6"),
        ("kcal", "kJ", "4.184"),
        # data
        ("GB", "MB", "1000"),
        ("GiB", "MB", "1073.741824"),
        ("MB/s", "Mbit/s", "8"),
        ("MB", "Mb", "8"),
        # composed
        ("kWh/m²", "MJ/m²", "3.6"),
        ("l per km", "litres per mile", "1.609344"),
        ("GBP per kWh", "GBP k per MWh", "1"),
        ("tCO2e per GBP m", "kgCO2e per GBP", "1/1000"),
        ("km/h", "m/s", "5/18"),
    ],
)
def test_one_unit_is_so_many_of_the_other(given_: str, wanted: str, expected: str) -> None:
    assert factor(given_, wanted) == Fraction(expected)
    assert factor(wanted, given_) == 1 / Fraction(expected)


@pytest.mark.parametrize(
    ("given_", "wanted", "why"),
    [
        ("GBP", "EUR", "exchange rate"),
        ("GBP", "patients", "exchange rate"),
        ("months", "days", "no fixed number of days"),
        ("patients", "beds", "not measure the same"),
        ("kg", "l", "not measure the same"),
        ("MB per patient", "%", "not measure the same"),
        ("MB", "kWh", "not measure the same"),
        ("%", "days", "not measure the same"),
    ],
)
def test_what_has_no_fixed_factor_is_refused_with_the_reason(given_: str, wanted: str, why: str) -> None:
    for one, other in ((given_, wanted), (wanted, given_)):
        with pytest.raises(UnitOfMeasureError, match="cannot be converted into") as caught:
            factor(one, other)
        assert why in str(caught.value.hint)
        assert not can_convert(one, other)


def test_the_scale_of_a_kpi_counts() -> None:
    assert factor("patients", "patients", "k") == 1000
    assert factor("GBP", "GBP k", "m") == 1000
    assert factor("GBP k", "GBP", "", "m") == Fraction(1, 1000)


def test_a_figure_without_a_unit_is_not_guessed() -> None:
    for pair in (("", "days"), ("days", "")):
        with pytest.raises(UnitOfMeasureError, match="without a unit"):
            factor(*pair)


@given(st.sampled_from(KNOWN), st.sampled_from(KNOWN), st.sampled_from(KNOWN))
def test_factors_agree_on_every_way(a: str, b: str, c: str) -> None:
    assert factor(a, a) == 1
    assert can_convert(a, b) == can_convert(b, a) == (MEASURES[a][0] == MEASURES[b][0])
    if can_convert(a, b) and can_convert(b, c):
        assert factor(a, b) * factor(b, c) == factor(a, c)
        assert factor(a, b) * factor(b, a) == 1


def test_every_spelling_and_plural_leads_to_a_unit_of_the_table() -> None:
    assert set(SPELLINGS.values()) <= set(MEASURES) and not set(SPELLINGS) & set(MEASURES)
    for text, name in SPELLINGS.items():
        assert measured(text).powers == ((MEASURES[name][0], 1),)
        assert factor(text, name) == 1
    for name in ("megabyte", "mile", "acre", "joule", "us-gallon"):
        assert factor(f"{name}s", name) == 1


@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False), max_size=9))
def test_figures_keep_their_shape_and_gaps(figures: list[float]) -> None:
    value = np.array([[*figures, np.nan]])
    days = convert(value, "hours", "days")
    assert days.shape == value.shape and np.isnan(days[0, -1])
    assert days[0, :-1] == pytest.approx([f / 24 for f in figures])
    assert convert(days, "days", "hours")[0, :-1] == pytest.approx(figures)


def test_whole_results_stay_whole() -> None:
    assert convert(90.0, "minutes", "hours").tolist() == 1.5
    assert convert(np.arange(1.0, 400.0) * 24, "hours", "days").tolist() == list(range(1, 400))
    assert convert(3.0, "TiB", "bit").tolist() == 3 * 8 * 2**40
