"""Units of measurement through every function."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from fourfold.engine.formulas import FUNCTIONS, check, mismatch, parse, parse_unit
from fourfold.engine.formulas.dimensions import Unit, rescale, same_dimension
from fourfold.engine.formulas.function import Gives, Measure
from fourfold.engine.formulas.reference import pages

UNITS = {
    "cost": "GBP", "sales": "GBP", "euros": "EUR", "millions": "GBP m", "rate": "%", "late": "orders",
    "orders": "orders", "wait": "hours", "stay": "days", "beds": "beds", "area": "m²", "share": "ratio", "bare": "",
}  # fmt: skip
KNOWN = {code: parse_unit(text) for code, text in UNITS.items()}


def unit(text: str) -> str:
    found, problems = check(parse(text), KNOWN)
    assert not problems, problems
    return str(found)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("previous(cost)", "GBP"),
        ('shift(cost, 1, "year") - cost', "GBP"),
        ("to_date(cost) + quarter_to_date(cost) + month_to_date(cost) + cumulative(cost)", "GBP"),
        ("rolling_median(cost, 3) - rolling_min(cost, 3) + rolling_stdev(cost, 3)", "GBP"),
        ('sum(children(cost)) - parent(cost) + root(cost) + at_unit(cost, "north")', "GBP"),
        ("mean(cost, sales, 5)", "GBP"),
        ("clamp(cost, 0, sales)", "GBP"),
        ("coalesce(known(cost), target(sales), benchmark(cost), baseline(cost), red_line(cost))", "GBP"),
        ("switch(late, orders, cost, sales)", "GBP"),
        ("ifs(late > orders, cost, late > 5, sales, 0)", "GBP"),
        ("cost / orders", "GBP/order"),
        ("cost / sales", "ratio"),
        ("beds * stay", "bed·day"),
        ("-cost", "GBP"),
        ("area ^ 2 / area", "m²"),
        ("if(cost > sales and not late = orders, stay, 0)", "days"),
        ("safe_divide(cost, orders)", "GBP/order"),
        ("safe_divide(cost, orders, 0)", "GBP/order"),
        ("cost % 100", "GBP"),
        ("growth(cost)", "ratio"),
        ("yoy_growth(cost) + growth_to_date(orders) + cagr(stay, 3)", "ratio"),
        ("share_of(cost, parent(cost))", "ratio"),
        ("beds * days_in_period()", "bed·day"),
        ("rolling_count(cost, 3)", "a bare number"),
        ("rank(cost, siblings(cost))", "a bare number"),
        ('index(cost, "2025-01")', "a bare number"),
        ("floor(cost) + ceil(cost) + round(cost) + abs(cost)", "GBP"),
        ("log10(share)", "a pure number"),
        ('convert(wait, "hours", "days") + stay', "days"),
        ('convert(millions, "GBP m", "GBP") - cost', "GBP"),
        ('convert(bare, "MWh", "GJ")', "GJ"),
        ("sqrt(area)", "m"),
        ("cost * sign(cost)", "GBP"),
        ("if(is_missing(rate), cost, sales)", "GBP"),
    ],
)
def test_a_function_gives_its_unit(formula: str, expected: str) -> None:
    if expected == "m":
        assert not check(parse("sqrt(area * area) + area"), KNOWN)[1]
        return
    assert unit(formula) == expected


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("cost + rate", "`cost` is in GBP and `rate` in %: they cannot be added."),
        ("cost + growth(cost)", "`cost` is in GBP and `growth(cost)` in ratio: they cannot be added."),
        ("sum(cost, rate)", "`cost` is in GBP and `rate` in %: they cannot go together in `sum`."),
        ("mean(cost, sales, euros)", "`cost` is in GBP and `euros` in EUR: they cannot go together in `mean`."),
        ("clamp(cost, 0, rate)", "`cost` is in GBP and `rate` in %: they cannot go together in `clamp`."),
        ("share_of(cost, orders)", "`cost` is in GBP and `orders` in orders: they cannot go together in `share_of`."),
        (
            "share_of(cost, millions)",
            "`cost` is in GBP and `millions` in GBP m: they cannot go together in `share_of`.",
        ),
        ("switch(late, cost, 1, 2)", "`late` is in orders and `cost` in GBP: they cannot go together in `switch`."),
        ("switch(late, 1, cost, rate)", "`cost` is in GBP and `rate` in %: they cannot go together in `switch`."),
        (
            "ifs(late > 1, cost, late > 0, rate, 0)",
            "`cost` is in GBP and `rate` in %: they cannot go together in `ifs`.",
        ),
        ("ifs(late > cost, 1, 0)", "`late` is in orders and `cost` in GBP: they cannot be compared."),
        (
            "rank(cost, siblings(rate))",
            "`cost` is in GBP and `siblings(rate)` in %: they cannot go together in `rank`.",
        ),
        ("cost - target(rate)", "`cost` is in GBP and `target(rate)` in %: they cannot be subtracted."),
        ("parent(cost) - late", "`parent(cost)` is in GBP and `late` in orders: they cannot be subtracted."),
        ("cost % late", "`cost` is in GBP and `late` in orders: they cannot be divided with a remainder."),
        ("log10(cost)", "`log10` takes a pure number, and this is in GBP."),
        ("safe_divide(cost, orders, rate)", "they cannot go together in `safe_divide`."),
        ("wait + days_in_period()", "`wait` is in hours and `days_in_period()` in days: they cannot be added."),
    ],
)
def test_what_does_not_go_together_is_refused(formula: str, message: str) -> None:
    _, problems = check(parse(formula), KNOWN)
    assert len(problems) == 1
    assert problems[0].message.endswith(message)


def test_growth_of_a_kpi_in_per_cent_must_be_multiplied() -> None:
    found, _ = check(parse("yoy_growth(cost)"), KNOWN)
    assert mismatch(found, KNOWN["rate"]) == "The formula gives ratio, the KPI is in %: multiply by 100."
    found, _ = check(parse("yoy_growth(cost) * 100"), KNOWN)
    assert mismatch(found, KNOWN["rate"]) is None


def test_a_count_fits_a_kpi_in_any_unit() -> None:
    found, _ = check(parse("count(children(cost))"), KNOWN)
    assert mismatch(found, KNOWN["beds"]) is None


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda f: f.name)
def test_every_function_says_what_unit_it_gives(function: object) -> None:
    f = FUNCTIONS[getattr(function, "name", "")]
    page = pages()[f"{f.family}.md"].partition(f"## `{f.signature}`")[2].partition("\n## ")[0]
    says = any(words in page for words in ("The result", "pure numbers"))
    assert says is (f.measure is not Measure.SAME)
    assert f.gives is not Gives.CONDITION or f.measure is Measure.BARE


@pytest.mark.parametrize(
    ("formula", "hint"),
    [
        ("backups + logs", "First multiply by 1,000: backups * 1000."),
        ("heat + power", "First multiply by 3.6: power * (18/5)."),
        ("van - lorry", "First multiply by 1.60934: van * (25146/15625)."),
    ],
)
def test_units_of_data_energy_and_length_are_known_to_formulas_too(formula: str, hint: str) -> None:
    written = {"backups": "GB", "logs": "MB", "heat": "GJ", "power": "MWh", "van": "miles", "lorry": "km"}
    known = {code: parse_unit(text) for code, text in written.items()}
    ((problem,), other) = (check(parse(formula), known)[1], check(parse("backups + heat"), known)[1])
    assert "they cannot be" in problem.message and problem.hint.startswith(hint)
    assert other[0].hint == "Correct the formula, or the unit of one of them."
    assert not check(parse("backups * 1000 + logs"), known)[1]


def test_a_kpi_in_another_unit_of_the_same_measure_says_by_what_to_multiply() -> None:
    said = mismatch(parse_unit("GB"), parse_unit("MB"))
    assert said == "The formula gives GB, the KPI is in MB: multiply by 1,000."


@pytest.mark.parametrize(
    ("formula", "said", "hint"),
    [
        ('convert(wait, "days", "hours")', "`wait` is in hours, not in days.", "“hours”"),
        ('convert(cost, "GBP", "EUR")', "GBP cannot be converted into EUR.", "exchange rate"),
        ('convert(bare, "months", "days")', "months cannot be converted into days.", "no fixed number of days"),
        ('convert(beds, "beds", "hours")', "beds cannot be converted into hours.", "do not measure the same"),
        ('convert(wait, "hours", "")', "A figure without a unit of measurement cannot be converted.", "Name both"),
    ],
)
def test_what_has_no_factor_is_refused_at_the_text(formula: str, said: str, hint: str) -> None:
    (problem,) = check(parse(formula), KNOWN)[1]
    assert problem.message == said and hint in problem.hint
    assert formula[problem.span.start] == '"'


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("orders", "orders", True), ("orders", "beds", False), ("orders", "GBP", False), ("GBP", "GBP m", True),
        ("late orders per order", "%", True), ("orders per bed", "%", True), ("orders per hour", "%", False),
        ("GBP per order", "%", False), ("per 10k bed days", "deaths per 1000 bed days", True),
        ("per 1000", "deaths per 1000", False), ("hours", "days", True), ("hours", "GB", False),
        ("per 10k bed days", "GBP per 1000 bed days", False), ("per 10k bed days", "hours per 1000 bed days", False),
        ("orders per bed day", "per 1000 days", False),
    ],
)  # fmt: skip
def test_what_measures_the_same_whatever_the_multiple(one: str, other: str, alike: bool) -> None:
    left, right = parse_unit(one), parse_unit(other)
    assert same_dimension(left, right) is same_dimension(right, left) is alike


@pytest.mark.parametrize(("text", "scale", "said"), [
    ("", "", "no unit"), ("GBP", "", "GBP"), ("%", "", "%"), ("ratio", "", "ratio"), ("GBP", "m", "GBP m"),
])  # fmt: skip
def test_a_unit_is_shown_as_it_was_written(text: str, scale: str, said: str) -> None:
    assert str(parse_unit(text, scale)) == said


@pytest.mark.parametrize(("powers", "multiple", "said"), [
    ((), None, "a pure number"), ((), 1, "ratio"), ((), Fraction(1, 100), "%"), ((), 1000, "1,000 ratio"),
    ((("bed", 1),), 1, "bed"), ((("bed", 1), ("day", 1)), 1, "bed·day"), ((("m", 2),), 1, "m^2"),
    ((("day", -1),), 1, "1/day"), ((("GBP", 1), ("day", -2)), 1, "GBP/day^2"), ((("bed", 1),), 1000, "1,000 bed"),
    ((("bed", 1),), Fraction(1, 1000), "1/1,000 bed"), ((("bed", 1),), Fraction(18, 5), "3.6 bed"),
])  # fmt: skip
def test_a_unit_that_came_out_of_a_formula_is_spelt(powers: Any, multiple: Any, said: str) -> None:
    assert str(Unit(powers, None if multiple is None else Fraction(multiple))) == said


@pytest.mark.parametrize(("factor", "said"), [
    (Fraction(24), "multiply by 24"), (Fraction(1), "multiply by 1"), (Fraction(1, 100), "divide by 100"),
    (Fraction(18, 5), "multiply by 3.6"), (Fraction(5, 18), "divide by 3.6"),
    (Fraction(10**6), "multiply by 1,000,000"),
])  # fmt: skip
def test_a_factor_is_said_as_people_reckon(factor: Fraction, said: str) -> None:
    assert rescale(factor) == said


@pytest.mark.parametrize(("text", "symbol"), [
    ("Bed days", "bed day"), ("deliveries", "delivery"), ("ties", "tie"), ("glass", "glass"), ("status", "status"),
    ("basis", "basis"), ("gas", "gas"), ("cars", "car"),
])  # fmt: skip
def test_a_noun_in_the_plural_is_the_noun(text: str, symbol: str) -> None:
    assert parse_unit(text).powers == ((symbol, 1),)


@pytest.mark.parametrize(("length", "shown"), [(39, "x" * 39), (40, "x" * 40), (41, "x" * 40 + "…")])
def test_a_long_part_of_a_formula_is_cut_to_forty_characters(length: int, shown: str) -> None:
    name = "x" * length
    (problem,) = check(parse(f"{name} + rate"), KNOWN | {name: parse_unit("GBP")})[1]
    assert problem.message == f"`{shown}` is in GBP and `rate` in %: they cannot be added."

