"""The KPI library: browse it, search it, read one KPI, have some suggested for what is to be reached."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse

from fourfold.library import Suggestion, choices, find, kpis, search, suggest
from fourfold.web.address import Here, here_at
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.library import page_of, row_of, suggested
from fourfold.web.components.numbers import plural
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, signed_in

#: So many are shown at a time.
AT_A_TIME: Final = 40
_LONGEST: Final = 300  # of what is looked for


@signed_in
def library(request: Request, unit: str) -> HttpResponse:
    """What `q` and the filters find; without any of them the ways in. `goal` asks for suggestions instead."""
    here = here_at(request, unit)
    asked = {name: _known(name, request.GET.get(name, "")) for name in choices()}
    words, goal = (request.GET.get(name, "").strip()[:_LONGEST] for name in ("q", "goal"))
    is_asked = bool(words or any(asked.values()))
    return show(
        request,
        "web/library.html",
        here,
        page="library",
        title="KPI library",
        crumbs=[crumb_of(here)],
        total=len(kpis()),
        benchmarks_url=here.unit("benchmarks"),
        words=words,
        goal=goal,
        filters=[(name, name.capitalize(), known, asked[name]) for name, known in choices().items()],
        kept=list(here.state.items()),
        suggestions=[suggested(here, s) for s in _suggestions(goal, asked)] if goal else [],
        ways=[] if is_asked or goal else _ways(here),
        **(_found(here, words, asked, request.GET.get("from", "")) if is_asked and not goal else {"count": ""}),
    )


@signed_in
def library_kpi(request: Request, unit: str, code: str) -> HttpResponse:
    """One KPI of the library."""
    here = here_at(request, unit)
    kpi = find(code)
    crumbs = [crumb_of(here), Link("KPI library", here.unit("library"))]
    context = page_of(here, kpi)
    return show(request, "web/library_kpi.html", here, page="library", title=kpi.name, crumbs=crumbs, **context)


def _known(name: str, value: str) -> str:
    """A filter as the library knows it; anything else is none."""
    return value if value in choices()[name] else ""


def _suggestions(goal: str, asked: dict[str, str]) -> tuple[Suggestion, ...]:
    return suggest(goal, perspective=asked["perspective"], industry=asked["industry"])


def _found(here: Here, words: str, asked: dict[str, str], start: str) -> dict[str, Any]:
    """A part of what is found, and the way to the next."""
    found = search(words, **asked)
    first = min(int(start), len(found)) if start.isascii() and start.isdecimal() and len(start) < 5 else 0
    last = first + AT_A_TIME
    query = {name: value for name, value in {"q": words, **asked, "from": str(last)}.items() if value}
    return {
        "count": plural(len(found), "KPI"),
        "rows": [row_of(here, kpi) for kpi in found[first:last]],
        "more": here.unit("library", **query) if last < len(found) else "",
    }


def _ways(here: Here) -> list[dict[str, Any]]:
    """The ways into the library: its functions, perspectives and industries, each with a link."""
    return [
        {"name": f"By {kind}", "links": [Link(name, here.unit("library", **{kind: name})) for name in names]}
        for kind, names in choices().items()
    ]
