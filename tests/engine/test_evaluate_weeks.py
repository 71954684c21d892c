"""A whole scorecard in a fiscal year of 52 or 53 weeks, against sums in plain Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from fourfold.engine.cells import State
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.definitions.parse import parse
from fourfold.engine.definitions.write import write
from fourfold.engine.evaluate import Evaluation, evaluate
from fourfold.engine.periods import Frequency, last_year
from fourfold.engine.results import View
from tests.engine.scorecards import COLUMNS

#: The first day of FY2030, which has 53 weeks, and the day after its last one.
START, END = date(2029, 8, 26), date(2030, 9, 1)
AS_OF = datetime(2030, 9, 2, tzinfo=UTC)


def company() -> Definitions:
    return complete(Definitions.model_validate({
        "organisation": {
            "code": "o", "name": "O", "fiscal_year_start": 9, "week_pattern": "4-4-5", "year_comparison": "shift",
        },
        "units": [{"code": "all", "name": "All"}, {"code": "n", "name": "N", "parent": "all"},
                  {"code": "s", "name": "S", "parent": "all"}],
        "strategy": {"code": "s", "name": "S"},
        "perspectives": [{"code": "p", "name": "P"}],
        "objectives": [{"code": "o", "name": "O", "perspective": "p"}],
        "kpis": [
            {"code": "daily", "name": "Daily", "frequency": "day"},
            {"code": "weekly", "name": "Weekly", "frequency": "week"},
            {"code": "monthly", "name": "Monthly"},
            {"code": "stock", "name": "Stock", "kind": "stock", "frequency": "week"},
            {"code": "growth", "name": "Growth", "kind": "index", "frequency": "week",
             "formula": "weekly - same_period_last_year(weekly)"},
        ],
        "uses": [{"kpi": k, "objective": "o"} for k in ("daily", "weekly", "monthly", "stock", "growth")],
        "targets": [{"kpi": k, "unit": "all", "since": "FY2029-P01", "value": "100", "red_line": "50"}
                    for k in ("monthly",)],
    }))  # fmt: skip


def figures() -> list[dict[str, object]]:
    """One for each day, week and period of FY2029 and FY2030; the figure is the number of days since START."""
    rows: list[dict[str, object]] = []
    calendar = company().calendar
    day = START - timedelta(days=364)
    while day < END:
        number = float((day - START).days)
        rows += [{"kpi": "daily", "unit": u, "period": day.isoformat(), "value": number} for u in ("n", "s")]
        week, month = calendar.period(Frequency.WEEK, day), calendar.period(Frequency.MONTH, day)
        if week.start == day:
            rows += [{"kpi": k, "unit": u, "period": week.short_id, "value": number} for u in ("n", "s")
                     for k in ("weekly", "stock")]  # fmt: skip
        if month.start == day:
            rows += [{"kpi": "monthly", "unit": u, "period": month.short_id, "value": number} for u in ("n", "s")]
        day += timedelta(days=1)
    return rows


def run(view: View) -> Evaluation:
    frame = pl.DataFrame([{**dict.fromkeys(COLUMNS), **row} for row in figures()], schema=COLUMNS)
    return evaluate(company(), frame, as_of=AS_OF, view=view)


def shown(evaluation: Evaluation, kpi: str, period: str) -> float:
    wanted = evaluation.definitions.calendar.parse(period).id
    (row,) = evaluation.frame().filter(node=f"kpi:{kpi}", unit="all", period=wanted).iter_rows(named=True)
    assert State(row["state"]) is State.NUMBER
    return float(row["value"])


def days(first: str, last: str) -> list[float]:
    a, b = (date.fromisoformat(text) for text in (first, last))
    return [float((a - START).days + n) for n in range((b - a).days + 1)]


@pytest.mark.parametrize(
    ("view", "period", "first", "last"),
    [
        ("month", "FY2030-P03", "2029-10-21", "2029-11-24"),
        ("month", "FY2030-P12", "2030-07-21", "2030-08-31"),
        ("quarter", "FY2030-Q4", "2030-05-26", "2030-08-31"),
        ("year", "FY2030", "2029-08-26", "2030-08-31"),
        ("year", "FY2029", "2028-08-27", "2029-08-25"),
        ("ytd", "FY2030-P04", "2029-08-26", "2029-12-22"),
    ],
)
def test_days_and_weeks_add_up_to_the_periods_of_the_year(view: View, period: str, first: str, last: str) -> None:
    evaluation = run(view)
    assert shown(evaluation, "daily", period) == 2 * sum(days(first, last))
    assert shown(evaluation, "weekly", period) == 2 * sum(days(first, last)[::7])
    assert shown(evaluation, "stock", period) == 2 * days(first, last)[::7][-1]


def test_weeks_are_compared_with_those_of_last_year_by_formulas_too() -> None:
    evaluation = run("week")
    growth = {p: shown(evaluation, "growth", p) for p in ("FY2030-W01", "FY2030-W52", "FY2030-W53")}
    assert growth == {"FY2030-W01": 2 * 364, "FY2030-W52": 2 * 364, "FY2030-W53": 2 * 371}


@pytest.mark.parametrize(
    ("mode", "week", "this", "last"),
    [
        # 2030 has 53 weeks. Week 53 has no counterpart, so at its end 52 weeks meet 52.
        ("as_is", "FY2030-W53", ("2029-08-26", 52), ("2028-08-27", 52)),
        ("shift", "FY2030-W53", ("2029-08-26", 52), ("2028-08-27", 52)),
        # In 2031 week 1 meets week 1 of 2030, or the one 364 days before: week 2.
        ("as_is", "FY2031-W04", ("2030-09-01", 4), ("2029-08-26", 4)),
        ("shift", "FY2031-W04", ("2030-09-01", 4), ("2029-09-02", 4)),
    ],
)
def test_growth_to_date_compares_the_weeks_that_the_organisation_compares(
    mode: str, week: str, this: tuple[str, int], last: tuple[str, int]
) -> None:
    d = company()
    organisation = d.organisation.model_copy(update={"year_comparison": mode})
    kpis = [{"code": "weekly", "name": "W", "frequency": "week"},
            {"code": "growth", "name": "G", "kind": "rate_of_change", "frequency": "week",
             "formula": "growth_to_date(weekly)"}]  # fmt: skip
    d = complete(Definitions.model_validate({
        "organisation": organisation, "units": d.units, "strategy": d.strategy, "kpis": kpis,
    }))  # fmt: skip
    first, end = date(2028, 8, 27), date(2031, 8, 31)
    days = [first + timedelta(days=7 * n) for n in range((end - first).days // 7)]
    sold = {day: 1000.0 + (day - first).days % 61 for day in days}
    rows = [("weekly", "n", d.calendar.period(Frequency.WEEK, day).short_id, value) for day, value in sold.items()]
    frame = pl.DataFrame(rows, schema=["kpi", "unit", "period", "value"], orient="row")
    evaluation = evaluate(d, frame, as_of=datetime(2031, 9, 2, tzinfo=UTC), view="week")

    def summed(start: str, count: int) -> float:
        day = date.fromisoformat(start)
        return sum(sold[day + timedelta(days=7 * n)] for n in range(count))

    assert shown(evaluation, "growth", week) == pytest.approx(summed(*this) / summed(*last) - 1)


def test_a_period_of_weeks_has_its_target() -> None:
    evaluation = run("month")
    row = next(evaluation.frame().filter(node="kpi:monthly", unit="all", period="P:FY2030-P12").iter_rows(named=True))
    assert (row["value"], row["target"]) == (2.0 * (date(2030, 7, 21) - START).days, 100.0)


def test_the_calendar_that_the_documentation_shows_is_that_of_the_nrf() -> None:
    page = Path(__file__).parents[2] / "docs" / "explanation" / "years-of-weeks.md"
    example = page.read_text("utf-8").split("```")[1].removeprefix("yaml\n")
    read = parse({"a.yaml": f"{example}strategy: {{code: s, name: S}}\nunits: [{{code: u, name: U}}]\n"}).definitions
    assert read is not None
    year = read.calendar.parse("FY2023")
    assert (str(year.start), str(year.last_day), year.days // 7) == ("2023-01-29", "2024-02-03", 53)
    assert str(last_year(read.calendar.parse("FY2024-W01"))) == "FY2024-W01 with FY2023-W02"


def test_definitions_of_a_year_of_weeks_are_written_and_read_again() -> None:
    definitions = company()
    read = parse(write(definitions)).definitions
    assert read == definitions and read is not None
    assert read.calendar == definitions.calendar
