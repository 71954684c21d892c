"""Marram Stores: a year of weeks, two currencies, holidays and two time zones, against sums in plain Python.

The calculation below reads the files of the folder itself and knows nothing of the engine. The library, the command
line, the database and the pages must all say what it says.
"""

from __future__ import annotations

import csv
import io
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

import fourfold
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.load_folder import load_folder
from fourfold.actions.record_measurement import record_measurement
from fourfold.engine.cells import State
from fourfold.records.models import Organisation, Person, Result
from fourfold.scorecard import Evaluated
from tests.house.source import ROOT
from tests.web.reading import links_of, main_of, words_of

FOLDER = ROOT / "examples" / "marram_stores"
#: Thursday: two days after a day off in New York, where it is still Wednesday night.
MOMENT = datetime(2026, 11, 5, 3, tzinfo=UTC)
SHOPS = ("london", "new-york")
VIEWS = ("month", "quarter", "ytd")
Sums = dict[tuple[str, str, str], float]


# The calculation in plain Python


def year_start(year: int) -> date:
    """The day after the last Saturday of January."""
    day = date(year, 1, 31)
    while day.weekday() != 5:
        day -= timedelta(days=1)
    return day + timedelta(days=1)


def weeks_of_periods() -> dict[str, list[str]]:
    """The weeks of each period of both years, counted off from the first day of each year."""
    found: dict[str, list[str]] = {}
    for year in (2025, 2026):
        weeks = (year_start(year + 1) - year_start(year)).days // 7
        lengths = [4, 4, 5] * 4
        lengths[11] += weeks - 52
        week = 0
        for number, length in enumerate(lengths, start=1):
            found[f"FY{year}-P{number:02}"] = [f"FY{year}-W{week + i + 1:02}" for i in range(length)]
            week += length
    return found


PERIODS = weeks_of_periods()
#: The periods that have figures of all their weeks.
OVER = [p for p in PERIODS if p <= "FY2026-P09"]


def given() -> dict[tuple[str, str, str, str], float]:
    """(column, KPI, shop, period) → the figure in the file."""
    with (FOLDER / "measurements" / "figures.csv").open(encoding="utf-8") as file:
        return {
            (column, row["kpi"], row["unit"], row["period"]): float(row[column])
            for row in csv.DictReader(file)
            for column in ("value", "numerator", "denominator")
            if row[column]
        }


def rates(kind: str) -> dict[str, float]:
    written = yaml.safe_load((FOLDER / "organisation.yaml").read_text("utf-8"))["organisation"]["rates"]
    return {r["period"]: float(r["rate"]) for r in written if r.get("kind", "average") == kind}


def expected() -> dict[str, Sums]:
    """The figures of all KPIs in pounds by view: (KPI, unit, last period shown) → value."""
    figures, average, closing = given(), rates("average"), rates("closing")
    parts: dict[tuple[str, str, str], tuple[float, float]] = {}
    for shop in SHOPS:
        for p in OVER:
            to_pounds, at_end = (1.0, 1.0) if shop == "london" else (average[p], closing[p])
            parts["sales", shop, p] = sum(figures["value", "sales", shop, w] for w in PERIODS[p]) * to_pounds, 1
            top, bottom = (figures[c, "margin", shop, p] * to_pounds for c in ("numerator", "denominator"))
            parts["margin", shop, p] = 100 * top, bottom
            parts["cash", shop, p] = figures["value", "cash", shop, p] * at_end, 1
            parts["staff", shop, p] = figures["value", "staff", shop, p], 1
            if ("value", "returns", shop, p) in figures:
                parts["returns", shop, p] = figures["value", "returns", shop, p], 1
    spans = {p: {"month": [p], "quarter": quarter_of(p), "ytd": [q for q in OVER if q[:6] == p[:6] and q <= p]}
             for p in OVER}  # fmt: skip
    sums: dict[str, Sums] = {view: {} for view in VIEWS}
    for view in VIEWS:
        for p, span in ((p, spans[p][view]) for p in OVER):
            for kpi in ("sales", "margin", "cash", "staff", "returns"):
                last = span[-1:] if kpi in ("cash", "staff") else span
                for unit, shops in (("all", SHOPS), ("london", SHOPS[:1]), ("new-york", SHOPS[1:])):
                    found = [parts.get((kpi, shop, q)) for shop in shops for q in last]
                    if None in found or (view == "quarter" and span[-1] != p):
                        continue
                    top, bottom = (sum(f[i] for f in found if f is not None) for i in (0, 1))
                    sums[view][kpi, unit, p] = top / bottom if kpi == "margin" else top
    return sums


