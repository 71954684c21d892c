"""Approval of figures and restatements: what counts, who may, and what happens when two do something at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.actions.approve_measurement import approve_measurement
from fourfold.actions.ask_restatement import ask_restatement
from fourfold.actions.decide_restatement import decide_restatement
from fourfold.actions.invite_person import invite_person
from fourfold.actions.name_deputy import name_deputy
from fourfold.actions.record_measurement import record_measurement, version_of
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.cells import Mark
from fourfold.engine.definitions.write import write
from fourfold.engine.period_states import PeriodState as State
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.closed_periods import PeriodClosed
from fourfold.records.frames.measurement import current_revision
from fourfold.records.models import Approval, Event, Measurement, Organisation, Person, Restatement, Result, Snapshot
from fourfold.records.ready import ready_definitions
from fourfold.testing.bakery import BAKERY, bakery
from tests.actions.test_set_period_state import folder, load_folder
from tests.web.conftest import ADDRESSES, FIGURES
from tests.web.conftest import MOMENT as NOW
from tests.web.conftest import loaded as loaded

pytestmark = pytest.mark.django_db
SALES: dict[str, Any] = {"organisation": "bakery", "kpi": "sales", "unit": "north", "period": "M:2026-04"}


def person(name: str) -> Person:
    return Person.objects.get(email=ADDRESSES.get(name, f"{name}@bakery.example"))


@pytest.fixture
def strict(loaded: None, db: None, tmp_path: Any) -> Organisation:
    """Every figure of North Quay has to be approved, and Carol approves."""
    path = folder(tmp_path / "strict")
    units = [u | ({"needs_approval": True} if u["code"] == "north" else {}) for u in BAKERY["units"]]
    for name, text in write(bakery(units=units)).items():
        (path / name).write_text(text)
    (path / "measurements" / "figures.csv").write_text(FIGURES)
    assert load_folder(by=None, path=path, at=NOW).ok
    for name in ("carol", "dora"):
        role = "approver" if name == "carol" else "viewer"
        invite_person(by=None, email=f"{name}@bakery.example", name=name, role=role, organisation="bakery", at=NOW)
    return Organisation.objects.get(code="bakery")


def enter(by: str | None, value: str = "812", *, minutes: int = 1) -> str:
    """The version of what was entered."""
    who = person(by) if by else None
    outcome = record_measurement(by=who, **SALES, value=value, at=NOW + timedelta(minutes=minutes))
    assert outcome.value, outcome.findings
    return version_of(outcome.value)


def approve(by: str, version: str, **more: Any) -> Any:
    return approve_measurement(by=person(by), **SALES, version=version, at=NOW + timedelta(hours=1), **more)


def marks() -> int:
    result = Result.objects.get(view="month", node="kpi:sales", unit__code="north", period="M:2026-04")
    return result.marks & Mark.UNAPPROVED


def test_a_figure_of_a_person_waits_until_somebody_else_says_that_it_holds(strict: Organisation) -> None:
    enter(None, "811")
    assert not marks()  # the administrator of the machine loads what others have looked at
    version = enter("bob", minutes=2)
    assert marks() and Measurement.objects.waiting().count() == 1
    assert approve("carol", version, note="Till roll seen.").ok
    assert not marks() and not Measurement.objects.waiting().exists()
    newest = Measurement.objects.order_by("-pk")[0]
    assert (newest.value, newest.recorded_by, newest.reason) == (Decimal(812), person("carol"), "Till roll seen.")
    assert Event.objects.get(action="measurement.approve").person == person("carol")
    assert record_measurement(by=person("bob"), **SALES, value="812", at=NOW).summary == "known already"
    assert not marks()


def test_a_returned_figure_waits_no_more_and_comes_back_when_entered_again(strict: Organisation) -> None:
    version = enter("bob")
    assert approve("carol", version, returns=True).findings[0].code == "APPROVAL-NOTE"
    assert approve("carol", version, returns=True, note="Is Sunday in?").summary == "returned"
    with pytest.raises(Conflict, match="already"):
        approve("carol", version, returns=True, note="Again.")
    assert marks()
    assert approve("carol", enter("bob", "813", minutes=2)).ok
    assert [a.verdict for a in Approval.objects.order_by("pk")] == ["returned", "approved"]


def test_what_was_corrected_since_is_not_approved(strict: Organisation) -> None:
    version = enter("bob")
    enter("bob", "900", minutes=2)
    for by_now in (version, "none"):
        with pytest.raises(Conflict, match="changed since"):
            approve("carol", by_now)
    assert marks()


def test_nobody_approves_their_own_figure_nor_as_a_deputy(strict: Organisation) -> None:
    invite_person(by=None, email="eve@bakery.example", name="Eve", role="approver", organisation="bakery", at=NOW)
    days = {"since": NOW.date(), "until": NOW.date() + timedelta(days=5), "organisation": "bakery", "at": NOW}
    name_deputy(by=person("carol"), deputy=ADDRESSES["bob"], **days)
    with pytest.raises(Forbidden):
        approve("bob", enter("bob"))
    name_deputy(by=person("bob"), deputy="eve@bakery.example", **days)
    version = enter("eve", "814", minutes=2)  # for Bob
    with pytest.raises(Forbidden, match="yourself"):
        approve("eve", version)
    assert approve("carol", version).ok


def test_a_deputy_approves_for_who_is_away_but_not_what_that_person_entered(strict: Organisation) -> None:
    days = {"since": NOW.date(), "until": NOW.date() + timedelta(days=5), "organisation": "bakery", "at": NOW}
    version = enter("bob")
    with pytest.raises(Forbidden):
        approve("dora", version)
    name_deputy(by=person("carol"), deputy="dora@bakery.example", **days)
    assert approve("dora", version).ok
    event = Event.objects.get(action="measurement.approve")
    assert (event.person, event.on_behalf_of) == (person("dora"), person("carol"))
    invite_person(by=None, email="carol@bakery.example", name="Carol", role="editor", organisation="bakery", at=NOW)
    with pytest.raises(Forbidden):
        approve("dora", enter("bob", "5", minutes=3))
    with pytest.raises(NotFound):
        approve("charlie", version)


#: What Bob and Carol do, in any order: he enters a figure, she looks at it, she approves what she looked at.
STEPS = st.lists(st.sampled_from(["enter 1", "enter 2", "look", "approve", "return"]), min_size=4, max_size=8)


def test_f16_an_approval_is_of_the_figure_that_was_looked_at_in_any_order(strict: Organisation) -> None:
    place = strict
    ready = ready_definitions(place)
    assert ready
    examples = iter(range(10_000))

    @settings(max_examples=6)
    @given(STEPS)
    def interleave(steps: list[str]) -> None:
        with transaction.atomic():
            value, approved, returned, seen, version = "0", True, False, None, ""
            for step in steps:
                minute = next(examples)
                if step.startswith("enter"):
                    new = step[-1]
                    if new != value:
                        value, approved, returned = new, False, False
                        version = enter("bob", new, minutes=minute)
                    else:
                        record_measurement(by=person("bob"), **SALES, value=new, at=NOW + timedelta(minutes=minute))
                elif step == "look":
                    seen = (value, approved, returned, version)
                elif seen is not None:
                    returns = step == "return"
                    holds = seen[3] == version and not approved and not (returns and returned)
                    try:
                        approve_measurement(
                            by=person("carol"), **SALES, version=seen[3], returns=returns, note="x",
                            at=NOW + timedelta(minutes=minute),
                        )  # fmt: skip
                        assert holds
                        approved, returned = not returns, returns
                        version = version_of(current_revision(place, ready, "sales", "north", "M:2026-04"))
                    except Conflict:
                        assert not holds
            known = current_revision(place, ready, "sales", "north", "M:2026-04")
            assert known and bool(known.marks & Mark.UNAPPROVED) is not approved
            assert str(known.value) == (value if value != "0" else "1200")
            transaction.set_rollback(True)

    interleave()


def closed() -> None:
    reason = "The month is over."
    assert set_period_state(
        by=person("alice"), organisation="bakery", unit="bakery", period="2026-04", state=State.CLOSED, reason=reason,
        at=NOW,
    ).ok  # fmt: skip


def ask(by: str, value: str = "400", **more: Any) -> Any:
    asked = {"code": "error", "reason": "A till was counted twice.", "at": NOW + timedelta(minutes=5)} | more
    return ask_restatement(by=person(by), **SALES, value=value, **asked)


def test_a_restatement_shows_what_it_changes_and_counts_when_somebody_else_approves(strict: Organisation) -> None:
    assert ask("bob").findings[0].code == "RESTATE-OPEN"
    closed()
    kept = {s.pk: s.hash for s in Snapshot.objects.all()}
    with pytest.raises(PeriodClosed):
        enter("bob", "400")
    asked = ask("bob").value
    assert asked and asked.is_material
    effect = {(e["unit"], e["node"]): e for e in asked.effect}
    assert effect["bakery", "kpi:sales"]["before"] == {"score": 75.0, "status": "Near target"}
    assert effect["bakery", "kpi:sales"]["after"]["status"] == "Off target" and ("north", "scorecard") in effect
    assert Measurement.objects.filter(value=Decimal(400)).count() == 0
    for by in ("bob", "dora"):
        with pytest.raises(Forbidden):
            decide_restatement(by=person(by), restatement=asked.pk, approves=True)
    with pytest.raises(NotFound):
        decide_restatement(by=person("charlie"), restatement=asked.pk, approves=True)
    assert decide_restatement(by=person("carol"), restatement=asked.pk, approves=True, at=NOW + timedelta(hours=2)).ok
    new = Measurement.objects.order_by("-pk")[0]
    assert (new.value, new.recorded_by, new.reason) == (Decimal(400), person("bob"), "A till was counted twice.")
    after = {(r.unit.code, r.node): r for r in Result.objects.filter(view="month", period="M:2026-04")}
    for (unit, node), told in effect.items():
        score = after[unit, node].score
        assert told["after"]["score"] == (None if score is None else round(score, 1))
    assert {s.pk: s.hash for s in Snapshot.objects.all()} == kept
    with pytest.raises(Conflict, match="already"):
        decide_restatement(by=person("carol"), restatement=asked.pk, approves=True)
    event = Event.objects.get(action="measurement.restate")
    assert (event.person, event.before["value"], event.after["value"]) == (person("carol"), "1200", "400")


def test_a_restatement_is_declined_with_a_note_and_leaves_everything_as_it_is(strict: Organisation) -> None:
    closed()
    asked = ask("bob").value
    before = Measurement.objects.count()
    assert ask("bob", "401").findings[0].code == "RESTATE-WAITING"
    assert decide_restatement(by=person("carol"), restatement=asked.pk, approves=False).findings
    assert decide_restatement(by=person("carol"), restatement=asked.pk, approves=False, note="No proof.").ok
    assert Restatement.objects.get().verdict == "declined" and Measurement.objects.count() == before
    assert ask("bob", "401").ok


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"code": "mood"}, "RESTATE-CODE"), ({"reason": " "}, "RESTATE-REASON"), ({"value": "1200"}, "RESTATE-SAME"),
     ({"value": ""}, "RESTATE-EMPTY")],
)  # fmt: skip
def test_what_is_no_restatement_is_a_finding(strict: Organisation, wrong: dict[str, str], code: str) -> None:
    closed()
    assert code in [f.code for f in ask("bob", **wrong).findings]
    assert not Restatement.objects.exists()


def test_a_figure_that_was_changed_after_reopening_is_not_restated_over(strict: Organisation) -> None:
    closed()
    asked = ask("bob").value
    again = {"organisation": "bakery", "unit": "bakery", "period": "2026-04", "reason": "x", "at": NOW}
    set_period_state(by=person("alice"), state=State.REOPENED, **again)
    enter("bob", "7", minutes=9)
    with pytest.raises(Conflict, match="changed since"):
        decide_restatement(by=person("carol"), restatement=asked.pk, approves=True)
