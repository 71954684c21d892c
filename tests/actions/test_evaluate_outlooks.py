"""What a figure says about where its KPI is going is kept, beside all that was said before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.evaluate_outlooks import evaluate_outlooks, outlooks_after
from fourfold.actions.record_measurement import record_measurement
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Organisation, Outlook, Person, Result

pytestmark = pytest.mark.django_db


def kept() -> set[tuple[str, str, str]]:
    return set(Outlook.objects.values_list("kpi__code", "unit__code", "origin"))


def test_loading_keeps_the_outlook_of_every_kpi_and_unit_with_a_figure(organisation: Organisation) -> None:
    assert ("sales", "north", "M:2026-04") in kept()
    assert ("sales", "south", "M:2026-03") in kept()  # April is missing there
    assert ("margin", "bakery", "M:2026-03") in kept()  # computed and rolled up
    assert ("on_time", "south", "M:2026-01") in kept()


def test_evaluating_again_keeps_nothing_new(organisation: Organisation, now: datetime) -> None:
    before = Outlook.objects.count()
    evaluate_organisation(by=None, as_of=now + timedelta(days=2))
    assert Outlook.objects.count() == before


def test_a_new_figure_changes_the_outlook_there_above_and_of_what_is_computed(bob: Person, now: datetime) -> None:
    before = set(Outlook.objects.values_list("pk", flat=True))
    record_measurement(by=bob, kpi="sales", unit="north", period="2026-05", value=1050, at=now)
    assert evaluate_outlooks(by=bob, kpi="sales", unit="north", as_of=now).value == 2
    new = Outlook.objects.exclude(pk__in=before).values_list("kpi__code", "unit__code", "origin")
    assert set(new) == {("sales", "north", "M:2026-05"), ("sales", "bakery", "M:2026-05")}
    assert before < set(Outlook.objects.values_list("pk", flat=True))


def test_it_is_what_a_full_evaluation_would_keep(bob: Person, now: datetime) -> None:
    record_measurement(by=bob, kpi="costs", unit="north", period="2026-04", value=790, at=now)
    evaluate_outlooks(by=bob, kpi="costs", unit="north", as_of=now)
    before = Outlook.objects.count()
    evaluate_organisation(by=None, as_of=now)
    assert Outlook.objects.count() == before


def test_pages_can_tell_that_outlooks_were_kept(organisation: Organisation, bob: Person, now: datetime) -> None:
    record_measurement(by=bob, kpi="costs", unit="north", period="2026-04", value=790, at=now)
    organisation.refresh_from_db()
    before = (organisation.version, organisation.outlooks_version)
    evaluate_outlooks(by=bob, kpi="costs", unit="north", as_of=now)
    organisation.refresh_from_db()
    assert (organisation.version, organisation.outlooks_version) == (before[0], before[1] + 1)


def test_what_is_made_of_older_figures_does_not_pass_for_new(
    organisation: Organisation, bob: Person, now: datetime
) -> None:
    """While outlooks are made, and before they are written, another figure of the same KPI is recorded."""
    record_measurement(by=bob, kpi="sales", unit="north", period="2026-05", value=1050, at=now)
    organisation.refresh_from_db()
    before, asked = organisation.version, list[str]()

    def meanwhile(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "FROM" in sql and '"records_organisation"' in sql:
            asked.append(sql)
            if len(asked) == 2:  # the first reads what is there, the second locks it to write
                record_measurement(by=None, kpi="sales", unit="south", period="2026-05", value=900, at=now)
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        outlooks_after(organisation, [("sales", "north")], at=now)
    written = dict(Outlook.objects.filter(made_at=now).values_list("unit__code", "input_version"))
    assert written["bakery"] == before, "it knows nothing of the figure of the south"
    changed = Result.objects.filter(node="kpi:sales", unit__code="bakery", view="month").order_by("-input_version")
    assert changed[0].input_version > before, "so pages see that it is older than what they show"
    outlooks_after(organisation, [("sales", "south")], at=now)
    assert Outlook.objects.filter(unit__code="bakery").latest("pk").input_version > before


def test_outlooks_after_several_figures_are_those_after_each(bob: Person, now: datetime) -> None:
    places = {("sales", "north"), ("costs", "north"), ("staff", "south")}
    for kpi, unit in places:
        record_measurement(by=None, kpi=kpi, unit=unit, period="2026-05", value=12, at=now)
    outlooks_after(Organisation.objects.get(), places, at=now)
    before = Outlook.objects.count()
    evaluate_organisation(by=None, as_of=now)
    assert Outlook.objects.count() == before, "a full evaluation has nothing to add"


def test_people_ask_for_their_own_units_only(bob: Person, charlie: Person, now: datetime) -> None:
    with pytest.raises((Forbidden, NotFound)):
        evaluate_outlooks(by=bob, kpi="sales", unit="south", as_of=now)
    with pytest.raises(NotFound):
        evaluate_outlooks(by=charlie, kpi="sales", unit="north", as_of=now)
    with pytest.raises(NotFound):
        evaluate_outlooks(by=bob, kpi="nothing", unit="north", as_of=now)
