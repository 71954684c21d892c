"""Figures as forecasts need them: from the first number to the last, what is not a figure of its own left out.

Methodology §6.1 and amendment A3. A period without a number is a gap whatever its reason; the reason matters where a
series has no number at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import Bools, Codes, Floats, Mark, State
from fourfold.engine.forecasts.ladder import ENOUGH

Places = npt.NDArray[np.int64]
#: A number with one of these marks is not, or not yet, the figure of its period.
NOT_ITS_OWN: Final = Mark.STALE | Mark.PROVISIONAL | Mark.CARRIED

#: Periods of history that are used, unless five cycles are more: twelve years of months.
LONGEST: Final = 144


def own_figures(value: Floats, state: Codes, marks: Codes) -> Floats:
    """The numbers that stand for their own period, NaN elsewhere; arrays of one shape.

    Left out are provisional numbers (the period or its lag is not over) and those of an earlier period shown again.
    Estimates, unapproved and partial figures stay.

    >>> own_figures(np.array([1.0, 2.0, np.nan]), np.array([0, 0, 1], np.uint8), np.array([0, 2, 0], np.uint8)).tolist()
    [1.0, nan, nan]
    """
    return np.where((state == State.NUMBER) & (marks & np.uint8(NOT_ITS_OWN) == 0), value, np.nan)


@dataclass(frozen=True, slots=True)
class Histories:
    """Series moved to the left, `(series, period)`: each begins with its first number, NaN at gaps and after the end.

    `length` counts periods from the first number to the last, `count` the numbers among them, `last` is the place of
    the last number on the axis given (−1 where there is none), `exponent` the power of two taken out.
    """

    values: Floats
    length: Places
    count: Places
    last: Places
    exponent: npt.NDArray[np.int32]


def histories(values: Floats, m: int = 12, since: Places | None = None) -> Histories:
    """The histories of `(series, period)` values, NaN or infinite where there is no number.

    Only the newest 144 periods count, or five cycles of `m` where that is more: what is older says little, and past
    forecasts take time with the square of the length. `since` has, per series, the place of the first period after
    its last confirmed step: what came before it is left out where 6 numbers or more remain. Each series is divided by
    a power of two, which changes no digit, so that neither very large nor very small numbers overflow.
    """
    axis = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    last = axis.max(axis=1, initial=-1, where=np.isfinite(values))
    known = np.isfinite(values) & (axis > last[:, None] - max(LONGEST, 5 * m))
    if since is not None:
        after = known & (axis >= since[:, None])
        known = np.where(after.sum(axis=1, keepdims=True) >= ENOUGH, after, known)
    first = known.argmax(axis=1) if values.shape[1] else last + 1
    length = last - first + 1
    places = first[:, None] + np.arange(length.max(initial=0))
    inside = places <= last[:, None]
    places = np.minimum(places, last[:, None])
    moved = np.where(
        inside & np.take_along_axis(known, places, axis=1), np.take_along_axis(values, places, axis=1), np.nan
    )
    largest = np.abs(moved).max(axis=1, initial=0.0, where=np.isfinite(moved))
    exponent = np.frexp(largest)[1]
    return Histories(np.ldexp(moved, -exponent[:, None]), length, known.sum(axis=1), last, exponent)


def differs(values: Floats) -> Bools:
    """True for series with three different numbers or more, `(series,)`."""
    return np.asarray((np.diff(np.sort(values, axis=1), axis=1) > 0).sum(axis=1) >= 2)
