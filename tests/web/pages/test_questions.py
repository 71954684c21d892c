"""What is asked beside the scores: evidence, the KPIs together, the next target, what if. The library is the oracle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

import fourfold
from fourfold.actions.load_folder import load_folder
from fourfold.engine.evidence.verdict import BANNED
from fourfold.records.models import Event, Kpi, Measurement, Objective, Organisation, Outlook, Person, Result, Target
from fourfold.scorecard import Scorecard
from fourfold.scorecard.allocated_targets import Sharing
from fourfold.scorecard.chances import hindsight_words
from tests.access.principals import browser, people
from tests.web.reading import links_of, open_page, words_of

FOLDER = Path(__file__).parents[3] / "examples" / "calder_vale"
MOMENT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def card() -> Scorecard:
    """The demo, without a database."""
    return fourfold.load(FOLDER)


@pytest.fixture(scope="module")
def demo_there(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_folder(by=None, path=FOLDER, at=MOMENT)
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def ingrid(demo_there: None, db: None) -> Client:
    client = Client()
    client.force_login(Person.objects.get(email="ingrid.holm@caldervale.example"))
    return client


def kpi_page(code: str, rest: str = "") -> str:
    return f"/kpi/{Kpi.objects.get(organisation__code='calder-vale', code=code).pk}-x/{rest}"


def table_of(page: str) -> list[tuple[str, ...]]:
    """The rows of the sheet on a page, as text, without the links to explanations."""
    body = re.search(r'<table class="dt sheet">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert body is not None
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL)
    cells = [[words_of(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)] for row in rows]
    return [tuple(row[:-1] if row[-1] in ("Why", "") else row) for row in cells]


# What if.


@pytest.mark.parametrize("unit", ["group", "calder-general"])
def test_a_scenario_says_what_the_library_says(ingrid: Client, card: Scorecard, unit: str) -> None:
    own = {} if unit == "group" else {"unit": unit}
    overlay: dict[str, Any] = {
        "targets": [{"kpi": "ed_4h", "value": 79, **own}],
        "weights": {"objective:no-harm": 4},
        "figures": [{"kpi": "ed_4h", "unit": unit, "period": "2026-10", "value": None, "numerator": "9500",
                     "denominator": "10000"}],
    }  # fmt: skip
    page = open_page(
        ingrid,
        f"/s/{unit}/scenario/?c=target+kpi:ed_4h+79&c=figure+kpi:ed_4h+9500/10000"
        "&what=weight&of=objective:no-harm&to=4",
    )
    assert table_of(page) == list(card.what_if(overlay, unit, "2026-10", as_of=MOMENT).sheets[0].rows)


def test_something_can_be_left_out(ingrid: Client, card: Scorecard) -> None:
    page = open_page(ingrid, "/s/group/scenario/?what=without&of=objective:carbon")
    expected = card.what_if({"remove": ["objective:carbon"]}, as_of=MOMENT).sheets[0].rows
    assert table_of(page) == list(expected)
    assert "Without Shrink our carbon footprint" in words_of(page)


def test_nothing_is_stored_by_trying(ingrid: Client) -> None:
    kinds = (Event, Measurement, Outlook, Result, Target)
    before = [kind.objects.count() for kind in kinds]
    open_page(ingrid, "/s/group/scenario/?what=target&of=kpi:ed_4h&to=79")
    assert [kind.objects.count() for kind in kinds] == before


def test_a_change_can_be_taken_back(ingrid: Client) -> None:
    page = open_page(ingrid, "/s/group/scenario/?c=target+kpi:ed_4h+79&what=weight&of=objective:no-harm&to=4")
    backs = re.findall(r'href="([^"]+)">Take back', page)
    assert len(backs) == 2
    left = words_of(open_page(ingrid, backs[0].replace("&amp;", "&")))
    assert "The weight of Care without harm is 4" in left and "The target of Emergency" not in left


def test_the_same_change_again_takes_the_place_of_the_first(ingrid: Client) -> None:
    page = words_of(open_page(ingrid, "/s/group/scenario/?c=target+kpi:ed_4h+79&what=target&of=kpi:ed_4h&to=80"))
    assert "is 80" in page and "is 79" not in page


REFUSED = [
    ("what=target&of=kpi:ed_4h&to=", "Enter a number. Zero is written 0."),
    ("what=target&of=kpi:ed_4h&to=7,5", "written with a comma"),
    ("what=target&of=objective:no-harm&to=7", "A target belongs to a KPI."),
    ("what=weight&of=kpi:ed_4h&to=3", "Here objectives and perspectives are weighed."),
    ("what=figure&of=kpi:ed_4h&to=3", "write numerator / denominator"),
    ("what=weight&of=objective:no-harm&to=-1", "is no weight"),
    ("what=nothing&of=kpi:ed_4h&to=3", "Choose what is to be different."),
    ("what=target&of=kpi:nowhere&to=3", "Choose what is to be different."),
    ("what=figure&of=kpi:ed_4h&to=9/0", "denominator"),
    ("what=target&of=kpi:ed_4h&to=1e999", ""),
]


@pytest.mark.parametrize(("query", "said"), REFUSED)
def test_what_will_not_do_is_said_beside_the_field(ingrid: Client, query: str, said: str) -> None:
    page = open_page(ingrid, f"/s/group/scenario/?{query}")
    error = re.search(r'<p class="error" id="e-to">(.*?)</p>', page)
    assert error is not None and said in words_of(error[1])


def test_what_stands_in_an_address_and_means_nothing_is_left_out(ingrid: Client) -> None:
    page = open_page(ingrid, "/s/group/scenario/?c=target+kpi:gone+1&c=&c=weight&c=target+kpi:ed_4h+x&p=2031-01")
    assert "Nothing is different yet" in page


def test_a_period_without_results_says_so(ingrid: Client) -> None:
    page = open_page(ingrid, "/s/group/scenario/?c=target+kpi:ed_4h+79&p=2029-01")
    assert "Nothing was evaluated for Jan 2029." in words_of(page)


# Evidence.


def test_evidence_is_what_the_library_says_and_claims_no_cause(ingrid: Client, card: Scorecard) -> None:
    page = open_page(ingrid, "/s/group/evidence/?why=less-agency%3Ewithin-means")
    read, found = words_of(page), card.evidence(as_of=MOMENT)
    for one in found.items:
        assert one.text in read
    assert str(found.explain("less-agency>within-means")).splitlines()[0] in read
    assert not set(re.findall(r"[a-z]+", read.lower())) & set(BANNED)


def test_what_was_seen_around_initiatives_is_what_the_library_says(ingrid: Client, card: Scorecard) -> None:
    page = open_page(ingrid, "/s/group/evidence/?why=overseas%2Fkeep-nurses%3Eless-agency")
    found = card.evidence(as_of=MOMENT)
    assert table_of(page) == list(found.before_and_after.rows)
    assert str(found.explain("overseas/keep-nurses>less-agency")).splitlines()[1] in words_of(page)


def test_every_link_leads_to_both_objectives(ingrid: Client) -> None:
    page = open_page(ingrid, "/s/group/evidence/")
    pk = Objective.objects.get(organisation__code="calder-vale", code="theatres").pk
    assert links_of(page)["Use theatres to the full"].startswith(f"/objective/{pk}-")


def test_without_links_the_page_says_what_is_to_be_written(alice: Client) -> None:
    assert open_page(alice, "/s/bakery/evidence/")


def test_how_a_scenario_came_about_names_things_as_people_do(ingrid: Client) -> None:
    page = words_of(open_page(ingrid, "/s/group/scenario/?c=target+kpi:ed_4h+79&why=scorecard"))
    assert "“Care processes” counts" in page and "perspective:" not in page and "Scorecard has" in page


# All KPIs together.


def test_what_moves_the_total_is_what_the_library_says(ingrid: Client, card: Scorecard) -> None:
    page = open_page(ingrid, "/s/group/portfolio/?why=ed_4h")
    found = card.portfolio(as_of=MOMENT)
    assert list(found.retire) == []  # nobody says what figures of the demo cost
    assert table_of(page) == list(found.sheets[1].rows)
    said = str(found.explain("ed_4h")).splitlines()[0]
    assert said.replace("KPI ed_4h", "“Emergency visits seen within 4 hours”") in words_of(page)


def test_what_became_of_last_years_targets_and_what_nobody_watches_is_what_the_library_says(
    ingrid: Client, card: Scorecard
) -> None:
    page = words_of(open_page(ingrid, "/s/group/portfolio/"))
    past = card.chances(unit="group", as_of=MOMENT).hindsight
    assert past is not None and hindsight_words(past) in page
    (factor,) = card.portfolio(as_of=MOMENT).coverage.factors_without_kpi
    assert f"Critical success factors without a KPI 1 {factor}" in page


def test_how_forecasts_held_is_what_the_library_says(ingrid: Client, card: Scorecard) -> None:
    page = words_of(open_page(ingrid, "/s/group/portfolio/"))
    found = card.forecast_record(as_of=MOMENT)
    assert f"{found.whole.coverage80.share:.0%} came within the 80% range" in page
    assert all(" ".join(row) in page for row in found.by_period.rows)


def test_a_unit_is_told_of_its_own_figures_alone(alice: Client, bob: Client) -> None:
    """South Pier lacks the figures of March; North Quay has all of them."""
    def complete(client: Client, unit: str) -> str:
        read = words_of(open_page(client, f"/s/{unit}/portfolio/"))
        found = re.search(r"Figures that were due and are there (\d+)%", read)
        assert found is not None
        return found[1]

    assert complete(bob, "north") > "0"
    assert int(complete(alice, "south")) < int(complete(alice, "north"))
    assert "South" not in open_page(bob, "/s/north/portfolio/")


def test_a_month_without_results_has_an_empty_page(ingrid: Client) -> None:
    assert "No results yet" in open_page(ingrid, "/s/group/portfolio/?p=2029-01")


# The next target.


def test_proposals_are_those_of_the_library(ingrid: Client, card: Scorecard) -> None:
    page = open_page(ingrid, kpi_page("ed_4h", "proposals/?u=calder-general"))
    expected = card.propose_targets("ed_4h", "calder-general", as_of=MOMENT).sheets[0].rows
    assert table_of(page) == [tuple(words_of(cell) for cell in row) for row in expected]


def test_the_kpi_page_leads_to_its_next_target(ingrid: Client) -> None:
    there = links_of(open_page(ingrid, kpi_page("ed_4h", "?u=calder-general")))["Next target"]
    assert there.endswith("/proposals/?u=calder-general")


def test_a_unit_without_the_kpi_has_nothing_to_propose(ingrid: Client) -> None:
    page = open_page(ingrid, kpi_page("ed_4h", "proposals/?u=hollin-park"))
    assert "does not have this KPI" in page


SHARED = [
    ("agency_spend", "target=2.4&over=1.1", {"target": "2.4", "how": Sharing(over="1.1")}),
    ("agency_spend", "target=2.4&keys=equal", {"target": "2.4", "how": Sharing(by="equal")}),
    ("ed_4h", "target=78&best=82&p=2026-09", {"target": 78, "how": Sharing(best=82)}),
]


@pytest.mark.parametrize(("code", "query", "asked"), SHARED)
def test_a_target_is_shared_out_as_the_library_does(
    ingrid: Client, card: Scorecard, code: str, query: str, asked: dict[str, Any]
) -> None:
    page = open_page(ingrid, kpi_page(code, f"proposals/?{query}"))
    expected = card.allocate_target(code, as_of=MOMENT, **asked)
    (sheet,) = expected.sheets
    assert table_of(page[page.index('id="share"') :]) == list(sheet.rows)
    assert str(expected.explain()).splitlines()[0] in words_of(page)


@pytest.mark.parametrize(
    ("query", "said"),
    [("target=x", "is no number"), ("target=80&best=x", "The best level is no number"), ("target=99", "not reachable"),
     ("target=1e999", "is no number"), ("target=80&keys=size", "not shared by")],
)  # fmt: skip
def test_a_target_that_cannot_be_shared_out_is_said_beside_the_field(ingrid: Client, query: str, said: str) -> None:
    assert said in words_of(open_page(ingrid, kpi_page("ed_4h", f"proposals/?{query}")))


def test_where_nothing_is_below_nothing_is_shared_out(ingrid: Client) -> None:
    page = open_page(ingrid, kpi_page("ed_4h", "proposals/?u=calder-general"))
    assert 'id="share"' not in page and 'id="drivers"' not in page


def test_who_does_not_see_every_unit_below_is_not_shown_their_parts(organisation: Organisation) -> None:
    """Somebody who sees only their own KPIs, and the formula of theirs names others."""
    pk = Kpi.objects.get(organisation=organisation, code="sales").pk
    assert 'id="share"' not in open_page(browser(people()["kpi_owner"]), f"/kpi/{pk}-x/proposals/")


# Somebody who sees only their own KPIs.


def test_who_sees_only_their_own_kpis_is_not_led_to_pages_about_all(organisation: Organisation) -> None:
    home = browser(people()["kpi_owner"]).get("/", follow=True).content.decode()
    assert "/initiatives/" in home and "/portfolio/" not in home


# What a KPI's page says of its target.


def test_the_page_of_a_kpi_tells_what_its_target_was_at_first(ingrid: Client) -> None:
    assert "Revised 1 time; at first 76.0%, from Apr 2023" in words_of(open_page(ingrid, kpi_page("ed_4h")))
    assert "Revised" not in words_of(open_page(ingrid, kpi_page("ed_4h", "?p=2025-06")))


def test_the_page_of_a_sum_tells_what_the_next_month_must_bring(ingrid: Client, card: Scorecard) -> None:
    (one,) = card.chances("agency_spend", "group", as_of=MOMENT).items
    assert one.chance is not None and one.chance.needed is not None
    said = f"For that Nov 2026 must bring at most £{one.chance.needed:.2f}\xa0m (forecast £"
    assert said.replace("\xa0", " ") in words_of(open_page(ingrid, kpi_page("agency_spend"))).replace("\xa0", " ")
