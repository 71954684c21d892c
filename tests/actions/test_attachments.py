"""Files of figures: who may attach and remove them, what is kept, and what stays on record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from fourfold.actions.add_attachment import LARGEST, MOST, add_attachment
from fourfold.actions.amend_definitions import amend_definitions
from fourfold.actions.invite_person import invite_person
from fourfold.actions.name_deputy import name_deputy
from fourfold.actions.remove_attachment import remove_attachment
from fourfold.actions.set_period_state import set_period_state
from fourfold.engine.amendments import Amendment
from fourfold.engine.period_states import PeriodState
from fourfold.errors import Forbidden, NotFound
from fourfold.records.closed_periods import PeriodClosed
from fourfold.records.models import Attachment, Event, Organisation, Person
from fourfold.records.ready import ready_definitions
from tests.actions.conftest import NOW

BILL: dict[str, Any] = {"kpi": "sales", "unit": "north", "period": "2026-04", "name": "bill.pdf", "at": NOW}


def attach(by: Person | None, content: bytes = b"%PDF-1.7 april", **changes: Any) -> Attachment:
    outcome = add_attachment(by=by, content=content, **BILL | changes)
    assert outcome.value is not None, outcome.findings
    return outcome.value


def vera() -> Person:
    """Somebody who only sees North Quay."""
    mail = "vera@bakery.example"
    invite_person(by=None, organisation="bakery", email=mail, name="Vera", role="viewer", unit="north", at=NOW)
    return Person.objects.get(email=mail)


def test_a_file_is_kept_with_its_figure_and_who_brought_it(bob: Person) -> None:
    row = attach(bob)
    kept = Attachment.objects.get()
    assert (kept.kpi.code, kept.unit.code, kept.period) == ("sales", "north", "M:2026-04")
    assert (kept.name, kept.media_type, kept.size, kept.by) == ("bill.pdf", "application/pdf", 14, bob)
    assert bytes(kept.content) == b"%PDF-1.7 april"
    event = Event.objects.get(action="attachment.add")
    assert event.person == bob and event.unit_id == kept.unit_id and str(row.pk) in event.object
    assert event.after == {"name": "bill.pdf", "kind": "PDF", "size": 14, "sha256": kept.sha256}


def test_the_same_file_again_is_not_kept_twice(bob: Person) -> None:
    assert attach(bob).pk == attach(bob, name="again.pdf").pk
    assert Attachment.objects.count() == Event.objects.filter(action="attachment.add").count() == 1


def test_what_is_removed_stays_as_of_the_days_on_which_it_was_there(bob: Person) -> None:
    row = attach(bob)
    later = NOW + timedelta(days=2)
    assert remove_attachment(by=bob, attachment=row.pk, at=later).summary == "removed"
    assert not Attachment.objects.there().exists()
    assert Attachment.objects.there(NOW + timedelta(days=1)).get() == row
    assert not Attachment.objects.there(NOW - timedelta(days=1)).exists()
    kept = Attachment.objects.get()
    assert (kept.removed_by, kept.removed_at) == (bob, later)
    assert Event.objects.get(action="attachment.remove").before["name"] == "bill.pdf"
    assert remove_attachment(by=bob, attachment=row.pk).summary == "removed already"
    assert attach(bob).pk != row.pk, "and it can be attached again"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"content": b""}, "EMPTY"),
        ({"content": b"<html><script>alert(1)</script>"}, "KIND"),
        ({"content": b"MZ\x90\x00\x03", "name": "bill.pdf"}, "KIND"),
        ({"content": b"%PDF-" + b"0" * LARGEST}, "SIZE"),
        ({"period": "2026-09"}, "PERIOD"),
        ({"period": "soon"}, "PERIOD"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is(bob: Person, changes: dict[str, Any], code: str) -> None:
    outcome = add_attachment(by=bob, **BILL | {"content": b"%PDF-1"} | changes)
    assert [finding.code for finding in outcome.findings] == [f"ATTACHMENT-{code}"]
    assert not outcome.ok and not Attachment.objects.exists()


def test_a_figure_has_only_so_many_files(bob: Person) -> None:
    for number in range(MOST):
        attach(bob, content=b"%%PDF-1 %d" % number)
    outcome = add_attachment(by=bob, content=b"%PDF-1 one more", **BILL)
    assert [finding.code for finding in outcome.findings] == ["ATTACHMENT-MANY"]
    attach(bob, content=b"%PDF-1 one more", period="2026-03")


def test_only_who_may_enter_the_figure_attaches_and_removes(
    organisation: Organisation, bob: Person, charlie: Person
) -> None:
    row = attach(bob)
    for who, error in ((charlie, NotFound), (bob, NotFound)):
        with pytest.raises(error):
            attach(who, unit="south")
    with pytest.raises(NotFound):
        remove_attachment(by=charlie, attachment=row.pk)
    viewer = vera()
    for do in (lambda: attach(viewer), lambda: remove_attachment(by=viewer, attachment=row.pk)):
        with pytest.raises(Forbidden):
            do()
    assert Attachment.objects.there().count() == 1


def test_a_deputy_attaches_on_behalf_of_who_is_away(bob: Person) -> None:
    viewer = vera()
    name_deputy(by=bob, deputy=viewer.email or "", since=NOW.date(), until=date(2026, 7, 20), at=NOW)
    attach(viewer)
    assert Event.objects.get(action="attachment.add").on_behalf_of == bob


def test_a_closed_period_takes_more_proof_and_loses_none(alice: Person, bob: Person) -> None:
    row = attach(bob)
    set_period_state(
        by=None, unit="bakery", period="2026-04", state=PeriodState.CLOSED, reason="Over.", at=NOW
    )
    with pytest.raises(PeriodClosed):
        remove_attachment(by=bob, attachment=row.pk, at=NOW)
    attach(bob, content=b"%PDF-1 late")
    assert Attachment.objects.there().count() == 2


def test_a_kpi_with_files_is_archived_and_not_removed(organisation: Organisation, alice: Person, bob: Person) -> None:
    ready = ready_definitions(organisation)
    assert ready
    new = ready.written.kpi["sales"].model_copy(update={"code": "bare", "name": "Bare"})
    assert amend_definitions(by=alice, amendments=[Amendment("kpis", None, new)], at=NOW).ok
    attach(alice, kpi="bare")
    refused = amend_definitions(by=alice, amendments=[Amendment("kpis", new, None)], at=NOW)
    assert [finding.code for finding in refused.findings] == ["AMEND-IN-USE"]
