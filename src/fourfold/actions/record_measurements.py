"""Record several figures together: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from django.db import transaction

from fourfold.actions._steps import find_organisation, lock
from fourfold.actions.evaluate_change import Change, evaluate_change
from fourfold.actions.evaluate_organisation import is_evaluated
from fourfold.actions.outcome import Outcome
from fourfold.actions.record_measurement import record_measurement
from fourfold.engine.findings import Finding, Level, Place, errors
from fourfold.errors import FourfoldError, NotFound
from fourfold.records.frames.measurement import Revision
from fourfold.records.models import Person


@dataclass(frozen=True, slots=True)
class NewFigure:
    """One figure to record, as `record_measurement` takes it."""

    kpi: str
    unit: str
    period: str
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    state: str | None = None
    note: str = ""
    if_version: str | None = None


class _Refused(Exception):
    """Nothing is to be kept of what was written."""


def record_measurements(
    *,
    by: Person | None,
    organisation: str | None = None,
    figures: Sequence[NewFigure],
    must_explain: bool = False,
    outlooks_follow: bool = False,
    at: datetime | None = None,
) -> Outcome[list[Outcome[Revision]]]:
    """Record figures in one transaction and evaluate once what they change; the value has an outcome for each.

    Where one is refused, for whatever reason, none is recorded: its outcome has the findings, and the others would
    have been. Raises `NotFound` where a KPI or unit is not there or may not be seen. `must_explain` as for
    `record_measurement`, `outlooks_follow` as for `evaluate_change`.
    """
    found = find_organisation(by, organisation)
    moment = at or datetime.now(UTC)
    outcomes: list[Outcome[Revision]] = []
    changed: list[Change] = []
    try:
        with transaction.atomic():
            was_evaluated = is_evaluated(lock(found), on=moment)
            for figure in figures:
                outcomes.append(_record(figure, by, found.code, moment, changed, must_explain=must_explain))
            if not all(outcome.ok for outcome in outcomes):
                raise _Refused
            if changed:
                evaluate_change(
                    by=by, organisation=lock(found), changed=changed, was_evaluated=was_evaluated, as_of=moment,
                    reason=f"Recorded {len(changed):,} figures", outlooks_follow=outlooks_follow,
                )  # fmt: skip
    except _Refused:
        refused = tuple(finding for outcome in outcomes for finding in errors(outcome.findings))
        undone = [replace(outcome, value=None) for outcome in outcomes]
        return Outcome("nothing was recorded", undone, refused)
    return Outcome(f"{len(changed):,} of {len(figures):,} recorded", outcomes)


def _record(
    figure: NewFigure, by: Person | None, organisation: str, at: datetime, changed: list[Change], *, must_explain: bool
) -> Outcome[Revision]:
    """The outcome of one; what it raises becomes a finding, so that each row hears of its own."""
    try:
        return record_measurement(
            by=by, organisation=organisation, **asdict(figure), at=at, together=changed, must_explain=must_explain
        )
    except NotFound:
        raise
    except FourfoldError as error:
        said = Finding("RECORD-REFUSED", Level.ERROR, Place(thing="value"), error.message, error.hint or "")
        return Outcome("nothing was recorded", findings=(said,))
