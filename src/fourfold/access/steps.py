"""Which right each step of a period needs."""

from __future__ import annotations

from typing import Final

from fourfold.access.roles import Action
from fourfold.engine.period_states import PeriodState

_RIGHTS: Final = {
    PeriodState.SUBMITTED: Action.SUBMIT,
    PeriodState.IN_REVIEW: Action.APPROVE,
    PeriodState.APPROVED: Action.APPROVE,
    PeriodState.COLLECTING: Action.APPROVE,
    PeriodState.CLOSED: Action.LOCK,
    PeriodState.REOPENED: Action.LOCK,
}


def right_to_step(
    step: PeriodState, now: PeriodState, *, submitter: int | None, person: int | None
) -> tuple[Action, int | None]:
    """The right that a step needs, and whose work it is about: nobody checks what they submitted themselves.

    A return is the approver's, or a second thought of who submitted the period.

    >>> right_to_step(PeriodState.APPROVED, PeriodState.SUBMITTED, submitter=7, person=8)
    (<Action.APPROVE: 'approve'>, 7)
    """
    if now not in (PeriodState.SUBMITTED, PeriodState.IN_REVIEW):
        return _RIGHTS.get(step, Action.LOCK), None
    if step is PeriodState.COLLECTING and submitter is not None and submitter == person:
        return Action.SUBMIT, None
    return _RIGHTS.get(step, Action.LOCK), submitter
