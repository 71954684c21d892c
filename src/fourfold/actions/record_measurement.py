"""Record one figure, or say why there is none."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction

from fourfold.actions._explanations import refuses
from fourfold.actions._recording import NOTHING, NewFigure, explained, look_at, record_entries
from fourfold.actions._recording import version_of as version_of  # names a figure for who wants to change it
from fourfold.actions._steps import find_organisation, lock_as_read
from fourfold.actions.outcome import Outcome
from fourfold.engine.findings import Level, errors
from fourfold.errors import FourfoldError, NotFound
from fourfold.records.frames.measurement import Revision
from fourfold.records.models import Organisation, Person
from fourfold.records.ready import ready_definitions

#: A figure as somebody wrote it; a float would already have lost digits.
Figure = Decimal | int | str | None


def record_measurement(
    *,
    by: Person | None,
    organisation: str | Organisation | None = None,
    kpi: str,
    unit: str,
    period: str,
    value: Figure = None,
    numerator: Figure = None,
    denominator: Figure = None,
    state: str | None = None,
    note: str = "",
    source: str = "",
    quality: str | None = None,
    if_version: str | None = None,
    at: datetime | None = None,
    must_explain: bool = False,
    outlooks_follow: bool = False,
    is_part: bool = False,
) -> Outcome[Revision]:
    """Record a value, a numerator with its denominator, or a state such as `missing`, and evaluate what it changes.

    It supersedes what was known before, which stays on record. What is known already is not recorded again. A figure
    that the checks refuse comes back as findings, and nothing is written. With `if_version`, the `version_of` what the
    caller knows, nothing is written over anything else: there is `Outdated`. People see and record for their own units
    only, or for a colleague whose deputy they are, which the event says: else there is `NotFound` or `Forbidden`.
    A figure that is off target or unusual needs an explanation, as the organisation or the KPI says: without one there
    is a finding, and with `must_explain`, for people, or where the organisation refuses it of programs too, nothing is
    recorded. `outlooks_follow` as for `evaluate_change`. It `is_part` of the caller's transaction where that ends with
    whatever ends this; else it is one of its own.
    """
    found = find_organisation(by, organisation)
    ready = ready_definitions(found)
    if ready is None:
        raise NotFound(f"There is no unit {unit} here, or you may not see it.")
    moment = at or datetime.now(UTC)
    figure = NewFigure(
        kpi, unit, period, _text(value), _text(numerator), _text(denominator), state, note, source, quality, if_version
    )
    entry = look_at(by, found, ready, figure, at=moment)
    if errors(entry.findings):
        return Outcome(NOTHING, findings=entry.findings)
    is_asked = must_explain or refuses(ready.definitions)
    entries = explained(ready, [entry], level=Level.ERROR if is_asked else Level.WARNING)
    with nullcontext() if is_part else transaction.atomic():
        locked = lock_as_read(found, hint="Enter the figure again.")
        recorded = record_entries(locked, ready, entries, by=by, at=moment, follow=outlooks_follow)
        (said,) = recorded.said
        if isinstance(said, FourfoldError):
            raise said
    return Outcome(f"recorded; {recorded.summary}", said.value, said.findings) if recorded.changed else said


def _text(figure: Figure) -> str | None:
    """As it is checked: text. A float is refused, since its digits are not those anybody wrote."""
    if isinstance(figure, float | bool):
        raise TypeError("A figure is a Decimal, an integer or a text, not a float.")
    return None if figure is None else str(figure)
