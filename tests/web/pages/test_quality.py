"""The page about the quality of a KPI's definition."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from fourfold.actions.record_measurement import record_measurement
from fourfold.records.models import Evaluation, Grant, Kpi, Organisation, Outlook, Person, Result
from tests.web.conftest import MOMENT, signed_in
from tests.web.reading import links_of, open_page, words_of

GAMING = "Questions to the owner"


def page_of(code: str, query: str = "") -> str:
    return f"/kpi/{Kpi.objects.get(organisation__code='bakery', code=code).pk}-x/quality/{query}"


def points(page: str) -> dict[str, str]:
    """The points of each question, from the lists of all questions."""
    every = "".join(re.findall(r"<summary>All \d+ questions</summary>(.*?)</details>", page, re.DOTALL))
    return {
        words_of(asks): words_of(got)
        for asks, got in re.findall(r'<li><b>(.*?)</b><span class="num muted">(.*?)</span>', every)
    }


def test_every_question_has_its_points(alice: Client) -> None:
    page = open_page(alice, page_of("sales"))
    found = points(page)
    assert "All 27 questions" in page and "All 24 questions" in page
    assert found["Does an objective use it?"] == "30 of 30"
    assert found["Is there a deadline?"] == "0 of 30"
    assert found["Is it clear who is counted?"] == "0 of 2"
    assert found["Does something follow?"] == "not told"


def test_a_gap_says_what_was_found_and_what_would_mend_it(alice: Client) -> None:
    read = words_of(open_page(alice, page_of("sales")))
    mend = "Say by “Reached in” of the target when it is to be reached."
    assert f"Is there a deadline? 0 of 30 No due period. {mend}" in read


def test_the_letters_are_the_points_by_the_points_there_are(alice: Client) -> None:
    """The second way of counting: from the points of the page itself."""
    page = open_page(alice, page_of("sales"))
    found, shown = points(page), dict(re.findall(r"<li><span>(\w+)</span><b>(\d+)</b>", page))
    timely = ("Is there a deadline?", "Can one see on the way whether it works?", "Is there a way to the target?",
              "Do figures come in time?", "Is the deadline ahead, and in sight?")  # fmt: skip
    pairs = [tuple(map(float, found[q].split(" of "))) for q in timely]
    assert int(shown["Timely"]) == int(100 * sum(p for p, _ in pairs) / sum(o for _, o in pairs))


def test_the_kpi_page_leads_there_and_back(alice: Client) -> None:
    row = Kpi.objects.get(organisation__code="bakery", code="sales")
    there = links_of(open_page(alice, f"/kpi/{row.pk}-sales/?u=north"))["Quality"]
    assert there == f"/kpi/{row.pk}-sales/quality/?u=north"
    page = alice.get(there).content.decode()
    assert "Sales, North Quay" in page
    assert links_of(page)["Sales"] == f"/kpi/{row.pk}-sales/?u=north"


def test_figures_of_the_unit_decide(alice: Client) -> None:
    north, south = (words_of(open_page(alice, page_of("staff", f"?u={unit}"))) for unit in ("north", "south"))
    assert "Is there a history? 0 of 20 1 figure." in north
    assert "Is there a history? 0 of 20 0 figures." in south


@pytest.mark.parametrize(("person", "code"), [("alice", "costs"), ("bob", "sales")])
def test_owner_and_administrator_are_asked_about_gaming(person: str, code: str, organisation: Organisation) -> None:
    unit = "?u=north"
    assert GAMING in open_page(signed_in(person), page_of(code, unit))


def test_a_contributor_who_is_not_the_owner_is_told_nothing_of_gaming(bob: Client) -> None:
    page = open_page(bob, page_of("costs", "?u=north"))
    assert GAMING not in page and 'id="asked"' not in page
    assert "the answer is in no score" in words_of(page)


def test_the_approver_is_asked_and_the_editor_of_one_unit_is_not(bob: Client) -> None:
    row = Kpi.objects.get(organisation__code="bakery", code="costs")
    Grant.objects.filter(person=Person.objects.get(email="bob@bakery.example")).update(role="editor")
    assert GAMING not in open_page(bob, page_of("costs", "?u=north")), "definitions belong to the whole organisation"
    row.spec = dict(row.spec) | {"approver": "bob"}
    row.save()
    Organisation.objects.filter(code="bakery").update(definitions_version=99)
    assert GAMING in open_page(bob, page_of("costs", "?u=north"))


def test_scores_are_the_same_for_who_may_see_gaming_and_who_may_not(alice: Client, bob: Client) -> None:
    scores = r'<span class="v">(.*?)</span>|<b>(\d+|–)</b>'
    assert re.findall(scores, open_page(alice, page_of("costs", "?u=north"))) == re.findall(
        scores, open_page(bob, page_of("costs", "?u=north"))
    )


def test_corrections_that_all_help_are_a_question(alice: Client) -> None:
    """Nine corrections of March, each after the deadline, each for the better."""
    person = Person.objects.get(email="alice@bakery.example")
    for step in range(9):
        record_measurement(
            by=person, organisation="bakery", kpi="sales", unit="north", period="M:2026-03", value=str(701 + step),
            note="A receipt turned up.", at=MOMENT + timedelta(days=step + 1),
        )  # fmt: skip
    read = words_of(open_page(alice, page_of("sales", "?u=north")))
    assert "Do only bad figures get a second look? 9 of 9 corrections after the deadline made the figure better" in read
    assert "25% were corrected later" in read, "one of the four figures"


def test_charlie_finds_no_such_page_and_bob_none_of_the_other_shop(charlie: Client, bob: Client) -> None:
    for query in ("", "?u=north", "?u=mill"):
        response = charlie.get(page_of("sales", query))
        assert response.status_code == 404
        assert "Sales" not in response.content.decode()
    assert bob.get(page_of("sales", "?u=south")).status_code == 404
    assert bob.get(page_of("sales", "?u=bakery")).status_code == 404
    assert "600" not in open_page(bob, page_of("sales"))


def test_without_a_single_evaluation_the_page_stands(alice: Client) -> None:
    for table in (Outlook, Result, Evaluation):
        table.objects.filter(organisation__code="bakery").delete()
    assert "0 figures." in words_of(open_page(alice, page_of("sales")))
