"""One entered figure changes exactly what a full evaluation would change."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from fourfold.actions import follow_outlooks
from fourfold.actions._runs import VIEWS
from fourfold.actions.evaluate_organisation import evaluate_organisation, is_evaluated
from fourfold.actions.load_folder import load_folder
from fourfold.actions.record_measurement import record_measurement
from fourfold.engine.evaluate import evaluate
from fourfold.engine.results import COLUMNS
from fourfold.records.frames.measurement import read_measurements
from fourfold.records.models import Evaluation, Organisation, Result
from fourfold.records.ready import ready_definitions
from fourfold.testing.bakery import BAKERY

pytestmark = pytest.mark.django_db

#: KPIs whose results reach far: other periods, other units, other KPIs.
FAR = [
    {"code": "run_rate", "name": "Sales of three months", "kind": "flow", "formula": "rolling_sum(sales, 3)"},
    {"code": "grown", "name": "Growth", "kind": "ratio", "formula": "sales / previous(sales) - 1"},
    {"code": "per_head", "name": "Sales per head", "kind": "ratio", "numerator": "sales", "denominator": "staff"},
    {"code": "to_date", "name": "Sales to date", "kind": "stock", "formula": "to_date(sales)"},
    {"code": "place", "name": "Place by sales", "kind": "index", "formula": "rank(sales, siblings(known(sales)))"},
    {"code": "of_all", "name": "Share of sales", "kind": "index", "formula": "share_of(sales, root(sales))"},
    {"code": "gap", "name": "Gap", "kind": "index", "formula": "parent(waste) - target(run_rate) + cumulative(sales)"},
    {"code": "since", "name": "Since March", "kind": "index", "formula": 'index(sales, "2026-03")'},
    {"code": "audits", "name": "Audits passed", "kind": "ratio", "unit": "%", "frequency": "quarter", "lag": "P1M"},
    {"code": "visits", "name": "Visits logged", "kind": "ratio", "unit": "%", "frequency": "quarter", "lag": "P3M"},
    {"code": "waste", "name": "Waste", "kind": "flow", "polarity": "lower_better", "only_in": ["north"], "lag": "P15D"},
    {"code": "mood", "name": "Mood of customers", "kind": "survey", "weighted_by": "sales"},
    {"code": "oven_checks", "name": "Oven checks", "kind": "flow", "frequency": "week", "valid_min": "0"},
]
USES = [
    {"kpi": "run_rate", "objective": "earn"},
    {"kpi": "audits", "objective": "delight", "critical": True},
    {"kpi": "waste", "objective": "earn", "weight": "3"},
    {"kpi": "mood", "objective": "delight", "weight": "2"},
]
TARGETS = [
    {"kpi": "run_rate", "since": "M:2026-01", "value": "3000"},
    {"kpi": "run_rate", "unit": "south", "since": "M:2026-05", "value": "3300"},
    {"kpi": "audits", "since": "FY2025-Q4", "value": "90", "red_line": "70"},
    {"kpi": "waste", "unit": "north", "since": "M:2026-01", "value": "20", "red_line": "40"},
    {"kpi": "grown", "since": "M:2026-03", "value": "0.01"},
    {"kpi": "mood", "since": "M:2026-01", "value": "1500", "red_line": "500"},
]
MEASURED = {"sales": "month", "costs": "month", "on_time": "month", "staff": "month", "waste": "month",
            "mood": "month", "audits": "quarter", "visits": "quarter", "oven_checks": "week"}  # fmt: skip
RATIOS = ("on_time", "audits", "visits")


def far(**changes: Any) -> dict[str, Any]:
    document = {key: [*BAKERY[key], *more] for key, more in (("kpis", FAR), ("uses", USES), ("targets", TARGETS))}
    return document | changes


def stored(organisation: Organisation, view: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    columns = ["unit__code" if c == "unit" else c for c in COLUMNS]
    rows = Result.objects.filter(organisation=organisation, view=view).values_list(*columns)
    return {row[:4]: row[4:] for row in rows}


def computed(organisation: Organisation, view: Any, now: datetime) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """A full evaluation of what is known now."""
    ready = ready_definitions(organisation)
    assert ready is not None
    found = evaluate(ready.definitions, read_measurements(organisation, ready), as_of=now, view=view)
    return {row[:4]: row[4:] for row in found.frame().rows()}


def same(found: tuple[Any, ...], expected: tuple[Any, ...]) -> bool:
    """Equal, but for the last bits of sums whose parts were added in another order."""
    return all(
        a == b or (isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-12))
        for a, b in zip(found, expected, strict=True)
    )


def assert_up_to_date(organisation: Organisation, now: datetime) -> None:
    for view in VIEWS:
        expected, found = computed(organisation, view, now), stored(organisation, view)
        assert found.keys() == expected.keys()
        wrong = {key: (found[key], row) for key, row in expected.items() if not same(found[key], row)}
        assert not wrong, (view, dict(list(wrong.items())[:3]))


def test_loading_stores_what_the_engine_says(organisation: Organisation, now: datetime) -> None:
    assert_up_to_date(organisation, now)
    assert Result.objects.count() > 100


def entry(chance: random.Random) -> dict[str, str]:
    """A random figure, or a reason for none."""
    kpi = chance.choice(list(MEASURED))
    period = {
        "month": f"2026-{chance.randint(1, 7):02}",
        "quarter": f"FY{chance.choice(['2025-Q4', '2026-Q1'])}",
        "week": f"2026-W{chance.randint(3, 27):02}",
    }[MEASURED[kpi]]
    unit = "north" if kpi == "waste" else chance.choice(["north", "south", "south", "bakery"])
    place = {"kpi": kpi, "unit": unit, "period": period}
    if chance.random() < 0.2:
        return place | {"state": chance.choice(["missing", "n/a", "not due"])}
    if kpi in RATIOS:
        return place | {"numerator": str(chance.randint(0, 100)), "denominator": "100"}
    return place | {"value": str(chance.choice([0, chance.randint(1, 2000)]))}


SEEDS = [(0, "renormalise"), (1, "zero"), (2, "carry_forward"), (3, "carry_forward")]


@pytest.mark.parametrize(("seed", "missing"), SEEDS)
def test_after_any_entries_results_are_those_of_a_full_evaluation(
    seed: int, missing: str, db: None, folder: Callable[..., Path], now: datetime
) -> None:
    chance = random.Random(seed)
    strategy = BAKERY["strategy"] | {"missing": missing}
    loaded = load_folder(by=None, path=folder(**far(strategy=strategy)), at=now)
    organisation = loaded.value
    assert organisation is not None, [str(f) for f in loaded.findings if f.level == 2]
    for _ in range(8):
        given = entry(chance)
        outcome = record_measurement(by=None, **given, at=now)  # type: ignore[arg-type]
        assert outcome.ok, (given, outcome.findings)
        assert_up_to_date(organisation, now)


def test_a_figure_reaches_the_periods_it_is_carried_into(
    db: None, folder: Callable[..., Path], now: datetime
) -> None:
    strategy = BAKERY["strategy"] | {"missing": "carry_forward"}
    organisation = load_folder(by=None, path=folder(strategy=strategy), at=now).value
    assert organisation is not None
    for month in ("2026-05", "2026-06"):
        for kpi in ("sales", "on_time"):
            record_measurement(by=None, kpi=kpi, unit="north", period=month, state="missing", at=now)
    assert_up_to_date(organisation, now)
    before = objective(organisation)
    record_measurement(by=None, kpi="on_time", unit="north", period="2026-05", numerator=97, denominator=100, at=now)
    assert_up_to_date(organisation, now)
    after = objective(organisation)
    assert {month for month in after if after[month] != before[month]} == {"M:2026-05", "M:2026-06"}
    assert (after["M:2026-05"][0], after["M:2026-06"][0]) == (after["M:2026-06"][0], after["M:2026-05"][0])


def objective(organisation: Organisation) -> dict[str, tuple[float | None, int]]:
    """Score and marks of what rests on deliveries alone."""
    rows = Result.objects.filter(organisation=organisation, unit__code="north", view="month", node="objective:delight")
    return {period: (score, marks) for period, score, marks in rows.values_list("period", "score", "marks")}


def test_an_entry_leaves_results_that_did_not_change_alone(organisation: Organisation, now: datetime) -> None:
    record_measurement(by=None, kpi="on_time", unit="north", period="2026-04", numerator=97, denominator=100, at=now)
    run = Evaluation.objects.order_by("-pk")[0]
    written = Result.objects.filter(evaluation=run)
    assert {node.partition(":")[2] or node for node in written.values_list("node", flat=True)} <= {
        "on_time", "delight", "customers", "scorecard",
    }  # fmt: skip
    assert "south" not in set(written.values_list("unit__code", flat=True))
    assert written.filter(unit__code="north", view="month", node="kpi:on_time").get().period == "M:2026-04"


def test_an_entry_in_a_month_that_was_not_evaluated_yet_evaluates_everything(organisation: Organisation) -> None:
    later = datetime.fromisoformat("2026-09-15T12:00:00+00:00")
    record_measurement(by=None, kpi="sales", unit="north", period="2026-08", value=1000, at=later)
    assert_up_to_date(organisation, later)
    assert Result.objects.filter(view="month", period="M:2026-09").exists()


def test_a_figure_before_the_first_one_reaches_back(organisation: Organisation, now: datetime) -> None:
    record_measurement(by=None, kpi="staff", unit="north", period="2024-05", value=3, at=now)
    assert_up_to_date(organisation, now)
    assert Result.objects.filter(view="month", period="M:2024-05").exists()


def test_an_entry_after_an_interrupted_evaluation_repairs_the_rest(organisation: Organisation, now: datetime) -> None:
    Evaluation.objects.update(input_version=0)
    Result.objects.filter(node="kpi:sales", unit__code="south").update(value=1, score=1, input_version=0)
    record_measurement(by=None, kpi="staff", unit="north", period="2026-02", value=3, at=now)
    assert_up_to_date(organisation, now)


def test_figures_of_other_units_are_not_read_for_a_figure_that_stays_near(
    db: None, folder: Callable[..., Path], now: datetime
) -> None:
    """They are known from the results: so the time does not grow with the units, nor with their history."""
    organisation = load_folder(by=None, path=folder(), at=now).value
    assert organisation is not None
    entry = {"kpi": "on_time", "unit": "north", "period": "2026-05", "numerator": 91, "denominator": 100}
    with CaptureQueriesContext(connection) as asked:
        record_measurement(by=None, **entry, at=now)  # type: ignore[arg-type]
    read = [q["sql"] for q in asked if q["sql"].startswith("SELECT") and "records_measurement" in q["sql"]]
    assert read and all('"period"' in sql.partition("WHERE")[2] for sql in read if "COUNT" not in sql)
    assert_up_to_date(organisation, now)


def test_the_first_entry_of_a_day_evaluates_what_has_become_due(organisation: Organisation, now: datetime) -> None:
    later = now + timedelta(days=9)
    record_measurement(by=None, kpi="on_time", unit="north", period="2026-05", numerator=91, denominator=100, at=later)
    assert_up_to_date(organisation, later)


@pytest.mark.parametrize("kpi", ["staff", "sales"])
def test_figures_that_come_while_everything_is_computed_are_caught_up_without_computing_it_again(
    organisation: Organisation, now: datetime, kpi: str
) -> None:
    stages: list[str] = []

    def meanwhile(stage: str, done: int, _total: int) -> None:
        stages.append(stage)
        if (stage, done) == ("Evaluated", 1):
            record_measurement(by=None, kpi=kpi, unit="north", period="2026-04", value=5, at=now)

    Result.objects.filter(node="kpi:sales", unit__code="south").update(value=1, score=1)
    evaluate_organisation(by=None, as_of=now, tell=meanwhile)
    assert stages.count("Evaluated") == len(VIEWS), "everything was computed again"
    assert_up_to_date(organisation, now)
    assert is_evaluated(Organisation.objects.get(pk=organisation.pk), on=now)


def test_definitions_that_change_while_everything_is_computed_make_it_begin_anew(
    organisation: Organisation, now: datetime
) -> None:
    stages: list[str] = []

    def meanwhile(stage: str, done: int, _total: int) -> None:
        stages.append(stage)
        if stages == ["Evaluated"]:
            Organisation.objects.update(definitions_version=F("definitions_version") + 1, version=F("version") + 1)

    evaluate_organisation(by=None, as_of=now, tell=meanwhile)
    assert stages.count("Evaluated") == 2 * len(VIEWS)
    assert is_evaluated(Organisation.objects.get(pk=organisation.pk), on=now)


def test_nothing_is_compared_or_handed_over_while_others_wait(organisation: Organisation, now: datetime) -> None:
    Result.objects.filter(unit__code="south").update(value=1, score=1)
    Result.objects.filter(unit__code="north", view="month", node="scorecard").delete()
    with CaptureQueriesContext(connection) as asked:
        evaluate_organisation(by=None, as_of=now)
    statements = [query["sql"] for query in asked]
    locked = next(n for n, sql in enumerate(statements) if sql.startswith("INSERT INTO \"records_evaluation\""))
    reading = [sql for sql in statements[locked:] if sql.startswith("SELECT") and "records_result" in sql]
    writing = [sql for sql in statements[locked:] if "INSERT INTO records_result" in sql]
    assert not reading and len(writing) == 1 and "FROM own_" in writing[0]
    assert any("INSERT INTO own_" in sql for sql in statements[:locked])
    assert_up_to_date(organisation, now)


def test_a_result_of_what_is_no_more_is_removed(organisation: Organisation, now: datetime) -> None:
    there = Result.objects.filter(organisation=organisation, view="month", node="kpi:sales").first()
    assert there is not None
    there.pk, there.node = None, "kpi:forgotten"
    there.save(force_insert=True)
    outcome = evaluate_organisation(by=None, as_of=now)
    assert outcome.summary == "1 result changed"
    assert_up_to_date(organisation, now)


def test_while_everything_waits_to_be_evaluated_a_server_answers_an_entry_without_doing_it(
    organisation: Organisation, now: datetime
) -> None:
    Evaluation.objects.update(input_version=0)
    runs, entry = Evaluation.objects.count(), {"kpi": "staff", "unit": "north", "period": "2026-02"}
    follow_outlooks.begin()
    try:
        outcome = record_measurement(by=None, **entry, value=3, outlooks_follow=True, at=now)
    finally:
        follow_outlooks.end()
    assert outcome.summary == "recorded; to be evaluated with all others"
    assert Evaluation.objects.count() == runs
    evaluate_organisation(by=None, as_of=now)
    assert_up_to_date(organisation, now)
