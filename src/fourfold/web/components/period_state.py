"""How far a period is, in words and as a mark."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from fourfold.engine.period_states import PeriodState
from fourfold.records.queries.period_state import PeriodRow, Said
from fourfold.web.address import Here
from fourfold.web.components.dates import day_text, moment_text
from fourfold.web.components.numbers import plural
from fourfold.web.components.period import full_name

#: What each step is called on its button.
_VERBS: Final = {
    PeriodState.SUBMITTED: "Submit",
    PeriodState.IN_REVIEW: "Begin the review",
    PeriodState.APPROVED: "Approve",
    PeriodState.COLLECTING: "Return",
    PeriodState.CLOSED: "Close",
    PeriodState.REOPENED: "Reopen",
}


def row_of(here: Here, row: PeriodRow) -> dict[str, Any]:
    """A month as the page shows it."""
    said = row.said
    return {
        "id": row.month.id,
        "name": full_name(row.month),
        "url": here.at(here.unit("scorecard").partition("?")[0], month=row.month),
        "state": said.state,
        "said": said_words(said),
        "reason": said.reason,
        "hash": said.hash,
        "above": row.above.name if row.above else "",
        "figures": "" if not row.due else f"{row.there:,} of {plural(row.due, 'figure')}",
        "due": _due(row),
        "seen": row.seen,
        "steps": [(step.value, _VERBS[step]) for step in row.steps],
    }


def said_words(said: Said) -> str:
    """Who said it and when; empty where only the day decides."""
    if said.at is None:
        return ""
    return f"{said.by or 'by the calendar'}, {moment_text(said.at)}"


def _due(row: PeriodRow) -> str:
    """The next days that matter for a month that takes figures."""
    names: tuple[tuple[str, date | None], ...] = (
        ("figures", row.deadlines.values), ("approval", row.deadlines.approval), ("closes", row.deadlines.lock),
    )  # fmt: skip
    if not row.said.state.takes_figures or row.said.state is PeriodState.FUTURE:
        return ""
    return ", ".join(f"{name} {day_text(day.isoformat())}" for name, day in names if day is not None)
