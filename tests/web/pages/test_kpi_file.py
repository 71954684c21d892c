"""The past of a KPI as a table for a spreadsheet."""

from __future__ import annotations

import csv

import pytest
from django.test import Client

from fourfold.access.roles import Role
from fourfold.records.models import Kpi, Organisation
from tests.access.principals import browser, member


def rows(client: Client, code: str, query: str) -> list[dict[str, str]]:
    answer = client.get(f"/kpi/{Kpi.objects.get(code=code, organisation__code='bakery').pk}-x/figures.csv{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))


def test_the_file_has_what_the_page_shows(alice: Client) -> None:
    # April: 1200 of North Quay and 600 of South Pier, target 2,000.20; on_time: 97 of 100 orders against 95 and 85
    (*_, last) = rows(alice, "sales", "?p=2026-04")
    assert (last["unit"], last["period"], last["actual"], last["target"]) == ("bakery", "M:2026-04", "1800.0", "2000.2")
    (*_, north) = rows(alice, "on_time", "?u=north&p=2026-04")
    assert [north[name] for name in ("numerator", "denominator", "score", "status")] == ["97.0", "100.0", "110.0", "on"]


def test_a_figure_that_is_missing_is_an_empty_cell_that_says_so(alice: Client) -> None:
    (*_, last) = rows(alice, "sales", "?u=south&p=2026-03")
    assert (last["actual"], last["status"], last["state"]) == ("", "overdue", "missing")


def test_who_may_not_see_the_unit_gets_no_file(charlie: Client) -> None:
    sales = Kpi.objects.get(code="sales", organisation__code="bakery")
    assert charlie.get(f"/kpi/{sales.pk}-x/figures.csv").status_code == 404


def test_whoever_may_not_take_figures_out_sees_them_and_gets_no_file(bob: Client, alice: Client) -> None:
    pk = Kpi.objects.get(code="costs", organisation__code="bakery").pk
    page, file = f"/kpi/{pk}-x/?u=north", f"/kpi/{pk}-x/figures.csv?u=north"
    assert "Download CSV" in alice.get(page).content.decode()
    text = bob.get(page).content.decode()
    assert "900.00" in text and "Download CSV" not in text
    refused = bob.get(file)
    assert refused.status_code == 403 and "take figures out as a file" in refused.content.decode()


@pytest.mark.parametrize("exports", [False, True])
def test_a_viewer_takes_figures_out_where_the_grant_says_so(organisation: Organisation, exports: bool) -> None:
    viewer = member("viewer", Role.VIEWER)
    viewer.grant_rows.update(exports=exports)
    pk = Kpi.objects.get(code="costs", organisation__code="bakery").pk
    assert browser(viewer).get(f"/kpi/{pk}-x/figures.csv?u=north").status_code == (200 if exports else 403)
