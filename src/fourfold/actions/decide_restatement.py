"""Approve or decline another figure for a closed period."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from fourfold.access.roles import Action
from fourfold.access.rules import Thing
from fourfold.actions._figures import row_of, write_again
from fourfold.actions._runs import is_evaluated, new_run
from fourfold.actions._steps import advance, lock, note_event, require_of
from fourfold.actions.outcome import Outcome
from fourfold.engine.findings import Finding, Level, Place
from fourfold.errors import Conflict, NotFound
from fourfold.records.frames.measurement import Revision, current_revision
from fourfold.records.models import Organisation, Person, Restatement
from fourfold.records.ready import Ready, ready_definitions
from fourfold.records.scope import principal_of


def decide_restatement(
    *, by: Person | None, restatement: int, approves: bool, note: str = "", at: datetime | None = None
) -> Outcome[Restatement]:
    """Let the figure take the place of the one that is known, in the closed period; or decline it, with a note.

    Nobody decides what they asked for. What was computed from the old figure in later periods is computed anew; what
    was kept when periods were closed stays. Where the figure is another one than when it was asked for, or somebody
    has decided, there is `Conflict`.
    """
    moment = at or datetime.now(UTC)
    rows = Restatement.objects if by is None else Restatement.objects.visible_to(by)
    row = rows.select_related("kpi", "unit").filter(pk=restatement).first()
    found = None if row is None else Organisation.objects.get(pk=row.organisation_id)
    ready = None if found is None else ready_definitions(found)
    if row is None or found is None or ready is None:
        raise NotFound("There is no such restatement, or you may not see it.")
    if by is not None:
        thing = Thing(
            found.pk, row.unit.path, owner=row.kpi.owner_id, author=row.asked_by_id,
            confidential=row.kpi.is_confidential,
        )  # fmt: skip
        require_of(principal_of(by), Action.LOCK, thing)
    if not approves and not note.strip():
        finding = Finding("RESTATE-NOTE", Level.ERROR, Place(thing="note"), "It is declined with a note.", "Write why.")
        return Outcome("nothing was changed", row, (finding,))
    with transaction.atomic():
        place = lock(found)
        row = Restatement.objects.select_for_update().select_related("kpi", "unit").get(pk=row.pk)
        if place.definitions_version != found.definitions_version:
            raise Conflict("The definitions have just been changed.", hint="Look at it again.")
        if row.verdict != Restatement.ASKED:
            raise Conflict(f"Somebody has {row.verdict} it already.")
        known = current_revision(place, ready, row.kpi.code, row.unit.code, row.period)
        if approves and (known.pk if known else None) != row.known_id:
            hint = "Decline it, and have it asked for anew."
            raise Conflict("The figure has been changed since it was asked for.", hint=hint)
        return _decide(place, ready, row, by, moment, approves, note.strip()[:1000])


def _decide(
    place: Organisation, ready: Ready, row: Restatement, by: Person | None, at: datetime, approves: bool, note: str
) -> Outcome[Restatement]:
    """The verdict and what follows from it; the lock is held."""
    if approves:
        revision = Revision(row.value, row.numerator, row.denominator, row.state, 0, at)
        checked = row_of(ready, row.kpi.code, row.unit.code, row.period, revision, row.reason)
        if not checked.ok or not len(checked.rows):
            return Outcome("nothing was changed", row, checked.findings)
        write_again(
            place, ready, checked, by=by, author=row.asked_by, at=at, event="measurement.restate", reason=row.reason,
            restates=True,
        )  # fmt: skip
    row.verdict = Restatement.APPROVED if approves else Restatement.DECLINED
    row.decided_by, row.decided_at, row.note = by, at, note
    row.save(update_fields=("verdict", "decided_by", "decided_at", "note"))
    thing = f"{row.kpi.code}/{row.unit.code}/{row.period}"
    was_evaluated = is_evaluated(place)
    advance(place)
    note_event(place, by, f"restatement.{row.verdict}", thing, at=at, unit=row.unit_id, reason=note)
    if was_evaluated:
        new_run(place, as_of=at, reason=f"Decided on the restatement of {thing}")
    return Outcome(row.verdict, row)
