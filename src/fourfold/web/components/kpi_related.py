"""The KPIs that one moves with, as the definitions say: its parts, what leads it and what follows it."""

from __future__ import annotations

from typing import Final, NamedTuple

from fourfold.engine.related import Related, Way
from fourfold.engine.statuses import Status
from fourfold.records.queries.kpi import KpiPage
from fourfold.web.address import Here
from fourfold.web.components.numbers import plain

_BEFORE: Final = {Way.PART: "part of it", Way.WHOLE: "made from it", Way.LEADS: "leads", Way.FOLLOWS: "follows"}


class RelatedRow(NamedTuple):
    """One of them, with its status in the unit and period shown."""

    name: str
    url: str
    status: Status
    words: str


def related_rows(here: Here, page: KpiPage) -> list[RelatedRow]:
    """A row for each, in the order they are related in."""
    kpis = page.scope.structure.kpi
    return [
        RelatedRow(kpis[one.kpi].name, here.kpi(kpis[one.kpi]), cell.status if cell else Status.NO_DATA, words_of(one))
        for one, cell in page.related
    ]


def words_of(related: Related) -> str:
    """How they go together.

    >>> words_of(Related("a", Way.LEADS, (1.0, 3.0))), words_of(Related("a", Way.FOLLOWS, (0.0, 0.0)))
    ('leads by 1 to 3 months', 'same month')
    >>> words_of(Related("a", Way.FOLLOWS, (1.0, 1.0))), words_of(Related("a", Way.PART))
    ('follows after 1 month', 'part of it')
    >>> words_of(Related("a", Way.LEADS, (0.0, 2.0)))
    'leads by up to 2 months'
    """
    said = _BEFORE[related.way]
    if related.lags is None:
        return said
    low, high = related.lags
    if high == 0:
        return "same month"
    up_to = "up to " if low == 0 else "" if low == high else f"{plain(low)} to "
    much = f"{up_to}{plain(high)} {'month' if high == 1 else 'months'}"
    return f"{said} {'by' if related.way is Way.LEADS else 'after'} {much}"
