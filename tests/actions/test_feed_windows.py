"""What a feed asks for begins where a period of its KPIs does: no part of a week replaces the whole one."""

from __future__ import annotations

import sqlite3
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fourfold.actions.load_folder import load_folder
from fourfold.actions.run_feed import run_feed
from fourfold.actions.save_connection import save_connection
from fourfold.actions.save_feed import FeedPlan, plan_of, save_feed
from fourfold.actions.try_feed import try_feed
from fourfold.engine.measurements import events
from fourfold.records.models import Feed, FeedRun, Measurement

NOW = datetime(2026, 7, 10, 9, 0, tzinfo=UTC)  # the two months before begin on Friday, 1 May
LATER = NOW + timedelta(hours=1)
WEEKS = {"code": "bakery", "name": "Harbour Bakery", "week_pattern": "4-4-5", "fiscal_year_start": 1}
BEGIN, END = date(2025, 12, 1), NOW.date()


def days() -> Iterator[str]:
    return ((BEGIN + timedelta(days=n)).isoformat() for n in range((END - BEGIN).days + 1))


@pytest.fixture
def shop(folder: Callable[..., Path], tmp_path: Path, settings: Any, db: None) -> Callable[..., None]:
    """Makes the bakery, with KPIs of these frequencies, and a till that sells one thing a day of each of them."""

    def make(frequencies: dict[str, str], plan: dict[str, Any] | None = None, **changes: Any) -> None:
        kpis = [{"code": c, "name": c, "kind": "flow", "frequency": f} for c, f in frequencies.items()]
        uses = [{"kpi": code, "objective": "earn", "monitor_only": True} for code in frequencies]
        none: dict[str, Any] = {"targets": [], "notes": [], "initiatives": [], "links": []}
        outcome = load_folder(by=None, path=folder(figures="", kpis=kpis, uses=uses, **(none | changes)))
        assert outcome.ok, outcome.findings
        settings.FEED_FOLDER = tmp_path
        with sqlite3.connect(tmp_path / "till.sqlite") as till:
            till.execute("CREATE TABLE sold (kpi TEXT, shop TEXT, day TEXT, pieces INTEGER)")
            rows = [(code, "north", day, 1) for code in frequencies for day in days()]
            till.executemany("INSERT INTO sold VALUES (?, ?, ?, ?)", rows)
        options = {"dialect": "sqlite", "database": "till.sqlite"}
        made = save_connection(by=None, code="till", name="Till", kind="database", options=options)
        assert made.value, made.findings
        first = next(iter(frequencies))
        columns = {"kpi": f"={first}", "unit": "shop", "period": "day", "value": "pieces"}
        ask = {"statement": "SELECT kpi, shop, day, pieces FROM sold WHERE day >= :since AND day <= :until"}
        given = {"code": "sold", "name": "Sold", "connection": "till", "ask": ask, "columns": columns, "adding": "sum"}
        saved = save_feed(by=None, plan=FeedPlan(**(given | (plan or {}))), at=NOW)
        assert saved.value, saved.findings

    return make


def run(at: datetime, since: date | None = None) -> FeedRun:
    done = run_feed(by=None, feed="sold", since=since, at=at)
    assert done.value and done.ok, done.findings
    return done.value


def sums(kpi: str) -> dict[str, str]:
    """Its figures, without the period that is not over."""
    rows = Measurement.objects.current().filter(kpi__code=kpi).order_by("start").values_list("period", "value")
    return {period: str(value) for period, value in list(rows)[:-1]}


def days_of(frequency: str, period: str) -> set[str]:
    """How many days it may have, counted without the calendar of the engine."""
    if frequency == "week":
        return {"7"}
    year, part = map(int, period.partition(":")[2].removeprefix("FY").replace("Q", "").split("-"))
    months = range(part, part + 1) if frequency == "month" else range(3 * part - 2, 3 * part + 1)
    return {str(sum(monthrange(year, month)[1] for month in months))}


