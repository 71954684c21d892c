from __future__ import annotations

from datetime import datetime

import pytest

from fourfold.actions.evaluate_organisation import evaluate_organisation
from fourfold.actions.record_measurement import record_measurement
from fourfold.actions.record_measurements import NewFigure, record_measurements
from fourfold.errors import NotFound
from fourfold.records.models import Evaluation, Event, Measurement, Person, Result

pytestmark = pytest.mark.django_db
MAY = [
    NewFigure("sales", "north", "2026-05", value="1234.50", note="a fair in town"),
    NewFigure("on_time", "north", "2026-05", numerator="90", denominator="120"),
    NewFigure("costs", "north", "2026-05", state="not due"),
]


def results() -> list[tuple[object, ...]]:
    fields = ("view", "node", "unit", "period", "value", "status", "state", "score")
    return sorted(Result.objects.values_list(*fields), key=str)


def test_several_figures_are_recorded_together_each_with_its_event(bob: Person, now: datetime) -> None:
    before, runs = Measurement.objects.count(), Evaluation.objects.count()
    outcome = record_measurements(by=bob, figures=MAY, at=now)
    assert outcome.ok and outcome.value and [o.ok for o in outcome.value] == [True] * 3
    assert Measurement.objects.count() - before == 3
    assert Event.objects.filter(action="measurement.record").count() == 3
    assert Evaluation.objects.count() - runs == 1, "they are evaluated once"


def test_what_is_evaluated_once_is_what_a_full_evaluation_gives(bob: Person, now: datetime) -> None:
    record_measurements(by=bob, figures=MAY, at=now)
    found = results()
    evaluate_organisation(by=None, as_of=now)
    assert results() == found


def test_one_refused_figure_leaves_none_of_them(bob: Person, now: datetime) -> None:
    before = Measurement.objects.count(), Event.objects.count(), Evaluation.objects.count()
    wrong = [*MAY, NewFigure("staff", "north", "2026-05", value="four")]
    outcome = record_measurements(by=bob, figures=wrong, at=now)
    assert not outcome.ok and outcome.value
    assert [o.ok for o in outcome.value] == [True, True, True, False]
    assert all(o.value is None for o in outcome.value)
    assert (Measurement.objects.count(), Event.objects.count(), Evaluation.objects.count()) == before


def test_whatever_speaks_against_a_figure_stands_with_its_own(bob: Person, alice: Person, now: datetime) -> None:
    record_measurement(by=alice, kpi="sales", unit="north", period="2026-05", value="1", at=now)
    outcome = record_measurements(
        by=bob, figures=[MAY[1], NewFigure("sales", "north", "2026-05", value="2", if_version="none")], at=now
    )
    assert outcome.value is not None
    first, second = outcome.value
    assert first.ok and [finding.code for finding in second.findings] == ["RECORD-REFUSED"]
    assert not Measurement.objects.filter(kpi__code="on_time", period="M:2026-05").exists()


def test_a_unit_that_is_not_seen_is_not_there(bob: Person, charlie: Person, now: datetime) -> None:
    with pytest.raises(NotFound):
        record_measurements(by=bob, figures=[NewFigure("sales", "south", "2026-05", value="1")], at=now)
    with pytest.raises(NotFound):
        record_measurements(by=charlie, figures=MAY, at=now)