def quarter_of(period: str) -> list[str]:
    first = (int(period[-2:]) - 1) // 3 * 3 + 1
    return [f"{period[:8]}{n:02}" for n in range(first, first + 3)]


def expected_scores() -> dict[tuple[str, str], float]:
    """(node, period) → the score of the whole organisation in each period."""
    sums, scores = expected()["month"], {}
    for p in OVER:
        weeks = len(PERIODS[p])
        goals = {"sales": (84_000 * weeks, 70_000 * weeks), "margin": (41, 37), "cash": (220_000, 180_000),
                 "returns": (70, 90)}  # fmt: skip
        for kpi, (target, red) in goals.items():
            if (kpi, "all", p) in sums:
                score = 50 + 50 * (sums[kpi, "all", p] - red) / (target - red)
                scores[f"kpi:{kpi}", p] = min(125.0, max(0.0, score))
        low = {kpi: min(100.0, scores[f"kpi:{kpi}", p]) for kpi in goals if (f"kpi:{kpi}", p) in scores}
        scores["objective:grow", p] = (2 * low["sales"] + low["margin"] + low["cash"]) / 4
        if "returns" in low:
            scores["objective:keep", p] = low["returns"]
            scores["scorecard", p] = (scores["objective:grow", p] + low["returns"]) / 2
    return scores


# What the library says


@pytest.fixture(scope="module")
def scorecard() -> fourfold.Scorecard:
    return fourfold.load(FOLDER)


@pytest.fixture(scope="module")
def evaluated(scorecard: fourfold.Scorecard) -> dict[str, Evaluated]:
    return {view: scorecard.evaluate(as_of=MOMENT, view=view) for view in VIEWS}


def values(frame: pl.DataFrame) -> Sums:
    """The numbers of KPIs by the last period of the one shown."""
    found: Sums = {}
    for node, unit, period, value in frame.select("node", "unit", "period", "value").iter_rows():
        text = period.split(":")[1]
        if value is not None and node.startswith("kpi:"):
            if "-Q" in text:
                text = f"{text[:6]}-P{int(text[-1]) * 3:02}"
            found[node.removeprefix("kpi:"), unit, text] = value
    return found


def test_the_generator_gives_the_committed_figures_byte_for_byte(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "generate.py", tmp_path)
    runpy.run_path(str(tmp_path / "generate.py"), run_name="__main__")
    made, kept = (folder / "measurements" / "figures.csv" for folder in (tmp_path, FOLDER))
    assert made.read_bytes() == kept.read_bytes()


@pytest.mark.parametrize("view", VIEWS)
def test_figures_are_the_sums_of_plain_python(evaluated: dict[str, Evaluated], view: str) -> None:
    found = values(evaluated[view].results)
    wanted = expected()[view]
    assert len(wanted) > 90
    for key, value in wanted.items():
        assert found[key] == pytest.approx(value, rel=1e-12), key


def test_scores_are_those_of_plain_python(evaluated: dict[str, Evaluated]) -> None:
    rows = evaluated["month"].results.filter(pl.col("unit") == "all")
    found = {(node, period[2:]): score for node, period, score in rows.select("node", "period", "score").iter_rows()}
    wanted = expected_scores()
    assert len(wanted) > 120
    for key, score in wanted.items():
        assert found[key] == pytest.approx(score, abs=1e-6), key  # nodes keep six decimals


def test_weeks_are_compared_with_those_364_days_before(scorecard: fourfold.Scorecard) -> None:
    frame = scorecard.evaluate(as_of=MOMENT, view="week").results
    found, figures, average = values(frame), given(), rates("average")
    period_of = {week: p for p, weeks in PERIODS.items() for week in weeks}

    def sales(week: str) -> float:
        dollars = figures["value", "sales", "new-york", week]
        return figures["value", "sales", "london", week] + dollars * average[period_of[week]]

    for number in range(1, 40):
        this, last = f"FY2026-W{number:02}", f"FY2025-W{number + 1:02}"
        assert year_start(2026) + timedelta(weeks=number - 1) == year_start(2025) + timedelta(weeks=number, days=364)
        assert found["like_for_like", "all", this] == pytest.approx(100 * (sales(this) / sales(last) - 1))


