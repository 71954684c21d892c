"""One thing of the definitions in a form: made, changed, looked at before it is saved, and merged with others' work."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from fourfold.actions.amend_definitions import amend_definitions
from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.custom_fields import fields_of
from fourfold.engine.definitions import Definitions, Kpi, KpiUse, Target
from fourfold.engine.definitions.base import Definition
from fourfold.engine.definitions.text.complaints import TYPES
from fourfold.engine.due import begins_at
from fourfold.engine.edits import key_of
from fourfold.engine.periods import Frequency
from fourfold.errors import NotFound, Outdated
from fourfold.records.queries.amendment import (
    Effect,
    effect_of,
    known_of,
    past_of,
    ready_of,
    require_define,
    seen_of,
    thing_of,
)
from fourfold.records.ready import Ready
from fourfold.web.address import Here, here_at
from fourfold.web.components.amendment import (
    address_of,
    complaints,
    done,
    effect_shown,
    names_around,
    page_of,
    related,
)
from fourfold.web.components.amendment_fields import LAYOUTS, NEW_KPI, NOUNS, called
from fourfold.web.components.field_words import in_form
from fourfold.web.components.frame import show
from fourfold.web.components.surroundings import Link
from fourfold.web.components.target_help import target_help
from fourfold.web.forms.amendment import AmendmentForm, merge, seen_text, seen_thing
from fourfold.web.forms.kpi import decimals_for, scored_from_now
from fourfold.web.requests import Request, signed_in_form

#: Nouns whose things have no code of their own.
_CODELESS: Final = ("link", "use", "target")
#: The fields of a target that hold a figure of the KPI.
_LEVELS: Final = ("value", "low", "high", "red_line")


@dataclass
class _Work:
    """What a request is about: the thing as it is now, the forms, and what came of them."""

    noun: str
    now: Definition | None
    forms: list[AmendmentForm]
    stale: bool = False
    broken: tuple[str, ...] = ()
    effect: Effect | None = None


@signed_in_form
def amendment(request: Request, unit: str, noun: str, key: str = "") -> HttpResponse:
    """GET shows the form of a thing, a new one without `key`; POST saves it, or with `preview` says what that would do.

    A thing that somebody else has changed meanwhile comes back with both versions of what both have changed.
    """
    here = here_at(request, unit)
    require_define(here.scope)
    if noun not in NOUNS or (not key and noun in ("strategy", "organisation")):
        raise NotFound("There is nothing of this kind to change.")
    ready = ready_of(here.scope)
    now = thing_of(here.scope, ready.written, NOUNS[noun], key) if key else None
    work = _Work(noun, now, _forms(request, here, ready.written, noun, now))
    if request.method != "POST":
        return _page(request, here, ready, work)
    if now is not None and work.forms[0].before not in (None, now):
        _merge(request, work)
    amendments = _read(here, work, ready.written)
    if amendments is None:
        return _page(request, here, ready, work, status=422)
    if work.stale or "preview" in request.POST:
        work.effect = effect_of(here.scope, ready, amendments)
        complaints(work.forms, work.effect.verdict.own, names_around(here, ready, work.effect, work.forms))
        return _page(request, here, ready, work, status=409 if work.stale else 200)
    return _save(request, here, ready, work, amendments)


def _save(request: Request, here: Here, ready: Ready, work: _Work, amendments: Amendments) -> HttpResponse:
    code = here.scope.structure.organisation.code
    try:
        outcome = amend_definitions(by=request.user, organisation=code, amendments=amendments)
    except Outdated:  # between looking and saving
        return redirect(request.get_full_path())
    if outcome.ok:
        said = f"Saved: {_said(here, ready, amendments[0])}." if amendments else "Nothing was different."
        messages.success(request, done(said, outcome))
        has_more = work.now is None and "another" in request.POST
        return redirect(request.get_full_path() if has_more else page_of(here, work.noun, work.now, amendments))
    work.effect = effect_of(here.scope, ready, amendments)
    names = names_around(here, ready, work.effect, work.forms)
    rest = complaints(work.forms, work.effect.verdict.broken or outcome.findings, names)
    work.broken = tuple(in_form(finding, names) for finding in rest)
    return _page(request, here, ready, work, status=422)


def _forms(
    request: Request, here: Here, written: Definitions, noun: str, now: Definition | None
) -> list[AmendmentForm]:
    """The form of the thing; a new KPI is placed on an objective and given a target in the same form."""
    given = {name: request.POST.getlist(name) for name in request.POST}
    before = now if request.method != "POST" or now is None else seen_thing(noun, request.POST.get("seen", "")) or now
    start = {name: text[:300] for name, text in request.GET.items() if name not in ("p", "by")}
    layout = LAYOUTS[noun]
    if now is not None:  # a code names a thing for ever
        fixed = ("code", "parent") if noun == "unit" else ("code",)  # a unit moves on the page of units, from a day on
        layout = tuple((title, tuple(f for f in fields if f not in fixed)) for title, fields in layout)
    own = {k: v for k, v in start.items() if any(k in fields for _, fields in layout) or k in ("kpi", "objective")}
    if noun == "target" and now is None:
        own.setdefault("since", _since(here, _frequency(written.kpi.get(str(own.get("kpi", ""))))))
    if noun == "kpi" and now is None:
        own.setdefault("since", _running(here))
    kpis = dict(known_of(here.scope, written)["kpis"]) if noun == "strategy" else {}
    known = TYPES[NOUNS[noun]].model_fields
    begun = {k: v for k, v in own.items() if k in known}
    forms = [AmendmentForm(noun, before, given, layout, start=begun, custom=fields_of(written, noun), kpis=kpis)]
    if noun == "kpi" and now is None:
        for part, fields in NEW_KPI:
            begin = {"objective": start["objective"]} if part == "use" and "objective" in start else {}
            begin |= {"since": _since(here)} if part == "target" else {}
            forms.append(AmendmentForm(part, None, given, (("", fields),), prefix=f"{part}-", start=begin))
    return forms


def _since(here: Here, frequency: Frequency | None = None) -> str:
    """The first month (or other period) of the fiscal year shown, from which a new target usually holds."""
    calendar, month = here.scope.structure.calendar, here.scope.month
    first = calendar.period(frequency or month.frequency, calendar.period(Frequency.YEAR, month.start).start)
    return first.short_id


def _running(here: Here, frequency: Frequency = Frequency.MONTH) -> str:
    """The month (or other period) that runs, with which a new KPI begins."""
    return begins_at(here.scope.structure.definitions, frequency, timezone.now())


def _frequency(kpi: Definition | None) -> Frequency | None:
    """How often a KPI is measured."""
    return kpi.frequency if isinstance(kpi, Kpi) else None


def _merge(request: Request, work: _Work) -> None:
    took = [name.removeprefix("take-") for name, value in request.POST.items()
            if name.startswith("take-") and value == "theirs"]  # fmt: skip
    assert work.now is not None
    work.forms[0] = merge(work.forms[0], work.now, took)
    work.stale = True


def _read(here: Here, work: _Work, written: Definitions) -> Amendments | None:
    """What the forms say, as amendments; None where one of them cannot be read."""
    form, *parts = work.forms
    if work.now is None and work.noun not in _CODELESS:
        _give_code(form, written)
    targets = [part for part in parts if part.noun == "target"]
    decimals = decimals_for(form.shown("unit"), [t.shown(n) for t in targets for n in _LEVELS]) if targets else None
    form.made |= {} if decimals is None else {"decimals": decimals}
    thing = form.read()
    if work.now is None and isinstance(thing, Kpi) and thing.since == _running(here):  # as above
        thing = thing.model_copy(update={"since": _running(here, thing.frequency)})
    found = [] if thing is None else [Amendment(NOUNS[work.noun], work.now, thing)]
    code = thing.code if isinstance(thing, Kpi) else "new"
    has_target = any(part.shown("value") or part.shown("low") for part in targets)
    for part in targets if thing is not None else ():
        if part.shown("since") == _since(here):  # as the form came, before it was known how often it is measured
            part.given = {**part.given, part.prefix + "since": [_since(here, _frequency(thing))]}
    is_fine = thing is not None
    for part in parts:
        if (part.noun == "use" and not part.shown("objective")) or (part.noun == "target" and not has_target):
            continue
        watched = {"monitor_only": True} if part.noun == "use" and not has_target and _needs(thing) else {}
        part.start = {**part.start, "kpi": code, **watched}
        more = part.read()
        is_fine = is_fine and more is not None
        if isinstance(more, KpiUse | Target):
            found.append(Amendment(NOUNS[part.noun], None, more))
    if work.now is None and isinstance(thing, Target):
        found += scored_from_now(written, thing)
    return tuple(found) if is_fine else None


def _needs(thing: Definition | None) -> bool:
    """True for a KPI that has no score without a target."""
    return isinstance(thing, Kpi) and thing.polarity != "neutral" and thing.kind != "boolean" and not thing.levels


def _give_code(form: AmendmentForm, written: Definitions) -> None:
    """The code of a new thing, made of its name where none was typed."""
    if form.shown("code"):
        return
    base = re.sub(r"[^a-z0-9]+", "_", form.shown("name").casefold()).strip("_")[:60] or form.noun
    base = base if not base[0].isdigit() else f"{form.noun}_{base}"
    taken = {thing.code for thing in getattr(written, NOUNS[form.noun])}
    code = next(c for c in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if c not in taken)
    form.made["code"] = code


def _page(request: Request, here: Here, ready: Ready, work: _Work, status: int = 200) -> HttpResponse:
    noun, now, form = work.noun, work.now, work.forms[0]
    name = "" if now is None else str(getattr(now, "name", "")) or _named(here, ready, now)
    of = f" of {kpi.name}" if noun == "target" and (kpi := ready.written.kpi.get(form.start.get("kpi", ""))) else ""
    title = f"New {called(noun)}{of}" if now is None else f"Change {name}" if name else f"Change the {called(noun)}"
    known = known_of(here.scope, ready.written)
    groups = sorted((g for f in work.forms for g in f.groups(known)), key=lambda g: bool(g["title"]))
    past = past_of(here.scope, NOUNS[noun], Amendment(NOUNS[noun], now, now).name, most=1) if now and work.stale else []
    return show(
        request,
        "web/amendment.html",
        here,
        page="build",
        title=title,
        crumbs=[Link("Build", here.unit("build"))],
        status=status,
        noun=noun,
        called=called(noun),
        is_new=now is None,
        code=now.code if isinstance(now, Kpi) else "",
        has_more=now is None and noun not in ("use", "target"),
        groups=groups,
        said=[*(text for f in work.forms for text in f.errors.get("", ())), *work.broken],
        remarks=[text for f in work.forms for text in f.warnings.get("", ())],
        prefixes=[f.prefix for f in work.forms],
        seen=seen_text(now),
        draft=f"{request.user.pk} {request.path}?{request.GET.urlencode()}",
        stale=work.stale,
        changed_by=past[0] if past else None,
        effect=effect_shown(here, ready, work.effect, work.forms),
        help=target_help(here, ready, form, now) if noun == "target" else None,
        related=related(here, seen_of(here.scope, ready.written), noun, now),
        changes_url=address_of(here, "changes", noun, now) if now else "",
        removal_url=address_of(here, "removal", noun, now) if now and noun not in ("strategy", "organisation") else "",
        back=here.unit("build"),
    )


def _said(here: Here, ready: Ready, each: Amendment) -> str:
    """What was saved, by its name where it has one."""
    return str(getattr(each.thing, "name", "") or _named(here, ready, each.thing))


def _named(here: Here, ready: Ready, thing: Definition) -> str:
    """What a thing without a name is called by."""
    kpis, objectives = ready.written.kpi, ready.written.objective
    if isinstance(thing, KpiUse):
        return f"{kpis[thing.kpi].name} on {objectives[thing.objective].name}"
    if isinstance(thing, Target):
        return f"the target of {kpis[thing.kpi].name} from {thing.since.removeprefix('M:')}"
    ends = [objectives[code].name for code in key_of("links", thing) if code in objectives]
    return " → ".join(ends)
