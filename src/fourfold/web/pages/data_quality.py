"""The health of the data: are figures there, in time, plausible and consistent, and what is to be done about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from fourfold.access.roles import Action
from fourfold.engine.data_quality import DataQuality
from fourfold.records.queries.data_quality import KpiQuality, data_quality_of
from fourfold.records.queries.feeds import edits_sources
from fourfold.web.address import Here, here_at, path
from fourfold.web.components.dates import day_text
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.requests import Request, counted, signed_in

#: Below the first a share is off, below the second near: those of the rubric of KPI health (methodology §2.8).
OFF, NEAR = 0.80, 0.95


@signed_in
@counted
def data_quality(request: Request, unit: str) -> HttpResponse:
    """The page of a unit, as it stands today, whatever period the address names."""
    here = here_at(request, unit)
    found = data_quality_of(here.scope, timezone.now())
    people = here.scope.structure.people
    return show(
        request, "web/data_quality.html", here, page="data_quality", title="Health of our data",
        crumbs=[crumb_of(here)],
        day=day_text(found.day),
        whole=_cells(found.whole),
        said=_said(found.whole),
        kpis=[_kpi(here, each) for each in found.kpis],
        people=[
            {"name": people[code].name if code and code in people else "Nobody", "cells": _cells(quality)}
            for code, quality in found.people
        ],
    )  # fmt: skip


def _kpi(here: Here, each: KpiQuality) -> dict[str, Any]:
    owner = here.scope.structure.people.get(each.kpi.owner or "")
    return {
        "name": each.kpi.name,
        "url": here.kpi(each.kpi),
        "owner": owner.name if owner else "Nobody",
        "from": "" if each.is_fed else "made from other figures",
        "cells": _cells(each.quality),
        "todo": _todo(here, each),
    }


def _cells(quality: DataQuality) -> list[dict[str, str]]:
    """The shares as finished texts, each with the counts behind it."""
    q = quality
    lacks = [(q.missing, "missing"), (q.not_due, "not yet"), (q.errors, "in error"), (q.not_applicable, "n/a")]
    late = "" if q.days_late is None else f", {plural(round(q.days_late) or 1, 'day')} late on average"
    open_ = f", {q.open} unexplained" if q.open else ""
    changed = f"; {q.restated} restated" if q.restated else ""
    return [
        _cell("Complete", q.complete, ", ".join([f"{q.there} of {q.due}", *(f"{n} {w}" for n, w in lacks if n)])),
        _cell("On time", q.timely, f"{q.on_time} of {q.timed}{late}"),
        _cell("Plausible", q.plausible, f"{q.flagged} flagged{open_}"),
        _cell("Explained", q.explained, f"{q.answered} of {q.asked} off target or unusual"),
        _cell("Consistent", q.consistent, f"{q.agreed} of {q.compared} agree{changed}"),
    ]


def _cell(name: str, share: float | None, what: str) -> dict[str, str]:
    if share is None:
        return {"name": name, "share": "–", "mark": "", "what": ""}
    mark = "off" if share < OFF else "near" if share < NEAR else ""
    return {"name": name, "share": f"{int(share * 100)}%", "mark": mark, "what": what}


def _said(whole: DataQuality) -> str:
    """The page in a sentence."""
    if not whole.due:
        return "No figure is due here yet."
    wanted = whole.due - whole.not_applicable
    said = f"{whole.there} of {plural(wanted, 'due figure')} are in"
    if whole.timed:
        said += f", {whole.on_time} of {whole.timed} came on time"
    return f"{said}; {plural(whole.asked - whole.answered, 'explanation')} missing."


def _todo(here: Here, each: KpiQuality) -> list[tuple[str, str]]:
    """What is to be done, with the page where it is done; nothing for who may not."""
    scope, kpi = here.scope, each.kpi
    if not each.is_fed or not (each.lacking or each.unexplained):
        return []
    if kpi.automated and edits_sources(scope.person, scope.structure.pk):
        return [("See its feed", path("sources", scope.structure.organisation.code))]
    if not scope.may(Action.RECORD, kpi=kpi):
        return []
    pk = str(scope.structure.kpi_pk[kpi.code])
    grid = path("updates", here.key())
    words = [(f"Enter {p.short_label}", p) for p in each.lacking[-1:]]
    words += [(f"Explain {p.short_label}", p) for p in each.unexplained[-1:]]
    return [(text, f"{grid}?p={p.last_day:%Y-%m}&kpi={pk}") for text, p in words]
