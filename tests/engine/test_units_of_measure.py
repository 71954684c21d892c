"""Factors between units of measurement against the definitions of the units and published conversions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.formulas.unit_words import MEASURES, MULTIPLES, PURE, SPELLINGS
from fourfold.engine.units_of_measure import (
    UnitOfMeasureError,
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


#: One of the first is so many of the second: SI, NIST SP 811 (Appendix B.8 and B.9), IEC 80000-13, the calendar.
PUBLISHED = """
    minute = 60 second · hour = 3600 second · day = 86400 second · week = 604800 second · second = 1000 millisecond
    quarter = 3 month · year = 12 month
    kWh = 1000 Wh · MWh = 1000000 Wh · GWh = 1000000000 Wh · terawatt-hour = 1000000000000 Wh · Wh = 3600 joule
    kilojoule = 1000 joule · megajoule = 1000000 joule · gigajoule = 1000000000 joule
    terajoule = 1000000000000 joule · kilocalorie = 4184 joule
    kg = 1000 g · t = 1000 kg · g = 1000 milligram · ounce = 28.349523125 g · lb = 453.59237 g
    tCO2e = 1000 kgCO2e · ktCO2e = 1000 tCO2e
    km = 1000 m · m = 1000 millimetre · m = 100 centimetre · inch = 2.54 centimetre · foot = 0.3048 m
    yard = 0.9144 m · mile = 1609.344 m · nautical-mile = 1852 m
    ha = 10000 m² · km² = 1000000 m² · square-foot = 0.09290304 m² · acre = 4046.8564224 m²
    m³ = 1000 l · l = 1000 millilitre · hectolitre = 100 l · us-gallon = 3.785411784 l · imperial-gallon = 4.54609 l
    oil-barrel = 158.987294928 l
    kilobit = 1000 bit · megabit = 1000000 bit · gigabit = 1000000000 bit · byte = 8 bit · kilobyte = 1000 byte
    megabyte = 1000000 byte · gigabyte = 1000000000 byte · terabyte = 1000000000000 byte
    petabyte = 1000000000000000 byte · kibibyte = 1024 byte · mebibyte = 1048576 byte · gibibyte = 1073741824 byte
    tebibyte = 1099511627776 byte
"""
#: What one of a pure number, or of what a multiple counts, is worth.
WORTH = """
    % 0.01 · pct 0.01 · percent 0.01 · per cent 0.01 · pp 0.01 · percentage point 0.01 · ‰ 0.001 · ppm 0.000001
    bp 0.0001 · basis point 0.0001 · ratio 1 · share 1 · x 1 · time 1 · number 1 · count 1 · no. 1 · # 1 · 1 1
"""
THOUSANDS = {
    10**3: "k K thousand thousands", 10**6: "m M mn mio million millions", 10**9: "bn billion billions",
}  # fmt: skip


def test_every_unit_of_the_table_has_its_published_size() -> None:
    lines = [line.split() for line in PUBLISHED.replace("\n", "·").split("·") if line.strip()]
    for symbol, _, count, other in lines:
        assert factor(symbol, other) == Fraction(count), symbol
    named = {line[i] for line in lines for i in (0, 3)}
    assert named == set(MEASURES)


def test_every_pure_number_and_multiple_has_its_worth() -> None:
    pairs = [line.strip().rsplit(maxsplit=1) for line in WORTH.replace("\n", "·").split("·") if line.strip()]
    assert {text: Fraction(worth) for text, worth in pairs} == PURE
    for text, worth in pairs:
        assert factor(text, "bp") == Fraction(worth) * 10_000
    assert {word for words in THOUSANDS.values() for word in words.split()} == set(MULTIPLES)
    for count, words in THOUSANDS.items():
        for word in words.split():
            assert factor(f"GBP {word}", "GBP") == count


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
    if MEASURES[a][0] != MEASURES[b][0]:
        for one, other in ((a, b), (b, a)):
            with pytest.raises(UnitOfMeasureError):
                factor(one, other)
    elif MEASURES[b][0] == MEASURES[c][0]:
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


def test_a_factor_too_fine_for_a_number_is_taken_as_it_is_nearest() -> None:
    exact = factor("oil-barrel per nautical-mile", "imperial-gallon per yard")
    assert max(exact.numerator, exact.denominator) > 2**53 or float(exact) == pytest.approx(float(exact))
    found = convert(np.array([2.0, np.nan]), "terabyte per oil-barrel", "kibibyte per imperial-gallon")
    wanted = 2 * float(factor("terabyte per oil-barrel", "kibibyte per imperial-gallon"))
    assert found[0] == pytest.approx(wanted, rel=1e-15) and np.isnan(found[1])
