"""The tree of units: moved by drag, by keys or by form, from a day on or for all times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.definitions import Definitions, Unit
from fourfold.engine.unit_moves import codes_within
from fourfold.errors import Conflict, NotFound, Outdated
from fourfold.records.queries.amendment import ready_of, require_define, seen_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.amendment import done, form_of, history_url
from fourfold.web.components.dates import day_text
from fourfold.web.components.field_words import all_in_form
from fourfold.web.components.frame import show
from fourfold.web.components.surroundings import Link
from fourfold.web.components.unit_rows import DEEPEST, unit_rows
from fourfold.web.forms.unit import move_of
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def units(request: Request, unit: str) -> HttpResponse:
    """GET shows the tree with the unit `o` chosen; POST moves a `unit` below another (`to`)."""
    here = here_at(request, unit)
    require_define(here.scope)
    written = ready_of(here.scope).written
    if request.method != "POST":
        return _page(request, here, written)
    code = here.scope.structure.organisation.code
    try:
        wanted = move_of(written, request.POST.dict())
        outcome = amend_definitions(by=request.user, organisation=code, amendments=wanted)
    except (Conflict, NotFound, Outdated) as refused:
        return _page(request, here, written, said=(str(refused),), status=409)
    if not outcome.ok:
        said = all_in_form(outcome.findings, seen_of(here.scope, written))
        return _page(request, here, written, said=said, status=422)
    moved = _done(written, request.POST.dict()) if wanted else "It is there already."
    messages.success(request, done(moved, outcome))
    return redirect(here.unit("units", o=request.POST.get("unit", "")))


def _done(written: Definitions, given: dict[str, str]) -> str:
    name, above = written.unit[given["unit"]].name, written.unit[given["to"]].name
    if given.get("past") == "restate":
        return f"{name} is part of {above}, as if it had always been."
    return f"{name} is part of {above} from {day_text(date.fromisoformat(given['since'].strip()))}."


def _page(
    request: Request, here: Here, written: Definitions, *, said: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    asked = request.POST.get("unit") or request.GET.get("o", "")
    rows = list(_rows(here, written, asked))
    chosen = written.unit.get(asked)
    month = here.scope.month.start
    return show(
        request,
        "web/units.html",
        here,
        page="build",
        title="Units",
        crumbs=[Link("Build", here.unit("build"))],
        status=status,
        said=said,
        rows=rows,
        chosen=chosen,
        was=chosen.parent or "" if chosen else "",
        parents=_parents(written, chosen) if chosen else [],
        to=request.POST.get("to", ""),
        past=request.POST.get("past", "keep"),
        since=request.POST.get("since", month.isoformat()),
        history_url=history_url(here, "unit", chosen.code) if chosen else "",
        form_url=form_of(here, "unit", chosen) if chosen else "",
        new=form_of(here, "unit", parent=asked or written.root.code),
        back=here.unit("build"),
    )


def _rows(here: Here, written: Definitions, asked: str) -> Iterator[dict[str, Any]]:
    for unit, depth in unit_rows(written):
        yield {
            "code": unit.code, "name": unit.name, "indent": range(min(depth, DEEPEST)), "level": depth + 1,
            "url": here.unit("units", o=unit.code), "chosen": unit.code == asked, "size": unit.size,
            "is_top": unit.parent is None, "past": _past(written, unit),
        }  # fmt: skip


def _past(written: Definitions, unit: Unit) -> list[str]:
    """What the unit was part of before, in words."""
    found = []
    for former in unit.formerly:
        above = written.unit.get(former.parent)
        last = date.fromisoformat(former.until) - timedelta(days=1)
        found.append(f"under {above.name if above else former.parent} until {day_text(last)}")
    return found


def _parents(written: Definitions, chosen: Unit) -> list[tuple[str, str]]:
    """The units that it can be part of: not itself, nor one below it."""
    within = codes_within(written, chosen.code)
    return [(u.code, u.name) for u in written.units if u.code not in within]
