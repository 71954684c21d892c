from __future__ import annotations

import pytest
from django.db.models import F
from django.test import Client

from fourfold.actions.invite_person import invite_person
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.period_states import PeriodState
from fourfold.records.models import Kpi, Measurement, Organisation, Person, Restatement
from tests.web.conftest import ADDRESSES, MOMENT

pytestmark = pytest.mark.django_db
PAGE = "/s/bakery/approvals/"


@pytest.fixture
def carol(organisation: Organisation) -> Client:
    """She approves figures of the bakery, where sales need it."""
    sales = Kpi.objects.get(organisation=organisation, code="sales")
    sales.spec |= {"needs_approval": True}
    sales.save()
    Organisation.objects.filter(pk=organisation.pk).update(definitions_version=F("definitions_version") + 1)
    invite_person(by=None, email="carol@b.example", name="Carol", role="approver", organisation="bakery", at=MOMENT)
    client = Client()
    client.force_login(Person.objects.get(email="carol@b.example"))
    return client


def entered(value: str) -> int:
    bob = Person.objects.get(email=ADDRESSES["bob"])
    record_measurement(by=bob, organisation="bakery", kpi="sales", unit="north", period="2026-04", value=value)
    return Measurement.objects.latest("pk").pk


def test_many_are_approved_in_one_go_and_one_that_was_corrected_stops_no_other(carol: Client, bob: Client) -> None:
    old = entered("811")
    new = entered("812")
    page = carol.get(PAGE).content.decode()
    assert f'value="{new}"' in page and f'value="{old}"' not in page and "Bob Baker" in page
    mine = bob.get("/s/north/approvals/").content.decode()
    assert "Waiting for somebody else" in mine and 'name="figure"' not in mine
    answer = carol.post(PAGE, {"figure": [old, new], "do": "approve", "note": "Seen."})
    assert answer.status_code == 409 and "changed since" in answer.content.decode()
    assert "1 figure approved." in answer.content.decode() and not Measurement.objects.waiting().exists()


@pytest.mark.parametrize("sent", [{}, {"figure": "x"}, {"restatement": "1" * 30}])
def test_what_makes_no_sense_is_said(carol: Client, sent: dict[str, str]) -> None:
    assert carol.post(PAGE, sent).status_code in (404, 422)


def test_a_restatement_is_asked_for_decided_and_told_on_the_page_of_the_kpi(carol: Client, bob: Client) -> None:
    set_period_state(
        by=None, organisation="bakery", unit="bakery", period="2026-04", state=PeriodState.CLOSED, reason="Over."
    )
    kpi = f"/kpi/{Kpi.objects.get(organisation__code='bakery', code='costs').pk}-costs/"
    sent = {"period": "M:2026-04", "value": "950", "reason": "<i>Flour</i> came late.", "code": "late_data"}
    assert bob.post(f"{kpi}restatements/", sent | {"code": ""}).status_code == 422
    assert bob.post(f"{kpi}restatements/?u=north", sent, follow=True).status_code == 200
    asked = Restatement.objects.get()
    assert "was restated" not in bob.get(kpi).content.decode()
    shown = carol.get(PAGE).content.decode()
    assert "900</s> → <b>950" in shown and "&lt;i&gt;Flour" in shown and "Margin, North Quay" in shown
    assert carol.post(PAGE, {"restatement": asked.pk, "do": "decline"}).status_code == 422
    assert carol.post(PAGE, {"restatement": asked.pk, "do": "approve"}, follow=True).status_code == 200
    told = bob.get(kpi).content.decode()
    assert "Apr 2026 was restated" in told and "Carol" in told and "Harbour Bakery: " not in told