@pytest.mark.parametrize("adding", ["sum", "events"])
@pytest.mark.parametrize(
    ("frequency", "first"), [("week", "2026-04-27"), ("month", "2026-05-01"), ("quarter", "2026-04-01")]
)
def test_the_days_asked_for_begin_with_a_whole_period_and_a_second_run_finds_nothing_new(
    shop: Callable[..., None], frequency: str, first: str, adding: str
) -> None:
    january = {"code": "bakery", "name": "Harbour Bakery", "fiscal_year_start": 1}
    shop({"sold": frequency}, {"adding": adding}, organisation=january)
    backfill = run(NOW, since=date(2026, 1, 1))
    assert backfill.since == (date(2025, 12, 29) if frequency == "week" else date(2026, 1, 1))
    before = sums("sold")
    assert before and all(value in days_of(frequency, period) for period, value in before.items()), before
    again = run(LATER)
    assert str(again.since) == first and (again.loaded, again.rejected, again.remark) == (0, 0, "")
    assert sums("sold") == before


@pytest.mark.parametrize("frequency", ["week", "month", "quarter"])
def test_so_they_do_in_years_of_weeks(shop: Callable[..., None], frequency: str) -> None:
    shop({"sold": frequency}, organisation=WEEKS)
    run(NOW, since=date(2026, 1, 15))
    before = sums("sold")
    wanted = {"week": {"7"}, "month": {"28", "35"}, "quarter": {"91"}}[frequency]
    assert before and set(before.values()) == wanted
    again = run(LATER)
    assert again.since <= date(2026, 5, 1) and again.loaded == 0 and sums("sold") == before


def test_of_kpis_of_several_frequencies_what_began_before_is_left_out_and_told(shop: Callable[..., None]) -> None:
    january = {"code": "bakery", "name": "Harbour Bakery", "fiscal_year_start": 1}
    columns = {"kpi": "kpi", "unit": "shop", "period": "day", "value": "pieces"}
    shop({"weekly": "week", "quarterly": "quarter"}, {"columns": columns}, organisation=january)
    plan = plan_of(Feed.objects.get())
    tried = try_feed(by=None, plan=plan, since=date(2026, 1, 1), at=NOW)
    assert tried.ok and "W:2026-W01" in tried.findings[0].message
    backfill = run(NOW, since=date(2026, 1, 1))
    assert backfill.remark.endswith("in the midst of them: W:2026-W01."), "nobody knew its KPIs yet"
    weeks, quarters = sums("weekly"), sums("quarterly")
    assert "W:2026-W01" not in weeks and set(weeks.values()) == {"7"}
    assert list(quarters.values()) == ["90", "91"]
    again = run(LATER)
    assert str(again.since) == "2026-04-01" and again.loaded == 0
    assert "W:2026-W14" in again.remark and (sums("weekly"), sums("quarterly")) == (weeks, quarters)


@pytest.mark.parametrize("adding", ["sum", "events"])
def test_a_source_that_sends_all_it_has_loses_no_period_by_its_first_run(
    shop: Callable[..., None], adding: str
) -> None:
    january = {"code": "bakery", "name": "Harbour Bakery", "fiscal_year_start": 1}
    columns = {"kpi": "kpi", "unit": "shop", "period": "day", "value": "pieces"}
    ask = {"statement": "SELECT kpi, shop, day, pieces FROM sold"}
    shop({"sold": "week"}, {"columns": columns, "ask": ask, "adding": adding}, organisation=january)
    first = run(NOW)
    assert (first.since, first.remark) == (date(2026, 5, 1), ""), "nobody knew its KPIs yet"
    found = sums("sold")
    assert found["W:2026-W18"] == "7" and set(found.values()) == {"7"}
    assert ("W:2026-W17" in found) is (adding == "sum")


def test_events_that_were_asked_for_in_part_are_left_out_and_told(shop: Callable[..., None]) -> None:
    columns = {"kpi": "kpi", "unit": "shop", "period": "day", "value": "pieces"}
    shop({"sold": "quarter"}, {"columns": columns, "adding": "events"}, organisation=WEEKS)
    first = run(NOW)
    assert first.remark.endswith("in the midst of them: Q:FY2026-Q2.") and "Q:FY2026-Q2" not in sums("sold")


def test_events_of_a_run_are_added_up_once(shop: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    shop({"sold": "month"}, {"adding": "events"})
    added, adds = [], events._added

    def count(*args: Any) -> Any:
        added.append(1)
        return adds(*args)

    monkeypatch.setattr(events, "_added", count)
    assert run(NOW).loaded == 71 and len(added) == 1
