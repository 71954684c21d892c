"""What the checks say about calendars, holidays, time zones, currencies, rates and measures, and where."""

from __future__ import annotations

import pytest

from fourfold.engine.checks import check
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.findings import Finding, Level
from tests.engine.checks.test_checks import BODY, OF_MAPS

TEXT = """\
organisation:
  code: o
  name: Bakery
  currency: GBP
  fiscal_year_start: 4
  holidays: [2026-05-04]
  rates:
    - {currency: EUR, period: 2026-04, rate: 0.86, source: ECB}
    - {currency: EUR, period: 2026-04, rate: 0.85, kind: closing}
    - {currency: EUR, period: FY2027, rate: 0.9, kind: budget}
    - {currency: EUR, period: 2026-04, rate: 0.87, recorded_at: 2026-06-01}
strategy: {code: s, name: Rise}
units:
  - {code: all, name: All}
  - {code: north, name: North, parent: all, currency: EUR, time_zone: Europe/Berlin}
  - {code: south, name: South, parent: all, work_days: [monday, tuesday], holidays: []}
people: [{code: alice, name: Alice, email: alice@bakery.example}, {code: bob, name: Bob}]
perspectives: [{code: fin, name: Finance}, {code: cus, name: Customers}]
themes: [{code: growth, name: Growth}]
"""
SALES = "name: Sales\n    unit: GBP"


def findings(text: str, body: str = BODY) -> list[Finding]:
    parsed = parse({"a.yaml": text, "b.yaml": body})
    assert parsed.definitions is not None, [str(f) for f in parsed.findings]
    return [f for f in check(complete(parsed.definitions), parsed.places) if f.code not in OF_MAPS]


def changed(old: str, new: str, text: str = TEXT) -> str:
    assert old in text
    return text.replace(old, new)


def test_a_sound_calendar_and_sound_rates_give_no_finding() -> None:
    assert [str(f) for f in findings(TEXT)] == []
    weeks = changed("fiscal_year_start: 4", "fiscal_year_start: 2\n  week_pattern: 4-5-4\n  year_end_day: saturday")
    weeks = changed("2026-04, rate", "FY2027-P03, rate", weeks)
    assert [str(f) for f in findings(weeks, BODY.replace("2026-04", "FY2027-P01"))] == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "message", "fix"),
    [
        ("2026-05-04", "4 May", "DATE", 6, "`holidays` of the organisation is", "2026-03-31"),
        ("holidays: []", "holidays: [2026-02-30]", "DATE", 16, "`holidays` of unit south is", "2026-03-31"),
        ("currency: EUR, time", "currency: eur, time", "SETTINGS", 15, "`currency` of unit north is", "Write EUR."),
        ("Europe/Berlin", "Berlin", "SETTINGS", 15, "`time_zone` of unit north is", "Europe/London"),
        ("kind: budget", "kind: budget, into: EUR", "RATE", 10, "always worth 1 of itself", "Correct"),
        ("EUR, period: FY2027", "Euro, period: FY2027", "RATE", 10, '"Euro" is no currency', "GBP"),
        ("period: FY2027", "period: spring", "RATE", 10, "Rate 3, EUR to GBP: 'spring' is not a period", "2026-03"),
        (", recorded_at: 2026-06-01", "", "RATE", 11, "rate of 2026-04 is given twice, 0.86 and 0.87", "later"),
        ("2026-06-01}", "June}", "RATE", 11, '`recorded_at` is "June", which is no moment', "2026-03-31"),
        ("  currency: GBP\n", "", "RATE", 7, "it does not say into which currency", "Add `into`"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_how_to_mend_it(
    old: str, new: str, code: str, line: int, message: str, fix: str
) -> None:
    found = [f for f in findings(changed(old, new)) if f.code == code]
    assert found, [str(f) for f in findings(changed(old, new))]
    assert (found[0].level, found[0].place.line) == (Level.ERROR, line)
    assert message in found[0].message and fix in found[0].fix


def test_a_year_of_weeks_without_a_pattern_is_told() -> None:
    (found,) = findings(changed("fiscal_year_start: 4", "fiscal_year_start: 4\n  extra_week: first"))
    assert (found.code, found.level, found.place.line) == ("SETTINGS", Level.WARNING, 6)
    assert "this year has months" in found.message and "week_pattern" in found.fix


def test_periods_of_a_year_of_weeks_are_asked_for_where_months_were_written() -> None:
    text = changed("fiscal_year_start: 4", "fiscal_year_start: 4\n  week_pattern: 4-4-5")
    found = {f.code for f in findings(text)}
    assert {"PERIOD-TEXT", "RATE"} <= found


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("currency: EUR, time", "currency: CHF, time", "no average rate between them"),
        ("rate: 0.86, source: ECB}\n", "rate: 0.86, kind: closing}\n", None),
    ],
)
def test_a_unit_whose_money_cannot_be_converted_is_told_once(old: str, new: str, says: str | None) -> None:
    found = [f for f in findings(changed(old, new)) if f.code == "RATE-MISSING"]
    if says is None:  # the rate recorded later is still an average
        assert found == []
        return
    (only,) = found
    assert only.level is Level.WARNING
    assert "Unit north counts in CHF, KPI sales is in GBP" in only.message and says in only.message


