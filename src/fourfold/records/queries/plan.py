"""What loading a scorecard folder would change, before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fourfold.engine.edits import KEYS, Edit, Kind, name_of
from fourfold.engine.period_states import PeriodState as State
from fourfold.errors import NotFound
from fourfold.records.frames.definition import read_definitions
from fourfold.records.frames.scorecard import figures_together, scorecard_now
from fourfold.records.models import Organisation, PeriodState, Step
from fourfold.records.ready import ready_definitions
from fourfold.records.tables import rows_of
from fourfold.scorecard import Scorecard
from fourfold.scorecard.differences import Differences


@dataclass(frozen=True)
class Plan:
    """What would be different, and the version of the organisation of which this is true."""

    differences: Differences
    version: int


def plan(card: Scorecard, name: str, unit: str | None = None, period: str | None = None) -> Plan:
    """Compare the organisation of the folder as it is now with what loading the folder would make of it.

    Figures that the folder does not name stay, and so do people and steps confirmed here. Without a period scores are
    those of the last month that is closed for the unit itself, of the newest figures where none is. Raises `NotFound`
    where there is no such organisation yet, or nothing was loaded.
    """
    code = card.definitions.organisation.code
    organisation = Organisation.objects.filter(code=code).first()  # house: who asks has been asked
    ready = ready_definitions(organisation) if organisation else None
    if organisation is None or ready is None:
        raise NotFound(f"There is no organisation {code} yet.", hint="All of it is new: fourfold load FOLDER")
    now = replace(scorecard_now(organisation, ready), written=read_definitions(organisation))
    then = replace(card, rows=figures_together(now.rows, card))
    period = period or _last_closed(organisation, unit or ready.definitions.root.code)
    found = now.diff(then, name, unit, period, view=now.view_of(period))
    going = any(edit.noun == "steps" and edit.kind is Kind.REMOVED for edit in found.edits)
    confirmed = _confirmed(organisation) if going else set()
    edits = tuple(edit for edit in found.edits if not _stays(edit, confirmed))
    return Plan(replace(found, edits=edits), organisation.version)


def _last_closed(organisation: Organisation, unit: str) -> str | None:
    # house: who plans may see the whole organisation, as for the scores
    closed = PeriodState.objects.current().filter(organisation=organisation, unit__code=unit, state=State.CLOSED)
    return closed.order_by("-start").values_list("period", flat=True).first()


def _confirmed(organisation: Organisation) -> set[str]:
    """The names of the steps that were confirmed here."""
    rows = rows_of(Step, organisation).filter(confirmed_at__isnull=False)
    return {name_of(spec.get(part) for part in KEYS["steps"]) for spec in rows.values_list("spec", flat=True)}


def _stays(edit: Edit, confirmed: set[str]) -> bool:
    """Whether loading leaves alone what the folder does not name."""
    return edit.kind is Kind.REMOVED and (edit.noun == "people" or (edit.noun == "steps" and edit.name in confirmed))
