"""Who looks at a KPI: what opening its page leaves, and what health and portfolio make of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fourfold.access.roles import Role
from fourfold.access.scopes import Scope
from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.make_guest_link import make_guest_link
from fourfold.actions.make_token import make_token
from fourfold.engine.amendments import Amendment
from fourfold.engine.definitions import Kpi as KpiDefinition
from fourfold.jobs.note_looks import note_looks
from fourfold.records.models import Evaluation, Kpi, Look, Organisation, Person
from tests.web.conftest import ADDRESSES, MOMENT
from tests.web.pages.test_quality import page_of, points
from tests.web.reading import open_page, words_of

ASKS = "Do people look at it?"


def kpi_page(code: str = "sales", query: str = "") -> str:
    return f"/kpi/{Kpi.objects.get(organisation__code='bakery', code=code).pk}-x/{query}"


def looks() -> list[tuple[str, str]]:
    note_looks(now=MOMENT)
    return sorted(Look.objects.values_list("kpi__code", "role"))


@pytest.fixture
def kept_since(organisation: Organisation) -> Iterator[date]:
    """Looks are kept for a year; the day of the newest evaluation."""
    day = Evaluation.objects.filter(organisation=organisation).latest("pk").as_of.date()
    Organisation.objects.filter(pk=organisation.pk).update(looks_since=day - timedelta(days=365))
    yield day


def see(code: str, role: Role, day: date) -> None:
    kpi = Kpi.objects.get(organisation__code="bakery", code=code)
    Look.objects.create(organisation=kpi.organisation, kpi=kpi, role=role, day=day)


def test_opening_the_page_of_a_kpi_is_a_look_by_a_role(alice: Client, bob: Client) -> None:
    for client in (alice, alice, bob):
        assert client.get(kpi_page(query="?u=north")).status_code == 200
    assert looks() == [("sales", "contributor"), ("sales", "scorecard_admin")]


def test_the_page_itself_writes_nothing(alice: Client) -> None:
    open_page(alice, kpi_page())
    with CaptureQueriesContext(connection) as asked:
        open_page(alice, kpi_page())
    assert asked.captured_queries
    assert [q["sql"] for q in asked.captured_queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))] == []


@pytest.mark.parametrize("headers", [
    {"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"},
    {"Fourfold-Live": "yes"},
])  # fmt: skip
def test_what_nobody_opened_is_no_look(alice: Client, headers: dict[str, str]) -> None:
    assert alice.get(kpi_page(), headers=headers).status_code == 200
    assert alice.head(kpi_page()).status_code == 200
    assert looks() == []


def test_an_outsider_a_form_that_is_refused_and_pages_about_it_are_no_look(alice: Client, charlie: Client) -> None:
    assert charlie.get(kpi_page()).status_code == 404
    assert Client().get(kpi_page()).status_code == 302
    refused = alice.post(f"{kpi_page()}figures/?u=north", {"value": "x", "period": "2026-04"})
    assert refused.status_code == 422
    open_page(alice, page_of("sales"))
    assert looks() == []


def test_programs_and_guests_are_no_look(alice: Client, organisation: Organisation) -> None:
    person = Person.objects.get(email=ADDRESSES["alice"])
    token = make_token(by=person, name="BI", scopes={Scope.READ}).value
    assert token
    program = Client(headers={"Authorization": f"Bearer {token.text}"})
    assert program.get("/api/v1/organisations/bakery/kpis/sales").status_code == 200
    link = make_guest_link(by=person, organisation="bakery", unit="bakery", kpi="sales", name="Board", days=7)
    assert link.value
    assert looks() == []


def test_two_roles_in_the_last_two_periods_are_people_who_look(alice: Client, kept_since: date) -> None:
    first = (kept_since.replace(day=1) - timedelta(days=1)).replace(day=1)
    see("sales", Role.VIEWER, first - timedelta(days=1))
    assert points(open_page(alice, page_of("sales")))[ASKS] == "0 of 2"
    see("sales", Role.VIEWER, first)
    see("sales", Role.VIEWER, kept_since)
    page = open_page(alice, page_of("sales"))
    assert points(page)[ASKS] == "1 of 2" and "1 role in the last two periods." in words_of(page)
    see("sales", Role.EDITOR, kept_since)
    assert points(open_page(alice, page_of("sales")))[ASKS] == "2 of 2"
    assert points(open_page(alice, page_of("costs")))[ASKS] == "0 of 2"


def test_a_new_installation_does_not_say_that_nobody_looks(alice: Client, organisation: Organisation) -> None:
    assert points(open_page(alice, page_of("sales")))[ASKS] == "not told"
    day = Evaluation.objects.filter(organisation=organisation).latest("pk").as_of.date()
    Organisation.objects.filter(pk=organisation.pk).update(looks_since=day - timedelta(days=3))
    see("sales", Role.VIEWER, day)
    assert points(open_page(alice, page_of("sales")))[ASKS] == "not told"
    see("sales", Role.EDITOR, day)
    assert points(open_page(alice, page_of("sales")))[ASKS] == "2 of 2"  # more would not make it more


def test_the_first_day_that_is_kept_is_the_first_that_counts(alice: Client, kept_since: date) -> None:
    first = (kept_since.replace(day=1) - timedelta(days=1)).replace(day=1)
    for since, said in ((first, "0 of 2"), (first + timedelta(days=1), "not told")):
        Organisation.objects.filter(code="bakery").update(looks_since=since)
        assert points(open_page(alice, page_of("sales")))[ASKS] == said


def in_use(client: Client) -> str | None:
    """The share of KPIs in use, as the portfolio shows it; None where it is named among what is not known."""
    page = open_page(client, "/s/bakery/portfolio/")
    found = re.search(r"<span[^>]*>In use</span><b>(.*?)</b>", page)
    left_out = re.search(r"Not known and left out: ([^.<]*)", page)
    assert bool(found) != ("in use" in (left_out[1] if left_out else ""))
    return found[1] if found else None


def test_the_portfolio_counts_what_was_looked_at_within_90_days(alice: Client, kept_since: date) -> None:
    see("sales", Role.VIEWER, kept_since - timedelta(days=91))
    assert in_use(alice) == "0"
    see("sales", Role.VIEWER, kept_since - timedelta(days=90))
    see("costs", Role.VIEWER, kept_since)
    assert in_use(alice) == "50"  # of sales, costs, deliveries in time, and staff


def test_the_portfolio_of_a_new_installation_leaves_use_out(alice: Client, kept_since: date) -> None:
    for days, share in ((89, None), (90, "0")):
        Organisation.objects.filter(code="bakery").update(looks_since=kept_since - timedelta(days=days))
        assert in_use(alice) == share


def unused(client: Client) -> list[str]:
    """The KPIs that the portfolio says nobody uses."""
    page = open_page(client, "/s/bakery/portfolio/")
    _, _, after = page.partition("KPIs without an objective that nobody looks at or speaks of")
    return re.findall(r">([^<>]+)</a>", after.partition("</li>")[0]) if after else []


def test_a_kpi_without_an_objective_that_nobody_uses_is_named_once_that_is_known(
    alice: Client, organisation: Organisation
) -> None:
    person = Person.objects.get(email=ADDRESSES["alice"])
    spare = KpiDefinition(code="visitors", name="Visitors", kind="flow")
    assert amend_definitions(
        by=person, organisation="bakery", amendments=(Amendment("kpis", None, spare),), reason="Try it.", at=MOMENT
    ).ok
    assert unused(alice) == []
    day = Evaluation.objects.filter(organisation=organisation).latest("pk").as_of.date()
    Organisation.objects.filter(pk=organisation.pk).update(looks_since=day - timedelta(days=90))
    assert "Visitors" in unused(alice)
    see("visitors", Role.VIEWER, day - timedelta(days=90))
    assert "Visitors" not in unused(alice)
