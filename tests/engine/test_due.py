"""What is due, by the day and the holidays of each unit, against days counted one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.engine.cells import Mark, Reason, State
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.due import begun, day_at, due, latest_day, todays
from fourfold.engine.evaluate import Evaluation, evaluate
from fourfold.engine.periods import Frequency

ZONES = {"sydney": "Australia/Sydney", "honolulu": "Pacific/Honolulu", "london": "Europe/London"}
HOLIDAYS = {"sydney": ["2026-05-01", "2026-05-04"], "honolulu": ["2026-05-01"], "london": ["2026-05-04"]}


def company(lag: str = "P2B", **organisation: Any) -> Definitions:
    """A head office in London with two branches, each with its own days off."""
    return complete(Definitions.model_validate({
        "organisation": {"code": "o", "name": "O", "currency": "GBP", "time_zone": "Europe/London",
                         "holidays": HOLIDAYS["london"], **organisation},
        "units": [
            {"code": "london", "name": "London"},
            *({"code": code, "name": code.title(), "parent": "london", "time_zone": ZONES[code],
               "holidays": HOLIDAYS[code]} for code in ("sydney", "honolulu")),
        ],
        "strategy": {"code": "s", "name": "S"},
        "kpis": [{"code": "k", "name": "K", "lag": lag, "unit": "GBP"}, {"code": "j", "name": "J", "unit": "GBP"}],
    }))  # fmt: skip


def run(definitions: Definitions, rows: list[tuple[str, str, str, float]], as_of: datetime) -> Evaluation:
    frame = pl.DataFrame(rows, schema=["kpi", "unit", "period", "value"], orient="row")
    calendar = definitions.calendar
    months = calendar.range(calendar.parse("2026-03"), calendar.parse("2026-06"))
    return evaluate(definitions, frame, as_of=as_of, periods=months)


def states(evaluation: Evaluation, kpi: str, unit: str) -> list[State]:
    results = evaluation.kpis
    assert results.state is not None
    return [State(s) for s in results.state[results.index[f"kpi:{kpi}"], results.units.index(unit)]]


def due_from(unit: str, business_days: int) -> date:
    """The first day on which the figure of April is due: counted day by day."""
    day = date(2026, 5, 1)

    def is_off() -> bool:
        return day.weekday() >= 5 or day.isoformat() in HOLIDAYS[unit]

    while is_off():
        day += timedelta(days=1)
    for _ in range(business_days):
        day += timedelta(days=1)
        while is_off():
            day += timedelta(days=1)
    return day


@given(
    st.datetimes(datetime(2026, 4, 28), datetime(2026, 5, 14), timezones=st.just(UTC)),
    st.integers(0, 6),
)
def test_a_figure_is_due_on_the_day_that_counting_the_units_own_business_days_gives(
    moment: datetime, count: int
) -> None:
    d = company(f"P{count}B")
    april = [d.calendar.parse("2026-04")]
    found = due(d, tuple(d.kpi), april, moment)
    assert found.shape == (2, 3)
    for i, unit in enumerate(u.code for u in d.units):
        today = moment.astimezone(ZoneInfo(ZONES[unit])).date()
        expected = due_from(unit, count) if count else date(2026, 5, 1)
        assert (found[0, i] == 1) == (today >= expected), unit
        assert day_at(d, unit, moment) == today


def test_the_same_moment_is_another_day_elsewhere_and_figures_are_missing_there_alone() -> None:
    moment = datetime(2026, 4, 30, 14, 30, tzinfo=UTC)  # 1 May in Sydney, half past midnight
    evaluation = run(company(), [("j", "sydney", "2026-03", 1.0)], moment)
    assert states(evaluation, "j", "sydney")[1] is State.MISSING
    assert states(evaluation, "j", "honolulu")[1] is State.NOT_DUE
    assert latest_day(company(), moment) == date(2026, 5, 1)


def test_a_figure_of_a_month_that_has_begun_in_one_place_only_is_read_there_and_not_elsewhere() -> None:
    moment = datetime(2026, 4, 30, 14, 30, tzinfo=UTC)
    rows = [("j", unit, "2026-05", 7.0) for unit in ("sydney", "honolulu")]
    evaluation = run(company(), [*rows, ("j", "sydney", "2026-03", 1.0)], moment)
    assert states(evaluation, "j", "sydney")[2] is State.NUMBER
    assert states(evaluation, "j", "honolulu")[2] is State.NOT_DUE
    early = evaluation.kpis.marks[evaluation.kpis.index["kpi:j"], evaluation.kpis.units.index("sydney"), 2]
    assert Mark(int(early)) & Mark.PROVISIONAL


def test_units_that_share_their_days_are_counted_once() -> None:
    alike = complete(Definitions.model_validate({
        "organisation": {"code": "o", "name": "O", "holidays": ["2026-05-01"]},
        "units": [{"code": "a", "name": "A"}, {"code": "b", "name": "B", "parent": "a"}],
        "strategy": {"code": "s", "name": "S"},
        "kpis": [{"code": "k", "name": "K", "lag": "P1B"}],
    }))  # fmt: skip
    moment = datetime(2026, 5, 4, tzinfo=UTC)
    months = alike.calendar.parse("2026-Q2").parts(Frequency.MONTH)
    assert due(alike, tuple(alike.kpi), months, moment).tolist() == [[0]]  # 1 May is off: Monday is the first
    assert due(alike, tuple(alike.kpi), months, moment + timedelta(days=1)).tolist() == [[1]]
    assert begun(alike, months[0], moment).tolist() == [2]
    assert len(todays(alike, moment)[0]) == 1


def test_a_moment_without_a_time_zone_is_the_same_day_everywhere() -> None:
    kinds, _ = todays(company(), datetime(2026, 4, 30, 23, 59))
    assert {today.day for today in kinds} == {date(2026, 4, 30)}


@pytest.mark.parametrize(("rate", "value"), [("0.8", 80.0), (None, None)])
def test_a_unit_in_another_currency_is_converted_or_is_an_error_that_says_so(rate: str | None, value: float) -> None:
    rates = [{"currency": "AUD", "period": "2026-03", "rate": rate}] if rate else []
    d = company(rates=rates)
    units = tuple(u.model_copy(update={"currency": "AUD"} if u.code == "sydney" else {}) for u in d.units)
    evaluation = run(d.model_copy(update={"units": units}), [("j", "sydney", "2026-03", 100.0)],
                     datetime(2026, 4, 10, tzinfo=UTC))  # fmt: skip
    row = next(evaluation.frame().filter(node="kpi:j", unit="sydney", period="M:2026-03").iter_rows(named=True))
    assert row["value"] == value
    if rate is None:
        assert (State(row["state"]), Reason(row["reason"])) == (State.ERROR, Reason.NO_RATE)
        said = next(f for f in evaluation.findings if "sydney" in (f.place.thing or ""))
        assert said.message == "There is no exchange rate for this period."
        assert "rates" in said.fix
