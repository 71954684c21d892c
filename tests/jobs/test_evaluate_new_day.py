"""What is due changes with the day, without anybody entering a figure."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fourfold.actions.load_folder import load_folder
from fourfold.engine.definitions.write import write
from fourfold.engine.statuses import Status
from fourfold.jobs.evaluate_new_day import evaluate_new_day
from fourfold.records.models import Evaluation, Result
from fourfold.testing.bakery import BAKERY, bakery

JUNE, AUGUST = datetime(2026, 6, 20, 9, tzinfo=UTC), datetime(2026, 8, 2, 9, tzinfo=UTC)


@pytest.fixture
def loaded(db: None, tmp_path: Path) -> None:
    (tmp_path / "measurements").mkdir()
    for file, text in write(bakery()).items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    (tmp_path / "measurements" / "figures.csv").write_text("kpi,unit,period,value\nsales,north,2026-05,1010\n")
    outcome = load_folder(by=None, path=tmp_path, at=JUNE)
    assert outcome.ok, outcome.findings


def status(period: str) -> Status | None:
    rows = Result.objects.filter(node="kpi:sales", unit__code="north", view="month", period=period)
    found = rows.values_list("status", flat=True).first()
    return None if found is None else Status(found)


def test_a_figure_that_nobody_gave_becomes_overdue_when_its_day_has_come(loaded: None) -> None:
    assert status("M:2026-06") is Status.NOT_DUE
    assert evaluate_new_day(now=AUGUST) == 1
    assert status("M:2026-06") is Status.OVERDUE


def test_the_same_day_is_evaluated_once(loaded: None) -> None:
    evaluate_new_day(now=AUGUST)
    runs = Evaluation.objects.count()
    assert evaluate_new_day(now=AUGUST.replace(hour=17)) == 0
    assert Evaluation.objects.count() == runs


@pytest.mark.django_db
def test_a_server_without_an_organisation_has_nothing_to_do() -> None:
    assert evaluate_new_day(now=AUGUST) == 0


@pytest.mark.django_db
def test_a_day_that_begins_at_one_unit_alone_is_a_new_day(tmp_path: Path) -> None:
    units = [u | ({"time_zone": "Australia/Sydney"} if u["code"] == "north" else {}) for u in BAKERY["units"]]
    (tmp_path / "measurements").mkdir()
    for file, text in write(bakery(units=units)).items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    figures = "kpi,unit,period,value\nsales,north,2026-05,1010\nsales,south,2026-05,900\n"
    (tmp_path / "measurements" / "figures.csv").write_text(figures)
    noon = datetime(2026, 6, 30, 12, tzinfo=UTC)  # 22:00 in Sydney
    assert load_folder(by=None, path=tmp_path, at=noon).ok
    assert evaluate_new_day(now=noon.replace(hour=13)) == 0
    assert evaluate_new_day(now=noon.replace(hour=14)) == 1  # midnight there, and July
    assert status("M:2026-06") is Status.OVERDUE
    south = Result.objects.get(node="kpi:sales", unit__code="south", view="month", period="M:2026-06")
    assert Status(south.status) is Status.NOT_DUE
