"""Pages say how fresh figures are, and which figures and scores rest on older ones."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fourfold.actions.load_folder import load_folder
from fourfold.engine.definitions.write import write
from fourfold.engine.findings import Level
from fourfold.records.models import Kpi, Objective, Person
from fourfold.testing.bakery import BAKERY, bakery
from tests.web.reading import main_of, words_of

#: Sales of North Quay until February, and the staff of all months; the survey of Q4 of the fiscal year 2026.
FIGURES = """kpi,unit,period,value,numerator,denominator
sales,north,2026-01,900,,
sales,north,2026-02,1000,,
on_time,north,2026-01,,90,100
on_time,north,2026-02,,92,100
on_time,north,2026-03,,93,100
on_time,north,2026-04,,94,100
on_time,north,2026-05,,94,100
on_time,north,2026-06,,94,100
survey,north,FY2026-Q4,8.5,,
"""
SURVEY: dict[str, Any] = {
    "code": "survey", "name": "Survey", "kind": "index", "frequency": "quarter", "aggregate_units": "none",
}  # fmt: skip


def load(folder: Path, day: str, **strategy: Any) -> Client:
    """Alice in front of the bakery as it stands on a day."""
    definitions = bakery(
        strategy=BAKERY["strategy"] | strategy,
        kpis=[*BAKERY["kpis"], SURVEY],
        uses=[*BAKERY["uses"], {"kpi": "survey", "objective": "delight"}],
        targets=[
            *BAKERY["targets"],
            {"kpi": "sales", "unit": "north", "since": "M:2026-01", "value": "1000", "red_line": "800"},
            {"kpi": "survey", "since": "FY2026-Q1", "value": "8", "red_line": "6"},
        ],
    )
    (folder / "measurements").mkdir(parents=True)
    for name, text in write(definitions).items():
        (folder / name).write_text(text)
    (folder / "measurements" / "figures.csv").write_text(FIGURES)
    outcome = load_folder(path=folder, at=datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC))
    assert outcome.ok, [f for f in outcome.findings if f.level is Level.ERROR]
    client = Client()
    client.force_login(Person.objects.get(email="alice@bakery.example"))
    return client


def page(client: Client, address: str) -> str:
    return words_of(main_of(client.get(address)))


def kpi(code: str) -> str:
    return f"/kpi/{Kpi.objects.get(code=code).pk}-{code}/?u=north"


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "period", "word"),
    [
        ("2026-03-31", "2026-03", "fresh"),  # the figure of March is expected tomorrow
        ("2026-04-20", "2026-03", "late, expected since 1 Apr 2026"),
        ("2026-05-20", "2026-03", "stale, expected since 1 Apr 2026"),
        ("2026-07-20", "2026-03", "dead, expected since 1 Apr 2026"),
        ("2026-07-20", "2026-02", "fresh"),  # in the period of its last figure a KPI is fresh
    ],
)
def test_the_page_of_a_kpi_says_how_fresh_it_is(tmp_path: Path, day: str, period: str, word: str) -> None:
    alice = load(tmp_path / "b", day)
    assert f"Freshness {word} " in page(alice, f"{kpi('sales')}&p={period}") + " "


@pytest.mark.parametrize(("day", "word"), [("2026-04-20", "late"), ("2026-05-20", "stale"), ("2026-07-20", "dead")])
def test_tables_say_how_late_a_figure_is_that_is_not_in(tmp_path: Path, day: str, word: str) -> None:
    alice = load(tmp_path / "b", day)
    earn = Objective.objects.get(code="earn").pk
    assert f"Sales overdue, {word}" in page(alice, "/s/north/?p=2026-03")
    for address in ("/s/north/scorecard/?p=2026-03", f"/objective/{earn}-e/?u=north&p=2026-03"):
        assert f"not in, {word}" in page(alice, address), address


def test_pages_name_scores_that_are_carried_forward(tmp_path: Path) -> None:
    alice = load(tmp_path / "b", "2026-04-20", missing="carry_forward")
    earn = Objective.objects.get(code="earn").pk
    for address, count in (
        ("/s/north/?p=2026-03", 3),  # the whole, Finance, and its objective
        ("/s/north/scorecard/?p=2026-03", 2),  # Finance, where two columns are and where one is
        (f"/objective/{earn}-earn/?u=north&p=2026-03", 1),
    ):
        text = page(alice, address)
        assert text.count("carried forward") == count, (address, text)
        assert "carried forward" not in page(alice, address.replace("2026-03", "2026-02")), address


@pytest.mark.parametrize(
    ("day", "missing", "note"),
    [
        ("2026-06-20", "renormalise", ""),  # the survey of Q1 is expected on 1 July
        ("2026-07-20", "renormalise", "from an earlier period"),
        ("2026-11-20", "carry_forward", "carried forward, from an earlier period"),
    ],
)
def test_pages_name_figures_of_an_earlier_period(tmp_path: Path, day: str, missing: str, note: str) -> None:
    alice = load(tmp_path / "b", day, missing=missing)
    delight = Objective.objects.get(code="delight").pk
    for address in ("/s/north/scorecard/?p=2026-06", f"/objective/{delight}-delight/?u=north&p=2026-06"):
        row = re.search(r"Survey.*?8\.5(.{0,60})", page(alice, address))
        assert row is not None
        assert (note in row[1]) if note else ("earlier" not in row[1]), address
    text = page(alice, f"{kpi('survey')}&p=2026-06")
    said = "The figure is that of Q4 2025/26: the next one is not in."
    assert (said in text) == bool(note)
    if note:
        assert "It is older than the period shown." in text
        assert ("It is carried forward from an earlier period." in text) == ("carried" in note)
