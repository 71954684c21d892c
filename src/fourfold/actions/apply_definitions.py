"""Put the definitions of texts in force, after saying what that would change: `plan` and `apply` for programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from fourfold.access.roles import Action
from fourfold.actions._steps import find_organisation, require
from fourfold.actions.load_folder import load_folder
from fourfold.actions.outcome import Outcome
from fourfold.engine.edits import Kind, refuse_loss
from fourfold.errors import Conflict, Outdated
from fourfold.records.models import Person
from fourfold.records.queries.plan import Plan, plan
from fourfold.records.queries.structure import structure_of
from fourfold.scorecard.folder import read_texts


def apply_definitions(
    *,
    by: Person | None,
    organisation: str | None = None,
    texts: Mapping[str, str],
    version: int | None = None,
    allow_destroy: bool = False,
    dry_run: bool = False,
    at: datetime | None = None,
) -> Outcome[Plan]:
    """Load texts by file name, all of the definitions; figures, people and steps confirmed here stay.

    The outcome says what that changes, or with `dry_run` would change. Whoever may change the definitions may do this;
    where there are confidential KPIs or small groups, with a clearance. Errors of the texts come back as findings.
    Raises `Outdated` where the organisation is no longer that of `version`, and `Conflict` where something would go
    that may not (`allow_destroy`) or the texts are about another organisation.
    """
    found = find_organisation(by, organisation)
    closed = structure_of(found).closed
    require(by, Action.DEFINE, found, confidential=bool(closed.kpis) or closed.has_groups)
    card, findings = read_texts(texts)
    if card is None:
        return Outcome("nothing was changed", findings=findings)
    if (code := card.definitions.organisation.code) != found.code:
        raise Conflict(f"The texts are about the organisation {code}, not {found.code}.", hint="Send them to that one.")
    planned = plan(card, found.name)
    if version is not None and planned.version != version:
        raise Outdated(f"{found.name} has changed since version {version}.", hint="Look at a new plan.")
    if dry_run:
        return Outcome("nothing was changed", planned, findings)
    if not allow_destroy:
        refuse_loss(planned.differences.of_kind(Kind.REMOVED), "Put back, or allow it: allow_destroy.")
    done = load_folder(by=by, path=Path("definitions"), card=card, expected=planned.version, at=at)
    return Outcome(done.summary, planned if done.ok else None, done.findings)
