"""What is due from the person who asks, in all units: late, due, coming; one link opens exactly those cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpResponse
from django.utils import timezone

from fourfold.engine.due import day_at
from fourfold.records.models import Organisation
from fourfold.records.queries.due_updates import Due, DueGroup, Urgency, due_from
from fourfold.web.address import Here, here_at, path
from fourfold.web.components.dates import day_text
from fourfold.web.components.frame import crumb_of, show
from fourfold.web.components.numbers import plural
from fourfold.web.requests import Request, signed_in

_HEADS: Final = {
    Urgency.LATE: ("Late", "Their day is over."),
    Urgency.DUE: ("Due", "Their period is over."),
    Urgency.COMING: ("Coming", "Their period still runs."),
}
_NAMED: Final = 4  # KPIs named of a group


@signed_in
def my_updates(request: Request) -> HttpResponse:
    """The page of the organisation of the first unit, or of the unit that `u` names."""
    here, now = here_at(request, request.GET.get("u")), timezone.now()
    organisation = Organisation.objects.visible_to(request.user).get(pk=here.scope.structure.pk)
    return due_page(request, here, due_from(request.user, organisation, now), now)


def due_page(request: Request, here: Here, groups: Sequence[DueGroup], now: datetime) -> HttpResponse:
    """The page with these figures."""
    today = day_at(here.scope.structure.definitions, here.scope.unit.code, now)
    count = sum(len(group.figures) for group in groups)
    return show(
        request, "web/my_updates.html", here, page="my_updates", title="My updates", crumbs=[crumb_of(here)],
        summary=f"{plural(count, 'figure')} to enter." if count else "", today=today, grid_url=here.unit("updates"),
        sections=[
            {"name": name, "why": why, "groups": [_shown(here, g, today) for g in groups if g.urgency is urgency]}
            for urgency, (name, why) in _HEADS.items()
            if any(g.urgency is urgency for g in groups)
        ],
    )  # fmt: skip


def address_of(here: Here, group: DueGroup) -> str:
    """The grid with exactly these cells."""
    several = ":" in here.key()
    key = f"{here.scope.structure.organisation.code}:{group.unit}" if several else group.unit
    pks = ",".join(dict.fromkeys(str(due.pk) for due in group.figures))
    return f"{path('updates', key)}?p={group.month.short_id}&kpi={pks}"


def _shown(here: Here, group: DueGroup, today: date) -> dict[str, Any]:
    return {
        "title": f"{group.unit_name}, {group.month.label}",
        "what": _names(group.figures),
        "when": _when(group.day, today),
        "day": group.day,
        "url": address_of(here, group),
        "button": f"Enter {plural(len(group.figures), 'figure')}",
    }


def _names(figures: Sequence[Due]) -> str:
    names = list(dict.fromkeys(due.kpi.name for due in figures))
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest


def _when(day: date, today: date) -> str:
    away = (day - today).days
    if away == 0:
        return "due today"
    return f"due {day_text(day)}" if away > 0 else f"{plural(-away, 'day')} late"
