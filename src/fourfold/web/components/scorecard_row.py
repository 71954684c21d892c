"""A row of the scorecard as finished markup: a table has hundreds, and a template takes ten times as long for each."""

from __future__ import annotations

from typing import Final

from fourfold.engine.statuses import Status
from fourfold.graphics.glyph import glyph
from fourfold.graphics.svg import Svg
from fourfold.records.queries.scorecard import Row
from fourfold.web.address import Here
from fourfold.web.components.drawings import (
    format_of,
    gap_of,
    spark_of,
    strip_of,
    target_text,
    track_of,
    value_text,
)
from fourfold.web.components.markup import fill
from fourfold.web.components.numbers import score_text

_ROW: Final = (
    '<tr{due}><td class="k1 k-st">{mark}</td>'
    '<td class="k1 k-nm"><a class="m" href="{url}">{name}</a>{objective}</td>'
    '<td class="c-own">{owner}</td>'
    '<td class="num strong k1 k-v">{value}</td><td class="num soft">{target}</td><td class="num{met}">{gap}</td>'
    '<td class="k1 k-tr">{track}</td><td class="k1 k-sp">{spark}</td><td class="c-strip">{strip}</td>'
    '{to_date}<td class="num c-fc">{score}</td></tr>\n'
)
_DUE: Final = Svg(' class="due"')
_OBJECTIVE: Final = '<div class="ob">{name}</div>'
_OWNER: Final = '<span class="av" aria-hidden="true">{initials}</span><span class="vh">{name}</span>'
_TO_DATE: Final = '<td class="num c-ytd">{value}</td>'


def scorecard_row(here: Here, row: Row) -> Svg:
    """The KPI with its figure, target, gap, drawings and score; the year to date in the view by month."""
    k = row.kpi
    owner = here.scope.structure.people.get(k.kpi.owner or "")
    return fill(
        _ROW,
        due=_DUE if k.status is Status.OVERDUE else "",
        mark=glyph(k.status, size=15),
        url=here.kpi(k.kpi),
        name=k.kpi.name,
        objective=fill(_OBJECTIVE, name=row.objective.name) if row.objective else "",
        owner=fill(_OWNER, initials=owner.initials, name=owner.name) if owner else "",
        value=value_text(k.kpi, k.now),
        target=target_text(k.kpi, k.now),
        met=" muted" if k.status is Status.ON else "",
        gap=format_of(k.kpi).difference(gap_of(k.now)),
        track=track_of(k.kpi, k.now, k.before),
        spark=spark_of(k.kpi, k.cells),
        strip=strip_of(k.cells),
        to_date=fill(_TO_DATE, value=value_text(k.kpi, row.year_to_date)) if here.scope.view == "month" else "",
        score=score_text(k.now.score if k.now else None),
    )
