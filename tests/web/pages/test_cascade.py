"""A scorecard applied to units: with the same KPIs, by contributions, with objectives of their own; shared targets."""

from __future__ import annotations

from typing import Any

from django.test import Client

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.amendments import Amendment
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Kpi, Organisation
from tests.web.reading import links_of, open_page, words_of

PAGE = "/s/bakery/build/cascade/"


def definitions() -> Any:
    return read_definitions(Organisation.objects.get(code="bakery"))


def send(client: Client, status: int = 302, /, **fields: Any) -> str:
    response = client.post(PAGE, fields)
    page = response.content.decode()
    assert response.status_code == status, words_of(page)
    return page if status != 302 else client.get(response["Location"]).content.decode()


def test_the_page_says_how_each_unit_carries_each_objective(alice: Client) -> None:
    page = words_of(open_page(alice, PAGE))
    assert "Earn our keep same 2 KPIs same 2 KPIs Delight customers same KPI same KPI" in page


def test_objectives_are_applied_to_units_with_the_same_kpis(alice: Client) -> None:
    kpi = definitions().kpi["on_time"]
    alone = kpi.model_copy(update={"only_in": ("bakery", "north")})
    amend_definitions(by=None, organisation="bakery", amendments=[Amendment("kpis", kpi, alone)])
    assert "Delight customers same KPI –" in words_of(open_page(alice, PAGE))
    page = send(alice, o=["earn", "delight"], all="yes", how="identical")
    assert "Saved: 2 objectives in 2 units." in words_of(page)
    assert definitions().kpi["on_time"].only_in == ("bakery", "north", "south")
    assert links_of(page)["Sales"].endswith("/proposals/#share")


def test_a_contribution_is_looked_at_made_and_accepted(alice: Client) -> None:
    said = {"o": "earn", "to": "south", "how": "contributory", "kpi": "on_time"}
    assert "How it contributes is open." in words_of(send(alice, 409, **said))
    said |= {"sentence": "Quick service sells more.", "name": "Serve quickly at {unit}"}
    before = Event.objects.count()
    assert "Before you apply" in words_of(send(alice, 200, preview="yes", **said))
    assert Event.objects.count() == before
    page = words_of(send(alice, **said))
    assert "Serve quickly at South Pier contributes, not accepted yet" in page
    assert "Alice Archer accepts" in page
    assert "accepted yet" not in words_of(send(alice, accept="earn_south"))
    assert definitions().objective["earn_south"].accepted_by == "alice"
    tree = words_of(open_page(alice, "/s/bakery/alignment/"))
    assert "Serve quickly at South Pier South Pier, contributes" in tree


def test_a_unit_that_no_longer_carries_an_objective_is_named_on_the_alignment_page(alice: Client) -> None:
    assert "Saved: no longer 1 objective in 1 unit." in words_of(send(alice, o="delight", to="south", how="none"))
    assert "No linked objective South Pier" in words_of(open_page(alice, "/s/bakery/alignment/"))
    assert definitions().kpi["on_time"].not_applicable_in == ("south",)


def test_an_objective_of_a_unit_is_on_its_own_map_and_scorecard_and_not_above(alice: Client) -> None:
    said = {"o": "earn", "to": "south", "how": "contributory", "sentence": "So.", "name": "Serve quickly"}
    send(alice, kpi="on_time", **said)
    for page in ("", "map/"):
        assert "Serve quickly" in open_page(alice, f"/s/south/{page}")
        assert "Serve quickly" not in open_page(alice, f"/s/bakery/{page}")
        assert "Serve quickly" not in open_page(alice, f"/s/north/{page}")


def test_nothing_ticked_is_said(alice: Client) -> None:
    assert "No objective is chosen." in words_of(send(alice, 409, to="south"))
    assert "No unit is chosen." in words_of(send(alice, 409, o="earn"))


def test_a_unit_has_objectives_of_its_own(alice: Client) -> None:
    there = links_of(open_page(alice, PAGE))["New objective"]
    response = alice.post(there, {"name": "Sweep the quay", "perspective": "customers", "sent": "yes", "local": "true",
                                  "unit": "south", "cascade_type": "new"})  # fmt: skip
    assert response.status_code == 302, words_of(response.content.decode())
    own = next(o for o in definitions().objectives if o.name == "Sweep the quay")
    assert (own.unit, own.local, own.cascade_type) == ("south", True, "new")
    assert "South Pier Sweep the quay" in words_of(open_page(alice, PAGE))


def test_a_target_that_is_shared_out_is_set_for_each_unit(alice: Client) -> None:
    where = f"/kpi/{Kpi.objects.get(organisation__code='bakery', code='sales').pk}-x/proposals/"
    asked = f"{where}?target=2000.20&keys=own&key-north=3&key-south=1"
    page = open_page(alice, asked)
    assert "1,500.15" in page and "Set these targets" in page
    assert alice.post(asked, {"since": "2026-04"}).status_code == 302
    made = {t.unit: t for t in definitions().targets_of("sales") if t.since == "2026-04"}
    assert {unit: str(t.value) for unit, t in made.items()} == {"north": "1500.15", "south": "500.05"}
    assert str(made["north"].red_line) == "1200"  # in proportion to the one above: 1600 of 2000.20, to six decimals


def test_a_target_is_not_set_where_the_period_or_a_key_is_missing(alice: Client) -> None:
    where = f"/kpi/{Kpi.objects.get(organisation__code='bakery', code='sales').pk}-x/proposals/"
    before = definitions().targets
    for query, since, said in (("?target=10", "soon", "is no period of Sales"),
                               ("?target=10&keys=own", "2026-04", "would get no target"),
                               ("", "2026-04", "is no number")):  # fmt: skip
        response = alice.post(where + query, {"since": since})
        assert response.status_code == 422
        assert said in words_of(response.content.decode())
    assert definitions().targets == before
