"""The frame round a page: rail, breadcrumbs, period ruler, phone tabs. Built in Python, placed by `page.html`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from fourfold.engine.periods import Frequency
from fourfold.engine.statuses import Status
from fourfold.graphics.glyph import glyph
from fourfold.graphics.svg import Svg
from fourfold.records.queries.frame import scorecard_statuses
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import UnitPlace, initials
from fourfold.web.address import Here
from fourfold.web.components.markup import fill
from fourfold.web.components.period import is_of_weeks
from fourfold.web.components.ruler import is_open, ruler
from fourfold.web.requests import Request

MOST_UNITS: Final = 12  # in the rail; the rest are a search away
THEMES: Final = (("auto", "Auto"), ("light", "Light"), ("dark", "Dark"))
DENSITIES: Final = (("normal", "Comfortable"), ("compact", "Compact"))
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
)


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


@dataclass(frozen=True, slots=True)
class Preference:
    """A choice kept in a cookie."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything `page.html` shows around a page."""

    organisation_name: str
    person_name: str
    person_title: str
    initials: str
    home_url: str
    search_url: str
    nav: list[Link]
    tabs: list[Link]
    units: Svg
    unit_count: int
    more_units: bool
    all_units_url: str
    year_name: str
    months: Svg
    views: list[Link]
    previous_url: str
    next_url: str
    theme: Preference
    density: Preference


def show(
    request: Request,
    template: str,
    here: Here,
    *,
    page: str,
    title: str,
    crumbs: list[Link],
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Answer with a page in its frame. `page` is the entry of the rail it belongs to."""
    frame = frame_of(request, here, page)
    return render(
        request,
        template,
        {
            "frame": frame,
            "organisation_name": frame.organisation_name,
            "title": title,
            "crumbs": crumbs,
            "here": here,
            "scope": here.scope,
            **context,
        },
        status=status,
    )


def frame_of(request: Request, here: Here, page: str) -> Frame:
    """The frame of a page: two statements, for the ruler and for the statuses in the rail."""
    scope, at = here.scope, request.path
    shown = _rail_units(scope)
    found = scorecard_statuses(scope, [unit.pk for unit in shown])
    kept = {k: str(v) for k, v in request.GET.items() if k not in ("p", "by")}
    earlier, later = here.step(-1), here.step(1)
    home = scope.units[0]
    return Frame(
        organisation_name=scope.structure.organisation.name,
        person_name=scope.person.name,
        person_title=scope.person.title,
        initials=initials(scope.person.name),
        home_url=here.unit("overview", home),
        search_url=here.at(reverse("search"), {"u": here.key()}),
        nav=[Link(name, here.unit(key), key == page, letter) for key, name, letter in NAV],
        tabs=_tabs(here, page),
        units=Svg("".join(_unit_link(here, u, found.get(u.pk), home.depth, page) for u in shown)),
        unit_count=len(scope.units),
        more_units=len(shown) < len(scope.units),
        all_units_url=here.unit("alignment", home),
        year_name=scope.month.within(Frequency.YEAR).label,
        months=ruler(here, at, kept),
        views=_views(here, at, kept),
        previous_url=here.at(at, kept, month=earlier) if is_open(scope, earlier) else "",
        next_url=here.at(at, kept, month=later) if is_open(scope, later) else "",
        theme=_theme(request),
        density=_density(request),
    )


def look(request: HttpRequest) -> dict[str, str]:
    """Theme and density for every template, also for the pages without a frame."""
    return {"theme": _theme(request).value, "density": _density(request).value}


def _theme(request: HttpRequest) -> Preference:
    return _preference(request, "theme", "Theme", THEMES)


def _density(request: HttpRequest) -> Preference:
    return _preference(request, "density", "Density", DENSITIES)


def _preference(request: HttpRequest, name: str, label: str, choices: tuple[tuple[str, str], ...]) -> Preference:
    """A preference as the cookie has it; the first choice without one."""
    given = request.COOKIES.get(name, "")
    return Preference(name, label, choices, given if given in dict(choices) else choices[0][0])


def crumb_of(here: Here, page: str = "overview") -> Link:
    """The first breadcrumb: the scorecard."""
    return Link(f"{here.scope.unit.name} scorecard", here.unit(page))


def _views(here: Here, at: str, kept: dict[str, str]) -> list[Link]:
    """The views; a year of weeks has periods and no months."""
    names = VIEW_NAMES | ({"month": "Period"} if is_of_weeks(here.scope.month) else {})
    return [Link(name, here.at(at, kept, view=view), view == here.scope.view) for view, name in names.items()]


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
    target = page if page in ("overview", "scorecard", "map", "alignment", "initiatives") else "overview"
    return fill(
        _UNIT,
        depth=str(min(3, unit.depth - top)),
        url=here.unit(target, unit),
        current=_CURRENT if unit == here.scope.unit else "",
        mark=glyph(status or Status.NO_DATA, size=12),
        name=unit.name,
    )
