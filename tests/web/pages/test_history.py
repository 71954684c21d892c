"""The history of a KPI, an objective and a unit: what changed when, by whom, and the page as it was before."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.test import Client

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.amendments import Amendment
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Organisation, Person
from tests.web.conftest import ADDRESSES
from tests.web.reading import links_of, open_page, words_of

JUNE = datetime(2026, 6, 3, 10, 30, tzinfo=UTC)


def change(noun: str, code: str, *, at: datetime = JUNE, who: str = "alice", key: str = "code", **fields: Any) -> None:
    definitions: Any = read_definitions(Organisation.objects.get(code="bakery"))
    thing = next(t for t in getattr(definitions, noun) if getattr(t, key) == code)
    by = Person.objects.get(email=ADDRESSES[who])
    after = thing.model_copy(update=fields)
    outcome = amend_definitions(by=by, organisation="bakery", amendments=[Amendment(noun, thing, after)], at=at)
    assert outcome.ok, outcome.findings


def test_what_was_there_from_the_beginning_is_no_change(alice: Client) -> None:
    assert "Nothing was changed since the beginning" in words_of(open_page(alice, "/s/bakery/history/kpi/sales/"))


def test_each_change_of_a_kpi_is_told_in_words_with_who_made_it(alice: Client) -> None:
    change("kpis", "sales", definition="Paid at the till.", owner="alice")
    change("targets", "sales", key="kpi", at=JUNE.replace(day=9), value=Decimal(1100))
    page = open_page(alice, "/s/bakery/history/kpi/sales/")
    read = words_of(page)
    assert "The target of every unit from 2026-01 changed by Alice Archer, 9 Jun 2026, 10:30" in read
    assert "Target 1000.10 → 1100" in read
    assert "The KPI changed by Alice Archer, 3 Jun 2026, 10:30" in read
    assert "Definition nothing → Paid at the till." in read and "Owner Bob Baker → Alice Archer" in read
    assert read.index("1100") < read.index("Paid at the till"), "newest first"
    assert links_of(page)["As it was on 2 Jun 2026"].endswith("as_of=2026-06-02")


def test_the_kpi_the_objective_and_the_unit_lead_to_their_history(alice: Client) -> None:
    change("objectives", "earn", name="Earn a living")
    change("units", "south", name="South Bay")
    objective = links_of(open_page(alice, "/s/bakery/"))["Earn a living"]
    read = words_of(open_page(alice, links_of(open_page(alice, objective))["History"]))
    assert "What should become true Earn our keep → Earn a living" in read
    units = links_of(open_page(alice, "/s/bakery/build/units/?o=south"))
    assert "Name South Pier → South Bay" in words_of(open_page(alice, units["History"]))


def test_who_sees_one_shop_reads_nothing_of_what_is_not_shown_to_them(bob: Client, charlie: Client) -> None:
    change("kpis", "sales", definition="Paid at the till.")
    assert "Paid at the till." in words_of(open_page(bob, "/s/north/history/kpi/sales/"))
    assert bob.get("/s/bakery/history/kpi/sales/").status_code == 404
    assert bob.get("/s/north/history/unit/south/").status_code == 404
    assert bob.get("/s/north/history/strategy/rise/").status_code == 404
    assert charlie.get("/s/north/history/kpi/sales/").status_code == 404
