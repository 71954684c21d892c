"""The pages of the demo show the figures that `fourfold evaluate --format json` gives: three units, three views.

What a page shows is read back from its words: a figure may differ by the half digit of its rounding, a score is cut
after its first decimal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker
from typer.testing import CliRunner

from fourfold.actions.load_folder import load_folder
from fourfold.cli.app import app
from fourfold.engine.statuses import Status
from fourfold.records.models import Kpi, Person
from tests.house.source import ROOT
from tests.web.reading import open_page, words_of

FOLDER = ROOT / "examples" / "calder_vale"
MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)
UNITS = ("group", "calder-general", "st-brigids")
VIEWS = {"month": "2026-10", "quarter": "FY2027-Q3", "ytd": "2026-10"}
KPIS = ("ed_4h", "length_of_stay", "operating_cost", "leavers_12m")

Results = dict[tuple[str, str], dict[str, Any]]  # by unit and node


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_folder(by=None, path=FOLDER, at=MOMENT)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def client(demo: None, db: None) -> Client:
    client = Client()
    client.force_login(Person.objects.get(email="ingrid.holm@caldervale.example"))
    return client


@pytest.fixture(scope="module", params=VIEWS)
def view(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def results(view: str) -> Results:
    """What the command line says about the period."""
    asked = ["evaluate", str(FOLDER), "--format", "json", "--view", view, "--period", VIEWS[view]]
    done = CliRunner().invoke(app, [*asked, "--as-of", MOMENT.date().isoformat()])
    assert done.exit_code == 0, done.stderr
    return {(row["unit"], row["node"]): row for row in json.loads(done.stdout)}


def number(text: str) -> float | None:
    """The number in words of a page, None where there is none: "£2.98 m" is 2.98, "not in" is None."""
    found = re.search(r"([−-]?)[^\d−-]*?(\d[\d,]*(?:\.\d+)?)", text)
    return None if found is None else float(found[2].replace(",", "")) * (-1 if found[1] else 1)


def cells(row: str) -> list[str]:
    """The texts of the cells of a row; of a mark its name."""
    named = re.sub(r'<svg class="g"[^>]*?aria-label="([^"]+)".*?</svg>', r"\1 ", row)
    return [words_of(re.sub(r"<svg.*?</svg>", "", cell)) for cell in re.findall(r"<t[dh].*?</t[dh]>", named, re.DOTALL)]


def same(shown: str, value: float | None, decimals: int) -> bool:
    """Whether a page shows this value, to its decimals."""
    read = number(shown)
    if read is None or value is None:
        return read is None and value is None
    return abs(read - value) <= 0.5 * 10**-decimals + 1e-9 * abs(value)


def same_score(shown: str, score: float | None) -> bool:
    """Whether a page shows this score, cut after one decimal."""
    read = number(shown)
    if read is None or score is None:
        return read is None and score is None
    return -1e-9 <= score - read < 0.1 + 1e-9


def word(row: dict[str, Any]) -> str:
    return Status[row["status"].upper()].word


def decimals_of(code: str) -> int:
    return int(Kpi.objects.get(code=code).spec.get("decimals", 1))


def address(unit: str, page: str, view: str) -> str:
    return f"/s/{unit}/{page}?p=2026-10&by={view}"


@pytest.mark.parametrize("unit", UNITS)
def test_the_scorecard_shows_every_figure(client: Client, results: Results, view: str, unit: str) -> None:
    page = open_page(client, address(unit, "scorecard/", view))
    codes = {kpi.name: kpi.code for kpi in Kpi.objects.all()}
    rows = [row for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if 'class="k1 k-nm"' in row]
    assert len(rows) >= 20
    for row in rows:
        name = words_of(re.findall(r'<a class="m"[^>]*>(.*?)</a>', row)[0])
        code, (status, _, _, value, target, *rest) = codes[name], cells(row)
        expected = results[unit, f"kpi:{code}"]
        assert status == word(expected), (name, status)
        assert same(value, expected["value"], decimals_of(code)), (name, value, expected["value"])
        if expected["low"] is None:
            assert same(target, expected["target"], decimals_of(code)), (name, target, expected["target"])
        assert same_score(rest[-1], expected["score"]), (name, rest[-1], expected["score"])


@pytest.mark.parametrize("unit", UNITS)
def test_the_overview_shows_the_scores_of_all_nodes(client: Client, results: Results, view: str, unit: str) -> None:
    page = open_page(client, address(unit, "", view))
    overall = results[unit, "scorecard"]
    assert same_score(words_of(re.findall(r'<div class="big">(.*?)</div>', page)[0]), overall["score"])
    seen = 0
    for code, part in re.findall(r'<section class="pcol" aria-labelledby="p-([^"]+)">(.*?)</section>', page, re.DOTALL):
        expected = results[unit, f"perspective:{code}"]
        assert same_score(words_of(re.findall(r'<span class="sc">(.*?)</span>', part)[0]), expected["score"]), code
        assert word(expected) in words_of(part), code
        seen += 1
    assert seen == sum(1 for at, node in results if at == unit and node.startswith("perspective:"))


def test_alignment_shows_every_unit(client: Client, results: Results, view: str) -> None:
    page = open_page(client, address("group", "alignment/", view))
    matrix = page[page.index('<table class="hm grid-hm') : page.index("</table>")]
    heads = re.findall(r'title="Sorts by the score of ([^"]+)"', matrix)
    codes = {kpi.name: kpi.code for kpi in Kpi.objects.all()}
    units = {unit.name: unit.code for unit in Kpi.objects.all()[0].organisation.unit_set.all()}
    seen = 0
    for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", matrix, re.DOTALL):
        name, _, *figures = cells(row)
        for head, shown in zip(heads, figures, strict=False):
            expected = results.get((units[head], f"kpi:{codes[name]}"))
            if expected is None or expected["value"] is None:
                continue
            assert same(shown, expected["value"], decimals_of(codes[name])), (name, head, shown, expected["value"])
            seen += 1
    assert seen >= 90


@pytest.mark.parametrize("unit", UNITS)
def test_the_page_of_a_kpi_shows_its_figure(client: Client, results: Results, view: str, unit: str) -> None:
    for kpi in Kpi.objects.filter(code__in=KPIS):
        expected = results.get((unit, f"kpi:{kpi.code}"))
        if expected is None:
            continue
        page = open_page(client, f"/kpi/{kpi.pk}-x/?u={unit}&p=2026-10&by={view}")
        value = words_of(re.findall(r'<span class="v">(.*?)</span>', page)[0])
        assert same(value, expected["value"], decimals_of(kpi.code)), (kpi.code, value, expected["value"])
        assert word(expected) == words_of(re.findall(r'<span class="pill[^>]*>(.*?)</span>', page, re.DOTALL)[0])
