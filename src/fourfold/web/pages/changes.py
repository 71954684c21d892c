"""What was changed in the definitions, by whom and when, and the way back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localtime

from fourfold.actions.undo_amendment import undo_amendment
from fourfold.engine.edits import name_of
from fourfold.errors import NotFound, Outdated
from fourfold.records.queries.amendment import Past, past_of, ready_of, require_define, seen_of
from fourfold.web.address import Here, here_at
from fourfold.web.components.amendment import done
from fourfold.web.components.amendment_fields import NOUNS, called, noun_of
from fourfold.web.components.change_words import differences
from fourfold.web.components.field_words import in_form, names_of
from fourfold.web.components.frame import show
from fourfold.web.components.surroundings import Link
from fourfold.web.requests import Request, signed_in_form


@signed_in_form
def changes(request: Request, unit: str) -> HttpResponse:
    """GET lists changes, of the thing in `of` and `key` or of all; POST takes back the one in `number`."""
    here = here_at(request, unit)
    require_define(here.scope)
    if request.method != "POST":
        return _page(request, here)
    given = request.POST.get("number", "")
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise NotFound("There is no such change.")
    try:
        organisation = here.scope.structure.organisation.code
        outcome = undo_amendment(by=request.user, organisation=organisation, number=int(given))
    except Outdated:
        said = "It was changed again since. Take back the later change first."
        return _page(request, here, said, status=409)
    if not outcome.ok:
        return _page(request, here, " ".join(map(in_form, outcome.findings)), status=422)
    messages.success(request, done("Taken back: what was there before is there again.", outcome))
    return redirect(request.get_full_path())


def _page(request: Request, here: Here, said: str = "", status: int = 200) -> HttpResponse:
    noun, key = request.GET.get("of", ""), request.GET.get("key", "")
    name = name_of(part or None for part in key.split("~")) if noun in NOUNS else ""
    past = past_of(here.scope, NOUNS.get(noun, ""), name)
    return show(
        request,
        "web/changes.html",
        here,
        page="build",
        title=f"Changes of {_called(here, noun, name)}" if name else "Changes of the definitions",
        crumbs=[Link("Build", here.unit("build"))],
        status=status,
        said=said,
        form_url=request.get_full_path(),
        rows=_rows(here, past),
        all_url=here.unit("build").partition("?")[0] + "changes/" if name else "",
    )


def _rows(here: Here, past: list[Past]) -> list[dict[str, Any]]:
    """One row for each thing; what was changed together is taken back together, at the first of its rows."""
    rows, together = [], Counter(each.number for each in past)
    for i, each in enumerate(past):
        noun = "" if each.noun == "scorecard" else noun_of(each.noun)
        at = localtime(each.at, here.scope.structure.zone)
        is_first = i == 0 or past[i - 1].number != each.number
        rows.append({
            "number": each.number, "when": f"{at:%-d %b %Y, %H:%M}", "iso": at.isoformat(), "who": each.person,
            "what": _called(here, noun, each.name) if noun else "Scorecard", "kind": each.kind,
            "may_undo": each.is_last and is_first, "count": together[each.number], "is_back": each.undoes is not None,
            "reason": each.reason, "fields": differences(here, noun, each.fields),
        })  # fmt: skip
    return rows


def _called(here: Here, noun: str, name: str) -> str:
    """A thing by its noun and the names of what its key names; the code of what is there no longer."""
    definitions = seen_of(here.scope, ready_of(here.scope).written)
    if noun in ("strategy", "organisation"):
        return called(noun)
    first, *rest = name.split(" ")
    if noun == "target":
        kpi = definitions.kpi.get(first)
        since = rest[-1].removeprefix("M:") if rest else ""
        kind = "benchmark" if rest[-2:-1] == ["benchmark"] else "target"
        return f"{kind} of {kpi.name if kpi else first} from {since}"
    names = names_of(definitions)
    kinds = {"use": ("kpi", "objective"), "link": ("objective", "objective")}.get(noun, (noun,))
    parts = [names.get(f"{kind}:{code}", code) for kind, code in zip(kinds, (first, *rest), strict=False)]
    return f"{called(noun)} {(' on ' if noun == 'use' else ' → ').join(parts)}"


