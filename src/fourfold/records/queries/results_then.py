"""Results as they were at an earlier moment: from the figures that were known and what was defined then.

Stored results are those of now, so these are computed when somebody asks. Who may see what is decided today: nodes of
which the person sees no stored result of the unit are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from fourfold.engine.unit_settings import zone_of
from fourfold.errors import FourfoldError
from fourfold.records import models
from fourfold.records.frames.scorecard import scorecard_then
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import Scope
from fourfold.records.ready import ready_definitions
from fourfold.scorecard.moment import moment as moment_of

_LONGEST: Final = 40  # of a moment as text
_EARLIEST: Final = 1900


class NoMoment(FourfoldError):
    """This is no moment of which something can be known."""


@dataclass(frozen=True, slots=True)
class ResultThen:
    """One result, with the names and the codes of a stored one; None where there is no number."""

    node: str
    value: float | None
    target: float | None
    score: float | None
    status: int
    state: int
    coverage: float | None
    confidence: float | None


def moment_in(scope: Scope, text: str, *, now: datetime) -> datetime:
    """The moment that is written: a date is its end where the organisation is. Raises `NoMoment`, also for the future.

    The end of today is now.
    """
    return moment_at(zone_of(scope.structure.definitions.organisation), text, now=now)


def moment_at(zone: tzinfo, text: str, *, now: datetime) -> datetime:
    """As `moment_in`, in a time zone."""
    try:
        asked = moment_of(text[:_LONGEST].replace(" ", "+"), zone)  # a plus in an address is a blank
    except FourfoldError:
        asked = None
    if asked is None or asked.year < _EARLIEST:
        raise NoMoment(f"“{text[:_LONGEST]}” is no moment.", hint="Write 2026-03-31 or 2026-03-31T16:00:00Z.")
    if asked.year > now.year + 1 or asked.astimezone(zone).date() > now.astimezone(zone).date():
        raise NoMoment(f"“{text[:_LONGEST]}” lies in the future.", hint="Ask for a moment that is over.")
    return min(asked, now)


def results_then(scope: Scope, moment: datetime) -> tuple[ResultThen, ...]:
    """What the person sees of the unit in the period shown, as known at `moment`, in the order of the nodes."""
    organisation = models.Organisation.objects.visible_to(scope.person).filter(pk=scope.structure.pk).first()
    ready = None if organisation is None else ready_definitions(organisation)
    if organisation is None or ready is None:
        return ()
    stored = models.Result.objects.visible_to(scope.person).filter(unit=scope.unit.pk, view=scope.view)
    seen = frozenset(stored.order_by().values_list("node", flat=True).distinct())

    def compute() -> tuple[ResultThen, ...]:
        card, period = scorecard_then(organisation, ready, moment), scope.period.id
        if card is None or scope.unit.code not in card.definitions.unit:
            return ()
        found = card.evaluate(as_of=moment, view=scope.view, first=period, last=period).evaluation
        rows = found.frame().iter_rows(named=True)
        own = (row for row in rows if row["unit"] == scope.unit.code and row["ordinal"] == scope.period.ordinal)
        names = ResultThen.__dataclass_fields__
        shown = (ResultThen(**{name: row[name] for name in names}) for row in own if row["node"] in seen)
        return tuple(sorted(shown, key=lambda row: row.node))

    key = ("then", scope.unit.pk, scope.view, scope.period.ordinal, moment, seen)
    return kept(scope.run, key, compute, size=len)
