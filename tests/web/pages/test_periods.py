from __future__ import annotations

import pytest
from django.test import Client

from fourfold.records.models import PeriodState

pytestmark = pytest.mark.django_db
PAGE = "/s/bakery/periods/"


def test_the_page_closes_a_month_and_the_ruler_and_the_form_say_so(alice: Client, bob: Client) -> None:
    sent = {"period": "M:2026-04", "state": "closed", "reason": ""}
    refused = alice.post(PAGE, sent)
    assert refused.status_code == 422 and "figures of Apr 2026 are there and final" in refused.content.decode()
    assert not PeriodState.objects.exists()
    done = alice.post(PAGE, sent | {"reason": "Enough is <b>there</b>."}, follow=True).content.decode()
    assert "Enough is &lt;b&gt;there&lt;/b&gt;." in done and "Alice Archer" in done
    assert "KPIs in, closed" in done
    assert "with Harbour Bakery" in bob.get("/s/north/periods/").content.decode()
    pk = bob.get("/s/north/scorecard/").content.decode().split('href="/kpi/')[1].split('"')[0]
    kpi = f"/kpi/{pk.split('?')[0]}"
    answer = bob.post(f"{kpi}figures/", {"period": "M:2026-04", "value": "3"})
    assert answer.status_code == 423 and "restatement" in answer.content.decode()


@pytest.mark.parametrize(("sent", "status"), [({}, 422), ({"state": "closed", "period": "now"}, 404)])
def test_what_makes_no_sense_is_said(alice: Client, sent: dict[str, str], status: int) -> None:
    assert alice.post(PAGE, sent).status_code == status


def test_what_was_recorded_since_stops_the_step(alice: Client) -> None:
    answer = alice.post(PAGE, {"period": "M:2026-04", "state": "closed", "reason": "x", "seen": "1"})
    assert answer.status_code == 409 and "recorded since" in answer.content.decode()
