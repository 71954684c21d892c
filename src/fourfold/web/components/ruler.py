"""The period ruler: the months of the year, each with how complete its figures are."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from fourfold.engine.period_states import PeriodState
from fourfold.engine.periods import Frequency, Period
from fourfold.graphics.svg import Svg
from fourfold.records.queries.frame import Completeness, completeness
from fourfold.records.queries.period_state import said_of, today_of
from fourfold.records.queries.scope import Scope
from fourfold.web.address import Here
from fourfold.web.components.markup import fill
from fourfold.web.components.numbers import plural

_LINK: Final = '<li{inside}><a href="{url}"{current} aria-label="{full}: {note}">{name}{lock}{bar}</a></li>'
_PLAIN: Final = "<li{inside}><span>{name}{lock}{bar}</span></li>"
_LOCK: Final = Svg(
    '<svg class="lock" width="8" height="10" viewBox="0 0 10 12" aria-hidden="true"><path d="M2.5 5V3.5a2.5 2.5 0 0 1 '
    '5 0V5" fill="none" stroke="currentColor" stroke-width="1.4"/><rect x="1" y="5" width="8" height="6.4" '
    'fill="currentColor"/></svg>'
)
_BAR: Final = (
    '<svg class="fill" width="100%" height="3" aria-hidden="true">'
    '<rect class="f0" width="100%" height="3"/>{done}</svg>'
)
_DONE: Final = '<rect class="f1" width="{percent}%" height="3"/>'
#: What follows from the day, and is not said.
_UNSAID: Final = (PeriodState.FUTURE, PeriodState.OPEN, PeriodState.COLLECTING)
_INSIDE: Final = Svg(' class="in"')
_CURRENT: Final = Svg(' aria-current="date"')


def ruler(here: Here, page: str, kept: dict[str, str]) -> Svg:
    """The months of the fiscal year as items of a list; `page` and `kept` are the path and query they lead to."""
    months = here.scope.month.within(Frequency.YEAR).parts(Frequency.MONTH)
    found = completeness(here.scope, [month.ordinal for month in months])
    said = said_of(here.scope, months, today_of(here.scope, timezone.now()))
    return Svg(
        "".join(_month(here, page, kept, m, found.get(m.ordinal), said[m.ordinal].state) for m in months)
    )


def is_open(scope: Scope, month: Period) -> bool:
    """A month people may go to: it lies between the first and the last that were evaluated."""
    return bool(scope.months) and min(scope.months) <= month.ordinal <= max(scope.months)


def _month(
    here: Here, page: str, kept: dict[str, str], month: Period, done: Completeness | None, state: PeriodState
) -> Svg:
    """A month; it is a link where there is something to see."""
    scope = here.scope
    lock = _LOCK if state is PeriodState.CLOSED and scope.then is None else ""
    is_there = is_open(scope, month) and done is not None and done.there > 0
    bar = fill(_BAR, done=fill(_DONE, percent=str(done.percent)) if done and done.percent else "")
    inside = _INSIDE if _is_inside(scope, month) else ""
    if not is_there and month != scope.month:
        return fill(_PLAIN, inside=inside, name=month.short_label, lock=lock, bar=bar)
    return fill(
        _LINK,
        inside=inside,
        url=here.at(page, kept, month=month),
        current=_CURRENT if month == scope.month else "",
        full=month.label,
        note=_note(done, state),
        name=month.short_label,
        lock=lock,
        bar=bar,
    )


def _note(done: Completeness | None, state: PeriodState) -> str:
    """How complete a month is, and what somebody made of it."""
    note = f"{done.there:,} of {plural(done.due, 'KPI')} in" if done else "no figures"
    return note if state in _UNSAID else f"{note}, {state.word}"


def _is_inside(scope: Scope, month: Period) -> bool:
    """A month that the figures shown are made of: of the quarter, or of the year up to the month chosen."""
    if scope.view == "quarter":
        return month.within(Frequency.QUARTER) == scope.period
    return scope.view == "ytd" and month.ordinal <= scope.month.ordinal
