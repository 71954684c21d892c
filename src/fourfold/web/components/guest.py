"""The table that a guest sees: the scorecard without owners, without forecasts and without a link to anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fourfold.graphics.track import track_axis
from fourfold.records.models import GuestLink
from fourfold.records.queries.guest import Shown
from fourfold.records.queries.scorecard import Group
from fourfold.web.components.dates import day_of_moment
from fourfold.web.components.freshness import age_note, trust_note
from fourfold.web.components.numbers import score_text
from fourfold.web.components.period import full_name, month_name, periods_noun
from fourfold.web.components.scorecard_row import guest_row, status_row


def guest_table(shown: Shown, kpi: str | None) -> dict[str, Any]:
    """What the template needs; with `kpi` the row of that KPI alone, and no score but its own."""
    scope = shown.scope
    groups = [_group(shown, group, kpi) for group in shown.card.groups]
    return {
        "groups": [group for group in groups if group["rows"]],
        "axis": track_axis(),
        "has_to_date": scope.view == "month",
        "since": month_name(scope.period.shift(-1)),
        "period_label": scope.period.label,
        "period_name": full_name(scope.period),
        "period_noun": periods_noun(scope),
    }


def _group(shown: Shown, group: Group, kpi: str | None) -> dict[str, Any]:
    now = group.now if kpi is None else None
    row_of = status_row if shown.scope.statuses_only else guest_row
    return {
        "name": group.perspective.name if group.perspective else "In no objective",
        "score": score_text(now.score) if now and now.score is not None else "",
        "status": now.status if now else None,
        "note": age_note(now),
        "trust": trust_note(now, if_weak=False),
        "rows": [row_of(shown.scope, row) for row in group.rows if kpi in (None, row.kpi.kpi.code)],
    }


def guest_words(links: Iterable[GuestLink], *, with_unit: bool = False) -> list[tuple[str, str]]:
    """Each link by whom it is for, and what it shows to whoever has it."""
    return [(link.name, _words(link, with_unit)) for link in links]


def _words(link: GuestLink, with_unit: bool) -> str:
    shown = f"{link.kpi.name} alone" if link.kpi else "the scorecard"
    place = f" of {link.unit.name}" if with_unit else ""
    alone = ", statuses alone" if link.statuses_only else ""
    live = ", figures of the day" if link.snapshot is None else ""
    by = f", by {link.made_by.name}" if link.made_by else ""
    return f"{shown}{place}{live}{alone}, until {day_of_moment(link.expires_at)}{by}"
