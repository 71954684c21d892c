"""The plan of a folder against what loading it then does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fourfold.actions.load_folder import load_folder
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.edits import Kind
from fourfold.engine.period_states import PeriodState
from fourfold.errors import NotFound, Outdated
from fourfold.records.models import Event, Organisation, Result, Step
from fourfold.records.queries.plan import plan
from fourfold.scorecard import load
from fourfold.testing.bakery import BAKERY
from tests.actions.conftest import FIGURES, folder  # noqa: F401, the fixture

pytestmark = pytest.mark.django_db
Folder = Callable[..., Path]
HEAVIER = [{**p, "weight": "80"} if p["code"] == "finance" else p for p in BAKERY["perspectives"]]


@pytest.fixture
def loaded(folder: Folder) -> Organisation:  # noqa: F811
    outcome = load_folder(path=folder())
    assert outcome.value, outcome.findings
    return outcome.value


def test_the_folder_that_was_loaded_plans_nothing(loaded: Organisation, folder: Folder) -> None:  # noqa: F811
    assert not plan(load(folder(name="again")), "again").differences


def test_every_score_becomes_what_the_plan_said(loaded: Organisation, folder: Folder) -> None:  # noqa: F811
    changed = FIGURES.replace("on_time,north,2026-02,,88,100", "on_time,north,2026-02,,55,100")
    path = folder(name="new", figures=changed, perspectives=HEAVIER)
    made = plan(load(path), "new", "north", "2026-02")
    assert [(e.noun, e.name, e.kind) for e in made.differences.edits] == [("perspectives", "finance", Kind.CHANGED)]
    effect = made.differences.effect
    assert effect is not None and {d.node for d in effect.differences} >= {"scorecard", "kpi:on_time"}

    def stored() -> dict[str, float | None]:
        found = Result.objects.filter(view="month", unit__code="north", period="M:2026-02")
        return dict(found.values_list("node", "score"))

    before, events = stored(), Event.objects.count()
    for d in effect.differences:
        assert d.base is not None and before[d.node] == pytest.approx(d.base.score)
    assert load_folder(path=path, expected=made.version).ok
    assert Event.objects.count() > events
    after = stored()
    for d in effect.differences:
        assert d.scenario is not None and after[d.node] == pytest.approx(d.scenario.score)
    assert {node for node in after if before[node] != after[node]} == {
        d.node for d in effect.differences if d.change is not None
    }


def test_scores_are_those_of_the_last_closed_month(loaded: Organisation, folder: Folder) -> None:  # noqa: F811
    heavier = load(folder(name="new", perspectives=HEAVIER))
    newest = plan(heavier, "new").differences.effect
    for month in ("2026-01", "2026-02"):
        set_period_state(by=None, unit="bakery", period=month, state=PeriodState.CLOSED, reason="Told the board.")
    closed = plan(heavier, "new").differences.effect
    assert newest is not None and closed is not None and newest.period != closed.period == "M:2026-02"
    asked = plan(heavier, "new", period="2026-01").differences.effect
    assert asked is not None and asked.period == "M:2026-01"


def test_figures_that_the_folder_leaves_out_stay_in_the_plan(loaded: Organisation, folder: Folder) -> None:  # noqa: F811
    few = folder(name="few", figures=FIGURES.split("costs,")[0])
    assert not plan(load(few), "few").differences


def test_people_and_confirmed_steps_are_not_planned_to_go(loaded: Organisation, folder: Folder) -> None:  # noqa: F811
    spec = {"kpi": "sales", "unit": "north", "since": "2026-02", "cause": "process", "note": "A new till."}
    Step.objects.create(
        organisation=loaded, kpi=loaded.kpi_set.get(code="sales"), unit=loaded.unit_set.get(code="north"),
        since="2026-02", spec=spec, confirmed_at="2026-03-01T00:00:00Z",
    )  # fmt: skip
    loaded.definitions_version += 1
    loaded.save()
    alone = [p for p in BAKERY["people"] if p["code"] == "alice"]
    kpis = [{key: value for key, value in kpi.items() if key != "owner"} for kpi in BAKERY["kpis"]]
    found = plan(load(folder(name="alone", people=alone, kpis=kpis, notes=[])), "alone").differences
    assert {(e.noun, e.kind) for e in found.edits} == {("kpis", Kind.CHANGED), ("notes", Kind.REMOVED)}


def test_a_plan_of_yesterday_is_not_applied(loaded: Organisation, folder: Folder) -> None:  # noqa: F811
    path = folder(name="mine", perspectives=HEAVIER)
    made = plan(load(path), "mine")
    assert load_folder(path=folder(name="theirs", links=[])).ok
    events = Event.objects.count()
    with pytest.raises(Outdated, match="has changed since the plan"):
        load_folder(path=path, expected=made.version)
    assert Event.objects.count() == events


def test_an_organisation_that_is_not_there_yet_has_no_plan(db: None, folder: Folder) -> None:  # noqa: F811
    with pytest.raises(NotFound, match="no organisation bakery yet"):
        plan(load(folder()), "bakery")
