"""A row of the scorecard as finished markup: a table has hundreds, and a template takes ten times as long for each."""

from __future__ import annotations

from typing import Final

from fourfold.engine.signals import Variation
from fourfold.engine.statuses import Status
from fourfold.graphics.glyph import glyph, mark_of, unusual, word_of
from fourfold.graphics.svg import Svg
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.scorecard import Row
from fourfold.records.queries.window import Cell
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
from fourfold.web.components.freshness import figure_words, trust_note
from fourfold.web.components.markup import fill
from fourfold.web.components.numbers import score_text

_ROW: Final = (
    '<tr{due}><td class="k1 k-st">{mark}</td>'
    '<td class="k1 k-nm">{name}{objective}</td>{owner}'
    '<td class="num strong k1 k-v">{value}</td><td class="num soft c-tg">{target}</td>'
    '<td class="num c-gap{met}">{gap}</td>'
    '<td class="k1 k-tr">{track}</td><td class="k1 k-sp">{spark}</td><td class="c-strip">{strip}</td>'
    '{to_date}{ahead}<td class="num c-fc">{score}</td></tr>\n'
)
_STATUS_ROW: Final = (
    '<tr{due}><td class="k1 k-st">{mark}</td><td class="k1 k-nm">{name}{objective}</td>'
    '<td class="k1 k-v"><span class="st t-{colour}">{word}</span></td><td class="c-strip">{strip}</td></tr>\n'
)
_NOT_UNUSUAL: Final = (Variation.NONE, Variation.TRIAL, Variation.USUAL)
_DUE: Final = Svg(' class="due"')
_OBJECTIVE: Final = '<div class="ob">{name}</div>'
_UNUSUAL: Final = '<div class="ob">{words} <span class="nowrap">{last}{ring}</span></div>'
_LINK: Final = '<a class="m" href="{url}">{name}</a>'
_NAME: Final = '<span class="m">{name}</span>'
_OWNER: Final = '<td class="c-own">{owner}</td>'
_INITIALS: Final = '<span class="av" aria-hidden="true">{initials}</span><span class="vh">{name}</span>'
_AHEAD: Final = '<td class="c-ah">{content}</td>'
_FORECAST: Final = '<span class="st fc">{mark}<span class="soft">{value}</span></span>'
_SCORE: Final = '{score}<div class="muted small">{note}</div>'
_TO_DATE: Final = '<td class="num c-ytd">{value}</td>'


def scorecard_row(here: Here, row: Row, *, has_ahead: bool = False) -> Svg:
    """The KPI with its figure, target, gap, drawings and score; in the view by month the year to date.

    `has_ahead` adds the forecast, where the table has a column for it.
    """
    k = row.kpi
    owner = here.scope.structure.people.get(k.kpi.owner or "")
    initials = fill(_INITIALS, initials=owner.initials, name=owner.name) if owner else ""
    name = fill(_LINK, url=here.kpi(k.kpi), name=k.kpi.name)
    return _row(here.scope, row, name, fill(_OWNER, owner=initials), has_ahead=has_ahead)


def guest_row(scope: Scope, row: Row) -> Svg:
    """The same for a guest: leading nowhere, and naming nobody."""
    return _row(scope, row, fill(_NAME, name=row.kpi.kpi.name), "", has_ahead=False)


def status_row(scope: Scope, row: Row) -> Svg:
    """What is left of it for whoever sees statuses alone: the status in words, and the last six."""
    k = row.kpi
    return fill(
        _STATUS_ROW,
        due=_DUE if k.status is Status.OVERDUE else "",
        mark=glyph(k.status, size=15, label=""),
        name=fill(_NAME, name=k.kpi.name),
        objective=fill(_OBJECTIVE, name=row.objective.name) if row.objective else "",
        colour=mark_of(k.status),
        word=word_of(k.status),
        strip=strip_of(k.cells),
    )


def _row(scope: Scope, row: Row, name: Svg, owner: Svg | str, *, has_ahead: bool) -> Svg:
    k = row.kpi
    return fill(
        _ROW,
        due=_DUE if k.status is Status.OVERDUE else "",
        mark=glyph(k.status, size=15),
        name=name,
        objective=_objective(row),
        owner=owner,
        value=figure_words(scope, k.kpi, k.cells),
        target=target_text(k.kpi, k.now),
        met=" muted" if k.status is Status.ON else "",
        gap=format_of(k.kpi).difference(gap_of(k.now)),
        track=track_of(k.kpi, k.now, k.before),
        spark=spark_of(k.kpi, k.cells),
        strip=strip_of(k.cells),
        to_date=fill(_TO_DATE, value=value_text(k.kpi, row.year_to_date)) if scope.view == "month" else "",
        ahead=fill(_AHEAD, content=_forecast(row)) if has_ahead else "",
        score=_score(k.now),
    )


def _score(now: Cell | None) -> Svg | str:
    """The score, and how far it can be relied on where that is not high."""
    text, note = score_text(now.score if now else None), trust_note(now)
    return fill(_SCORE, score=text, note=note) if note else text


def _objective(row: Row) -> Svg | str:
    """The objective it is evidence for, and whether its last figure is unusual: a ring that stays by the last word."""
    name, ring = row.objective.name if row.objective else "", _unusual(row)
    if not ring:
        return fill(_OBJECTIVE, name=name) if name else ""
    words, _, last = name.rpartition(" ")
    return fill(_UNUSUAL, words=words, last=last, ring=ring)


def _unusual(row: Row) -> Svg | str:
    """A ring where the last figure is part of a signal."""
    reading = row.outlook.reading if row.outlook else None
    if reading is None or reading.variation in _NOT_UNUSUAL:
        return ""
    return unusual(f"Unusual: {reading.variation.word.lower()}")


def _forecast(row: Row) -> Svg | str:
    """The forecast for the end of the fiscal year and the status it would have."""
    prospect = row.outlook.prospect if row.outlook else None
    if prospect is None:
        return ""
    value = format_of(row.kpi.kpi).short(prospect.value)
    return fill(_FORECAST, mark=glyph(prospect.status, size=12), value=value)
