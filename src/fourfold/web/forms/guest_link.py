"""A guest link as a form asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fourfold.actions.make_guest_link import DAYS, MOST_DAYS, MOST_VIEWS
from fourfold.engine.periods import Period
from fourfold.records.queries.guest import newest_closed
from fourfold.records.queries.scope import Scope

_FIELDS: Final = ("name", "kpi", "shows", "days", "most_views", "statuses_only", "hosts")
CLOSED, LIVE = "closed", "live"


@dataclass
class GuestLinkForm:
    """What was typed, and what is wrong with it by field; the password is never shown again."""

    typed: dict[str, str]
    kpis: list[tuple[str, str]]
    closed: Period | None
    password: str = field(default="", repr=False)
    errors: dict[str, str] = field(default_factory=dict)

    def arguments(self, scope: Scope) -> dict[str, Any]:
        """As `make_guest_link` takes them: a number that is none becomes one that is refused there."""
        typed, month = self.typed, scope.month
        if self.closed and typed["shows"] == CLOSED:
            month = self.closed
        return {
            "organisation": scope.structure.organisation.code,
            "unit": scope.unit.code,
            "name": typed["name"],
            "kpi": typed["kpi"] or None,
            "period": month.id,
            "view": scope.view,
            "is_live": typed["shows"] == LIVE,
            "statuses_only": typed["statuses_only"] == "yes",
            "days": _number(typed["days"], MOST_DAYS),
            "most_views": _number(typed["most_views"], MOST_VIEWS) if typed["most_views"] else None,
            "password": self.password,
            "hosts": typed["hosts"].replace(",", " ").split(),
        }


def read_guest_link(scope: Scope, posted: Mapping[str, str] | None = None) -> GuestLinkForm:
    """Read the form; without anything sent it is an empty one."""
    closed = newest_closed(scope)
    given = posted or {"days": str(DAYS), "shows": CLOSED if closed else ""}
    typed = {name: given.get(name, "").strip()[:1000] for name in _FIELDS}
    kpis = [(k.code, k.name) for k in scope.structure.kpis if scope.structure.applies(k, scope.unit.code)]
    shown = [(code, name) for code, name in kpis if not scope.structure.kpi[code].is_confidential]
    return GuestLinkForm(typed, shown, closed, given.get("password", "")[:1000])


def _number(text: str, most: int) -> int:
    return min(int(text), most + 1) if text.isascii() and text.isdigit() and len(text) < 12 else 0
