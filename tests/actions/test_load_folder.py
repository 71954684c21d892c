from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from fourfold.actions.load_folder import load_folder
from fourfold.engine.cells import State
from fourfold.errors import Forbidden, NotFound
from fourfold.records.models import Evaluation, Event, Import, Kpi, Measurement, Organisation, Person, Result
from fourfold.testing.bakery import BAKERY

from .conftest import FIGURES

pytestmark = pytest.mark.django_db
Folder = Callable[..., Path]


@pytest.fixture
def loaded(loaded_anew: None) -> None:
    """Some tests here begin with nothing."""


def counts() -> list[int]:
    """Rows of every table that a load may touch."""
    return [m.objects.count() for m in (Organisation, Kpi, Measurement, Result, Event, Import, Evaluation, Person)]


def test_a_folder_comes_in_whole(organisation: Organisation) -> None:
    assert Measurement.objects.count() == 20
    run = Import.objects.get()
    assert (run.read, run.loaded, run.unchanged, run.rejected) == (20, 20, 0, 0)
    assert len(run.sha256) == 64
    assert Measurement.objects.filter(import_run=run).count() == 20
    assert Event.objects.get().action == "folder.load"
    assert Result.objects.filter(node="scorecard").exists()


def test_digits_and_notes_stay_as_written(organisation: Organisation) -> None:
    row = Measurement.objects.get(kpi__code="sales", unit__code="north", period="M:2026-01")
    assert str(row.value) == "1010.50"
    assert Measurement.objects.get(kpi__code="sales", unit__code="north", period="M:2026-03").reason == (
        "The road was closed."
    )


def test_the_five_kinds_of_cell_are_kept_apart(organisation: Organisation) -> None:
    def state(period: str, unit: str = "south", kpi: str = "sales") -> tuple[int, float | None]:
        found = Result.objects.get(view="month", node=f"kpi:{kpi}", unit__code=unit, period=period)
        return found.state, found.value

    assert state("M:2026-02") == (State.NUMBER, 0.0)
    assert state("M:2026-04") == (State.MISSING, None)
    assert state("M:2026-07") == (State.NOT_DUE, None)
    assert state("M:2026-02", kpi="on_time") == (State.NOT_APPLICABLE, None)
    assert state("M:2026-02", kpi="margin") == (State.ERROR, None)  # it divides by sales, which were 0


def test_the_same_folder_again_changes_nothing(organisation: Organisation, folder: Folder, now: datetime) -> None:
    before = counts()
    with CaptureQueriesContext(connection) as queries:
        outcome = load_folder(by=None, path=folder(), at=now + timedelta(hours=1))
    assert outcome.ok and outcome.summary == "nothing new"
    assert counts() == before
    wrote = [q["sql"] for q in queries if q["sql"].startswith(("UPDATE", "INSERT INTO \"records_m"))]
    # Runs of feeds and jobs of imports let go of an import that is empty.
    assert not [sql for sql in wrote if "records_feedrun" not in sql and "records_importjob" not in sql]


@pytest.mark.parametrize(
    "row",
    ["sales,north,2026-05,NaN,,,,", "sales,north,2026-05,Infinity,,,,", "sales,nowhere,2026-05,1,,,,",
     "profit,north,2026-05,1,,,,", "sales,north,2026-13,1,,,,", "sales,north,2026-05,-1,,,,",
     "margin,north,2026-05,1,,,,"],
)  # fmt: skip
def test_a_folder_with_one_wrong_figure_leaves_nothing(db: None, folder: Folder, now: datetime, row: str) -> None:
    outcome = load_folder(by=None, path=folder(figures=FIGURES + row + "\n"), at=now)
    assert not outcome.ok and outcome.value is None
    assert counts() == [0] * 8


def test_a_folder_with_a_wrong_definition_leaves_what_was_there(
    organisation: Organisation, folder: Folder, now: datetime
) -> None:
    before = counts()
    uses = [*BAKERY["uses"], {"kpi": "nonsense", "objective": "earn"}]
    outcome = load_folder(by=None, path=folder(uses=uses, name="wrong"), at=now)
    assert not outcome.ok
    assert counts() == before


@pytest.mark.parametrize("table", ["records_kpi", "records_measurement", "records_organisation", "records_event"])
def test_a_load_that_breaks_off_leaves_nothing(db: None, folder: Folder, now: datetime, table: str) -> None:
    def pulled(execute: Any, sql: str, *rest: Any) -> Any:
        """The database goes away when it is to write to this table."""
        if sql.startswith((f'INSERT INTO "{table}"', f"INSERT INTO {table}", f"COPY {table}")):
            raise OperationalError("the plug was pulled")
        return execute(sql, *rest)

    with connection.execute_wrapper(pulled), pytest.raises(OperationalError):
        load_folder(by=None, path=folder(), at=now)
    assert counts() == [0] * 8


