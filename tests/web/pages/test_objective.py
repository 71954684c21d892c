"""The page of an objective."""

from __future__ import annotations

import pytest
from django.test import Client

from fourfold.records.models import Objective
from tests.web.reading import links_of, open_page, words_of


@pytest.fixture
def earn(alice: Client) -> str:
    return f"/objective/{Objective.objects.get(code='earn').pk}-earn-our-keep/"


def test_it_shows_score_kpis_cause_and_initiative(alice: Client, earn: str) -> None:
    page = open_page(alice, earn)
    assert links_of(page).keys() >= {"Sales", "Margin", "Delight customers", "A second oven"}
    assert "Alice Archer" in words_of(page)


def test_its_figures_are_in_a_table_newest_first(alice: Client, earn: str) -> None:
    page = open_page(alice, earn)
    periods = [part.split("<")[0] for part in page.split('<th scope="row">')[1:]]
    assert len(periods) == 13
    assert periods[0].startswith("Apr 2026") and periods[1].startswith("Mar 2026")


def test_it_is_shown_for_the_unit_asked_for(alice: Client, earn: str) -> None:
    assert "North Quay, Apr 2026" in words_of(open_page(alice, earn + "?u=north"))
    assert "Harbour Bakery, Apr 2026" in words_of(open_page(alice, earn))


def test_a_month_without_any_figure_has_a_dash_and_no_zero(alice: Client, earn: str) -> None:
    page = open_page(alice, earn)
    oldest = page.split('<th scope="row">')[-1]
    assert '<td class="num">–</td>' in oldest


def test_an_objective_without_kpis_says_why_that_matters(alice: Client, charlie: Client) -> None:
    secret = Objective.objects.get(code="secret")
    page = open_page(charlie, f"/objective/{secret.pk}-x/")
    assert "Nothing is planned to move it." in words_of(page)


@pytest.mark.parametrize("unit", ["south", "bakery", "mill", "nowhere"])
def test_bob_does_not_get_it_for_a_unit_he_may_not_see(bob: Client, unit: str) -> None:
    pk = Objective.objects.get(code="earn").pk
    assert bob.get(f"/objective/{pk}-earn-our-keep/?u={unit}").status_code == 404


def test_bob_gets_it_for_his_own_unit_without_asking(bob: Client) -> None:
    pk = Objective.objects.get(code="earn").pk
    assert "North Quay" in words_of(open_page(bob, f"/objective/{pk}-earn-our-keep/"))
