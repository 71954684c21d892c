"""The period ruler: the months of the year, each with how complete its figures are."""

from __future__ import annotations

from typing import Final

from fourfold.engine.periods import Frequency, Period
from fourfold.graphics.svg import Svg
from fourfold.records.queries.frame import Completeness, completeness
from fourfold.records.queries.scope import Scope
from fourfold.web.address import Here
from fourfold.web.components.markup import fill
from fourfold.web.components.numbers import plural

_LINK: Final = '<li{inside}><a href="{url}"{current} aria-label="{full}: {note}">{name}{bar}</a></li>'
_PLAIN: Final = "<li{inside}><span>{name}{bar}</span></li>"
_BAR: Final = (
    '<svg class="fill" width="100%" height="3" aria-hidden="true">'
    '<rect class="f0" width="100%" height="3"/>{done}</svg>'
)
_DONE: Final = '<rect class="f1" width="{percent}%" height="3"/>'
_INSIDE: Final = Svg(' class="in"')
_CURRENT: Final = Svg(' aria-current="date"')


def ruler(here: Here, page: str, kept: dict[str, str]) -> Svg:
    """The months of the fiscal year as items of a list; `page` and `kept` are the path and query they lead to."""
    months = here.scope.month.within(Frequency.YEAR).parts(Frequency.MONTH)
    found = completeness(here.scope, [month.ordinal for month in months])
    return Svg("".join(_month(here, page, kept, month, found.get(month.ordinal)) for month in months))


def is_open(scope: Scope, month: Period) -> bool:
    """A month people may go to: it lies between the first and the last that were evaluated."""
    return bool(scope.months) and min(scope.months) <= month.ordinal <= max(scope.months)


def _month(here: Here, page: str, kept: dict[str, str], month: Period, done: Completeness | None) -> Svg:
    """A month; it is a link where there is something to see."""
    scope = here.scope
    is_there = is_open(scope, month) and done is not None and done.there > 0
    bar = fill(_BAR, done=fill(_DONE, percent=str(done.percent)) if done and done.percent else "")
    inside = _INSIDE if _is_inside(scope, month) else ""
    if not is_there and month != scope.month:
        return fill(_PLAIN, inside=inside, name=month.short_label, bar=bar)
    return fill(
        _LINK,
        inside=inside,
        url=here.at(page, kept, month=month),
        current=_CURRENT if month == scope.month else "",
        full=month.label,
        note=f"{done.there:,} of {plural(done.due, 'KPI')} in" if done else "no figures",
        name=month.short_label,
        bar=bar,
    )


def _is_inside(scope: Scope, month: Period) -> bool:
    """A month that the figures shown are made of: of the quarter, or of the year up to the month chosen."""
    if scope.view == "quarter":
        return month.within(Frequency.QUARTER) == scope.period
    return scope.view == "ytd" and month.ordinal <= scope.month.ordinal
