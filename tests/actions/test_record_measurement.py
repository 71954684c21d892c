from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fourfold.actions.record_measurement import record_measurement
from fourfold.engine.cells import Mark, State
from fourfold.errors import Forbidden, NotFound
from fourfold.records.frames.measurement import read_measurements
from fourfold.records.models import Event, Measurement, Organisation, Person, Result
from fourfold.records.ready import ready_definitions

pytestmark = pytest.mark.django_db
SALES: dict[str, Any] = {"kpi": "sales", "unit": "north", "period": "2026-05"}


def written() -> tuple[int, int, int]:
    return Measurement.objects.count(), Event.objects.count(), Result.objects.count()


def value(node: str = "kpi:sales", unit: str = "north", period: str = "M:2026-05", view: str = "month") -> float | None:
    return Result.objects.get(view=view, node=node, unit__code=unit, period=period).value


def test_a_figure_is_kept_with_its_digits_and_shows_everywhere_at_once(bob: Person, now: datetime) -> None:
    outcome = record_measurement(by=bob, **SALES, value="1234.50", note="counted twice", at=now)
    assert outcome.ok and outcome.value
    row = Measurement.objects.get(pk__gt=0, kpi__code="sales", unit__code="north", period="M:2026-05")
    assert (str(row.value), row.recorded_by, row.reason) == ("1234.50", bob, "counted twice")
    assert value() == 1234.5
    assert value(unit="bakery") == 1234.5


def test_a_correction_supersedes_and_keeps_what_it_corrects(alice: Person, now: datetime) -> None:
    later = now + timedelta(minutes=5)
    record_measurement(by=alice, **SALES, value=1000, at=now)
    record_measurement(by=alice, **SALES, value="1001", note="a till was forgotten", at=later)
    old, new = Measurement.objects.filter(period="M:2026-05").order_by("recorded_at")
    assert (old.value, old.superseded_at) == (Decimal(1000), later)
    assert (new.value, new.superseded_at) == (Decimal(1001), None)
    event = Event.objects.order_by("-seq")[0]
    assert event.before == {"value": "1000", "state": "number"}
    assert event.after == {"value": "1001", "state": "number"}
    assert event.reason == "a till was forgotten"
    assert event.person == alice


def test_what_was_known_at_a_moment_can_be_read_again(organisation: Organisation, now: datetime) -> None:
    ready = ready_definitions(organisation)
    assert ready
    later = now + timedelta(days=3)
    record_measurement(by=None, **SALES, value=1000, at=now + timedelta(days=1))
    record_measurement(by=None, **SALES, value=2000, at=later)

    def known(moment: datetime | None) -> list[float]:
        rows = read_measurements(organisation, ready, kpis=["sales"], as_of=moment)
        return [row["value"] for row in rows.iter_rows(named=True) if row["period"] == "M:2026-05"]

    assert known(now) == []
    assert known(now + timedelta(days=2)) == [1000]
    assert known(later) == known(None) == [2000]


def test_what_is_known_already_is_not_recorded_again(bob: Person, now: datetime) -> None:
    record_measurement(by=bob, **SALES, value="10.0", at=now)
    before = written()
    assert record_measurement(by=bob, **SALES, value="10", at=now).summary == "known already"
    assert written() == before


@pytest.mark.parametrize(
    ("said", "code"), [("missing", State.MISSING), ("n/a", State.NOT_APPLICABLE), ("not due", State.NOT_DUE)]
)
def test_a_reason_for_no_figure_is_recorded_as_such(bob: Person, now: datetime, said: str, code: State) -> None:
    record_measurement(by=bob, **SALES, value=0, at=now)
    assert value() == 0.0
    assert record_measurement(by=bob, **SALES, state=said, at=now).ok
    result = Result.objects.get(view="month", node="kpi:sales", unit__code="north", period="M:2026-05")
    assert (result.state, result.value) == (code, None)


def test_a_ratio_keeps_its_parts(bob: Person, now: datetime) -> None:
    record_measurement(by=bob, kpi="on_time", unit="north", period="2026-05", numerator=19, denominator=20, at=now)
    row = Measurement.objects.get(kpi__code="on_time", period="M:2026-05")
    assert (row.value, row.numerator, row.denominator) == (None, 19, 20)
    assert value("kpi:on_time") == 95.0


def test_marks_travel_with_the_figure(bob: Person, now: datetime) -> None:
    record_measurement(by=bob, **SALES, value=5, quality="estimate", at=now)
    result = Result.objects.get(view="month", node="kpi:sales", unit__code="north", period="M:2026-05")
    assert result.marks & Mark.ESTIMATE


@pytest.mark.parametrize(
    "wrong",
    [{"value": "NaN"}, {"value": "-Infinity"}, {"value": "1e999"}, {"value": "-1"}, {"value": "1,5"}, {},
     {"value": 1, "state": "missing"}, {"state": "whatever"}, {"numerator": 1}, {"numerator": 1, "denominator": 0},
     {"value": 1, "period": "2026-08"}, {"value": 1, "period": "May"}, {"value": 1, "kpi": "margin"},
     {"value": 1, "note": "x" * 2000}],
)  # fmt: skip
def test_a_wrong_figure_is_a_finding_and_nothing_is_written(bob: Person, now: datetime, wrong: dict[str, Any]) -> None:
    before = written()
    outcome = record_measurement(by=bob, **(SALES | wrong), at=now)
    assert not outcome.ok and outcome.value is None
    assert all(f.message and f.fix for f in outcome.findings)
    assert written() == before


def test_a_float_is_refused_before_anything_happens(bob: Person, now: datetime) -> None:
    with pytest.raises(TypeError):
        record_measurement(by=bob, **SALES, value=0.1, at=now)  # type: ignore[arg-type]


def test_bob_records_for_his_unit_only(bob: Person, now: datetime) -> None:
    before = written()
    for unit in ("south", "bakery"):
        with pytest.raises(NotFound):
            record_measurement(by=bob, **(SALES | {"unit": unit}), value=1, at=now)
    assert written() == before
    assert record_measurement(by=bob, **SALES, value=1, at=now).ok


def test_a_viewer_sees_and_may_not_record(bob: Person, now: datetime) -> None:
    bob.grant_rows.update(role="viewer")
    before = written()
    with pytest.raises(Forbidden):
        record_measurement(by=Person.objects.get(pk=bob.pk), **SALES, value=1, at=now)
    assert written() == before


def test_charlie_and_somebody_switched_off_learn_nothing(bob: Person, charlie: Person, now: datetime) -> None:
    before = written()
    bob.is_active = False
    for person in (bob, charlie):
        with pytest.raises(NotFound):
            record_measurement(by=person, organisation="bakery", **SALES, value=1, at=now)
    assert written() == before


@pytest.mark.parametrize("place", [{"unit": "nowhere"}, {"kpi": "nothing"}, {"organisation": "nobody"}])
def test_what_does_not_exist_is_not_found(alice: Person, now: datetime, place: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        record_measurement(by=alice, **(SALES | place), value=1, at=now)
