"""What the forms of waivers ask for, as amendments of the strategy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from pydantic import ValidationError

from fourfold.engine.amendments import Amendment, Amendments
from fourfold.engine.checks import GATES
from fourfold.engine.definitions import Definitions, Strategy, Waiver
from fourfold.engine.findings import Finding, Level
from fourfold.errors import Conflict, NotFound

_LONGEST: Final = 300


def can_waive(finding: Finding) -> bool:
    """True for what somebody may decide to live with."""
    return finding.level is Level.WARNING or (finding.level is Level.ERROR and finding.code in GATES)


def key_of_waiver(waiver: Waiver) -> str:
    """How a form names a waiver."""
    return f"{waiver.check}~{waiver.thing}~{waiver.until}"


def key_of_finding(finding: Finding) -> str:
    """How a form names what it is about."""
    return f"{finding.code}~{finding.place.thing or ''}"


def waived(
    written: Definitions, findings: Iterable[Finding], given: Mapping[str, str], *, today: date, author: str | None
) -> Amendments:
    """The finding `waive` with a `reason` and a day `until`, instead of older ones. Raises `Conflict`."""
    finding = next((f for f in findings if can_waive(f) and key_of_finding(f) == given.get("waive")), None)
    if finding is None:
        raise NotFound("The checks do not say this any more.")
    reason = " ".join(given.get("reason", "").split())[:_LONGEST]
    if not reason:
        raise Conflict("Say why it is right to live with it.")
    try:
        until = date.fromisoformat(given.get("until", "").strip())
    except ValueError:
        raise Conflict("Until when it holds is no day.", hint="Write year-month-day, such as 2027-03-31.") from None
    if until < today:
        raise Conflict(f"{until} is over already.", hint="Choose a day to come.")
    try:
        waiver = Waiver(
            check=finding.code, thing=finding.place.thing or "", reason=reason, until=until.isoformat(), author=author
        )
    except ValidationError:
        raise Conflict("The reason has a character that cannot be printed.") from None
    others = (w for w in written.strategy.waivers if (w.check, w.thing) != (waiver.check, waiver.thing))
    return _changed(written.strategy, (*others, waiver))


def ended(written: Definitions, given: Mapping[str, str]) -> Amendments:
    """Without the waiver that `end` names: the finding counts again. Raises `NotFound`."""
    kept = tuple(w for w in written.strategy.waivers if key_of_waiver(w) != given.get("end"))
    if len(kept) == len(written.strategy.waivers):
        raise NotFound("There is no such waiver any more.")
    return _changed(written.strategy, kept)


def _changed(strategy: Strategy, waivers: tuple[Waiver, ...]) -> Amendments:
    return (Amendment("strategy", strategy, strategy.model_copy(update={"waivers": waivers})),)
