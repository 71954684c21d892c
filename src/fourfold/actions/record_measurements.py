"""Record several figures together: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._explanations import refuses
from fourfold.actions._recording import NOTHING, Entry, explained, look_at, record_entries
from fourfold.actions._recording import NewFigure as NewFigure  # what callers record
from fourfold.actions._steps import find_organisation, lock_as_read
from fourfold.actions.outcome import Outcome
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.errors import FourfoldError, NotFound
from fourfold.records.frames.measurement import Revision
from fourfold.records.models import Organisation, Person
from fourfold.records.ready import ready_definitions


def record_measurements(
    *,
    by: Person | None,
    organisation: str | Organisation | None = None,
    figures: Sequence[NewFigure],
    must_explain: bool = False,
    outlooks_follow: bool = False,
    is_part: bool = False,
    at: datetime | None = None,
) -> Outcome[list[Outcome[Revision]]]:
    """Record figures in one transaction and evaluate once what they change; the value has an outcome for each.

    Where one is refused, for whatever reason, none is recorded: its outcome has the findings, and the others would
    have been. Raises `NotFound` where a KPI or unit is not there or may not be seen. `must_explain` and `is_part` as
    for `record_measurement`, `outlooks_follow` as for `evaluate_change`.
    """
    found = find_organisation(by, organisation)
    ready = ready_definitions(found)
    if ready is None:
        raise NotFound("There are no KPIs here yet.", hint="Load or build a scorecard first.")
    moment = at or datetime.now(UTC)
    looked: list[Entry | Outcome[Revision]] = []
    places: set[tuple[str, str, str]] = set()
    for figure in figures:
        try:
            entry = look_at(by, found, ready, figure, at=moment)
        except NotFound:
            raise
        except FourfoldError as error:
            looked.append(_refused(error))
            continue
        if errors(entry.findings):
            looked.append(Outcome(NOTHING, findings=entry.findings))
        elif entry.place in places:
            looked.append(_refused(FourfoldError("The same figure is here twice.", hint="Send one of them.")))
        else:
            places.add(entry.place)
            looked.append(entry)
    is_asked = must_explain or refuses(ready.definitions)
    good = [each for each in looked if isinstance(each, Entry)]
    entries = explained(ready, good, level=Level.ERROR if is_asked else Level.WARNING)
    with nullcontext() if is_part else transaction.atomic():
        locked = lock_as_read(found, hint="Enter the figures again.")
        dry = len(good) < len(looked)
        recorded = record_entries(locked, ready, entries, by=by, at=moment, follow=outlooks_follow, dry=dry)
    said = iter(recorded.said)
    outcomes = [_outcome(next(said)) if isinstance(each, Entry) else each for each in looked]
    if all(outcome.ok for outcome in outcomes):
        return Outcome(f"{len(recorded.changed):,} of {len(figures):,} recorded", outcomes)
    refused = tuple(finding for outcome in outcomes for finding in errors(outcome.findings))
    return Outcome(NOTHING, [replace(outcome, value=None) for outcome in outcomes], refused)


def _outcome(said: Outcome[Revision] | FourfoldError) -> Outcome[Revision]:
    return _refused(said) if isinstance(said, FourfoldError) else said


def _refused(error: FourfoldError) -> Outcome[Revision]:
    """What speaks against one figure as a finding, so that each row hears of its own."""
    said = Finding("RECORD-REFUSED", Level.ERROR, Place(thing="value"), error.message, error.hint or "")
    return Outcome(NOTHING, findings=(said,))
