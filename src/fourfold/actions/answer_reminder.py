"""Enter figures by the link of a reminder, without signing in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fourfold.actions.note_denial import note_denial
from fourfold.actions.origin import coming_from, origin
from fourfold.actions.outcome import Outcome
from fourfold.actions.record_measurements import NewFigure, record_measurements
from fourfold.errors import Conflict, NotFound
from fourfold.records.frames.measurement import Revision
from fourfold.records.queries.reminder import reminder_of, still_due


def answer_reminder(
    *, by: None = None, link: str, figures: Sequence[NewFigure], outlooks_follow: bool = False,
    at: datetime | None = None,
) -> Outcome[list[Outcome[Revision]]]:  # fmt: skip
    """Record figures that the reminder asks for, as the person it was sent to; every event says that it came by mail.

    The link is good for the figures that it was about, each until it is there, and for nothing else: not to correct
    one, and not for another. It ends with its day, with the next reminder, when it is revoked, and when its person is
    switched off or may not enter the figure any more. Raises `NotFound` for a link that does not work, which is an
    event too, and `Conflict` for a figure that is not asked for, or not any more.
    """
    moment = at or datetime.now(UTC)
    found = reminder_of(link, at=moment)
    if found is None:
        note_denial(by=None, action="reminder.refuse", thing="a link of a reminder", at=moment)
        raise NotFound("This link does not work any more.")
    asked = {(due.unit, due.kpi.code, due.period.id) for group in still_due(found, at=moment) for due in group.figures}
    if not figures or not {(each.unit, each.kpi, each.period) for each in figures} <= asked:
        raise Conflict("This figure is there already, or was never asked for.", hint="Sign in to correct a figure.")
    with coming_from(replace(origin(), via="mail")):
        return record_measurements(
            by=found.person, organisation=found.organisation.code, figures=figures, must_explain=True,
            outlooks_follow=outlooks_follow, at=moment,
        )  # fmt: skip
