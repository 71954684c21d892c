"""Outlooks of what the link of a reminder enters: after the answer where a server runs, as of all figures."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from fourfold.actions import follow_outlooks
from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.records.models import Organisation, Outlook
from fourfold.testing.bakery import bakery
from tests.actions.test_follow_outlooks import busy as busy
from tests.web.conftest import FIGURES, load
from tests.web.pages.test_reminder import opened, recorded, reminded, sent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def loaded(db: None, tmp_path: Path) -> None:
    """The bakery, where the thread of a server sees it too."""
    load(tmp_path / "bakery", bakery(), FIGURES)


def told() -> set[tuple[str, str, str]]:
    """What is kept of each KPI and unit."""
    return {(k, u, repr(spec)) for k, u, spec in Outlook.objects.values_list("kpi__code", "unit__code", "spec")}


def test_outlooks_of_the_figures_follow_the_answer(organisation: Organisation, busy: Event) -> None:
    evaluate_organisation(by=None, organisation=organisation.code)
    client, page = opened(reminded(kpis=("sales",)))
    before = told()
    assert client.post(page, sent("sales", "1400")).status_code == 302
    assert [row.value for row in recorded("sales")] == [1400] and told() == before
    busy.set()
    follow_outlooks.end()
    made = told() - before
    assert {("sales", "north"), ("sales", "bakery")} <= {place[:2] for place in made}
    evaluate_organisation(by=None, organisation=organisation.code)
    assert told() - before == made, "what a whole evaluation would say"