def test_a_kpi_with_figures_cannot_be_left_out(organisation: Organisation, folder: Folder, now: datetime) -> None:
    before = counts()
    kpis = [k for k in BAKERY["kpis"] if k["code"] != "staff"]
    figures = "\n".join(line for line in FIGURES.splitlines() if not line.startswith("staff")) + "\n"
    outcome = load_folder(by=None, path=folder(kpis=kpis, figures=figures, name="less"), at=now)
    (finding,) = [f for f in outcome.findings if f.code == "LOAD-IN-USE"]
    assert "KPI staff" in finding.message and "retired" in finding.fix
    assert counts() == before


def test_a_changed_figure_is_a_new_revision(organisation: Organisation, folder: Folder, now: datetime) -> None:
    later = now + timedelta(days=1)
    outcome = load_folder(by=None, path=folder(figures=FIGURES.replace("1010.50", "1010.75")), at=later)
    assert outcome.ok and "1 figure loaded" in outcome.summary
    rows = Measurement.objects.filter(kpi__code="sales", unit__code="north", period="M:2026-01").order_by("recorded_at")
    assert [(r.value, r.recorded_at, r.superseded_at) for r in rows] == [
        (Decimal("1010.50"), now, later), (Decimal("1010.75"), later, None),
    ]  # fmt: skip
    run = Import.objects.order_by("-pk")[0]
    assert (run.read, run.loaded, run.unchanged) == (20, 1, 19)


def test_a_figure_recorded_earlier_than_what_is_known_becomes_history(
    organisation: Organisation, folder: Folder, now: datetime
) -> None:
    table = "kpi,unit,period,value,recorded_at\nstaff,north,2026-01,6,2026-02-03T00:00:00+00:00\n"
    assert load_folder(by=None, path=folder(figures=table), at=now).ok
    rows = Measurement.objects.filter(kpi__code="staff", unit__code="north").order_by("recorded_at")
    assert [(r.value, r.superseded_at) for r in rows] == [(Decimal(6), now), (Decimal(7), None)]


def test_revisions_in_one_file_follow_one_another(db: None, folder: Folder, now: datetime) -> None:
    table = (
        "kpi,unit,period,value,recorded_at\n"
        "staff,north,2026-01,8,2026-03-01T00:00:00+00:00\n"
        "staff,north,2026-01,6,2026-02-01T00:00:00+00:00\n"
    )
    assert load_folder(by=None, path=folder(figures=table), at=now).ok
    old, new = Measurement.objects.order_by("recorded_at")
    assert (old.value, old.superseded_at, new.value, new.superseded_at) == (6, new.recorded_at, 8, None)
    before = counts()
    assert load_folder(by=None, path=folder(figures=table), at=now).summary == "nothing new"
    assert counts() == before


def test_alice_may_load_bob_may_not_and_charlie_finds_nothing(
    alice: Person, bob: Person, charlie: Person, folder: Folder, now: datetime
) -> None:
    path = folder(figures=FIGURES + "sales,north,2026-05,1,,,,\n")
    before = counts()
    with pytest.raises(Forbidden):
        load_folder(by=bob, path=path, at=now)
    with pytest.raises(NotFound):
        load_folder(by=charlie, path=path, at=now)
    assert counts() == before
    assert load_folder(by=alice, path=path, at=now).ok
    assert Event.objects.order_by("-seq")[0].person == alice


def test_only_the_administrator_of_the_machine_makes_organisations(
    alice: Person, folder: Folder, now: datetime
) -> None:
    other = folder(organisation=BAKERY["organisation"] | {"code": "other"}, figures="", name="other")
    with pytest.raises(Forbidden):
        load_folder(by=alice, path=other, at=now)
    assert Organisation.objects.count() == 1


def test_events_are_numbered_without_gaps(organisation: Organisation, folder: Folder, now: datetime) -> None:
    for value in ("1", "2", "bad", "3", "3"):
        load_folder(by=None, path=folder(figures=FIGURES + f"sales,north,2026-05,{value},,,,\n"), at=now)
    assert list(Event.objects.values_list("seq", flat=True)) == [1, 2, 3, 4]


def test_a_folder_that_spells_out_the_usual_changes_nothing(
    organisation: Organisation, folder: Callable[..., Path], now: datetime
) -> None:
    path = folder(name="spelled-out")
    kpis = path / "kpis.yaml"
    usual = "    kind: flow\n    state: active\n    frequency: month\n"
    kpis.write_text(kpis.read_text().replace("    name: Sales\n", "    name: Sales\n" + usual))
    people = path / "people.yaml"
    people.write_text(people.read_text().replace("    role: admin\n", "    role: admin\n    unit:\n"))
    assert "frequency: month" in kpis.read_text()
    before = Organisation.objects.get(pk=organisation.pk).version
    assert load_folder(by=None, path=path, at=now).summary == "nothing new"
    assert Organisation.objects.get(pk=organisation.pk).version == before


def test_what_the_evaluation_found_is_told_with_the_load(db: None, folder: Folder, now: datetime) -> None:
    above = FIGURES + "sales,bakery,2026-03,2000,,,,\n"
    found = load_folder(path=folder(figures=above), at=now).findings
    assert [f.message for f in found if f.code == "CASCADE-VALUES"] == [
        "KPI sales of unit bakery is 2000 in Mar 2026, and the units below make 1820.25."
    ]
