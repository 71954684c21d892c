"""The scorecard as a table: every KPI by perspective, with filters and orders that are links."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.template.loader import render_to_string

from fourfold.access.roles import Action
from fourfold.graphics.track import track_axis
from fourfold.records.queries.overview import is_change
from fourfold.records.queries.scorecard import COLUMNS, Row, Scorecard, scorecard_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.freshness import age_note, trust_note
from fourfold.web.components.numbers import plural, score_text
from fourfold.web.components.period import full_name, month_name, periods_noun
from fourfold.web.components.piece import Piece
from fourfold.web.components.ready import ready
from fourfold.web.components.scorecard_choice import (
    CHANGED,
    FILTERS,
    ORDERS,
    Chosen,
    chosen_in,
    filter_name,
    in_order,
    wanted,
)
from fourfold.web.components.scorecard_row import scorecard_row
from fourfold.web.requests import Request, signed_in


class Chip(NamedTuple):
    """A filter as a link; the mark is None where it is not about a status."""

    name: str
    url: str
    current: bool
    mark: str | None = None


class Content(NamedTuple):
    """The parts of the page that are kept ready-made."""

    summary: str
    chips: str
    by_perspective_url: str
    table: str


@signed_in
def scorecard(request: Request, unit: str) -> HttpResponse:
    """The scorecard of one unit."""
    here, chosen = here_at(request, unit), chosen_in(request.GET)
    title = f"{here.scope.unit.name} scorecard"
    content = ready(here.scope, ("scorecard", chosen, _own_code(here)), lambda: _content(here, title, chosen))
    crumbs = [crumb_of(here)]
    return show(
        request, "web/scorecard.html", here, page="scorecard", title=title, crumbs=crumbs, **content._asdict(),
        columns=[(key, name, key not in request.user.left_out) for key, name in COLUMNS.items()],
        columns_url=here.unit("columns"),
        file_url=here.unit("scorecard_file", **chosen.query()) if here.scope.may(Action.EXPORT) else "",
    )  # fmt: skip


def _own_code(here: Here) -> str | None:
    """The person's code, if any KPI is theirs: all others see the same."""
    return here.scope.member_code if any(map(here.scope.owns, here.scope.structure.kpis)) else None


def _content(here: Here, title: str, chosen: Chosen) -> Content:
    page = scorecard_of(here.scope, with_outlooks=True)
    rows, period = page.rows, here.scope.period
    objectives = len({row.objective.code for row in rows if row.objective})
    return Content(
        summary=f"{full_name(period)}, {plural(len(rows), 'KPI')} in {plural(objectives, 'objective')}",
        chips=render_to_string("parts/chips.html", {"chips": _chips(here, page, chosen)}),
        by_perspective_url=here.unit("scorecard", **chosen.query(order="")) if chosen.order else "",
        table=Piece(render_to_string("parts/scorecard.html", {"title": title, **_table(here, page, chosen)})),
    )


def _table(here: Here, page: Scorecard, chosen: Chosen) -> dict[str, Any]:
    """What the template of the table shows, as finished texts and drawings."""
    scope, rows = here.scope, page.rows
    shown = wanted(here, rows, chosen)
    return {
        "heads": {key: _head(here, chosen, key) for key in ORDERS},
        "groups": _groups(here, page, shown, chosen),
        "axis": track_axis(),
        "has_to_date": scope.view == "month",
        "ahead_name": _ahead_name(page),
        "since": month_name(scope.period.shift(-1)),
        "period_label": scope.period.label,
        "period_noun": periods_noun(scope),
        "all_url": here.unit("scorecard"),
        "kpi_count": len(rows),
    }


def _chips(here: Here, page: Scorecard, chosen: Chosen) -> list[Chip]:
    counts = page.counts
    everything = not chosen.filters and not chosen.mine
    all_url = here.unit("scorecard", **chosen.query(filters=(), mine=False))
    chips = [Chip(f"All {len(page.rows)}", all_url, everything)]
    for key, statuses in FILTERS.items():
        count = sum(counts.get(status, 0) for status in statuses)
        if count or key in chosen.filters:
            name = f"{filter_name(key)} {count}"
            chips.append(Chip(name, _toggled(here, chosen, key), key in chosen.filters, key))
    changed = sum(1 for row in page.rows if is_change(row.kpi))
    if changed or CHANGED in chosen.filters:
        chips.append(Chip(f"Changed {changed}", _toggled(here, chosen, CHANGED), CHANGED in chosen.filters))
    if chosen.mine or any(here.scope.owns(row.kpi.kpi) for row in page.rows):
        chips.append(Chip("Mine", here.unit("scorecard", **chosen.query(mine=not chosen.mine)), chosen.mine))
    return chips


def _toggled(here: Here, chosen: Chosen, key: str) -> str:
    """One filter at a time is what people mean; the one that is on goes off."""
    return here.unit("scorecard", **chosen.query(filters=() if key in chosen.filters else (key,)))


def _head(here: Here, chosen: Chosen, key: str) -> dict[str, str]:
    """A column head that sorts: first one way, then the other, then by perspective again."""
    following = {key: f"-{key}", f"-{key}": ""}.get(chosen.order, key)
    way = {key: "ascending", f"-{key}": "descending"}.get(chosen.order, "")
    return {"url": here.unit("scorecard", **chosen.query(order=following)), "way": way}


def _groups(here: Here, page: Scorecard, shown: list[Row], chosen: Chosen) -> list[dict[str, Any]]:
    has_ahead = bool(_ahead_name(page))
    if chosen.order:
        ordered = in_order(here, shown, chosen.order)
        return [{"name": "", "rows": [scorecard_row(here, row, has_ahead=has_ahead) for row in ordered]}]
    keep = set(map(id, shown))
    groups = []
    for group in page.groups:
        rows = [scorecard_row(here, row, has_ahead=has_ahead) for row in group.rows if id(row) in keep]
        if rows:
            groups.append(
                {
                    "code": group.perspective.code if group.perspective else "",
                    "name": group.perspective.name if group.perspective else "In no objective",
                    "score": score_text(group.now.score) if group.now and group.now.score is not None else "",
                    "status": group.now.status if group.now else None,
                    "note": age_note(group.now),
                    "trust": trust_note(group.now, if_weak=False),
                    "rows": rows,
                }
            )
    return groups


def _ahead_name(page: Scorecard) -> str:
    """The month or quarter that most forecasts are for: the end of the fiscal year; empty where there is none."""
    ends = Counter(row.outlook.prospect.period for row in page.rows if row.outlook and row.outlook.prospect)
    return month_name(ends.most_common(1)[0][0]) if ends else ""
