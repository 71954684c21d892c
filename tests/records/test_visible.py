"""What each table shows to Alice (everything), Bob (North Quay) and Charlie (nothing)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models

from fourfold.records.frames.definition import write_definitions
from fourfold.records.models import (
    Chain,
    DataKey,
    Entry,
    Evaluation,
    Event,
    Grant,
    Identity,
    Import,
    Invitation,
    Kpi,
    Measurement,
    Note,
    Organisation,
    Outlook,
    Person,
    ProvisioningKey,
    Result,
    Secret,
    Step,
    Target,
    Unit,
)
from fourfold.testing.bakery import BAKERY, bakery

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, tzinfo=UTC)
#: Tables whose rows belong to a unit: Bob sees those of his.
BY_UNIT = (Unit, Measurement, Result, Outlook, Note)
#: Tables about accounts and keys, for those who manage accounts alone.
OF_ADMINISTRATORS = (Secret, DataKey, ProvisioningKey, Invitation, Identity, Entry)


@pytest.fixture
def people() -> dict[str, Person]:
    """Harbour Bakery and a rival, each with rows in every table."""
    for code in ("bakery", "rival"):
        organisation = Organisation.objects.create(code=code, name=code)
        others = [p | {"email": f"{p['code']}@{code}.example"} for p in BAKERY["people"]]
        targets = [*BAKERY["targets"], {"kpi": "staff", "unit": "south", "since": "M:2026-01", "value": "5"}]
        notes = [*BAKERY["notes"], {"kpi": "staff", "unit": "south", "period": "M:2026-01", "text": "Two are ill."}]
        steps = [{"kpi": "sales", "since": "M:2026-02", "cause": "definition"}]
        steps += [{"kpi": "sales", "unit": u, "since": "M:2026-03", "cause": "process"} for u in ("north", "south")]
        write_definitions(organisation, bakery(people=others, targets=targets, notes=notes, steps=steps), at=NOW)
        run = Evaluation.objects.create(
            organisation=organisation, at=NOW, as_of=NOW, reason="", engine_version="1", input_version=1
        )
        Event.objects.create(organisation=organisation, seq=1, at=NOW, action="a", object="b")
        theirs = Person.objects.get(email=f"bob@{code}.example")
        Event.objects.create(organisation=organisation, seq=2, at=NOW, action="a", object="b", person=theirs)
        Chain.objects.create(organisation=organisation)
        Import.objects.create(organisation=organisation, sha256="", source="", at=NOW)
        accounts(organisation, theirs)
        kpi = Kpi.objects.get(organisation=organisation, code="sales")
        for unit in Unit.objects.filter(organisation=organisation):
            Measurement.objects.create(
                organisation=organisation, kpi=kpi, unit=unit, period="M:2026-01", frequency="month",
                start="2026-01-01", value=1, recorded_at=NOW,
            )  # fmt: skip
            Result.objects.create(
                organisation=organisation, unit=unit, view="month", ordinal=1, node="scorecard", period="M:2026-01",
                state=0, status=0, evaluation=run, input_version=1,
            )  # fmt: skip
            Outlook.objects.create(
                organisation=organisation, kpi=kpi, unit=unit, origin="M:2026-01", made_at=NOW, input_version=1, spec={}
            )
    names = {"alice": "alice@bakery.example", "bob": "bob@bakery.example"}
    charlie = Person.objects.create_person(name="Charlie Cole", email="charlie@elsewhere.example")
    return {name: Person.objects.get(email=email) for name, email in names.items()} | {"charlie": charlie}


def accounts(organisation: Organisation, person: Person) -> None:
    """A row of each table about accounts and keys."""
    place = {"organisation": organisation}
    Secret.objects.create(**place, name="feed:erp", value="canary")  # with a data key of its organisation
    ProvisioningKey.objects.create(
        **place, directory="staff", start="k", key_hash=organisation.code, made_at=NOW, ends_at=NOW
    )
    Invitation.objects.create(**place, person=person, made_at=NOW, ends_at=NOW)
    Identity.objects.create(
        **place, person=person, directory="staff", issuer="idp", subject=organisation.code, made_at=NOW
    )
    Entry.objects.create(
        **place, directory="staff", kind=Entry.PERSON, name="bob", key="bob", made_at=NOW, changed_at=NOW
    )


def tables() -> list[type[models.Model]]:
    """Those whose rows belong to an organisation; people and what is the installation's own have no such rows."""
    models_ = apps.get_app_config("records").get_models()
    return [m for m in models_ if m is Organisation or any(f.name == "organisation" for f in m._meta.fields)]


def seen(model: type[models.Model], person: Person | AnonymousUser) -> list[models.Model]:
    return list(model._default_manager.visible_to(person))  # type: ignore[attr-defined]


def of_bakery(model: type[models.Model]) -> models.QuerySet[models.Model]:
    where = {"code": "bakery"} if model is Organisation else {"organisation__code": "bakery"}
    return model._default_manager.filter(**where)


@pytest.mark.parametrize("model", tables(), ids=lambda m: m.__name__)
def test_alice_sees_all_rows_of_her_organisation_and_none_of_another(
    model: type[models.Model], people: dict[str, Person]
) -> None:
    assert {row.pk for row in seen(model, people["alice"])} == set(of_bakery(model).values_list("pk", flat=True))


@pytest.mark.parametrize("model", tables(), ids=lambda m: m.__name__)
def test_charlie_and_visitors_see_nothing(model: type[models.Model], people: dict[str, Person]) -> None:
    people["alice"].is_active = False
    for person in (people["charlie"], people["alice"], AnonymousUser()):
        assert seen(model, person) == []


@pytest.mark.parametrize("model", tables(), ids=lambda m: m.__name__)
def test_bob_sees_what_belongs_to_his_unit_or_to_none(model: type[models.Model], people: dict[str, Person]) -> None:
    found = {row.pk for row in seen(model, people["bob"])}
    rows = of_bakery(model)
    if model is Unit:
        rows = rows.filter(code="north")
    elif model in (Grant, Event):
        rows = rows.filter(person=people["bob"])
    elif model in BY_UNIT:
        rows = rows.filter(unit__code="north")
    elif model in OF_ADMINISTRATORS:
        rows = rows.none()
    elif model in (Target, Step):
        rows = rows.filter(models.Q(unit__code="north") | models.Q(unit=None))
    assert found == set(rows.values_list("pk", flat=True))
    assert of_bakery(model).exists() or model not in OF_ADMINISTRATORS
    assert found or model in OF_ADMINISTRATORS or not of_bakery(model).exists()


def test_people_are_seen_by_those_of_the_same_organisation(people: dict[str, Person]) -> None:
    assert {p.name for p in Person.objects.visible_to(people["bob"])} == {"Alice Archer", "Bob Baker"}
    assert not Person.objects.visible_to(people["charlie"]).exists()


def test_a_grant_on_a_unit_covers_the_units_below_it(people: dict[str, Person]) -> None:
    north = Unit.objects.get(organisation__code="bakery", code="north")
    stall = Unit.objects.create(
        organisation=north.organisation, code="stall", name="Stall", parent=north, path=f"{north.path}999/"
    )
    assert set(Unit.objects.visible_to(people["bob"])) == {north, stall}
    assert Grant.objects.get(person=people["bob"]).unit == north
