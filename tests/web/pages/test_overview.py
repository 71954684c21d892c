"""The overview: one sentence, one score, perspectives, exceptions, changes, what comes next."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from fourfold.jobs.evaluate_new_day import evaluate_new_day
from fourfold.records.models import Organisation, Person
from fourfold.testing.bakery import BAKERY, bakery
from tests.web.conftest import FIGURES, load, signed_in


def get(client: Client, path: str = "/s/bakery/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_sentence_says_result_cause_and_consequence(alice: Client) -> None:
    page = get(alice)
    lede = re.search(r'<p class="lede">(.*?)</p>', page, re.DOTALL)
    assert lede
    words = re.sub(r"<[^>]+>", "", lede[1])
    score = re.search(r'<div class="big">([^<]+)', page)
    assert score and score[1] in words
    assert words.startswith("April ")
    assert "off target" in words
    assert len(words.split()) < 45


def test_exceptions_stand_with_the_worst_weighted_gap_first(alice: Client) -> None:
    page = get(alice)
    table = page[page.index("Needs attention") : page.index("Changed since")]
    assert re.findall(r'<a class="m"[^>]*>([^<]+)', table) == ["Orders on time", "Sales"]


def test_an_objective_without_a_score_says_why(alice: Client) -> None:
    assert re.search(r"Delight customers</a><span>[\d.]+<", get(alice))
    january = get(alice, "/s/bakery/?p=2026-01")
    assert "Delight customers</a><span>not applicable<" in january


def test_each_month_with_figures_is_a_link_and_the_others_are_not(alice: Client) -> None:
    page = get(alice, "/s/bakery/?p=2026-03")
    ruler = page[page.index('<nav class="ruler"') : page.index('class="mode seg"')]
    assert re.findall(r'href="([^"]*)"[^>]*>(\w+)<svg', ruler)[-3:] == [
        ("/s/bakery/?p=2026-01", "Jan"), ("/s/bakery/?p=2026-02", "Feb"), ("/s/bakery/?p=2026-03", "Mar"),
    ]  # fmt: skip
    assert ruler.count("<li><span>") == 9


@pytest.mark.parametrize(("view", "months"), [("month", 0), ("quarter", 3), ("ytd", 11)])
def test_the_months_that_a_view_is_made_of_are_marked(alice: Client, view: str, months: int) -> None:
    page = get(alice, f"/s/bakery/?p=2026-02&by={view}")  # the fiscal year begins in April
    assert page.count('<li class="in">') == months


def test_the_period_is_kept_from_page_to_page(alice: Client) -> None:
    page = get(alice, "/s/bakery/?p=2026-02&by=quarter")
    nav = page[page.index('<ul class="nav">') : page.index("Scorecards</p>")]
    links = re.findall(r'href="([^"]+)"', nav)
    assert len(links) == 16
    assert all("p=2026-02" in link and "by=quarter" in link for link in links)


def test_the_usual_period_is_not_in_any_address(alice: Client) -> None:
    nav = get(alice)
    assert 'href="/s/bakery/scorecard/"' in nav
    assert "p=2026-04" not in nav[: nav.index('<main class="main"')]


def test_a_person_without_an_organisation_is_told_so(organisation: Organisation) -> None:
    client = Client()
    client.force_login(Person.objects.create_person(name="Dan Dee", email="dan@elsewhere.example"))
    assert "You have no scorecard yet" in get(client, "/")


def test_somebody_of_two_organisations_keeps_them_apart_by_address(alice: Client, organisation: Organisation) -> None:
    mill = Organisation.objects.get(code="mill")
    mill.grant_set.create(person=Person.objects.get(email="alice@bakery.example"), role="viewer")
    assert "Mill Lane" in get(alice, "/s/mill/")
    assert 'href="/s/mill:mill/scorecard/"' in get(alice, "/s/mill/")
    assert 'href="/s/bakery:bakery/scorecard/"' in get(alice, "/s/bakery:bakery/")


def test_a_new_day_shows_at_once_what_has_become_overdue(alice: Client) -> None:
    assert "overdue" not in get(alice, "/s/bakery/?p=2026-05")
    evaluate_new_day(now=datetime(2026, 8, 2, 9, tzinfo=UTC))
    assert "overdue" in get(alice, "/s/bakery/?p=2026-05")


def test_a_milestone_was_due_from_the_day_after_its_own(tmp_path: Path, db: None) -> None:
    """The day is that of the evaluation, whatever the clock says."""
    oven = BAKERY["initiatives"][0] | {"state": "active", "milestones": [{"name": "Lit", "due": "2026-05-20"}]}
    load(tmp_path / "bakery", bakery(initiatives=[oven]), FIGURES)
    assert ">A second oven: Lit, 20 May 2026<" in get(signed_in("alice"))
    evaluate_new_day(now=datetime(2026, 5, 21, 12, tzinfo=UTC))
    assert ">A second oven: Lit, was due 20 May 2026<" in get(signed_in("alice"))
