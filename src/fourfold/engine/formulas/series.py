"""What goes into a formula and comes out: numbers with their states over time; and the shape of time itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from fourfold.engine.cells import PRECEDENCE, Codes, Floats, Reason, State
from fourfold.engine.periods import Period, year_ago_index, year_start_index
from fourfold.errors import FourfoldError

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Cells of shape (…, period): values, `State` codes and `Reason` codes, three arrays of the same shape.

    A value is a finite number exactly where the state is `NUMBER`, else NaN; a reason is not `NONE` only where the
    state is `ERROR`.
    """

    value: Floats
    state: Codes
    reason: Codes

    @classmethod
    def of(cls, value: npt.ArrayLike, state: Codes | None = None) -> Self:
        """A series without errors; where no states are given, NaN is `MISSING` and the rest are numbers.

        >>> Series.of([1.0, float("nan")]).state.tolist()
        [0, 1]
        """
        values = np.asarray(value, dtype=np.float64)
        if state is None:
            state = np.where(np.isnan(values), State.MISSING, State.NUMBER).astype(np.uint8)
        return cls(values, state, np.zeros(values.shape, np.uint8))


class TimeAxisError(FourfoldError):
    """The time axis contradicts itself."""


@dataclass(frozen=True, slots=True, eq=False)
class TimeAxis:
    """How the periods of a block hang together; both arrays have shape (period,).

    `year_start`: index of the first period of the fiscal year a period belongs to, negative when that year began
    before the block. `year_ago`: index of the same period one year earlier, negative when it is before the block.
    `periods`: the periods themselves, for the functions that ask the calendar; there may be none.
    Raises `TimeAxisError` when a year is not one unbroken run of periods, or a year ago is not in the past.
    """

    year_start: Indices
    year_ago: Indices
    periods: tuple[Period, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an axis that would give wrong sums in silence."""
        here = np.arange(len(self.year_start))
        if self.year_start.shape != self.year_ago.shape or self.year_start.ndim != 1:
            raise TimeAxisError("year_start and year_ago must be one-dimensional and equally long.")
        starts = self.year_start >= 0
        begins = np.flatnonzero(starts & (np.diff(self.year_start, prepend=-1) != 0))
        if (np.diff(np.maximum(self.year_start, -1)) < 0).any() or (self.year_start[begins] != begins).any():
            raise TimeAxisError("year_start must be, for each fiscal year, the index of its first period.")
        if (self.year_ago >= here).any():
            raise TimeAxisError("year_ago must point to an earlier period, or be -1.")
        if self.periods and len(self.periods) != len(self):
            raise TimeAxisError("There must be as many periods as places on the axis.")

    def __len__(self) -> int:
        """The number of periods."""
        return len(self.year_start)

    @classmethod
    def of(cls, periods: tuple[Period, ...]) -> Self:
        """The axis of consecutive periods of one frequency.

        >>> from fourfold.engine.periods import Calendar
        >>> first = Calendar(4).parse("2026-02")
        >>> TimeAxis.of(tuple(first.shift(n) for n in range(4))).year_start.tolist()
        [-1, -1, 2, 2]
        """
        start, ago = year_start_index(periods), year_ago_index(periods)
        return cls(np.maximum(start, -1), np.maximum(ago, -1), periods)

    @classmethod
    def regular(cls, periods: int, *, per_year: int, first: int = 0) -> Self:
        """An axis with equally many periods in each year; `first` is the place of the first one in its year.

        >>> TimeAxis.regular(6, per_year=4, first=2).year_start.tolist()
        [-2, -2, 2, 2, 2, 2]
        """
        here = np.arange(periods, dtype=np.int64)
        return cls(here - (here + first) % per_year, np.maximum(here - per_year, -1))


# Inside a calculation state and reason are one code, the *fault*, ordered so that the worst is the greatest:
# number 0, not applicable 1, not due 2, missing 3, error 4 + reason. The worst of two cells is then one `maximum`.
_ORDER: Final = tuple(reversed(PRECEDENCE))
FAULT: Final = np.array([_ORDER.index(state) for state in State], np.uint8)
NOT_APPLICABLE: Final = FAULT[State.NOT_APPLICABLE]
MISSING: Final = FAULT[State.MISSING]
NOT_DUE: Final = FAULT[State.NOT_DUE]
ERROR: Final = FAULT[State.ERROR]  # this or more, with its reason
_ERROR: Final = int(ERROR)
DIVISION_BY_ZERO: Final = np.uint8(_ERROR + Reason.DIVISION_BY_ZERO)
NOT_FINITE: Final = np.uint8(_ERROR + Reason.NOT_FINITE)
INPUT_ERROR: Final = np.uint8(_ERROR + Reason.INPUT_ERROR)
_STATE: Final = np.array([*_ORDER, *([State.ERROR] * (len(Reason) - 1))], np.uint8)
_REASON: Final = np.array([0] * _ERROR + list(Reason), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """An intermediate result: values and faults of the same shape; a value under a fault means nothing."""

    value: Floats
    fault: Codes


def from_series(series: Series) -> Cells:
    """Read an input; its errors become `INPUT_ERROR`, and an infinite or absent "number" becomes an error too."""
    fault = FAULT[series.state]
    fault[fault == _ERROR] = INPUT_ERROR
    return settle(series.value, fault)


def to_series(cells: Cells, shape: tuple[int, ...]) -> Series:
    """The finished result in its full shape, NaN wherever there is no number, and no negative zero."""
    fault = np.broadcast_to(cells.fault, shape)
    value = np.where(fault == 0, cells.value, np.nan) + 0.0
    return Series(value, _STATE[fault], _REASON[fault])


def settle(value: Floats, fault: Codes, divisor: Floats | None = None) -> Cells:
    """Make an error of each value that should be a number and is not finite.

    It is a division by zero where `divisor` is given and zero, else `NOT_FINITE`.
    """
    finite = np.isfinite(value)
    if not finite.all():
        why = NOT_FINITE if divisor is None else np.where(divisor == 0, DIVISION_BY_ZERO, NOT_FINITE)
        fault = np.where(finite | (fault != 0), fault, why)
    return Cells(value, fault)
