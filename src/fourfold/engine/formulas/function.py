"""What a function of the formula language is: what it takes, what it gives, and what people read about it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias

from fourfold.engine.formulas.many import Many
from fourfold.engine.formulas.series import Cells, Series, TimeAxis
from fourfold.engine.tree import UnitTree

#: Longest shift and longest rolling window, in periods.
MAX_PERIODS: Final = 120


class Sort(Enum):
    """What an argument must be."""

    NUMBER = "a number"
    CONDITION = "a condition"
    SEVERAL = "a number, or the numbers of other units"
    MANY = "the numbers of other units"
    WHOLE = "a whole number"  # the last three are written, not computed
    TEXT = "a text in quotes"
    KPI = "the code of a KPI"

    @property
    def is_written(self) -> bool:
        """True for what stands in the formula as it is."""
        return self in (Sort.WHOLE, Sort.TEXT, Sort.KPI)


class Gives(Enum):
    """What a function gives."""

    NUMBER = "a number"
    CONDITION = "a condition"
    MANY = "the numbers of several units"


class Measure(Enum):
    """The unit of measurement of a result."""

    SAME = "that of its numbers"
    RATIO = "a ratio of numbers in one unit"
    QUOTIENT = "that of the first over that of the second"
    ROOT = "the square root of that of its number"
    PURE = "a pure number of a pure number"
    BARE = "none, like a written number"
    DAYS = "days"
    HOURS = "hours"
    NAMED = "the one that its last text names"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument; those of one `group` must be in one unit, and the result is in the unit of group 0.

    `low` to `high` is the range of a whole number and `default` what it is where it is left out; `words` are the
    texts there are to choose from, none meaning any.
    """

    sort: Sort
    group: int = 0
    low: int = 1
    high: int = MAX_PERIODS
    default: int = 1
    words: tuple[str, ...] = ()


NUMBER: Final = Argument(Sort.NUMBER)
CONDITION: Final = Argument(Sort.CONDITION)
PERIODS: Final = Argument(Sort.WHOLE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a formula is computed: the periods, the units, and what is known about KPIs besides their figures.

    `lookups` holds (function, code) → series of shape (unit or 1, period), such as ("target", "revenue").
    """

    time: TimeAxis
    units: UnitTree | None = None
    lookups: Mapping[tuple[str, str], Series] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """What a call hands to its function: computed arguments in order, and written ones."""

    cells: tuple[Cells, ...]
    around: Surroundings
    many: Many | None = None
    whole: int = 1
    words: tuple[str, ...] = ()

    @property
    def x(self) -> Cells:
        """The first number."""
        return self.cells[0]


Apply: TypeAlias = Callable[[Given], Cells | Many]


@dataclass(frozen=True, slots=True)
class Example:
    """A formula, the figures it is computed with, and what it gives."""

    formula: str
    figures: str
    result: str


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    It takes the arguments `head` (the last `optional` of them can be left out), then `repeated` as often as wanted,
    then `tail`. `cost` is about how many times the work of an addition it is, for each period of a window.
    """

    name: str
    signature: str
    apply: Apply
    head: tuple[Argument, ...]
    repeated: tuple[Argument, ...]
    tail: tuple[Argument, ...]
    optional: int
    gives: Gives
    measure: Measure
    cost: int

    @property
    def family(self) -> str:
        """The page it is on: the name of its module."""
        return self.apply.__module__.rpartition(".")[2]

    @property
    def looks_back(self) -> bool:
        """True when it looks at other periods, so that a constant must be given its periods first."""
        return self.family in ("shifts", "to_date", "rolling", "growth")

    @property
    def doc(self) -> str:
        """What it does, without the examples."""
        return "\n".join(line for line in self._lines if not line.startswith("|")).strip()

    @property
    def examples(self) -> tuple[Example, ...]:
        """The rows of the table in its docstring."""
        rows = [line.strip("| ").split(" | ") for line in self._lines if line.startswith("|")]
        return tuple(Example(formula.strip("`"), figures, result) for formula, figures, result in rows)

    @property
    def _lines(self) -> list[str]:
        return inspect.cleandoc(self.apply.__doc__ or "").splitlines()

    @property
    def arity(self) -> tuple[int, int | None]:
        """The least and the greatest number of arguments; None: no end."""
        fixed = len(self.head) + len(self.tail)
        return fixed - self.optional, None if self.repeated else fixed

    def arguments(self, count: int) -> tuple[Argument, ...] | None:
        """What each of `count` arguments must be; None where there cannot be so many."""
        least, most = self.arity
        if count < least or (most is not None and count > most):
            return None
        more = count - len(self.head) - len(self.tail)
        if more <= 0:
            return (*self.head, *self.tail)[:count]
        times, rest = divmod(more, len(self.repeated))
        return None if rest else (*self.head, *self.repeated * times, *self.tail)


#: Every function by its name, page by page.
FUNCTIONS: Final[dict[str, Function]] = {}


def function(
    signature: str,
    *head: Argument,
    repeated: tuple[Argument, ...] = (),
    tail: tuple[Argument, ...] = (),
    optional: int = 0,
    gives: Gives = Gives.NUMBER,
    measure: Measure = Measure.SAME,
    cost: int = 1,
) -> Callable[[Apply], Apply]:
    """Add a function to the language; its docstring is its documentation, with a table of examples at the end."""

    def add(apply: Apply) -> Apply:
        name = signature.partition("(")[0]
        FUNCTIONS[name] = Function(name, signature, apply, head, repeated, tail, optional, gives, measure, cost)
        return apply

    return add


def page_of(family: str) -> str:
    """What the page of a family says before its functions: the docstring of its module."""
    return inspect.cleandoc(sys.modules[f"{__package__}.functions.{family}"].__doc__ or "")