def test_the_explanation_says_which_weeks_are_compared_and_how(scorecard: fourfold.Scorecard) -> None:
    weeks = scorecard.evaluate(as_of=MOMENT, view="week")
    said = str(weeks.explain("like_for_like", period="FY2026-W10"))
    assert "Compared: FY2026-W10 with FY2025-W11, by the same days of the year." in said
    assert "Compared" not in str(weeks.explain("sales", period="FY2026-W10"))


def test_a_figure_is_due_by_the_holidays_and_the_day_of_its_shop(evaluated: dict[str, Evaluated]) -> None:
    rows = evaluated["month"].results.filter(node="kpi:returns", period="P:FY2026-P09")
    assert dict(rows.select("unit", "state").iter_rows()) == {
        "all": "missing", "london": "missing", "new-york": "not_due"
    }  # fmt: skip


def test_a_rate_is_named_in_the_explanation_of_a_figure(evaluated: dict[str, Evaluated]) -> None:
    said = str(evaluated["month"].explain("sales", unit="new-york", period="FY2026-P09"))
    assert f"USD to GBP at {rates('average')['FY2026-P09']:.4f} (average FY2026-P09)" in said
    assert "Exchange rates" not in str(evaluated["month"].explain("sales", unit="london", period="FY2026-P09"))
    to_date = str(evaluated["ytd"].explain("cash", unit="new-york", period="FY2026-P09"))
    assert f"USD to GBP at {rates('closing')['FY2026-P09']:.4f} (closing FY2026-P09)" in to_date
    assert to_date.count("closing") == 1


# The command line


