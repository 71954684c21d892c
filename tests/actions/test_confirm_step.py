"""Confirming that figures lie elsewhere for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fourfold.actions.confirm_step import confirm_step
from fourfold.actions.evaluate_organisation import is_evaluated
from fourfold.actions.export_folder import export_folder
from fourfold.actions.load_folder import load_folder
from fourfold.engine.definitions.parse import parse
from fourfold.engine.signals import Phase
from fourfold.errors import Forbidden, NotFound
from fourfold.records.frames.outlook import outlook_of_spec
from fourfold.records.models import Event, Organisation, Outlook, Person, Result, Step
from fourfold.records.ready import ready_definitions
from fourfold.testing.bakery import BAKERY

pytestmark = pytest.mark.django_db
#: §5.7, the worked example, up to June 2026: the step is in November 2025.
MOVED = [52, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52, 57, 58, 56, 59, 57, 60, 58, 61]
SINCE = "M:2025-11"


def months() -> list[str]:
    first = 2024 * 12 + 10  # November 2024
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(first, first + len(MOVED))]


def csv(values: list[int]) -> str:
    rows = [f"staff,{u},{p},{v}" for u in ("north", "south") for p, v in zip(months(), values, strict=True)]
    return "kpi,unit,period,value\n" + "\n".join(rows) + "\n"


@pytest.fixture
def organisation(folder: Callable[..., Path], now: datetime) -> Organisation:
    kpis = [k | {"owner": "bob"} if k["code"] == "staff" else k for k in BAKERY["kpis"]]
    outcome = load_folder(by=None, path=folder(figures=csv(MOVED), kpis=kpis), at=now)
    assert outcome.ok and outcome.value, outcome.findings
    return outcome.value


def asked(**changes: Any) -> dict[str, Any]:
    usual = {"kpi": "staff", "unit": "north", "since": SINCE, "cause": "process", "lasts": True, "note": "New ovens."}
    return usual | changes


def test_the_fixture_says_what_the_test_thinks() -> None:
    assert (months()[0], months()[12], months()[-1]) == ("2024-11", "2025-11", "2026-06")


def newest(unit: str = "north") -> Any:
    row = Outlook.objects.filter(unit__code=unit, kpi__code="staff").order_by("-pk")[0]
    ready = ready_definitions(row.organisation)
    assert ready
    return outlook_of_spec(
        row.spec, kpi="staff", unit=unit, origin=row.origin, made_at=row.made_at,
        calendar=ready.definitions.calendar,
    )  # fmt: skip


def test_the_usual_range_begins_anew(bob: Person, now: datetime) -> None:
    assert newest().reading.phase is Phase.LOCKED
    before = Outlook.objects.count()
    outcome = confirm_step(by=bob, **asked(), at=now)
    assert outcome.ok and outcome.value
    assert (outcome.value.by, outcome.value.date) == ("bob", "2026-07-10")
    assert newest().reading.phase is Phase.TRIAL
    assert newest().reading.centre[-1] == pytest.approx(sum(MOVED[12:]) / 8)
    assert newest().forecast.count == 8
    assert newest("south").reading.phase is Phase.LOCKED
    assert Outlook.objects.count() == before + 1  # those made before stay


def test_it_is_written_down_who_confirmed_what(bob: Person, now: datetime) -> None:
    confirm_step(by=bob, **asked(), at=now)
    event = Event.objects.order_by("-seq")[0]
    assert (event.action, event.object, event.person) == ("step.confirm", f"staff/north/{SINCE}", bob)
    assert event.after["cause"] == "process" and event.after["note"] == "New ovens."


def test_results_stay_and_count_as_those_of_now(organisation: Organisation, bob: Person, now: datetime) -> None:
    before = list(Result.objects.order_by("pk").values_list("pk", "input_version"))
    confirm_step(by=bob, **asked(), at=now)
    assert list(Result.objects.order_by("pk").values_list("pk", "input_version")) == before
    organisation.refresh_from_db()
    assert is_evaluated(organisation)


def test_results_that_were_behind_are_brought_up_to_date(
    organisation: Organisation, bob: Person, now: datetime
) -> None:
    organisation.version += 1
    organisation.save()
    assert not is_evaluated(organisation)
    assert confirm_step(by=bob, **asked(), at=now).ok
    organisation.refresh_from_db()
    assert is_evaluated(organisation)
    assert newest().reading.phase is Phase.TRIAL


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"cause": ""}, {"STEP-CAUSE"}),
        ({"cause": "weather"}, {"STEP-CAUSE"}),
        ({"lasts": False}, {"STEP-LASTING"}),
        ({"since": "2026-02"}, {"STEP-FEW"}),
        ({"since": "M:2024-01"}, {"STEP-OVERLAP"}),
        ({"since": "tomorrow"}, {"STEP-PERIOD"}),
        ({"since": "2026-08"}, {"STEP-PERIOD"}),
        ({"note": "a\x00b"}, {"STEP-NOTE"}),
    ],
)
def test_what_speaks_against_it_is_said_and_nothing_written(
    bob: Person, now: datetime, changes: dict[str, Any], codes: set[str]
) -> None:
    events, outlooks = Event.objects.count(), Outlook.objects.count()
    outcome = confirm_step(by=bob, **asked(**changes), at=now)
    assert not outcome.ok
    assert {f.code for f in outcome.findings} == codes
    assert (Event.objects.count(), Outlook.objects.count(), Step.objects.count()) == (events, outlooks, 0)


def test_an_early_step_is_fine_for_a_new_definition(bob: Person, now: datetime) -> None:
    assert confirm_step(by=bob, **asked(since="2026-02", cause="definition"), at=now).ok


def test_a_second_step_comes_after_the_first(bob: Person, now: datetime) -> None:
    assert confirm_step(by=bob, **asked(), at=now).ok
    for since in (SINCE, "2025-09"):
        outcome = confirm_step(by=bob, **asked(since=since), at=now)
        assert {f.code for f in outcome.findings} == {"STEP-OVERLAP"}


def test_the_owner_cannot_confirm_that_it_got_worse(
    folder: Callable[..., Path], alice: Person, bob: Person, now: datetime
) -> None:
    kpis = [
        k | {"owner": "bob", "polarity": "lower_better"} if k["code"] == "staff" else k for k in BAKERY["kpis"]
    ]
    assert load_folder(by=None, path=folder(figures=csv(MOVED), kpis=kpis), at=now).ok
    assert {f.code for f in confirm_step(by=bob, **asked(), at=now).findings} == {"STEP-WORSE"}
    assert confirm_step(by=alice, **asked(), at=now).ok


def test_people_confirm_for_their_own_units_only(bob: Person, charlie: Person, now: datetime) -> None:
    for unit in ("south", "bakery"):
        with pytest.raises((Forbidden, NotFound)):
            confirm_step(by=bob, **asked(unit=unit), at=now)
    with pytest.raises(NotFound):
        confirm_step(by=charlie, **asked(), at=now)
    with pytest.raises(NotFound):
        confirm_step(by=bob, **asked(kpi="nothing"), at=now)
    assert not Step.objects.exists()


def test_a_confirmed_step_stays_when_the_folder_is_loaded_again(
    folder: Callable[..., Path], bob: Person, now: datetime
) -> None:
    confirm_step(by=bob, **asked(), at=now)
    kpis = [k | {"name": "Everybody"} if k["code"] == "staff" else k for k in BAKERY["kpis"]]
    assert load_folder(by=None, path=folder(figures=csv(MOVED), kpis=kpis), at=now).ok
    assert Step.objects.get().spec["note"] == "New ovens."


def test_a_step_of_the_folder_goes_with_the_folder(folder: Callable[..., Path], now: datetime) -> None:
    step = {"kpi": "staff", "since": SINCE, "cause": "data"}
    assert load_folder(by=None, path=folder(figures=csv(MOVED), steps=[step]), at=now).ok
    assert newest().reading.phase is Phase.TRIAL
    assert load_folder(by=None, path=folder(figures=csv(MOVED), name="without"), at=now).ok
    assert not Step.objects.exists()
    assert newest().reading.phase is Phase.LOCKED


def test_it_is_exported_as_it_was_confirmed(
    organisation: Organisation, bob: Person, now: datetime, tmp_path: Path
) -> None:
    outcome = confirm_step(by=bob, **asked(), at=now)
    assert export_folder(by=None, path=tmp_path / "out").ok
    texts = {p.name: p.read_text("utf-8") for p in (tmp_path / "out").glob("*.yaml")}
    read = parse(texts).definitions
    assert read is not None and read.steps == (outcome.value,)
