from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.export_folder import export_folder
from fourfold.actions.load_folder import load_folder
from fourfold.actions.record_measurement import record_measurement
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.frames.definition import read_definitions
from fourfold.records.guard import lift_guard
from fourfold.records.models import Chain, Evaluation, Event, Import, Measurement, Organisation, Person, Result, Unit
from tests.actions.test_amend_definitions import AMENDMENTS, changed, written

pytestmark = pytest.mark.django_db
KEPT = ("kpi__code", "unit__code", "period", "start", "frequency", "value", "numerator", "denominator", "state",
        "marks", "recorded_at", "reason", "source")  # fmt: skip


@pytest.fixture
def loaded(loaded_anew: None) -> None:
    """Some tests here begin with nothing."""


def texts(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def current() -> set[tuple[object, ...]]:
    return set(Measurement.objects.current().values_list(*KEPT))


def test_load_export_load_is_the_same_again_to_the_byte(
    organisation: Organisation, tmp_path: Path, now: datetime
) -> None:
    place = {"kpi": "sales", "unit": "north"}
    record_measurement(by=None, **place, period="2026-05", value="0.10", note='said "so", =1+1', source="till", at=now)
    record_measurement(by=None, **place, period="2026-06", value="1e-7", quality="estimate+unapproved", note="=1+1",
                       source="@till", at=now)  # fmt: skip
    record_measurement(by=None, **place, period="2026-05", state="not due", at=now)
    definitions, figures = read_definitions(organisation), current()
    assert export_folder(by=None, path=tmp_path / "one", at=now).ok
    written = (tmp_path / "one" / "measurements" / "figures.csv").read_text()
    assert ",'=1+1," in written and ",'@till," in written and ",0.0000001," in written
    Unit.objects.update(parent=None)
    lift_guard(connection)
    for table in (Result, Evaluation, Measurement, Import, Event, Chain, Organisation, Person):
        table.objects.all().delete()
    assert load_folder(by=None, path=tmp_path / "one", at=now).ok
    assert read_definitions(Organisation.objects.get()) == definitions
    assert current() == figures
    export_folder(by=None, path=tmp_path / "two", at=now)
    assert texts(tmp_path / "one") == texts(tmp_path / "two")


def test_success_factors_and_the_growth_of_a_season_come_back_from_a_folder(
    organisation: Organisation, tmp_path: Path, now: datetime
) -> None:
    year = tuple(1.0 + m / 64 for m in range(12))
    there = written(organisation)
    season = {"path": "seasonal", "shares": year, "growth": year}
    changes = (
        changed(there, "strategy", "rise", success_factors=[{"name": "Bread is fresh", "kpis": ["sales"]}]),
        changed(there, "targets", "sales", None, "commit", "M:2026-01", **season),
    )
    assert amend_definitions(by=None, organisation="bakery", amendments=changes, at=now).ok
    export_folder(by=None, path=tmp_path / "out", at=now)
    for back in changes:
        assert amend_definitions(by=None, organisation="bakery", amendments=(back.undone,), at=now).ok
    assert written(organisation) == there
    assert load_folder(by=None, path=tmp_path / "out", at=now).ok
    found = written(organisation)
    assert [f.kpis for f in found.strategy.success_factors] == [("sales",)]
    (target,) = (t for t in found.targets if t.growth)
    assert target.growth == target.shares == year
    assert load_folder(by=None, path=tmp_path / "out", at=now).summary == "nothing new"


def test_an_export_loaded_where_it_came_from_changes_nothing(
    organisation: Organisation, tmp_path: Path, now: datetime
) -> None:
    export_folder(by=None, path=tmp_path / "out", at=now)
    assert load_folder(by=None, path=tmp_path / "out", at=now).summary == "nothing new"


def test_an_export_of_an_earlier_moment_is_the_export_made_then(
    organisation: Organisation, tmp_path: Path, now: datetime
) -> None:
    export_folder(by=None, path=tmp_path / "then", at=now)
    later = now + timedelta(hours=1)
    record_measurement(by=None, kpi="sales", unit="north", period="2026-04", value="1", note="Wrong till.", at=later)
    target = AMENDMENTS["a target"](written(organisation))
    assert amend_definitions(by=None, organisation="bakery", amendments=target, at=later).ok
    export_folder(by=None, path=tmp_path / "as of then", as_of=now, at=later)
    export_folder(by=None, path=tmp_path / "now", at=later)
    assert texts(tmp_path / "as of then") == texts(tmp_path / "then") != texts(tmp_path / "now")


def test_a_folder_that_holds_something_is_not_written_to(organisation: Organisation, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    events = Event.objects.count()
    with pytest.raises(Conflict):
        export_folder(by=None, path=tmp_path)
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["mine.txt"]
    assert Event.objects.count() == events


def test_alice_may_export_bob_may_not_and_charlie_finds_nothing(
    alice: Person, bob: Person, charlie: Person, tmp_path: Path
) -> None:
    with pytest.raises(Forbidden):
        export_folder(by=bob, path=tmp_path / "out")
    with pytest.raises(NotFound):
        export_folder(by=charlie, path=tmp_path / "out", organisation="bakery")
    assert not (tmp_path / "out").exists()
    assert export_folder(by=alice, path=tmp_path / "out").ok
    assert Event.objects.order_by("-seq")[0].action == "folder.export"


def test_where_there_is_nothing_to_export_it_says_so(db: None, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no organisation"):
        export_folder(by=None, path=tmp_path / "out")
