"""What surrounds a page: rail, period ruler and the tabs of the phone, the same for everybody who sees the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from django.template.loader import render_to_string
from django.urls import reverse

from fourfold.engine.periods import Frequency
from fourfold.engine.statuses import Status
from fourfold.graphics.glyph import glyph
from fourfold.graphics.svg import Svg
from fourfold.records.queries.frame import scorecard_statuses
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace
from fourfold.web.address import Here
from fourfold.web.components.hidden import closed_words, hidden_words
from fourfold.web.components.markup import fill
from fourfold.web.components.period import is_of_weeks
from fourfold.web.components.ruler import is_open, ruler

MOST_UNITS: Final = 12  # in the rail; the rest are a search away
VIEW_NAMES: Final = {"month": "Month", "quarter": "Quarter", "ytd": "Year to date"}

_ICONS: Final = {
    "overview": "M3 9l8-6 8 6v9H3z",
    "scorecard": "M3 5h16M3 11h16M3 17h16",
    "map": "M4 15h5v4H4zM13 15h5v4h-5zM8 3h6v4H8zM11 7v4M6 15v-4h10v4",
    "alignment": "M3 3h7v7H3zM12 3h7v7h-7zM3 12h7v7H3zM12 12h7v7h-7z",
    "menu": "M4 11h1M10.5 11h1M17 11h1",
}
NAV: Final = (
    ("overview", "Overview", "o"),
    ("scorecard", "Scorecard", "s"),
    ("map", "Strategy map", "m"),
    ("alignment", "Alignment", "a"),
    ("initiatives", "Initiatives", "i"),
    ("updates", "Updates", "u"),
    ("evidence", "Evidence", "e"),
    ("portfolio", "Portfolio", "p"),
    ("scenario", "What if", "w"),
    ("data_quality", "Data health", "d"),
    ("periods", "Periods", ""),
    ("approvals", "Approvals", ""),
    ("library", "KPI library", ""),
    ("members", "Members", ""),
)
#: Pages about all KPIs of a unit.
_OF_ALL: Final = ("evidence", "portfolio", "scenario")
#: What a link to another unit stays on.
_OF_UNITS: Final = frozenset(key for key, _, _ in NAV)


_UNIT: Final = '<li class="d{depth}"><a href="{url}"{current}>{mark}{name}</a></li>'
_CURRENT: Final = Svg(' aria-current="true"')


class Link(NamedTuple):
    """A link of the frame."""

    name: str
    url: str
    current: bool = False
    key: str = ""
    badge: str = ""
    icon: str = ""


class Surroundings(NamedTuple):
    """Finished markup and addresses; an address is empty where it leads nowhere."""

    home_url: str
    search_url: str
    previous_url: str
    next_url: str
    rail: str
    ruler: str
    tabs: str


def surroundings_of(here: Here, page: str, at: str, query: dict[str, str]) -> Surroundings:
    """What surrounds the page at a path with a query: two statements, for the ruler and for the statuses in the rail.

    `page` is the entry of the rail it belongs to; `query` lacks the period and the view.
    """
    scope = here.scope
    earlier, later = here.step(-1), here.step(1)
    return Surroundings(
        home_url=here.unit("overview", scope.units[0]),
        search_url=here.at(reverse("search"), {"u": here.key()}),
        previous_url=here.at(at, query, month=earlier) if is_open(scope, earlier) else "",
        next_url=here.at(at, query, month=later) if is_open(scope, later) else "",
        rail=_rail(here, page),
        ruler=_ruler(here, at, query),
        tabs=render_to_string("parts/tabs.html", {"tabs": _tabs(here, page)}),
    )


def _rail(here: Here, page: str) -> str:
    units, home = here.scope.units, here.scope.units[0]
    shown = _rail_units(here.scope)
    found = scorecard_statuses(here.scope, [unit.pk for unit in shown])
    return render_to_string(
        "parts/rail.html",
        {
            "nav": [Link(name, here.unit(key), key == page, letter) for key, name, letter in _nav(here)],
            "units": Svg("".join(_unit_link(here, u, found.get(u.pk), home.depth, page) for u in shown)),
            "mine": [
                Link(name, here.at(reverse(key), here.place()), page == key)
                for key, name in (("my_updates", "My updates"), ("watching", "Watching"))
            ],
            "unit_count": len(units),
            "more_units": len(shown) < len(units),
            "hidden": [words for words in (hidden_words(here.scope), closed_words(here.scope)) if words],
            "all_units_url": here.unit("alignment", home),
        },
    )


def _nav(here: Here) -> Iterator[tuple[str, str, str]]:
    """The pages, without those about all KPIs for whoever sees only their own."""
    return (entry for entry in NAV if here.scope.sees_all or entry[0] not in _OF_ALL)


def _ruler(here: Here, at: str, query: dict[str, str]) -> str:
    year = here.scope.month.within(Frequency.YEAR).label
    months, views = ruler(here, at, query), _views(here, at, query)
    return render_to_string("parts/ruler.html", {"year_name": year, "months": months, "views": views})


def _views(here: Here, at: str, query: dict[str, str]) -> list[Link]:
    """The views; a year of weeks has periods and no months."""
    names = VIEW_NAMES | ({"month": "Period"} if is_of_weeks(here.scope.month) else {})
    return [Link(name, here.at(at, query, view=view), view == here.scope.view) for view, name in names.items()]


def _tabs(here: Here, page: str) -> list[Link]:
    names = {"overview": "Overview", "scorecard": "Scorecard", "map": "Map", "alignment": "Units", "menu": "More"}
    current = page if page in names else "menu"
    return [Link(name, here.unit(key), key == current, icon=_ICONS[key]) for key, name in names.items()]


def _rail_units(scope: Scope) -> list[UnitPlace]:
    """All units of a small tree; of a large one the way down to the unit and what is next below it."""
    units = scope.units
    if len(units) <= MOST_UNITS:
        return list(units)
    near = [u for u in units if scope.unit.path.startswith(u.path)]
    below = [u for u in units if u.parent == scope.unit.pk]
    return near + below[: MOST_UNITS - len(near)]


def _unit_link(here: Here, unit: UnitPlace, status: Status | None, top: int, page: str) -> Svg:
    target = page if page in _OF_UNITS else "overview"
    return fill(
        _UNIT,
        depth=str(min(3, unit.depth - top)),
        url=here.unit(target, unit),
        current=_CURRENT if unit == here.scope.unit else "",
        mark=glyph(status or Status.NO_DATA, size=12),
        name=unit.name,
    )
