"""See whether a source answers, and whether it knows who asks."""

from __future__ import annotations

from fourfold.access.roles import Action
from fourfold.actions._sources import access_to, complaint, find_connection
from fourfold.actions._steps import find_organisation, require
from fourfold.actions.outcome import Outcome
from fourfold.connectors.kinds import KINDS
from fourfold.connectors.port import Limits, SourceError
from fourfold.records.models import Person

_LIMITS = Limits(seconds=15, rows=10)


def test_connection(*, by: Person | None, organisation: str | None = None, connection: str) -> Outcome[str]:
    """Ask the stored connection for nothing but whether it is there; the finding says what is wrong."""
    place = find_organisation(by, organisation)
    require(by, Action.EDIT_SOURCE, place)
    row = find_connection(place, connection)
    try:
        said = KINDS[row.kind].reach(access_to(row), _LIMITS)
    except SourceError as error:
        return Outcome("it does not answer", findings=(complaint("connection", error.message, error.hint or ""),))
    return Outcome(said, said)