def fourfold_says(*arguments: str, folder: Path = FOLDER) -> str:
    command = [sys.executable, "-m", "fourfold", arguments[0], str(folder), *arguments[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    return done.stdout


def test_the_command_line_says_the_same(evaluated: dict[str, Evaluated]) -> None:
    text = fourfold_says("evaluate", "--as-of", MOMENT.isoformat(), "--format", "csv")
    found = pl.read_csv(io.StringIO(text), infer_schema_length=None)
    mine = evaluated["month"].results
    assert values(found) == values(mine)
    assert found["state"].to_list() == mine["state"].to_list()


def without_last_rate(folder: Path) -> Path:
    """The folder as it is before the average rate of the last period is known."""
    shutil.copytree(FOLDER, folder)
    text = (folder / "organisation.yaml").read_text("utf-8")
    less = re.sub(r" *- \{currency: USD, period: FY2026-P09, rate: [\d.]+\}\n", "", text)
    assert less != text
    (folder / "organisation.yaml").write_text(less, encoding="utf-8")
    return folder


def test_the_terminal_says_that_a_rate_is_missing(tmp_path: Path) -> None:
    folder = without_last_rate(tmp_path / "early")
    options = ("--as-of", MOMENT.isoformat(), "--unit", "new-york", "--period", "FY2026-P09")
    table = fourfold_says("evaluate", *options, folder=folder)
    assert re.search(r"Sales +no rate", table)
    assert "* there is no exchange rate for this period: Sales" in table
    assert "There is no exchange rate for this period." in fourfold_says("explain", "sales", *options, folder=folder)


# The database and the pages


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        outcome = load_folder(path=FOLDER, at=MOMENT)
        assert outcome.ok, outcome.findings
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def edda(loaded: None, db: None) -> Client:
    """She owns both shops."""
    client = Client()
    client.force_login(Person.objects.get(email="edda@marram.example"))
    return client


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


COLUMNS = ("value", "numerator", "denominator", "state", "marks", "reason", "target", "score", "status", "coverage")


def stored(view: str) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    rows = Result.objects.filter(view=view).values_list("node", "unit__code", "period", *COLUMNS)
    return {row[:3]: row[3:] for row in rows}


def computed(scorecard: fourfold.Scorecard, view: str) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    frame = scorecard.evaluate(as_of=MOMENT, view=view).evaluation.frame()
    return {row[:3]: row[3:] for row in frame.select("node", "unit", "period", *COLUMNS).iter_rows()}


@pytest.mark.parametrize("view", VIEWS)
def test_stored_results_are_those_of_the_library(
    loaded: None, db: None, scorecard: fourfold.Scorecard, view: str
) -> None:
    assert stored(view) == computed(scorecard, view)


MONTH_NAMES = [date(2026, month, 1).strftime("%B") for month in range(1, 13)]


@pytest.mark.parametrize("view", ["month", "quarter", "ytd"])
@pytest.mark.parametrize("page", ["", "scorecard", "map", "alignment", "initiatives"])
def test_every_page_names_periods_and_no_months(edda: Client, page: str, view: str) -> None:
    address = f"/s/all/{page}{'/' if page else ''}?p=FY2026-P08&by={view}"
    response = edda.get(address, follow=True)
    assert response.status_code == 200, address
    text = words_of(response.content.decode())
    assert ("Q3 2026/27" if view == "quarter" and page != "initiatives" else "P08") in text
    assert not [name for name in MONTH_NAMES if re.search(rf"\b{name}\b", text)], text


def test_the_ruler_leads_through_the_periods_of_the_year(edda: Client) -> None:
    page = read(edda, "/s/all/?p=FY2026-P08")
    ruler = page[page.index('<nav class="ruler"') :].split("</nav>")[0]
    assert words_of(ruler).startswith("2026/27")
    assert re.findall(r"P\d\d", words_of(ruler)) == [f"P{n:02}" for n in range(1, 13)]
    assert "p=FY2026-P03" in links_of(ruler)["P03"]
    assert "P03 2026/27" in read(edda, "/s/all/?p=2026-04-20")  # a day stands for its period


def test_the_figure_of_a_page_is_that_of_plain_python(edda: Client) -> None:
    pk = Organisation.objects.get(code="marram").kpi_set.get(code="sales").pk
    page = words_of(main_of(edda.get(f"/kpi/{pk}-sales/?u=new-york&p=FY2026-P09")))
    value = expected()["month"]["sales", "new-york", "FY2026-P09"]
    assert f"£{value:,.0f}" in page
    assert f"Exchange rates: USD to GBP at {rates('average')['FY2026-P09']:.4f} (average FY2026-P09)." in page
    newest = given()["value", "sales", "new-york", "FY2026-W39"]
    assert f"${newest:,.0f}" in page  # as it was recorded
    assert "Figure (USD)" in page  # and as the next one is asked for


def test_a_count_entered_for_a_period_goes_where_the_library_puts_it(edda: Client) -> None:
    pk = Organisation.objects.get(code="marram").kpi_set.get(code="returns").pk
    posted = {"period": "P:FY2026-P09", "value": "31", "reason": ""}
    address = f"/kpi/{pk}-returns/figures/?u=new-york"
    response = edda.post(address, posted)
    assert response.status_code == 302 and "p=FY2026-P09" in response["Location"]
    row = Result.objects.get(node="kpi:returns", unit__code="new-york", view="month", period="P:FY2026-P09")
    assert (State(row.state), row.value) == (State.NUMBER, 31.0)


def test_a_small_change_gives_what_evaluating_everything_gives(loaded: None, db: None) -> None:
    """Figures of New York, in dollars, change what is stored for both units in all views."""
    for kpi, period, figures in (
        ("sales", "FY2026-W30", {"value": "91000"}),
        ("margin", "FY2026-P08", {"numerator": "90000", "denominator": "260000"}),
        ("returns", "FY2026-P09", {"value": "44"}),
    ):
        outcome = record_measurement(by=None, kpi=kpi, unit="new-york", period=period, at=MOMENT, **figures)
        assert outcome.ok, outcome.findings
    after = {view: stored(view) for view in VIEWS}
    evaluate_organisation(by=None, as_of=MOMENT)
    assert after == {view: stored(view) for view in VIEWS}


def test_a_page_says_that_a_rate_is_missing(edda: Client, tmp_path: Path) -> None:
    outcome = load_folder(path=without_last_rate(tmp_path / "early"), at=MOMENT)
    assert outcome.ok, outcome.findings
    pk = Organisation.objects.get(code="marram").kpi_set.get(code="sales").pk
    page = words_of(main_of(edda.get(f"/kpi/{pk}-sales/?u=new-york&p=FY2026-P09")))
    assert "There is no number: error. There is no exchange rate for this period." in page
    assert "no average rate from USD to GBP for W39 2026/27" in page
    assert "no rate" in words_of(main_of(edda.get("/s/new-york/scorecard/?p=FY2026-P09")))
