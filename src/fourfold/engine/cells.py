"""What a cell of a block can hold: a number, or one of four different kinds of "no number".

Source: methodology, amendment A3. Every array of numbers travels with an array of `State` codes of the same
shape; a number is present exactly where the state is `NUMBER`, and is NaN everywhere else.
"""

from __future__ import annotations

import os  # house: how many processors there are changes how long results take, never what they are
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum, IntFlag
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Indexes = npt.NDArray[np.intp]
_A = TypeVar("_A", Floats, Codes)
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
Numbers = float | Floats  # one number or an array of them; shapes broadcast


class State(IntEnum):
    """Number (zero included) or the reason why there is none."""

    NUMBER = 0
    MISSING = 1  # due, and not there
    NOT_APPLICABLE = 2  # this unit does not have this KPI
    NOT_DUE = 3  # the period, or its reporting lag, is not over yet
    ERROR = 4  # could not be computed; the reason says why

    @property
    def word(self) -> str:
        """The word people read."""
        return _WORDS[self]


_WORDS: Final = {
    State.NUMBER: "number",
    State.MISSING: "missing",
    State.NOT_APPLICABLE: "not applicable",
    State.NOT_DUE: "not due yet",
    State.ERROR: "error",
}


#: The codes as NumPy compares them: a member of an enumeration takes it ten times as long.
NUMBER, MISSING, NOT_APPLICABLE, NOT_DUE, ERROR = (np.uint8(state) for state in State)


class Reason(IntEnum):
    """Why a cell is an ERROR."""

    NONE = 0
    DIVISION_BY_ZERO = 1
    NOT_FINITE = 2  # overflow, or a function outside its domain
    INPUT_ERROR = 3  # an input of the formula is itself an error
    NO_RATE = 4  # no exchange rate for the period

    @property
    def sentence(self) -> str:
        """One sentence for people."""
        return {
            Reason.NONE: "",
            Reason.DIVISION_BY_ZERO: "The formula divides by zero.",
            Reason.NOT_FINITE: "The formula gives a number too large to hold.",
            Reason.INPUT_ERROR: "An input of the formula is itself an error.",
            Reason.NO_RATE: "There is no exchange rate for this period.",
        }[self]


class Mark(IntFlag):
    """Marks on a number; they never replace it (A3)."""

    NONE = 0
    STALE = 1  # older than the period shown
    PROVISIONAL = 2  # reporting lag not over, or period still open
    ESTIMATE = 4
    CARRIED = 8  # value of an earlier period under `carry_forward`
    PARTIAL = 16  # rolled up from fewer units or sub-periods than it should be
    UNAPPROVED = 32
    BORDERLINE = 64  # the nearest cut lies within natural variation: the status gets its "≈"

    @property
    def notes(self) -> tuple[str, ...]:
        """What limits a figure, in words people read; BORDERLINE has its sign and no words.

        >>> Mark(5).notes
        ('an estimate', 'from an earlier period')
        """
        return tuple(words for mark, words in _NOTES.items() if self & mark)


_NOTES: Final = {
    Mark.PARTIAL: "partly in",
    Mark.PROVISIONAL: "provisional",
    Mark.ESTIMATE: "an estimate",
    Mark.CARRIED: "carried forward",
    Mark.STALE: "from an earlier period",
    Mark.UNAPPROVED: "not approved",
}


#: When several states meet in one calculation, the first of these present wins.
PRECEDENCE: Final = (State.ERROR, State.MISSING, State.NOT_DUE, State.NOT_APPLICABLE, State.NUMBER)

_RANK: Final = np.zeros(len(State), dtype=np.uint8)
for _i, _s in enumerate(PRECEDENCE):
    _RANK[_s] = len(PRECEDENCE) - _i
_BY_RANK: Final = np.zeros(len(State) + 1, dtype=np.uint8)
for _s in State:
    _BY_RANK[_RANK[_s]] = _s


def worst_state(*states: Codes) -> Codes:
    """Combine state arrays of one shape cell by cell: the worst of `PRECEDENCE` wins.

    >>> import numpy as np
    >>> worst_state(np.array([0, 1], np.uint8), np.array([0, 3], np.uint8)).tolist()
    [0, 1]
    """
    rank = _RANK[states[0]]
    for other in states[1:]:
        rank = np.maximum(rank, _RANK[other])
    return _BY_RANK[rank]


#: How many cells are worked on at once: temporaries stay in the processor's cache, and the peak memory flat.
SLAB: Final = 1 << 18
#: Where most calls are on the few units above others: calls that are too short take two threads longer than one.
WIDE: Final = 2 * SLAB
#: How many slabs are worked on side by side: one for each processor, at most four, as threads wait for the interpreter
#: between NumPy's calls. Slabs half as large lose more by that than they gain (see `benchmarks/README.md`).
WORKERS: Final = min(os.cpu_count() or 1, 4)
#: Fewer items than this are worked on one after another.
FEW: Final = 4


def slabs(shape: tuple[int, ...], cells: int = SLAB) -> Iterator[slice[int, int, None]]:
    """The first axis in slices of about this many cells each.

    >>> [(s.start, s.stop) for s in slabs((5, 10), cells=20)]
    [(0, 2), (2, 4), (4, 5)]
    """
    row = 1
    for length in shape[1:]:
        row *= length
    step = max(cells // max(row, 1), 1)
    for start in range(0, shape[0], step):
        yield slice(start, min(start + step, shape[0]))


def side_by_side(work: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result]:
    """The work done on each item, in order; several at a time, as NumPy leaves the interpreter to others meanwhile.

    A few items are worked on one after another: threads take longer to start than these to be done. The thread that
    asks does its share, for the memory of a new one has to be made first.
    """
    todo = list(items)
    if len(todo) < FEW or WORKERS == 1:
        return [work(item) for item in todo]
    done: dict[int, _Result] = {}
    left = iter(enumerate(todo))  # whoever has time takes the next one

    def share() -> None:
        for place, item in left:
            done[place] = work(item)

    with ThreadPoolExecutor(max_workers=WORKERS - 1) as pool:
        others = [pool.submit(share) for _ in range(WORKERS - 1)]
        share()
        for other in others:
            other.result()
    return [done[place] for place in range(len(todo))]


def stacked(arrays: Sequence[_A | None], shapes: Sequence[tuple[int, int, int]]) -> _A | None:
    """Arrays of these shapes along the first axis, NaN for one that is None; None where all are."""
    there = [a for a in arrays if a is not None]
    if not there:
        return None
    whole = np.empty((sum(shape[0] for shape in shapes), *shapes[0][1:]), dtype=there[0].dtype)
    start = 0
    for array, shape in zip(arrays, shapes, strict=True):
        whole[start : start + shape[0]] = np.nan if array is None else array
        start += shape[0]
    return whole
