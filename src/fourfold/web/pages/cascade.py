"""A scorecard applied to the units below one: which of them carries which objective, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.alignment import objectives_of
from fourfold.engine.amendments import Amendments
from fourfold.engine.cascaded import accept
from fourfold.engine.definitions import Definitions, Objective, Unit
from fourfold.errors import Conflict, NotFound, Outdated
from fourfold.records.queries.alignment import PER_PAGE
from fourfold.records.queries.amendment import Effect, effect_of, ready_of, require_define, seen_of
from fourfold.records.ready import Ready
from fourfold.web.address import Here, here_at
from fourfold.web.components.amendment import done, effect_shown, form_of
from fourfold.web.components.cascade import local_additions, matrix, shared_out, waiting
from fourfold.web.components.field_words import all_in_form
from fourfold.web.components.frame import show
from fourfold.web.components.numbers import plural
from fourfold.web.components.surroundings import Link
from fourfold.web.forms.cascade import HOWS, CascadeForm
from fourfold.web.requests import Request, signed_in_form

_NAMED: Final = 400  # KPIs that can be chosen from a list


class _Work(NamedTuple):
    """What the page is about: the definitions that are seen, what can be chosen, and what was typed."""

    ready: Ready
    seen: Definitions
    objectives: tuple[Objective, ...]
    below: tuple[Unit, ...]
    form: CascadeForm


@signed_in_form
def cascade(request: Request, unit: str) -> HttpResponse:
    """GET shows objectives by units; POST applies them, with `preview` says what that would do, or accepts a
    contribution (`accept`)."""
    here = here_at(request, unit)
    require_define(here.scope)
    work = _work(request, here)
    if request.method != "POST":
        return _page(request, here, work)
    code = here.scope.structure.organisation.code
    try:
        wanted = _wanted(request, work)
        if "preview" in request.POST:
            return _page(request, here, work, effect=effect_of(here.scope, work.ready, wanted))
        outcome = amend_definitions(by=request.user, organisation=code, amendments=wanted)
    except (Conflict, NotFound, Outdated) as refused:
        return _page(request, here, work, said=(f"{refused.message} {refused.hint or ''}".strip(),), status=409)
    if not outcome.ok:
        return _page(request, here, work, said=all_in_form(outcome.findings, work.seen), status=422)
    messages.success(request, done(_done(request, work, wanted), outcome))
    chosen = {"done": ",".join(work.form.objectives)} if work.form.how == "identical" else {}
    return redirect(here.unit("cascade", **chosen))


def _work(request: Request, here: Here) -> _Work:
    ready = ready_of(here.scope)
    seen = seen_of(here.scope, ready.written)
    own = objectives_of(seen_of(here.scope, ready.definitions), here.scope.unit.code)
    below = tuple(u for u in seen.units if u.parent == here.scope.unit.code)
    given = {name: request.POST.getlist(name) for name in request.POST}
    return _Work(ready, seen, own, below, CascadeForm.of(given))


def _wanted(request: Request, work: _Work) -> Amendments:
    if "accept" in request.POST:
        return accept(work.seen, request.POST["accept"])
    return work.form.amendments(work.seen, [o.code for o in work.objectives], [u.code for u in work.below])


def _done(request: Request, work: _Work, wanted: Amendments) -> str:
    if "accept" in request.POST:
        return "The contribution is accepted."
    if not wanted:
        return "It was so already."
    units = len(work.below) if work.form.all_units else len(work.form.units)
    what = f"{plural(len(work.form.objectives), 'objective')} in {plural(units, 'unit')}"
    return f"Saved: {what}." if work.form.how != "none" else f"Saved: no longer {what}."


def _page(
    request: Request, here: Here, work: _Work, *, said: Sequence[str] = (), effect: Effect | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    words = request.GET.get("q", "").strip()[:80]
    shown, pager = _shown(request, here, work.below, words)
    return show(
        request,
        "web/cascade.html",
        here,
        page="build",
        title=f"Cascade of {here.scope.unit.name}",
        crumbs=[Link("Build", here.unit("build"))],
        status=status,
        said=said,
        form=work.form,
        hows=[(key, name, hint) for key, (name, hint) in HOWS.items()],
        kpis=[(k.code, k.name) for k in work.seen.kpis if k.state != "retired"][:_NAMED],
        units=[(u.code, u.name, u.code in work.form.units) for u in shown],
        rows=matrix(here, work.seen, work.objectives, shown, work.form),
        below=len(work.below),
        words=words,
        pager=pager,
        waiting=waiting(work.seen, work.objectives),
        locals=local_additions(here, work.seen, shown),
        share=shared_out(here, work.ready.definitions, request.GET.get("done", "").split(",")),
        effect=effect_shown(here, work.ready, effect, ()),
        new_unit=form_of(here, "unit", parent=here.scope.unit.code),
        alignment_url=here.unit("alignment") + "#pull",
        back=here.unit("build"),
    )


def _shown(
    request: Request, here: Here, below: Sequence[Unit], words: str
) -> tuple[list[Unit], dict[str, Any]]:
    """The units of this page, and the way to those before and after them."""
    found = [u for u in below if words.lower() in u.name.lower()]
    pages = max(1, -(-len(found) // PER_PAGE))
    asked = request.GET.get("page", "")
    page = min(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1, pages) or 1

    def url(number: int) -> str:
        return here.unit("cascade", q=words, page=str(number)) if 1 <= number <= pages else ""

    pager = {"has": pages > 1 or bool(words), "previous": url(page - 1), "next": url(page + 1)}
    return found[(page - 1) * PER_PAGE : page * PER_PAGE], pager
