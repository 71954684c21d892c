"""Writing a figure again that is known: approved, or restated."""

from __future__ import annotations

from datetime import datetime

from fourfold.actions._runs import is_evaluated
from fourfold.actions._steps import advance, note_event
from fourfold.actions.evaluate_change import Change, evaluate_change
from fourfold.engine.cells import Mark, State
from fourfold.engine.measurements import CheckedRows, check_row
from fourfold.engine.measurements.figures import QUALITIES
from fourfold.records.frames.measurement import Revision, write_measurements
from fourfold.records.models import Organisation, Person
from fourfold.records.ready import Ready


def told_figure(revision: Revision | None) -> dict[str, str] | None:
    """A revision as events keep it: the digits as text, the state in words."""
    if revision is None:
        return None
    figures = {"value": revision.value, "numerator": revision.numerator, "denominator": revision.denominator}
    told = {name: format(figure, "f") for name, figure in figures.items() if figure is not None}
    return told | {"state": State(revision.state).word} | ({"marks": str(revision.marks)} if revision.marks else {})


def row_of(ready: Ready, kpi: str, unit: str, period: str, revision: Revision, note: str) -> CheckedRows:
    """A revision as a checked row, approved now."""
    row = {"kpi": kpi, "unit": unit, "period": period, "note": note, "source": revision.source}
    row |= {name: text for name, text in (told_figure(revision) or {}).items() if name not in ("state", "marks")}
    if revision.state != State.NUMBER:
        row["state"] = State(revision.state).word
    words = [word for word, mark in QUALITIES.items() if mark and mark is not Mark.UNAPPROVED and revision.marks & mark]
    row |= {"quality": "+".join(words)} if words else {}
    return check_row({name: text for name, text in row.items() if text}, ready.definitions)


def write_again(
    organisation: Organisation,
    ready: Ready,
    checked: CheckedRows,
    *,
    by: Person | None,
    author: Person | None,
    at: datetime,
    event: str,
    reason: str,
    restates: bool = False,
) -> Revision:
    """Write a checked row of `author` that somebody else, `by`, has looked at; with its event, and evaluated."""
    kpi, unit, text = (checked.rows[column][0] for column in ("kpi", "unit", "period"))
    was_evaluated = is_evaluated(organisation, on=at)
    written = write_measurements(
        organisation, ready, checked.rows, by=author, at=at, restates=restates, approved=True
    )  # fmt: skip
    ((before, after),) = written.news
    advance(organisation, tells=False)
    thing = f"{kpi}/{unit}/{text}"
    note_event(
        organisation, by, event, thing, at=at, unit=ready.units[unit], before=told_figure(before),
        after=told_figure(after), reason=reason,
    )  # fmt: skip
    period = ready.definitions.calendar.parse(text, ready.definitions.kpi[kpi].frequency)
    evaluate_change(
        by=by, organisation=organisation, changed=(Change(kpi, unit, period, after.corrects(before)),),
        was_evaluated=was_evaluated, as_of=at, reason=f"{event} {thing}",
    )  # fmt: skip
    return after
