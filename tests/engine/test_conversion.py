"""Figures of units in other currencies, converted before they are rolled up, against sums done by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from fourfold.engine.blocks import Block, to_blocks
from fourfold.engine.cells import Reason, State
from fourfold.engine.change_trace import trace_change
from fourfold.engine.conversion import Money, convert_block, money_of, rates_used
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.definitions.complete import complete
from fourfold.engine.explain import explain
from fourfold.engine.groups import group
from fourfold.engine.kpis import roll_up_units
from fourfold.engine.measurements import to_polars
from fourfold.engine.periods import BusinessDays
from fourfold.engine.rows import unit_tree
from fourfold.engine.unit_settings import settings_of
from tests.engine.scorecards import judged

AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
ROW: dict[str, Any] = {"value": None, "numerator": None, "denominator": None}


def company(**kpi: Any) -> Definitions:
    """A group in pounds with a unit in London, and two below Europe that count in euros and francs."""
    return complete(Definitions.model_validate({
        "organisation": {
            "code": "o", "name": "O", "currency": "GBP", "time_zone": "Europe/London",
            "holidays": ["2026-05-04"],
            "rates": [
                {"currency": "EUR", "period": "2026-04", "rate": "0.8"},
                {"currency": "EUR", "period": "2026-05", "rate": "0.9"},
                {"currency": "EUR", "period": "2026-05", "rate": "0.95", "kind": "closing"},
                {"currency": "EUR", "period": "FY2026", "rate": "0.5", "kind": "budget"},
                {"currency": "CHF", "into": "EUR", "period": "2026-05", "rate": "1.1"},
                {"currency": "CHF", "period": "FY2026", "rate": "0.7", "kind": "budget"},
            ],
        },
        "units": [
            {"code": "all", "name": "All"},
            {"code": "london", "name": "London", "parent": "all"},
            {"code": "europe", "name": "Europe", "parent": "all", "currency": "EUR", "time_zone": "Europe/Paris",
             "holidays": ["2026-05-14"]},
            {"code": "paris", "name": "Paris", "parent": "europe"},
            {"code": "basel", "name": "Basel", "parent": "europe", "currency": "CHF", "time_zone": "Europe/Zurich",
             "work_days": ["monday", "tuesday"], "holidays": []},
        ],
        "strategy": {"code": "s", "name": "S"},
        "kpis": [{"code": "k", "name": "K", **kpi}],
    }))  # fmt: skip


def block_of(definitions: Definitions, *rows: dict[str, Any]) -> Block:
    frame = pl.DataFrame([{"kpi": "k", **ROW, **row} for row in rows], schema_overrides=dict.fromkeys(ROW, pl.Float64))
    kpi, calendar = definitions.kpis[0], definitions.calendar
    periods = calendar.range(calendar.parse("2026-04"), calendar.parse("2026-05"))
    (block,) = to_blocks(frame, definitions, [[kpi]], {kpi.frequency: periods}, as_of=AS_OF)
    return block


def cells(block: Block, unit: str) -> list[Any]:
    u = block.units.index(unit)
    return [
        round(float(v), 9) if s == State.NUMBER else State(s).word
        for v, s in zip(block.value[0, u], block.state[0, u], strict=True)
    ]


def both_months(unit: str, **figures: float) -> list[dict[str, Any]]:
    return [{"unit": unit, "period": period, **figures} for period in ("2026-04", "2026-05")]


def test_amounts_are_converted_at_the_average_of_their_month_and_then_added_over_units() -> None:
    d = company(unit="GBP")
    block = block_of(d, *both_months("london", value=10.0), *both_months("paris", value=100.0))
    convert_block(block, d, AS_OF)
    assert (cells(block, "london"), cells(block, "paris")) == ([10.0, 10.0], [80.0, 90.0])
    roll_up_units(block, group(d.kpis)[0], unit_tree(d).levels)
    assert cells(block, "all") == [90.0, 100.0]


def test_a_unit_without_a_rate_is_an_error_and_so_is_the_whole() -> None:
    d = company(unit="GBP")
    block = block_of(d, *both_months("london", value=10.0), *both_months("basel", value=100.0))
    convert_block(block, d, AS_OF)
    assert cells(block, "basel") == ["error", "error"]  # francs have a rate into euros only, and home is pounds
    u = block.units.index("basel")
    assert block.reason is not None and block.reason[0, u].tolist() == [Reason.NO_RATE] * 2
    roll_up_units(block, group(d.kpis)[0], unit_tree(d).levels)
    assert cells(block, "all") == ["error", "error"]


def test_stocks_take_the_closing_rate_and_what_is_defined_wins() -> None:
    for kpi, expected in (
        ({"kind": "stock"}, ["error", 95.0]),
        ({"kind": "stock", "convert_at": "average"}, [80.0, 90.0]),
        ({"convert_at": "budget"}, [50.0, 50.0]),
        ({"convert_at": "native"}, [100.0, 100.0]),
    ):
        d = company(unit="GBP", **kpi)
        block = block_of(d, *both_months("paris", value=100.0))
        convert_block(block, d, AS_OF)
        assert cells(block, "paris") == expected


def test_the_view_at_constant_currency_takes_the_budget_rate_for_all() -> None:
    d = company(unit="GBP m")
    block = block_of(d, *both_months("paris", value=100.0), *both_months("basel", value=100.0))
    convert_block(block, d, AS_OF, at="budget")
    assert (cells(block, "paris"), cells(block, "basel")) == ([50.0, 50.0], [70.0, 70.0])


def test_a_kpi_in_another_currency_than_home_is_converted_into_its_own() -> None:
    d = company(unit="EUR")
    block = block_of(d, *both_months("london", value=9.0), *both_months("paris", value=7.0))
    convert_block(block, d, AS_OF)
    # London has no currency of its own: its figures come as the KPI says.
    assert (cells(block, "london"), cells(block, "paris")) == ([9.0, 9.0], [7.0, 7.0])
    block = block_of(d, *both_months("basel", value=10.0))
    convert_block(block, d, AS_OF)
    assert cells(block, "basel") == ["error", 11.0]


def test_a_cost_per_patient_converts_its_numerator_and_a_yield_per_pound_its_denominator() -> None:
    for unit, n, d_, value in (("GBP per patient", 45.0, 5.0, 9.0), ("patients per GBP", 50.0, 4.5, 50 / 4.5)):
        d = company(kind="ratio", unit=unit)
        block = block_of(d, {"unit": "paris", "period": "2026-05", "numerator": 50.0, "denominator": 5.0})
        convert_block(block, d, AS_OF)
        u = block.units.index("paris")
        assert block.numerator is not None and block.denominator is not None
        assert (block.numerator[0, u, 1], block.denominator[0, u, 1]) == pytest.approx((n, d_))
        assert cells(block, "paris")[1] == pytest.approx(value)


def test_a_margin_is_the_same_in_every_currency_and_its_parts_are_added_in_one() -> None:
    d = company(kind="ratio", unit="%", convert_at="average")
    rows = (
        {"unit": "paris", "period": "2026-05", "numerator": 10.0, "denominator": 100.0},
        {"unit": "london", "period": "2026-05", "numerator": 30.0, "denominator": 100.0},
    )
    block = block_of(d, *rows)
    convert_block(block, d, AS_OF)
    assert cells(block, "paris")[1] == 10.0
    roll_up_units(block, group(d.kpis)[0], unit_tree(d).levels)
    assert cells(block, "all")[1] == pytest.approx((9 + 30) / (90 + 100) * 100)


def test_what_is_no_money_is_left_alone() -> None:
    for kpi in ({"unit": "patients"}, {"unit": "%", "kind": "ratio"}, {}, {"unit": "GBP", "formula": "k2"}):
        d = company(**kpi)
        block = block_of(d, *both_months("paris", value=100.0))
        convert_block(block, d, AS_OF)
        assert cells(block, "paris") == [100.0, 100.0]


def test_gaps_stay_gaps() -> None:
    d = company(unit="GBP")
    block = block_of(d, {"unit": "paris", "period": "2026-04", "value": 100.0})
    before = block.state.copy()
    convert_block(block, d, AS_OF)
    assert block.state.tolist() == before.tolist()
    assert cells(block, "basel") == ["missing", "missing"]


@pytest.mark.parametrize(
    ("kpi", "money"),
    [
        ({"unit": "GBP m"}, Money("GBP", "average", 1, 1, 0)),
        ({"unit": "£ per patient", "kind": "ratio"}, Money("GBP", "average", 1, 1, 0)),
        ({"unit": "EUR", "kind": "stock"}, Money("EUR", "closing", 1, 1, 0)),
        ({"unit": "visits per EUR", "kind": "ratio"}, Money("EUR", "average", -1, 0, 1)),
        ({"unit": "%", "kind": "ratio", "convert_at": "budget"}, Money("CHF", "budget", 0, 1, 1)),
        ({"unit": "USD", "frequency": "day", "convert_at": "transaction"}, Money("USD", "closing", 1, 1, 0)),
        ({"unit": "GBP per EUR", "kind": "ratio"}, None),
        ({"unit": "%", "kind": "ratio"}, None),
        ({"unit": "GBP", "convert_at": "native"}, None),
    ],
)
def test_the_unit_of_measurement_says_what_is_money(kpi: dict[str, Any], money: Money | None) -> None:
    assert money_of(Kpi(code="k", name="K", **kpi), "CHF") == money


def test_units_take_their_settings_from_the_units_above() -> None:
    d = company()
    found = {code: settings_of(d, code) for code in d.unit}
    assert {c: (s.currency, s.zone.key) for c, s in found.items()} == {
        "all": ("", "Europe/London"),
        "london": ("", "Europe/London"),
        "europe": ("EUR", "Europe/Paris"),
        "paris": ("EUR", "Europe/Paris"),
        "basel": ("CHF", "Europe/Zurich"),
    }
    assert found["london"].business == BusinessDays(holidays=frozenset({date(2026, 5, 4)}))
    assert found["paris"].business == BusinessDays(holidays=frozenset({date(2026, 5, 14)}))
    assert found["basel"].business == BusinessDays(("monday", "tuesday"))


def test_settings_that_cannot_be_read_count_as_left_out() -> None:
    d = company()
    broken = [
        d.units[0].model_copy(update={"time_zone": "Mars/Base", "holidays": ("soon", "2026-05-01")}),
        *d.units[1:],
    ]
    found = settings_of(d.model_copy(update={"units": tuple(broken)}), "london")
    assert (found.zone.key, found.business.holidays) == ("Europe/London", frozenset({date(2026, 5, 1)}))


@pytest.mark.parametrize(
    ("unit", "currency", "value", "said"),
    [
        ("GBP", "EUR", 80.0, "+30 of the figure comes from the rate, as it is 50 with EUR to GBP at 0.5"),
        ("visits per GBP", "EUR", 80.0, "-48 of the figure comes from the rate, as it is 128 with EUR to GBP at 0.5"),
        ("%", "EUR", 80.0, ""),
        ("GBP", "EUR", None, ""),
        ("GBP", "CHF", 80.0, ""),
    ],
)
def test_what_the_rate_makes_of_a_figure_is_that_at_the_budget_rate_left_out(
    unit: str, currency: str, value: float | None, said: str
) -> None:
    d = company(kind="ratio", unit=unit, convert_at="average")
    april, may = d.calendar.parse("2026-04"), d.calendar.parse("2026-05")
    found = rates_used(d.kpis[0], currency, d.organisation, [april], AS_OF, value)
    effect = [text for text in found if "of the figure" in text]
    assert [text.startswith(said) for text in effect] == ([True] if said else [])
    both = rates_used(d.kpis[0], currency, d.organisation, [april, may], AS_OF, value)
    assert not any("of the figure" in text for text in both)  # a sum of months has no one rate


def test_the_explanation_of_a_figure_says_what_the_rate_makes_of_it() -> None:
    d = company(unit="GBP")
    rows = to_polars([{"kpi": "k", "unit": "paris", "period": "2026-04", "value": "100"}])
    trace = explain(judged(d, rows, as_of=AS_OF, last="2026-05"), "kpi:k", "paris", "2026-04")
    assert "+30 of the figure comes from the rate, as it is 50 with EUR to GBP at 0.5 (budget FY2026)" in str(trace)


def test_a_change_says_what_of_it_comes_from_rates_that_moved() -> None:
    """Paris had 100 € at 0.8 and has 110 € at 0.9: 80 £, then 99 £, of which 110 · (0.9 − 0.8) = 11 £ by the rate."""
    d = company(unit="GBP")
    rows = to_polars([
        {"kpi": "k", "unit": unit, "period": period, "value": value}
        for unit, period, value in (("paris", "2026-04", "100"), ("paris", "2026-05", "110"),
                                    ("london", "2026-04", "10"), ("london", "2026-05", "11"))
    ])  # fmt: skip
    found = judged(d, rows, as_of=AS_OF, last="2026-05")
    for unit, change in (("paris", 19.0), ("europe", 19.0), ("all", 20.0)):
        trace = trace_change(found, "kpi:k", unit, "2026-04", "2026-05")
        assert trace.value_change == pytest.approx(change)
        assert [(part.unit, part.effect) for part in trace.rates] == [("paris", pytest.approx(11.0))]
        said = f"Of the change of the figure, +{change:g}, +11 comes from exchange rates: EUR to GBP at 0.8"
        assert any(said in sentence and "now EUR to GBP at 0.9" in sentence for sentence in trace.words())
    assert trace_change(found, "kpi:k", "london", "2026-04", "2026-05").rates == ()


def test_a_mean_of_units_tells_no_effect_of_rates() -> None:
    d = company(unit="GBP", aggregate_units="mean")
    rows = to_polars([
        {"kpi": "k", "unit": unit, "period": period, "value": "100"}
        for unit in ("paris", "london") for period in ("2026-04", "2026-05")
    ])  # fmt: skip
    found = judged(d, rows, as_of=AS_OF, last="2026-05")
    assert trace_change(found, "kpi:k", "all", "2026-04", "2026-05").rates == ()
    assert len(trace_change(found, "kpi:k", "paris", "2026-04", "2026-05").rates) == 1
