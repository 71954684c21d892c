"""What is known of how a KPI has been kept and used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fourfold.engine.assessment import Criterion
from fourfold.engine.smart import Known


@dataclass(frozen=True, slots=True)
class Record:
    """A KPI with its figures (`known`), the day it is judged, and its record; None is not known and not assessed.

    Shares are 0..1: of due figures that came in time (`on_time`), of figures changed afterwards (`restated`).
    `unchanged` counts the periods since the definition changed, `history_restated` says that earlier figures were
    computed anew then. Of the periods off target or with a signal (`calls`) some have a comment (`commented`), an
    action or decision (`acted`). `roles` counts roles that looked at it in the last two periods; `before_review` says
    that figures come before the review; `gaming_open` that a question about gaming is open. `decision` is the owner's
    yearly answer whether they can name the decision it changes: 0 no, 1 partly, 2 yes.
    """

    known: Known
    today: date
    on_time: float | None = None
    restated: float | None = None
    unchanged: int | None = None
    history_restated: bool = False
    calls: int | None = None
    commented: int = 0
    acted: int | None = 0
    roles: int | None = None
    before_review: bool | None = None
    gaming_open: bool | None = None
    decision: int | None = None


def yes(is_yes: bool, *, partly: bool = False) -> float:
    """2 for yes, 1 for partly, 0 for no."""
    return 2.0 if is_yes else 1.0 if partly else 0.0


def untold(code: str, asks: str, why: str) -> Criterion:
    """A question nobody can answer yet."""
    return Criterion(code, asks, None, 2, why)


def share(
    code: str, asks: str, part: int, whole: int | None, cuts: tuple[float, float], what: str, mend: str
) -> Criterion:
    """Yes from the first cut, partly from the second; not assessed where there is nothing to count or nobody counts."""
    if not whole:
        return untold(code, asks, f"no {what} to count" if whole == 0 else f"{what} are not known")
    evidence = f"{part} of {whole} {what}"
    return Criterion(code, asks, yes(part >= cuts[0] * whole, partly=part >= cuts[1] * whole), 2, evidence, mend)
