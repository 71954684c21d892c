"""Figures about few people, scores that would tell a confidential KPI, and statuses alone: through every door."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from fourfold.access.roles import Role
from fourfold.access.scopes import Scope
from fourfold.actions.deny_unit import deny_unit
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.export_folder import export_folder
from fourfold.actions.give_grant import give_grant
from fourfold.actions.make_guest_link import make_guest_link
from fourfold.actions.make_token import make_token
from fourfold.actions.record_measurement import record_measurement
from fourfold.errors import Conflict, Forbidden
from fourfold.records.models import Grant, Kpi, Measurement, Organisation, Outlook, Person, Result, Veil
from fourfold.testing.bakery import BAKERY, bakery
from fourfold.web.components.numbers import score_text
from tests.web.conftest import FIGURES, MOMENT, load
from tests.web.test_confidential import CONFIDENTIAL, browser, somebody
from tests.web.test_everywhere import PAGES, address

SHOPS = {"north": (1, 4), "south": (2, 20), "east": (1, 8), "west": (3, 30)}
ILL = {
    "kpis": [
        *BAKERY["kpis"],
        {"code": "ill", "name": "Staff ill", "kind": "ratio", "unit": "%", "factor": "100", "decimals": 3,
         "polarity": "lower_better", "headcount": "denominator"},
        {"code": "well", "name": "Staff well", "kind": "ratio", "unit": "%", "decimals": 3, "formula": "100 - ill"},
    ],
    "units": [
        *BAKERY["units"],
        {"code": "east", "name": "East Side", "parent": "bakery"},
        {"code": "west", "name": "West End", "parent": "bakery"},
    ],
    "uses": [*BAKERY["uses"], {"kpi": "ill", "objective": "delight"}],
    "targets": [*BAKERY["targets"], {"kpi": "ill", "since": "M:2026-01", "value": "5", "red_line": "30"}],
    "notes": [*BAKERY["notes"], {"kpi": "ill", "unit": "north", "period": "M:2026-04", "text": "Bob had the flu."}],
}  # fmt: skip
WORDS = "hidden: group too small"
#: What one could see of North Quay and of East Side, which is hidden because the rest would tell North Quay.
TRACES = ("25.000", "75.000", "12.500", "87.500", "Bob had the flu")


@pytest.fixture
def shops(db: None, tmp_path: Path) -> Organisation:
    """Four shops, of which North Quay has four people."""
    rows = "".join(f"ill,{unit},2026-{m:02},,{n},{d}\n" for unit, (n, d) in SHOPS.items() for m in (3, 4))
    return load(tmp_path / "bakery", bakery(**ILL), FIGURES + rows)


def api(person: Person, unit: str, **query: str) -> dict[str, dict[str, object]]:
    made = make_token(by=person, name="Test", scopes={Scope.READ}).value
    assert made is not None
    path = f"/api/v1/organisations/bakery/units/{unit}/results"
    response = Client().get(path, query, HTTP_AUTHORIZATION=f"Bearer {made.text}")
    assert response.status_code == 200
    return {item["node"]: item for item in json.loads(response.content)["items"]}


def test_a_small_group_is_hidden_and_one_more_so_that_nobody_works_it_out(shops: Organisation) -> None:
    hidden = Veil.objects.filter(kpi__code="ill").values_list("unit__code", flat=True)
    assert set(hidden) == {"north", "east"}
    assert set(Veil.objects.filter(kpi__code="well").values_list("unit__code", flat=True)) == {"north", "east"}
    assert "scorecard" in Veil.objects.filter(unit__code="north", kpi=None).values_list("node", flat=True)


def test_no_page_of_anybody_without_clearance_has_it(shops: Organisation) -> None:
    client = browser(somebody("charlie", Role.SCORECARD_ADMIN))
    pk = Kpi.objects.get(code="ill").pk
    pages = [address(name) for name in PAGES]
    pages += [f"/s/{unit}/{page}" for unit in ("north", "east") for page in ("", "scorecard/", "map/", "alignment/")]
    pages += [f"/kpi/{pk}-x/{end}?u={unit}" for end in ("", "figures/", "quality/", "proposals/", "steps/")
              for unit in ("bakery", "north", "east", "south")]  # fmt: skip
    pages += ["/audit/bakery/", "/search/?q=ill&u=bakery"]
    for page in pages:
        for query in ("", "by=quarter", "by=ytd"):
            response = client.get(page + ("&" if "?" in page else "?") + query, follow=True)
            text = response.content.decode()
            assert response.status_code in (200, 403, 404), page
            assert not [trace for trace in TRACES if trace in text], (page, query)
    north = client.get(f"/kpi/{pk}-x/?u=north").content.decode()
    assert WORDS in north and "fewer than five people" in north
    assert WORDS in client.get("/s/north/scorecard/").content.decode()
    assert "10.000" in client.get(f"/kpi/{pk}-x/?u=south").content.decode()


def test_the_api_hides_it_in_every_view_and_at_every_moment(shops: Organisation) -> None:
    charlie = somebody("charlie")
    for unit in ("north", "east"):
        for view in ("month", "quarter", "ytd"):
            items = api(charlie, unit, period="2026-04", view=view)
            for node in ("kpi:ill", "kpi:well"):
                assert items[node]["value"] is None and items[node]["score"] is None, (unit, view)
                assert items[node]["state"] == WORDS and items[node]["status"] == "Not scored"
            for node in ("objective:delight", "perspective:customers", "scorecard"):
                assert items[node]["score"] is None and items[node]["state"] == "not shown"
            assert items["kpi:sales"]["value"] is not None or unit == "east"
        assert "kpi:ill" not in api(charlie, unit, period="2026-04", as_of="2026-05-19")
    assert api(charlie, "south", period="2026-04")["kpi:ill"]["value"] == 10.0


def test_no_row_of_any_table_has_it(shops: Organisation) -> None:
    charlie = somebody("charlie", Role.SCORECARD_ADMIN)
    of_north = {"unit__code": "north", "kpi__code": "ill"}
    assert not Measurement.objects.visible_to(charlie).filter(**of_north).exists()
    assert not Outlook.objects.visible_to(charlie).filter(**of_north).exists()
    assert not Result.objects.visible_to(charlie).filter(unit__code="north", node="kpi:ill").exists()
    assert Measurement.objects.visible_to(charlie).filter(unit__code="south", kpi__code="ill").exists()


def test_a_denial_does_not_let_the_cleared_subtract(shops: Organisation) -> None:
    erin = somebody("erin", confidential=True)
    assert api(erin, "north", period="2026-04")["kpi:ill"]["value"] == 25.0
    deny_unit(by=None, organisation="bakery", person=erin.pk, unit="north")
    erin = Person.objects.get(pk=erin.pk)
    assert api(erin, "east", period="2026-04")["kpi:ill"]["state"] == WORDS


def test_a_clearance_for_the_other_hidden_unit_does_not_tell_the_small_one(shops: Organisation) -> None:
    fay = somebody("fay")
    give_grant(by=None, person=fay.pk, role=Role.COMMENTER, unit="east", confidential=True)
    assert api(Person.objects.get(pk=fay.pk), "east", period="2026-04")["kpi:ill"]["value"] is None


def test_a_figure_that_makes_a_group_small_hides_it_at_once_and_with_its_past(shops: Organisation) -> None:
    charlie = somebody("charlie")
    given = {"organisation": "bakery", "kpi": "ill", "period": "2026-04"}
    assert api(charlie, "south", period="2026-03")["kpi:ill"]["value"] == 10.0
    record_measurement(by=None, unit="south", numerator="1", denominator="3", **given)  # type: ignore[arg-type]
    assert api(charlie, "south", period="2026-03")["kpi:ill"]["state"] == WORDS
    kept = set(Veil.objects.values_list("unit", "node"))
    evaluate_organisation(by=None, organisation="bakery", as_of=MOMENT)
    assert set(Veil.objects.values_list("unit", "node")) == kept


def test_nobody_exports_it_and_no_guest_sees_it(shops: Organisation, tmp_path: Path) -> None:
    admin = somebody("charlie", Role.SCORECARD_ADMIN)
    with pytest.raises(Forbidden, match="confidential"):
        export_folder(by=admin, organisation="bakery", path=tmp_path / "out")
    for is_live in (True, False):
        link = make_guest_link(by=admin, unit="north", name="x", is_live=is_live).value
        assert link
        guest = Client()
        text = guest.get("/guest/", {"link": link.text}, follow=True).content.decode()
        assert WORDS in text and not [trace for trace in TRACES if trace in text]
    small = make_guest_link(by=admin, unit="south", name="x").value
    assert small
    guest.get("/guest/", {"link": small.text})
    record_measurement(by=None, organisation="bakery", kpi="ill", unit="south", period="2026-04", numerator="1",
                       denominator="3")  # fmt: skip
    late = guest.get(f"/guest/{small.row.prefix}/").content.decode()
    assert WORDS in late and "10.000" not in late


def test_who_can_see_it_names_those_with_a_clearance_alone(shops: Organisation) -> None:
    erin = somebody("erin", confidential=True)
    somebody("charlie")
    make_guest_link(by=somebody("dora", Role.SCORECARD_ADMIN), unit="north", name="the board")
    text = browser(erin).get(f"/kpi/{Kpi.objects.get(code='ill').pk}-x/readers/?u=north").content.decode()
    assert "Erin" in text and "Charlie" not in text and "the board" not in text


def test_whoever_sees_everything_with_a_clearance_sees_small_groups(shops: Organisation) -> None:
    client = browser(somebody("erin", confidential=True))
    text = client.get(f"/kpi/{Kpi.objects.get(code='ill').pk}-x/?u=north").content.decode()
    assert "25.000" in text and WORDS not in text


# --- Scores above a confidential KPI
def test_a_score_that_a_confidential_kpi_is_a_part_of_has_no_number_without_a_clearance(
    db: None, tmp_path: Path
) -> None:
    uses = [*BAKERY["uses"], {"kpi": "sick_leave", "objective": "delight"}]
    limits = [*CONFIDENTIAL["targets"], {"kpi": "sick_leave", "unit": "north", "since": "M:2026-01", "value": "3",
                                         "red_line": "7"}]  # fmt: skip
    definitions = bakery(**CONFIDENTIAL | {"uses": uses, "targets": limits})
    load(tmp_path / "b", definitions, f"{FIGURES}sick_leave,north,2026-04,6.25,,\n")
    charlie, erin = somebody("charlie"), somebody("erin", confidential=True)
    seen, whole = (api(person, "north", period="2026-04") for person in (charlie, erin))
    for node in ("objective:delight", "perspective:customers", "scorecard"):
        assert whole[node]["score"] is not None
        assert seen[node]["score"] is None and seen[node]["coverage"] is None
        assert seen[node]["status"] == whole[node]["status"]
    assert seen["objective:earn"]["score"] == whole["objective:earn"]["score"] is not None
    scores = [score_text(float(str(whole[node]["score"]))) for node in ("perspective:customers", "scorecard")]
    for person, is_shown in ((erin, True), (charlie, False)):
        text = browser(person).get("/s/north/").content.decode()
        assert [score in text for score in scores] == [is_shown, is_shown], person


# --- Statuses alone
def test_statuses_alone_are_shown_without_any_number_on_every_page(organisation: Organisation) -> None:
    person = somebody("gus")
    Grant.objects.filter(person=person).update(statuses_only=True)
    client = browser(Person.objects.get(pk=person.pk))
    for name in PAGES:
        response = client.get(address(name), follow=True)
        text = re.sub(r'class="tick" x="[^"]+"', "", response.content.decode())  # where a month is drawn
        assert response.status_code in (200, 403, 404), name
        for figure in ("1,800", "1,200", "600.00", "1,050", "100.3", "83.7", "2,000.20"):
            assert figure not in text, (name, figure)
    table = client.get("/s/north/scorecard/").content.decode()
    assert "On target" in table and "not shown ↗" in table
    items = api(Person.objects.get(pk=person.pk), "north", period="2026-04")
    assert items["kpi:margin"]["status"] == "On target"
    for item in items.values():
        assert [item[name] for name in ("value", "target", "score", "coverage", "confidence")] == [None] * 5
    made = make_token(by=Person.objects.get(pk=person.pk), name="Test", scopes={Scope.READ}).value
    assert made
    path = "/api/v1/organisations/bakery/kpis/sales/measurements"
    rows = Client().get(path, HTTP_AUTHORIZATION=f"Bearer {made.text}")
    assert json.loads(rows.content)["items"] == []


def test_a_role_shows_numbers_where_it_was_given_and_statuses_elsewhere(organisation: Organisation) -> None:
    person = somebody("gus", unit="north")
    give_grant(by=None, person=person.pk, role=Role.COMMENTER, statuses_only=True, organisation="bakery")
    gus = Person.objects.get(pk=person.pk)
    assert api(gus, "north", period="2026-04")["kpi:sales"]["value"] == 1200.0
    assert api(gus, "south", period="2026-04")["kpi:sales"]["value"] is None
    assert "statuses alone" in browser(gus).get(f"/people/{gus.pk}/rights/").content.decode()


def test_statuses_alone_are_for_readers_and_share_nothing(organisation: Organisation) -> None:
    person = somebody("gus")
    for options in ({"role": Role.EDITOR}, {"role": Role.COMMENTER, "exports": True}):
        with pytest.raises(Conflict):
            give_grant(by=None, organisation="bakery", person=person.pk, statuses_only=True, **options)  # type: ignore[arg-type]


def test_a_guest_link_can_show_statuses_alone(organisation: Organisation) -> None:
    alice = Person.objects.get(email="alice@bakery.example")
    for is_live in (True, False):
        link = make_guest_link(by=alice, unit="north", name="x", is_live=is_live, statuses_only=True).value
        assert link
        text = Client().get("/guest/", {"link": link.text}, follow=True).content.decode()
        assert "Sales" in text and "not shown" in text and "On target" in text
        assert not [number for number in ("1,200", "1,000.10", "104.", "83.") if number in text]