def test_a_rate_through_the_currency_of_the_organisation_is_enough() -> None:
    body = BODY.replace("unit: GBP", "unit: USD", 1)
    assert [f.code for f in findings(TEXT, body) if f.code == "RATE-MISSING"] == ["RATE-MISSING"]
    dollars = "    - {currency: USD, period: FY2027, rate: 0.75}\nstrategy:"
    assert "RATE-MISSING" not in {f.code for f in findings(changed("strategy:", dollars), body)}


@pytest.mark.parametrize(
    ("old", "new", "level", "message"),
    [
        (SALES, "name: Sales\n    unit: loaves\n    convert_at: average", Level.ERROR, "names no currency"),
        (SALES, "name: Sales\n    unit: GBP per EUR\n    convert_at: average", Level.ERROR, "two currencies"),
        (SALES, "name: Sales\n    unit: GBP\n    convert_at: transaction", Level.ERROR, "measured by the month"),
        ("    tolerance: 1", "    normalise: weeks", Level.ERROR, "it is no flow but a ratio"),
        (SALES, "name: Sales\n    unit: GBP m\n    scale: m", Level.WARNING, "has one of its own"),
    ],
)  # fmt: skip
def test_a_measure_that_does_not_fit_is_told(old: str, new: str, level: Level, message: str) -> None:
    found = [f for f in findings(TEXT, changed(old, new, BODY)) if f.code == "KPI-MEASURE"]
    assert [(f.level, message in f.message) for f in found] == [(level, True)]


def test_what_is_computed_is_not_converted_again() -> None:
    body = changed(SALES, f"{SALES}\n    formula: costs * 2\n    convert_at: average", BODY)
    (found,) = (f for f in findings(TEXT, body) if f.code == "KPI-MEASURE")
    assert "computed from KPIs that are converted themselves" in found.message


def test_a_margin_may_be_converted_and_flows_may_be_normalised() -> None:
    body = changed("    tolerance: 1", "    convert_at: average", BODY)
    body = changed(SALES, f"{SALES}\n    normalise: business_days", body)
    assert [str(f) for f in findings(TEXT, body)] == []


def test_slips_in_a_rate_are_told_with_its_keys() -> None:
    text = changed("source: ECB", "sorce: ECB")
    messages = [(f.code, f.message, f.fix) for f in parse({"a.yaml": text}).findings]
    assert ("DEF-KEY", 'There is no key "sorce" in a rate.', 'Did you mean "source"?') in messages
    text = changed("rate: 0.9,", "rate: 0,")
    assert "DEF-LIMIT" in {f.code for f in parse({"a.yaml": text}).findings}
