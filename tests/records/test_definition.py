from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fourfold.records.frames.definition import Change, read_definitions, write_definitions
from fourfold.records.models import Kpi, Measurement, Membership, Organisation, Person, Target, Unit
from fourfold.testing.bakery import BAKERY, bakery

NOW = datetime(2026, 7, 10, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.create(code="bakery", name="Harbour Bakery")


def test_definitions_come_back_as_they_were_written(organisation: Organisation) -> None:
    written = bakery()
    write_definitions(organisation, written, at=NOW)
    read = read_definitions(Organisation.objects.get())
    assert read == written
    assert read is not None
    assert read.model_dump(exclude_unset=True) == written.model_dump(exclude_unset=True)


def test_decimals_and_the_order_of_words_survive(organisation: Organisation) -> None:
    levels = {"very late": 0.0, "late": 50.0, "a bit late": 75.5, "on time": 100.0}
    kpis = [*BAKERY["kpis"], {"code": "mood", "name": "Mood", "kind": "ordinal", "levels": levels}]
    targets = [{"kpi": "sales", "since": "M:2026-01", "value": "0.1000000000000000000000000000000001"}]
    write_definitions(organisation, bakery(kpis=kpis, targets=targets), at=NOW)
    read = read_definitions(organisation)
    assert read is not None
    assert list(read.kpi["mood"].levels) == list(levels)
    assert read.targets[0].value == Decimal("0.1000000000000000000000000000000001")
    assert str(read.targets[0].value) == "0.1000000000000000000000000000000001"


def test_an_organisation_without_a_strategy_has_no_definitions(organisation: Organisation) -> None:
    assert read_definitions(organisation) is None


def test_writing_the_same_again_changes_nothing(organisation: Organisation) -> None:
    write_definitions(organisation, bakery(), at=NOW)
    with CaptureQueriesContext(connection, ) as queries:
        assert write_definitions(organisation, bakery(), at=NOW) == ()
    assert [q["sql"] for q in queries if not q["sql"].startswith("SELECT")] == []


def test_each_change_is_told_by_noun_and_code(organisation: Organisation) -> None:
    write_definitions(organisation, bakery(), at=NOW)
    kpis = [k | {"name": "Turnover"} if k["code"] == "sales" else k for k in BAKERY["kpis"] if k["code"] != "staff"]
    kpis.append({"code": "waste", "name": "Waste", "kind": "flow"})
    changes = write_definitions(organisation, bakery(kpis=kpis), at=NOW)
    assert changes == (Change("kpis", added=("waste",), changed=("sales",), removed=("staff",)),)
    assert Kpi.objects.get(code="sales").name == "Turnover"
    assert set(Kpi.objects.values_list("code", flat=True)) == {"sales", "costs", "margin", "on_time", "waste"}


def test_a_new_order_is_kept(organisation: Organisation) -> None:
    write_definitions(organisation, bakery(), at=NOW)
    turned = bakery(kpis=BAKERY["kpis"][::-1])
    write_definitions(organisation, turned, at=NOW)
    assert read_definitions(organisation) == turned


def test_units_know_their_path_and_follow_a_new_parent(organisation: Organisation) -> None:
    write_definitions(organisation, bakery(), at=NOW)
    north = Unit.objects.get(code="north")
    root = Unit.objects.get(code="bakery")
    assert north.path == f"/{root.pk}/{north.pk}/"
    units = [*BAKERY["units"][:2], BAKERY["units"][2] | {"parent": "north"}]
    write_definitions(organisation, bakery(units=units), at=NOW)
    south = Unit.objects.get(code="south")
    assert south.path == f"/{root.pk}/{north.pk}/{south.pk}/"
    assert set(Unit.objects.below(north)) == {north, south}


def test_a_parent_and_its_child_can_go_together(organisation: Organisation) -> None:
    deep = [*BAKERY["units"], {"code": "stall", "name": "Stall", "parent": "south"}]
    write_definitions(organisation, bakery(units=deep), at=NOW)
    write_definitions(organisation, bakery(units=BAKERY["units"][:2]), at=NOW)
    assert set(Unit.objects.values_list("code", flat=True)) == {"bakery", "north"}


def test_two_targets_of_one_kpi_and_date_are_two_rows(organisation: Organisation) -> None:
    first = {"kpi": "sales", "since": "M:2026-01", "value": "1"}
    twice = bakery(targets=[first, first | {"value": "2", "recorded_at": "2026-02-01"}])
    write_definitions(organisation, twice, at=NOW)
    assert Target.objects.count() == 2
    assert write_definitions(organisation, twice, at=NOW) == ()
    assert read_definitions(organisation) == twice


def test_a_kpi_with_measurements_cannot_be_removed(organisation: Organisation) -> None:
    write_definitions(organisation, bakery(), at=NOW)
    Measurement.objects.create(
        organisation=organisation, kpi=Kpi.objects.get(code="staff"), unit=Unit.objects.get(code="north"),
        period="M:2026-01", frequency="month", start="2026-01-01", value=Decimal(7), recorded_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(ProtectedError):
        write_definitions(organisation, bakery(kpis=[k for k in BAKERY["kpis"] if k["code"] != "staff"]), at=NOW)


def test_people_become_accounts_that_cannot_sign_in_yet(organisation: Organisation) -> None:
    write_definitions(organisation, bakery(), at=NOW)
    bob = Person.objects.get(email="bob@bakery.example")
    assert not bob.has_usable_password()
    assert [(g.role, g.path) for g in bob.principal.grants] == [("contributor", Unit.objects.get(code="north").path)]
    assert Kpi.objects.get(code="sales").owner == bob


def roles_of(name: str) -> set[tuple[str, str | None]]:
    return set(Person.objects.get(name=name).grant_rows.values_list("role", "unit__code"))


def test_the_words_of_definitions_become_grants(organisation: Organisation) -> None:
    exact = {"code": "eve", "name": "Eve", "roles": ["approver", "kpi_owner"], "unit": "south"}
    write_definitions(organisation, bakery(people=[*BAKERY["people"], exact]), at=NOW)
    assert roles_of("Alice Archer") == {(r, None) for r in ("organisation_admin", "scorecard_admin", "contributor")}
    assert roles_of("Bob Baker") == {("contributor", "north")}
    assert roles_of("Eve") == {("approver", "south"), ("kpi_owner", "south")}


def test_another_role_in_the_definitions_takes_the_place_of_the_former_and_of_no_other(
    organisation: Organisation,
) -> None:
    write_definitions(organisation, bakery(), at=NOW)
    bob = Person.objects.get(name="Bob Baker")
    bob.grant_rows.create(organisation=organisation, role="approver", unit=Unit.objects.get(code="south"))
    alice, former = BAKERY["people"]
    write_definitions(organisation, bakery(people=[alice, former | {"role": "viewer", "unit": "bakery"}]), at=NOW)
    assert roles_of("Bob Baker") == {("viewer", "bakery"), ("approver", "south")}


def test_a_role_that_was_taken_away_stays_away_when_the_same_definitions_are_written(
    organisation: Organisation,
) -> None:
    write_definitions(organisation, bakery(), at=NOW)
    Person.objects.get(name="Bob Baker").grant_rows.all().delete()
    alice, bob = BAKERY["people"]
    write_definitions(organisation, bakery(people=[alice, bob | {"title": "Head baker"}]), at=NOW)
    assert roles_of("Bob Baker") == set()


def test_people_whom_the_definitions_do_not_name_stay(organisation: Organisation) -> None:
    write_definitions(organisation, bakery(), at=NOW)
    fewer = {"people": BAKERY["people"][:1], "kpis": BAKERY["kpis"][1:], "notes": [], "uses": [], "targets": []}
    write_definitions(organisation, bakery(**fewer), at=NOW)
    assert set(Membership.objects.values_list("code", flat=True)) == {"alice", "bob"}


def test_an_account_of_two_organisations_is_renamed_by_neither(organisation: Organisation) -> None:
    write_definitions(organisation, bakery(), at=NOW)
    other = Organisation.objects.create(code="other", name="Other")
    nothing: dict[str, list[object]] = {
        noun: [] for noun in ("kpis", "uses", "targets", "notes", "objectives", "links", "initiatives")
    }
    people = [{"code": "al", "name": "Allie", "email": "ALICE@bakery.example", "role": "viewer"}]
    write_definitions(other, bakery(people=people, **nothing), at=NOW)
    alice = Person.objects.get(email="alice@bakery.example")
    assert (alice.name, alice.memberships.count()) == ("Alice Archer", 2)
    renamed = [{"code": "al", "name": "Mallory", "email": "mallory@other.example"}]
    write_definitions(other, bakery(people=renamed, **nothing), at=NOW)
    alice.refresh_from_db()
    assert (alice.name, alice.email) == ("Alice Archer", "alice@bakery.example")
