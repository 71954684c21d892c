"""Entering and correcting a figure on the page of a KPI."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from fourfold.records.models import Kpi, Measurement, Organisation

APRIL = {"period": "M:2026-04", "reason": ""}


def kpi_path(code: str, tail: str = "") -> str:
    return f"/kpi/{Kpi.objects.get(code=code).pk}-any-name/{tail}"


def page_of(response: Any) -> str:
    return str(response.content.decode())


def test_bob_corrects_a_figure_and_the_page_shows_the_new_one(bob: Client) -> None:
    assert "£1,200.00" in page_of(bob.get(kpi_path("sales")))
    sent = APRIL | {"value": "1350.25", "reason": "The till roll was found."}
    response = bob.post(kpi_path("sales", "figures/"), sent)
    assert response.status_code == 302
    page = page_of(bob.get(response["Location"]))
    assert "Saved: 1,350.25 for Apr 2026." in page
    assert "£1,350.25" in page
    assert re.search(r"<s>£?1,?200(\.00)?</s>", page), "the corrected figure stays in sight"
    assert "The till roll was found." in page
    assert "Bob Baker" in page


def test_the_score_of_the_scorecard_follows_in_the_same_request(bob: Client) -> None:
    before = page_of(bob.get("/s/north/"))
    bob.post(kpi_path("sales", "figures/"), APRIL | {"value": "801"})
    after = page_of(bob.get("/s/north/"))
    score = re.compile(r'<div class="big">([^<]+)')
    assert score.findall(before) != score.findall(after)


def test_a_ratio_is_entered_as_its_two_parts(bob: Client) -> None:
    page = page_of(bob.get(kpi_path("on_time")))
    assert 'name="numerator" value=""' in page and 'name="denominator" value=""' in page
    assert "Apr 2026 has 97 ÷ 100." in page
    assert 'name="value"' not in page
    parts = {"numerator": "99", "denominator": "120", "reason": "Both vans stood in the workshop."}
    bob.post(kpi_path("on_time", "figures/"), APRIL | parts)
    assert "82.5" in page_of(bob.get(kpi_path("on_time")))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter a number. Zero is written 0."),
        ("2O", "the letter O"),
        ("-5", "Correct the figure, or “Smallest possible figure” of the KPI."),
        ("1,200", "Write 1200 where the comma separates thousands, 1.200 where it stands before decimals."),
        ("£900", "Write 900; the unit is said once, with the KPI."),
        ("much", "“much” is not a number. Write it with digits"),
        ("-5", "The figure -5 is below 0, the least it can be."),
    ],
)
def test_a_wrong_figure_is_given_back_with_what_to_do(bob: Client, typed: str, said: str) -> None:
    response = bob.post(kpi_path("sales", "figures/"), APRIL | {"value": typed, "reason": "Why not <b>"})
    page = page_of(response)
    assert response.status_code == 422
    assert said in page
    assert f'value="{typed}"' in page, "what was typed is kept"
    assert "Why not &lt;b&gt;" in page
    assert 'aria-invalid="true"' in page and 'aria-describedby="e-value"' in page
    assert Measurement.objects.filter(period="M:2026-04", kpi__code="sales").count() == 2


def test_a_period_that_is_not_offered_is_refused(bob: Client) -> None:
    response = bob.post(kpi_path("sales", "figures/"), {"period": "M:2031-01", "value": "5"})
    assert response.status_code == 422
    assert "Choose one of the periods in the list." in page_of(response)


def test_zero_is_a_figure(bob: Client) -> None:
    response = bob.post(kpi_path("sales", "figures/"), APRIL | {"value": "0"})
    assert response.status_code == 302
    assert '<span class="v">£0.00</span>' in page_of(bob.get(response["Location"]))


def test_the_same_figure_again_is_not_recorded_twice(bob: Client) -> None:
    response = bob.post(kpi_path("sales", "figures/"), APRIL | {"value": "1200"})
    assert "Nothing new: 1,200 for Apr 2026." in page_of(bob.get(response["Location"]))
    assert Measurement.objects.filter(period="M:2026-04", kpi__code="sales", unit__code="north").count() == 1


def test_the_first_figure_of_the_next_month_can_be_entered(bob: Client) -> None:
    assert '<option value="M:2026-04" selected>' in page_of(bob.get(kpi_path("sales")))
    response = bob.post(kpi_path("sales", "figures/"), {"period": "M:2026-05", "value": "1010", "reason": ""})
    assert '<span class="v">£1,010.00</span>' in page_of(bob.get(response["Location"]))


def test_a_figure_for_an_earlier_month_leads_to_that_month(bob: Client) -> None:
    response = bob.post(kpi_path("sales", "figures/"), {"period": "M:2026-02", "value": "1001", "reason": ""})
    assert response["Location"].endswith("?p=2026-02")


def test_a_computed_kpi_has_no_form(bob: Client) -> None:
    assert 'id="enter"' not in page_of(bob.get(kpi_path("margin")))
    assert bob.post(kpi_path("margin", "figures/"), APRIL | {"value": "5"}).status_code in (404, 422)


def test_a_unit_put_together_from_others_has_no_form(alice: Client) -> None:
    assert 'id="enter"' not in page_of(alice.get(kpi_path("sales")))
    assert 'id="enter"' in page_of(alice.get(kpi_path("sales", "?u=north")))


def test_a_unit_put_together_from_others_takes_no_figure_either(alice: Client) -> None:
    response = alice.post(kpi_path("sales", "figures/"), APRIL | {"value": "5"})
    assert response.status_code == 422
    assert "put together from those of the units below" in page_of(response)
    assert not Measurement.objects.filter(value="5").exists()


def test_the_form_says_in_what_scale_the_figure_is_given(bob: Client) -> None:
    assert "Figure (GBP)" in page_of(bob.get(kpi_path("sales")))
    sales = Kpi.objects.get(code="sales", organisation__code="bakery")
    sales.spec = sales.spec | {"scale": "m"}
    sales.save()
    sales.organisation.definitions_version += 1
    sales.organisation.save()
    assert "Figure (GBP m)" in page_of(bob.get(kpi_path("sales")))


def test_what_is_wrong_with_the_reason_is_said_beside_the_reason(bob: Client) -> None:
    response = bob.post(kpi_path("sales", "figures/"), APRIL | {"value": "5", "reason": "a\ab"})
    assert response.status_code == 422
    assert 'id="e-reason"' in page_of(response) and 'id="e-value"' not in page_of(response)


def test_a_get_leads_to_the_form(bob: Client) -> None:
    assert bob.get(kpi_path("sales", "figures/"))["Location"].endswith("#enter")


def test_a_person_who_only_looks_has_no_form_and_is_refused(bob: Client, organisation: Organisation) -> None:
    organisation.grant_set.filter(person__name="Bob Baker").update(role="viewer")
    assert 'id="enter"' not in page_of(bob.get(kpi_path("sales")))
    assert bob.post(kpi_path("sales", "figures/"), APRIL | {"value": "5"}).status_code == 403


def test_charlie_finds_nothing_to_change(charlie: Client) -> None:
    assert charlie.post(kpi_path("sales", "figures/"), APRIL | {"value": "5"}).status_code == 404
    assert not Measurement.objects.filter(value="5").exists()
