"""Which figures need an explanation: the same rule whichever way they come in."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from django.db.models import F
from django.test import Client

from fourfold.access.scopes import Scope
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.import_measurements import import_measurements
from fourfold.actions.make_token import make_token
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.record_measurements import NewFigure, record_measurements
from fourfold.engine.findings import Level
from fourfold.engine.plausible import UsualRange, Why, why_explain
from fourfold.engine.statuses import Status
from fourfold.records.models import Kpi, Measurement, Organisation, Person
from tests.web.conftest import ADDRESSES, MOMENT
from tests.web.conftest import loaded as loaded

pytestmark = pytest.mark.django_db
#: Orders on time have a target of 95 % and a red line of 85 %; in April 97 of 100 were.
BAD: dict[str, Any] = {
    "kpi": "on_time", "unit": "north", "period": "2026-04", "numerator": "50", "denominator": "100",
}  # fmt: skip
FORM = {"period": "M:2026-04", "numerator": "50", "denominator": "100"}
WORDS = "The road was closed for two weeks."
USUAL = UsualRange(10, 20, 30, 3)


@pytest.fixture(autouse=True)
def evaluated(loaded: None, db: None) -> None:
    evaluate_organisation(by=None, organisation="bakery", as_of=MOMENT)


def bob() -> Person:
    return Person.objects.get(email=ADDRESSES["bob"])


def rule(kpi: str = "", organisation: str = "") -> None:
    if kpi:
        row = Kpi.objects.get(organisation__code="bakery", code="on_time")
        Kpi.objects.filter(pk=row.pk).update(spec=row.spec | {"explain": kpi})
    place = Organisation.objects.get(code="bakery")
    if organisation:
        place.spec = place.spec | {"explain": organisation}
        place.save()
    Organisation.objects.filter(code="bakery").update(definitions_version=F("definitions_version") + 700_000)
    evaluate_organisation(by=None, organisation="bakery", as_of=MOMENT)


def refusing(**changes: str) -> None:
    """The organisation refuses figures that lack their explanation, whoever sends them."""
    place = Organisation.objects.get(code="bakery")
    place.spec = place.spec | {"unexplained": "refused"} | changes
    place.save()
    rule(organisation=changes.get("explain", "off_target_or_unusual"))


def kept(kpi: str = "on_time") -> str:
    row = Measurement.objects.get(kpi__code=kpi, unit__code="north", period="M:2026-04", superseded_at=None)
    number = row.numerator if row.value is None else row.value
    return "" if number is None else format(number, "f")


@pytest.mark.parametrize(
    ("rule", "status", "value", "why"),
    [
        ("off_target_or_unusual", Status.OFF, 25, Why.OFF_TARGET),
        ("off_target_or_unusual", Status.ON, 31, Why.UNUSUAL),
        ("off_target_or_unusual", Status.NEAR, 25, None),
        ("off_target_or_unusual", None, 25, None),
        ("off_target", Status.ON, 31, None),
        ("off_target", Status.OFF, 25, Why.OFF_TARGET),
        ("unusual", Status.OFF, 25, None),
        ("unusual", Status.OFF, 31, Why.UNUSUAL),
        ("nothing", Status.OFF, 31, None),
    ],
)
def test_no_comment_is_asked_on_noise(rule: str, status: Status | None, value: float, why: Why | None) -> None:
    assert why_explain(rule, status, value, USUAL) is why


def test_a_person_explains_before_it_is_recorded(organisation: Organisation) -> None:
    refused = record_measurement(by=bob(), must_explain=True, at=MOMENT, **BAD)
    assert [(f.code, f.level) for f in refused.findings] == [("RECORD-EXPLAIN", Level.ERROR)]
    assert not refused.ok and kept() == "97"
    assert record_measurement(by=bob(), must_explain=True, note=WORDS, at=MOMENT, **BAD).ok and kept() == "50"
    again = record_measurement(by=bob(), must_explain=True, at=MOMENT, **BAD)
    assert again.ok and again.summary == "known already"


def test_in_the_grid_one_that_is_not_explained_keeps_all_out(organisation: Organisation) -> None:
    good = NewFigure("costs", "north", "2026-04", value="500")
    outcome = record_measurements(by=bob(), figures=[good, NewFigure(**BAD)], must_explain=True, at=MOMENT)
    assert [f.code for f in outcome.findings] == ["RECORD-EXPLAIN"] and kept() == "97"
    assert kept("costs") == "900"


def test_a_program_is_told_and_its_figure_recorded(organisation: Organisation) -> None:
    made = make_token(by=bob(), name="Till", scopes=set(Scope)).value
    assert made
    answer = Client().post(
        "/api/v1/organisations/bakery/kpis/on_time/measurements", json.dumps(FORM | {"unit": "north"}),
        content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {made.text}",
    )  # fmt: skip
    assert answer.status_code == 201 and kept() == "50"
    assert "off target" in answer.json()["remarks"][0]


def test_a_file_and_a_push_are_told_and_their_figures_recorded(organisation: Organisation) -> None:
    rows = pl.DataFrame([BAD, BAD | {"unit": "south", "note": WORDS}])
    for kind in ("file", "push"):
        outcome = import_measurements(by=None, organisation="bakery", rows=rows, source="may.csv", kind=kind, at=MOMENT)
        said = [f for f in outcome.findings if f.code == "IMPORT-EXPLAIN"]
        if kind == "file":
            assert [f.level for f in said] == [Level.WARNING] and "on_time/north/2026-04" in said[0].message
            assert "south" not in said[0].message and kept() == "50"
        else:
            assert not said, "nothing is new"


@pytest.mark.parametrize("said", [{"kpi": "nothing"}, {"organisation": "nothing"}, {"kpi": "unusual"}])
def test_the_rule_is_the_organisations_or_the_kpis(organisation: Organisation, said: dict[str, str]) -> None:
    rule(**said)
    assert record_measurement(by=bob(), must_explain=True, at=MOMENT, **BAD).findings == ()


def test_the_page_of_the_kpi_asks_beside_the_reason(organisation: Organisation) -> None:
    evaluate_organisation(by=None, organisation="bakery")
    client = Client()
    client.force_login(bob())
    pk = Kpi.objects.get(organisation=organisation, code="on_time").pk
    address = f"/kpi/{pk}-on-time/figures/?u=north&p=2026-04"
    answer = client.post(address, FORM)
    assert answer.status_code == 422 and kept() == "97"
    assert "off target" in answer.content.decode().split('id="e-reason"')[1][:200]
    assert client.post(address, FORM | {"reason": WORDS}).status_code == 302


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.get(code="bakery")


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([*rows], infer_schema_length=None)


def test_where_the_organisation_says_so_a_program_is_refused_without_words_and_taken_with_them() -> None:
    refusing()
    before = kept()
    refused = record_measurement(by=bob(), organisation="bakery", **BAD, at=MOMENT)
    assert refused.value is None and [f.code for f in refused.findings if f.level is Level.ERROR] == ["RECORD-EXPLAIN"]
    assert kept() == before
    assert record_measurement(by=bob(), organisation="bakery", **BAD, note=WORDS, at=MOMENT).value is not None
    assert kept() == "50"


@pytest.mark.parametrize("apart", [False, True])
def test_where_the_organisation_says_so_a_row_without_words_is_rejected_and_what_is_known_is_no_news(
    apart: bool,
) -> None:
    refusing()
    good = {"kpi": "staff", "unit": "north", "period": "2026-03", "value": "5"}
    known = {"kpi": "on_time", "unit": "north", "period": "2026-03", "numerator": "90", "denominator": "100"}
    given: dict[str, Any] = {"by": bob(), "organisation": "bakery", "source": "till", "kind": "push", "at": MOMENT}
    before = kept()
    outcome = import_measurements(**given, rows=table(BAD, good, known), quarantine=apart)
    result = outcome.value
    assert result is not None and (result.rejected, result.unchanged) == (1, 1)
    assert [reason.code for row in result.worst(9) for reason in row.reasons] == ["RECORD-EXPLAIN"]
    assert result.loaded == 1 and result.done is apart and outcome.ok is apart
    assert kept() == before
    tried = import_measurements(**given, rows=table(BAD), dry_run=True).value
    assert tried is not None and tried.rejected == 1
    assert import_measurements(**given, rows=table(BAD | {"note": WORDS})).ok and kept() == "50"


def test_where_nothing_needs_words_nothing_is_refused_for_want_of_them() -> None:
    refusing(explain="nothing")
    assert import_measurements(
        by=bob(), organisation="bakery", rows=table(BAD), source="till", kind="push", at=MOMENT
    ).ok
    assert kept() == "50"
