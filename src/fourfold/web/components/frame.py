"""The frame round a page: what surrounds it for everybody, and what belongs to the person who looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from fourfold.access.roles import Action
from fourfold.access.sight import sights_of
from fourfold.records.queries.amendment import may_define
from fourfold.records.queries.feeds import uses_sources
from fourfold.records.queries.live import state_of
from fourfold.records.queries.people import manages_people
from fourfold.records.queries.scope import Scope
from fourfold.records.queries.structure import initials
from fourfold.records.read_only import is_read_only, reason
from fourfold.records.scope import principal_of
from fourfold.web.address import Here, looks_back
from fourfold.web.components.dates import day_text
from fourfold.web.components.piece import Piece
from fourfold.web.components.ready import ready
from fourfold.web.components.surroundings import Link, Surroundings, surroundings_of
from fourfold.web.live import LIVE_HEADER
from fourfold.web.requests import Request

THEMES: Final = (("auto", "Auto"), ("light", "Light"), ("dark", "Dark"))
#: Pages on which somebody edits.
_EDITED: Final = frozenset({"map_editor", "new_thing", "amendment", "removal", "spreadsheet", "upload"})
DENSITIES: Final = (("normal", "Comfortable"), ("compact", "Compact"))


@dataclass(frozen=True, slots=True)
class Preference:
    """A choice kept in a cookie."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True, slots=True)
class Live:
    """Where the page hears of changes, what it shows the state of, and whether it follows them or asks first."""

    url: str
    state: str
    mode: str


@dataclass(frozen=True, slots=True)
class LooksBack:
    """The day as of which a page is shown, today without one, and what its form and its way back need."""

    day: str
    said: str
    last: str
    query: dict[str, str]
    now_url: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything `page.html` shows around a page."""

    around: Surroundings
    person_name: str
    person_title: str
    initials: str
    log_url: str
    theme: Preference
    density: Preference
    people_url: str
    sources_url: str
    build_url: str
    start_url: str
    live: Live
    looks_back: LooksBack | None


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
    response = render(
        request,
        template,
        {
            "frame": frame,
            "organisation_name": here.scope.structure.organisation.name,
            "title": title,
            "crumbs": crumbs,
            "here": here,
            "scope": here.scope,
            **context,
        },
        status=status,
    )
    response.pieces = [part for part in context.values() if isinstance(part, Piece)]  # type: ignore[attr-defined]
    return response


def frame_of(request: Request, here: Here, page: str) -> Frame:
    """The frame of a page; what surrounds it is kept ready-made."""
    person, at = here.scope.person, request.path
    query = {k: str(v) for k, v in request.GET.items() if k not in ("p", "by")}
    key = ("surroundings", page, at, *query.items())
    return Frame(
        around=ready(here.scope, key, lambda: surroundings_of(here, page, at, query)),
        person_name=person.name,
        person_title=person.title,
        initials=initials(person.name),
        log_url=_log_url(here),
        theme=_theme(request),
        density=_density(request),
        people_url=_people_url(here.scope),
        sources_url=_sources_url(here.scope),
        build_url=here.unit("build") if may_define(here.scope) else "",
        start_url=here.unit("start"),
        live=_live(request, here),
        looks_back=_looks_back(request, here) if looks_back(request) else None,
    )


def _looks_back(request: Request, here: Here) -> LooksBack:
    """`as_of` is left out of the query: the form asks for another, the way back for none."""
    query = {name: str(text) for name, text in request.GET.items() if name != "as_of"}
    then = here.scope.then
    return LooksBack(
        day=here.day,
        said=f"As known on {day_text(then.astimezone(here.scope.structure.zone).date())}" if then else "",
        last=timezone.localdate(timezone=here.scope.structure.zone).isoformat(),
        query=query,
        now_url=request.path + (f"?{urlencode(query)}" if query else ""),
    )


def _live(request: Request, here: Here) -> Live:
    """Pages that somebody edits on, or that answer a form, are not changed under their hands."""
    route = request.resolver_match.view_name if request.resolver_match else ""
    mode = "ask" if request.method == "POST" or route in _EDITED else "follow"
    return Live(reverse("live", args=[here.scope.structure.organisation.code]), state_of(here.scope.run), mode)


def _people_url(scope: Scope) -> str:
    """The page about the people of the organisation, for those who manage some of them."""
    if not manages_people(scope.person, scope.structure.pk):
        return ""
    return f"{reverse('people')}?{urlencode({'o': scope.structure.organisation.code})}"


def _sources_url(scope: Scope) -> str:
    """The page about where figures come from by themselves, for those who may use that."""
    may = uses_sources(scope.person, scope.structure.pk)
    return reverse("sources", args=[scope.structure.organisation.code]) if may else ""


def _log_url(here: Here) -> str:
    """The log of the organisation; empty for who may read none of it."""
    organisation = here.scope.structure.organisation
    readable = sights_of(principal_of(here.scope.person), Action.AUDIT)
    return reverse("audit", args=[organisation.code]) if here.scope.structure.pk in readable else ""


def look(request: HttpRequest) -> dict[str, str]:
    """Theme and density for every template, also for the pages without a frame, and whether nobody may write."""
    looks = {"theme": _theme(request).value, "density": _density(request).value}
    if LIVE_HEADER in request.headers:
        looks["by_itself"] = "yes"  # what is to be said to somebody is said when they ask
    return looks | {"read_only": "yes", "read_only_why": reason()} if is_read_only() else looks


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
