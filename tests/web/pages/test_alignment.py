"""The alignment matrix: KPIs or objectives down, units across."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from fourfold.actions.record_measurement import record_measurement
from fourfold.records.models import Person
from tests.web.conftest import MOMENT
from tests.web.reading import links_of, open_page, words_of


def rows(page: str) -> dict[str, list[tuple[str, str]]]:
    """(mark, text) of the cells of each row of the matrix."""
    matrix = page[page.index("grid-hm") : page.index("</table>")]
    out = {}
    for row in re.findall(r'<tr><th scope="row">(.*?)</tr>', matrix, re.DOTALL):
        cells = re.findall(r'<td class="c h-(\w+)">(.*?)</td>', row, re.DOTALL)
        out[words_of(row.split("</th>")[0])] = [(mark, words_of(cell)) for mark, cell in cells]
    return out


def test_each_unit_has_its_own_figure_and_judgement(alice: Client) -> None:
    on_time = rows(open_page(alice, "/s/bakery/alignment/"))["Orders on time"]
    assert on_time == [("off", "83.5"), ("on", "97.0"), ("off", "70.0")]


def test_a_figure_without_a_target_is_shown_and_not_judged(alice: Client) -> None:
    sales = rows(open_page(alice, "/s/bakery/alignment/"))["Sales"]
    assert sales == [("near", "1,800.00"), ("none", "1,200.00"), ("none", "600.00")]


def test_missing_zero_and_not_applicable_are_told_apart(alice: Client) -> None:
    march = rows(open_page(alice, "/s/bakery/alignment/?p=2026-03"))
    april = rows(open_page(alice, "/s/bakery/alignment/?p=2026-04"))
    assert march["Sales"][2] == ("due", "not in")
    assert april["Costs"][2][1] == "0.00"
    assert april["Staff"][2][1] != "0"


def test_the_gap_is_the_figure_less_its_target(alice: Client) -> None:
    on_time = rows(open_page(alice, "/s/bakery/alignment/?show=gap"))["Orders on time"]
    assert [text for _, text in on_time] == ["−11.5", "+2.0", "−25.0"]


def test_the_change_is_the_figure_less_the_one_before(alice: Client) -> None:
    found = rows(open_page(alice, "/s/bakery/alignment/?show=change"))
    assert [text for _, text in found["Orders on time"]] == ["−1.5", "+7.0", "−10.0"]
    assert found["Sales"][2][1] == "–"


def test_a_column_sorts_worst_first_then_best_first_then_by_perspective(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/alignment/?sort=south")
    best_first = open_page(alice, "/s/bakery/alignment/?sort=-south")
    assert list(rows(page))[:2] == ["Orders on time", "Margin"]
    assert list(rows(best_first))[:2] == ["Margin", "Orders on time"]
    assert 'aria-sort="ascending"' in page and 'aria-sort="descending"' in best_first
    assert "sort" not in links_of(best_first)["South Pier"]


def test_rows_without_a_score_come_last_whichever_way(alice: Client) -> None:
    for way in ("north", "-north"):
        assert list(rows(open_page(alice, f"/s/bakery/alignment/?sort={way}")))[-1] in ("Costs", "Staff", "Sales")


def test_objectives_can_stand_in_place_of_kpis(alice: Client) -> None:
    assert set(rows(open_page(alice, "/s/bakery/alignment/?of=objective"))) == {"Earn our keep", "Delight customers"}


def test_a_unit_without_units_below_is_compared_with_its_neighbours(alice: Client) -> None:
    assert "South Pier" in words_of(open_page(alice, "/s/north/alignment/"))


def test_bob_sees_no_unit_but_his_own(bob: Client) -> None:
    page = open_page(bob, "/s/north/alignment/")
    assert "North Quay" in words_of(page)
    assert "South Pier" not in page and "600.00" not in page


@pytest.mark.parametrize("query", ["?sort=mill", "?page=0", "?page=99999999999", "?page=-1", "?of=person", "?show=%27"])
def test_an_unknown_choice_shows_the_usual_matrix(alice: Client, query: str) -> None:
    assert set(rows(open_page(alice, "/s/bakery/alignment/" + query))) >= {"Sales", "Margin"}


def test_a_name_that_no_unit_has_says_so(alice: Client) -> None:
    page = open_page(alice, "/s/bakery/alignment/?q=%3Cb%3E")
    assert "<b>" not in page


def shares(page: str) -> dict[str, tuple[str, str]]:
    """The number of each share, and its words."""
    found = re.findall(r'<h3>(\w+)<span class="sc">(.*?)</span></h3>.*?<p class="soft">(.*?)</p>', page, re.DOTALL)
    return {name: (number, words) for name, number, words in found}


def test_the_four_numbers_stand_apart_and_say_where_there_is_nothing(alice: Client) -> None:
    assert shares(open_page(alice, "/s/bakery/alignment/")) == {
        "Upwards": ("–", "There is no unit above."),
        "Downwards": ("100", "2 of 2 objectives are carried by a unit below"),
        "Sideways": ("–", "It shares no theme with a neighbour."),
        "People": ("100", "2 of 2 people have a KPI or work for an objective"),
    }


def test_bob_reads_the_numbers_of_his_own_shop(bob: Client) -> None:
    page = open_page(bob, "/s/north/alignment/")
    assert shares(page) == {
        "Upwards": ("100", "2 of 2 objectives carry one of the unit above"),
        "Downwards": ("–", "There is no unit below."),
        "Sideways": ("100", "1 of 1 objective has one KPI with all neighbours in its theme"),
        "People": ("100", "1 of 1 person has a KPI or work for an objective"),
    }
    assert "South Pier" not in page and "Alice" not in page


def test_an_objective_off_target_that_nobody_works_on_is_told(alice: Client) -> None:
    told = "Delight customers has been off target for 2 periods, and nothing is done."
    assert told in words_of(open_page(alice, "/s/south/alignment/"))
    assert "off target for" not in words_of(open_page(alice, "/s/south/alignment/?p=2026-03"))
    assert "off target for" not in words_of(open_page(alice, "/s/north/alignment/"))


def test_a_figure_that_the_units_below_do_not_make_is_told_in_its_period(alice: Client) -> None:
    assert "Figures and targets agree" in open_page(alice, "/s/bakery/alignment/")
    person = Person.objects.get(email="alice@bakery.example")
    record_measurement(by=person, kpi="sales", unit="bakery", period="M:2026-04", value="2000", at=MOMENT)
    read = words_of(open_page(alice, "/s/bakery/alignment/"))
    assert "Sales is 2000 in Apr 2026, and the units below make 1800." in read
    assert "Figures and targets agree" in open_page(alice, "/s/bakery/alignment/?p=2026-02")
    assert "units below make" not in open_page(alice, "/s/north/alignment/")
