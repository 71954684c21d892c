"""The scorecard as a table: every KPI by perspective, with filters and orders that are links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from django.http import HttpResponse
from django.template.loader import render_to_string

from fourfold.engine.statuses import Status
from fourfold.graphics.track import track_axis
from fourfold.records.queries.overview import is_change
from fourfold.records.queries.scorecard import Row, Scorecard, scorecard_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.freshness import age_note, trust_note
from fourfold.web.components.numbers import plural, score_text
from fourfold.web.components.period import full_name, month_name, periods_noun
from fourfold.web.components.piece import Piece
from fourfold.web.components.ready import ready
from fourfold.web.components.scorecard_row import scorecard_row
from fourfold.web.requests import Request, signed_in

#: The statuses one can filter by: name in the address, and the statuses it stands for.
FILTERS: Final = {
    "off": (Status.OFF,),
    "near": (Status.NEAR,),
    "on": (Status.ON,),
    "due": (Status.OVERDUE,),
    "none": (
        Status.NOT_DUE, Status.NOT_APPLICABLE, Status.ERROR, Status.UNSCORED, Status.INSUFFICIENT, Status.NO_DATA,
    ),
}  # fmt: skip
_WORDS: Final = {"none": "Not scored"}
CHANGED: Final = "changed"
#: The orders one can choose; without one the table keeps its perspectives.
ORDERS: Final[dict[str, Callable[[Row, Here], Any]]] = {
    "name": lambda row, _: row.kpi.kpi.name.lower(),
    "owner": lambda row, here: _owner_name(here, row),
    "gap": lambda row, _: -row.kpi.gap,
    "score": lambda row, _: row.kpi.now.score if row.kpi.now else None,
}


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


class Chosen(NamedTuple):
    """What the address asks for, with everything unknown left out."""

    filters: tuple[str, ...]
    mine: bool
    order: str  # a key of ORDERS, with a minus for the other direction, or ""

    def query(self, **changed: object) -> dict[str, str]:
        """The query of this choice with something changed."""
        new = self._replace(**changed)  # type: ignore[arg-type]
        query = {"st": ",".join(new.filters), "owner": "me" if new.mine else "", "sort": new.order}
        return {name: value for name, value in query.items() if value}


@signed_in
def scorecard(request: Request, unit: str) -> HttpResponse:
    """The scorecard of one unit."""
    here, chosen = here_at(request, unit), _chosen(request)
    title = f"{here.scope.unit.name} scorecard"
    content = ready(here.scope, ("scorecard", chosen, _own_code(here)), lambda: _content(here, title, chosen))
    crumbs = [crumb_of(here)]
    return show(
        request, "web/scorecard.html", here, page="scorecard", title=title, crumbs=crumbs, **content._asdict()
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
    wanted = [row for row in rows if _is_wanted(here, row, chosen)]
    return {
        "heads": {key: _head(here, chosen, key) for key in ORDERS},
        "groups": _groups(here, page, wanted, chosen),
        "axis": track_axis(),
        "has_to_date": scope.view == "month",
        "ahead_name": _ahead_name(page),
        "since": month_name(scope.period.shift(-1)),
        "period_label": scope.period.label,
        "period_noun": periods_noun(scope),
        "all_url": here.unit("scorecard"),
        "kpi_count": len(rows),
    }


def _chosen(request: Request) -> Chosen:
    known = (*FILTERS, CHANGED)
    filters = tuple(f for f in known if f in request.GET.get("st", "").split(","))
    order = request.GET.get("sort", "")
    return Chosen(filters, request.GET.get("owner") == "me", order if order.removeprefix("-") in ORDERS else "")


def _is_wanted(here: Here, row: Row, chosen: Chosen) -> bool:
    if chosen.mine and not here.scope.owns(row.kpi.kpi):
        return False
    statuses = [s for f in chosen.filters if f != CHANGED for s in FILTERS[f]]
    if CHANGED in chosen.filters and not is_change(row.kpi):
        return False
    return not statuses or row.kpi.status in statuses


def _chips(here: Here, page: Scorecard, chosen: Chosen) -> list[Chip]:
    counts = page.counts
    everything = not chosen.filters and not chosen.mine
    all_url = here.unit("scorecard", **chosen.query(filters=(), mine=False))
    chips = [Chip(f"All {len(page.rows)}", all_url, everything)]
    for key, statuses in FILTERS.items():
        count = sum(counts.get(status, 0) for status in statuses)
        if count or key in chosen.filters:
            name = f"{_WORDS.get(key) or statuses[0].word} {count}"
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


def _groups(here: Here, page: Scorecard, wanted: list[Row], chosen: Chosen) -> list[dict[str, Any]]:
    has_ahead = bool(_ahead_name(page))
    if chosen.order:
        ordered = _sorted(here, wanted, chosen.order)
        return [{"name": "", "rows": [scorecard_row(here, row, has_ahead=has_ahead) for row in ordered]}]
    keep = set(map(id, wanted))
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


def _sorted(here: Here, rows: list[Row], order: str) -> list[Row]:
    """In the order asked for; rows without what is sorted by come last, whichever way."""
    key = ORDERS[order.removeprefix("-")]
    known = [row for row in rows if key(row, here) not in (None, "")]
    rest = [row for row in rows if key(row, here) in (None, "")]
    return sorted(known, key=lambda row: key(row, here), reverse=order.startswith("-")) + rest


def _owner_name(here: Here, row: Row) -> str:
    owner = here.scope.structure.people.get(row.kpi.kpi.owner or "")
    return owner.name if owner else ""
