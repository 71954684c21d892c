"""Approve a figure that needs it, or return it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.access.rules import OWN_WORK, Thing, can
from fourfold.actions._figures import row_of, write_again
from fourfold.actions._runs import is_evaluated, new_run
from fourfold.actions._steps import advance, find_organisation, lock_as_read, note_event, require_of
from fourfold.actions.origin import acting_for
from fourfold.actions.outcome import Outcome
from fourfold.actions.record_measurement import version_of
from fourfold.engine.cells import Mark
from fourfold.engine.due import day_at
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import Conflict, Forbidden, NotFound
from fourfold.records.frames.measurement import Revision, current_revision
from fourfold.records.models import Approval, Event, Measurement, Organisation, Person
from fourfold.records.queries.deputies import absent_person
from fourfold.records.ready import Ready, ready_definitions
from fourfold.records.scope import principal_of

LONGEST = 1000
HIDDEN = "There is no such figure, or you may not see it."


def approve_measurement(
    *,
    by: Person | None,
    organisation: str | None = None,
    kpi: str,
    unit: str,
    period: str,
    version: str,
    returns: bool = False,
    note: str = "",
    at: datetime | None = None,
) -> Outcome[Revision]:
    """Say that a figure holds: from then on it is not marked “not approved”. Or return it, with a note that says why.

    The verdict is on the `version_of` the figure that the caller looked at: where it was corrected since, or somebody
    was faster, there is `Conflict`. Nobody does this to what they entered, nor to what was entered for them, nor as
    a deputy of whoever entered it. An approval is a new revision, so that what was known before stays as it was.
    """
    found, moment = find_organisation(by, organisation), at or datetime.now(UTC)
    ready = ready_definitions(found)
    if ready is None or kpi not in ready.kpis or unit not in ready.units:
        raise NotFound(HIDDEN)
    canonical = ready.definitions.calendar.parse(period, ready.definitions.kpi[kpi].frequency).id
    with transaction.atomic():
        place = lock_as_read(found, hint="Look at the figure again.")
        known = current_revision(place, ready, kpi, unit, canonical)
        row = Measurement.objects.filter(pk=known.pk).first() if known and known.pk else None
        absent = _require(by, place, ready, kpi, unit, row, moment)
        if known is None or row is None or version_of(known) != version or not known.marks & Mark.UNAPPROVED:
            raise Conflict("The figure has been changed since, or somebody was faster.", hint="Look at it again.")
        if wrong := _wrong(note, returns):
            return Outcome("nothing was changed", known, (wrong,))
        verdict = Approval.RETURNED if returns else Approval.APPROVED
        if returns and row.approvals.filter(verdict=verdict).exists():
            raise Conflict("The figure was returned already.", hint="It comes back when somebody enters it again.")
        with acting_for(absent):
            Approval.objects.create(
                organisation=place, kpi_id=row.kpi_id, unit_id=row.unit_id, measurement=row, verdict=verdict, by=by,
                at=moment, note=note.strip(),
            )  # fmt: skip
            if returns:
                _return(place, ready, row, f"{kpi}/{unit}/{canonical}", by, moment, note.strip())
                return Outcome("returned", known)
            checked = row_of(ready, kpi, unit, canonical, known, note.strip() or "Approved.")
            if not checked.ok or not len(checked.rows):
                return Outcome("nothing was changed", known, checked.findings)
            after = write_again(
                place, ready, checked, by=by, author=by, at=moment, event="measurement.approve", reason=note.strip()
            )  # fmt: skip
    return Outcome("approved", after)


def _require(
    by: Person | None, place: Organisation, ready: Ready, kpi: str, unit: str, row: Measurement | None, at: datetime
) -> Person | None:
    """For whom a deputy does this, nobody for oneself; raises where the person may not."""
    if by is None:
        return None
    thing = Thing(
        place.pk, ready.paths[unit], owner=ready.owners[kpi],
        author=row.recorded_by_id if row and is_waiting(row) else None,
        confidential=ready.definitions.kpi[kpi].is_confidential,
    )  # fmt: skip
    absent = None
    if not can(principal_of(by), Action.APPROVE, thing) and thing.author != by.pk:
        absent = absent_person(by, kpi, thing, on=day_at(ready.definitions, unit, at), action=Action.APPROVE)
    if absent is None:
        require_of(principal_of(by), Action.APPROVE, thing)
    if row is not None and not Measurement.objects.visible_to(by).filter(pk=row.pk).exists():  # of a small group
        raise NotFound(HIDDEN)
    if row is not None and _entered_for(row, f"{kpi}/{unit}/{row.period}") in (by.pk, (absent and absent.pk) or by.pk):
        raise Forbidden(f"You may not {Action.APPROVE.words} here. {OWN_WORK}")
    return absent


def is_waiting(row: Measurement) -> bool:
    """True where nobody has approved it who had to."""
    return row.marks >= Mark.UNAPPROVED


def _entered_for(row: Measurement, thing: str) -> int | None:
    """On whose behalf a deputy entered it, as the event says."""
    events = Event.objects.filter(
        organisation=row.organisation_id, action="measurement.record", object=thing, person=row.recorded_by_id
    )
    return events.filter(at=row.recorded_at).values_list("on_behalf_of", flat=True).first()


def _wrong(note: str, returns: bool) -> Finding | None:
    if returns and not note.strip():
        return Finding("APPROVAL-NOTE", Level.ERROR, Place(thing="note"), "A figure is returned with a note.",
                       "Write what is to be done about it.")  # fmt: skip
    if len(note.strip()) > LONGEST:
        return Finding("APPROVAL-NOTE", Level.ERROR, Place(thing="note"), "The note is too long.",
                       f"Shorten it to {LONGEST:,} characters.")  # fmt: skip
    return None


def _return(
    place: Organisation, ready: Ready, row: Measurement, thing: str, by: Person | None, at: datetime, note: str
) -> None:
    """The event, and a run, so that pages know of it; no result hangs on a return."""
    was_evaluated = is_evaluated(place)
    advance(place)
    note_event(place, by, "measurement.return", thing, at=at, unit=row.unit_id, reason=note)
    if was_evaluated:
        new_run(place, as_of=at, reason=f"Returned {thing}")
