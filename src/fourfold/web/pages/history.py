"""What a KPI, an objective or a unit was before: what changed when, by whom, and the way to how it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.utils import timezone
from django.utils.timezone import localtime

from fourfold.engine.definitions import Kpi, KpiUse, Link, Objective, Target
from fourfold.errors import NotFound
from fourfold.records.queries.history import Change, history_of
from fourfold.records.queries.structure import UnitPlace
from fourfold.web.address import Here, here_at
from fourfold.web.components.amendment import name_of_thing
from fourfold.web.components.amendment_fields import NOUNS, called, noun_of
from fourfold.web.components.change_words import differences
from fourfold.web.components.dates import day_text
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.surroundings import Link as Way
from fourfold.web.requests import Request, signed_in

#: How definitions come to be changed, where it was not in a form.
HOWS: Final = {"folder.load": "from a folder", "scorecard.start": "from a template", "scorecard.draft": "from a file"}


@signed_in
def history(request: Request, unit: str, noun: str, key: str) -> HttpResponse:
    """The changes of a thing, newest first; `noun` is kpi, objective or unit."""
    here = here_at(request, unit)
    thing = _thing(here, noun, key)
    found = history_of(here.scope, NOUNS[noun], key)
    return show(
        request,
        "web/history.html",
        here,
        page="",
        title=f"History of {thing.name}",
        name=thing.name,
        called=called(noun),
        crumbs=[crumb_of(here), Way(thing.name, _page(here, thing))],
        rows=[_row(here, thing, change) for change in found],
        then_url=_page(here, thing).partition("?")[0],
        kept=[*here.state.items(), *here.place().items()],
    )


def _thing(here: Here, noun: str, key: str) -> Kpi | Objective | UnitPlace:
    structure = here.scope.structure
    found: Kpi | Objective | UnitPlace | None = None
    if noun == "kpi":
        found = structure.kpi.get(key)
    elif noun == "objective":
        found = structure.objective.get(key)
    elif noun == "unit":
        found = next((u for u in here.scope.units if u.code == key), None)
    if found is None:
        raise NotFound("There is no such thing, or you may not see it.")
    return found


def _page(here: Here, thing: Kpi | Objective | UnitPlace, **query: str) -> str:
    if isinstance(thing, Kpi):
        return here.kpi(thing, None, **query)
    if isinstance(thing, Objective):
        return here.objective(thing, None, **query)
    return here.unit("overview", thing, **query)


def _row(here: Here, thing: Kpi | Objective | UnitPlace, change: Change) -> dict[str, Any]:
    zone, noun = here.scope.structure.zone, noun_of(change.noun)
    at = localtime(change.at, zone)
    before = at.date() - timedelta(days=1)
    is_past = at.date() <= timezone.localdate(timezone=zone)
    own = getattr(change.thing, "code", None) == thing.code and not isinstance(change.thing, Target | KpiUse | Link)
    return {
        "when": f"{day_text(at.date())}, {at:%H:%M}", "iso": at.isoformat(),
        "who": change.person, "how": HOWS.get(change.how, ""), "kind": change.kind,
        "what": f"The {called(noun)}" if own else _called(here, change),
        "fields": differences(here, noun, change.fields),
        "then_url": _page(here, thing, as_of=before.isoformat()) if is_past and change.kind != "added" else "",
        "then": day_text(before),
    }  # fmt: skip


def _called(here: Here, change: Change) -> str:
    """A target by its begin and unit; a place by the other thing that it names."""
    structure, thing = here.scope.structure, change.thing
    if isinstance(thing, Target):
        unit = next((u.name for u in structure.units if u.code == thing.unit), "every unit")
        return f"The target of {unit} from {thing.since.removeprefix('M:')}"
    if isinstance(thing, KpiUse):
        kpi, objective = structure.kpi.get(thing.kpi), structure.objective.get(thing.objective)
        ends = kpi.name if kpi else "a KPI", objective.name if objective else "an objective"
        return f"The place of {ends[0]} on {ends[1]}"
    if isinstance(thing, Link):
        names = (structure.objective.get(code) for code in (thing.source, thing.target))
        return "The link " + " → ".join(o.name if o else "an objective" for o in names)
    return name_of_thing(structure.shown, noun_of(change.noun), thing)
