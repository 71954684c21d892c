"""A scorecard from a template: live at once, its examples marked and gone in one step, what people entered kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fourfold.actions.evaluate_organisation import is_evaluated
from fourfold.actions.load_folder import load_folder
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.remove_examples import remove_examples
from fourfold.actions.set_period_state import set_period_state
from fourfold.actions.start_scorecard import start_scorecard
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.write import write
from fourfold.engine.period_states import PeriodState
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.closed_periods import PeriodClosed
from fourfold.records.frames.definition import read_definitions
from fourfold.records.models import Event, Grant, Measurement, Organisation, Person, Result

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PLACE: dict[str, Any] = {
    "organisation": {"code": "place", "name": "Our place", "currency": "NOK"},
    "units": [{"code": "place", "name": "Our place", "kind": "corporate"}],
    "people": [
        {"code": "alice", "name": "Alice", "email": "alice@place.example", "role": "admin"},
        {"code": "erik", "name": "Erik", "email": "erik@place.example", "role": "editor"},
    ],
    "strategy": {"code": "ours", "name": "Strategy of our place", "state": "draft"},
}


@pytest.fixture
def place(tmp_path: Path) -> Organisation:
    for name, text in write(Definitions.model_validate(PLACE)).items():
        (tmp_path / name).write_text(text)
    organisation = load_folder(by=None, path=tmp_path, at=NOW).value
    assert organisation is not None
    return organisation


def person(name: str) -> Person:
    return Person.objects.get(email=f"{name}@place.example")


def definitions() -> Definitions:
    found = read_definitions(Organisation.objects.get(code="place"))
    assert found is not None
    return found


def test_a_template_with_examples_is_live_and_its_examples_go_in_one_step(place: Organisation) -> None:
    outcome = start_scorecard(by=person("alice"), organisation="place", template="hospital", examples=True, at=NOW)
    assert outcome.ok and "12 objectives, 20 KPIs and 1,440 example figures" in outcome.summary
    place.refresh_from_db()
    after = definitions()
    assert place.examples == "hospital" and is_evaluated(place, on=NOW)
    assert (after.organisation.name, after.strategy.code, after.strategy.state) == ("Our place", "ours", "active")
    assert [unit.code for unit in after.units] == ["place", "royal", "cottage", "community"]
    assert {unit.parent for unit in after.units[1:]} == {"place"}
    assert after.kpi["agency"].unit == "NOK" and after.organisation.fiscal_year_start == 1
    assert {m.source for m in Measurement.objects.filter(organisation=place)} == {"Example figure"}
    rows = Result.objects.filter(organisation=place, view="month", period="M:2026-10", node__startswith="perspective:")
    assert rows.count() == 5 * 4 and all(row.score is not None for row in rows)
    assert Event.objects.filter(action="scorecard.start", object="hospital").exists()
    mine = record_measurement(
        by=person("alice"), organisation="place", kpi="ed4h", unit="royal", period="2026-10", numerator="60",
        denominator="100", at=NOW,
    )  # fmt: skip
    assert mine.ok

    assert "example figures removed" in remove_examples(by=person("erik"), organisation="place", at=NOW).summary
    place.refresh_from_db()
    kept = Measurement.objects.get(organisation=place)
    assert (place.examples, kept.numerator, kept.superseded_at) == ("", 60, None)
    assert (definitions().initiatives, definitions().notes) == ((), ()) and len(definitions().kpis) == 20
    assert not Result.objects.filter(organisation=place, node="kpi:wait18", score__isnull=False).exists()
    with pytest.raises(Conflict, match="no example figures"):
        remove_examples(by=None, organisation="place", at=NOW)


def test_the_people_of_a_template_are_named_and_cannot_sign_in(place: Organisation) -> None:
    before = set(Grant.objects.filter(person__email__isnull=False).values_list("person", "role"))
    start_scorecard(by=person("alice"), organisation="place", template="city", examples=False, at=NOW)
    assert not Measurement.objects.filter(organisation=place).exists() and definitions().initiatives == ()
    made = Person.objects.filter(memberships__organisation=place, email=None)
    assert made.count() == 8 and not any(p.has_usable_password() for p in made)
    assert set(Grant.objects.filter(person__email__isnull=False).values_list("person", "role")) == before


def test_who_may_not_and_what_is_there_already_are_refused(place: Organisation) -> None:
    with pytest.raises(Forbidden, match="manage members"):
        start_scorecard(by=person("erik"), organisation="place", template="bank", examples=False, at=NOW)
    with pytest.raises(NotFound, match="no template"):
        start_scorecard(by=person("alice"), organisation="place", template="bnk", examples=False, at=NOW)
    start_scorecard(by=person("alice"), organisation="place", template="bank", examples=False, at=NOW)
    with pytest.raises(Conflict, match="a scorecard already"):
        start_scorecard(by=person("alice"), organisation="place", template="bank", examples=False, at=NOW)


def test_examples_in_a_closed_month_stay_until_it_is_open_again(place: Organisation) -> None:
    start_scorecard(by=person("alice"), organisation="place", template="software", examples=True, at=NOW)
    place_and_month = {"organisation": "place", "unit": "place", "period": "2026-09"}
    set_period_state(by=None, **place_and_month, state=PeriodState.CLOSED, reason="x", at=NOW)
    with pytest.raises(PeriodClosed):
        remove_examples(by=None, organisation="place", at=NOW)
    assert Measurement.objects.filter(organisation=place).count() > 900
