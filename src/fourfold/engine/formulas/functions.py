"""The functions of the formula language: what they are called and what they take. The arithmetic is in
`pointwise.py` and `windows.py`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

#: Longest shift and longest rolling window, in periods.
MAX_PERIODS: Final = 120
MAX_DIGITS: Final = 15


class Argument(Enum):
    """What an argument must be."""

    NUMBER = "a number"
    CONDITION = "a condition"
    WHOLE = "a whole number"  # written as digits, not computed


@dataclass(frozen=True, slots=True)
class Function:
    """One function: how it is called, what it does in one line, and which arguments it takes.

    `kind`: `pointwise` looks at one cell, `shift` at one other period, `window` at several periods.
    `arguments` gives the sort of each argument, the last one standing for all that follow; `arity` is the least and
    the greatest number of arguments (None: no end); `whole` is the range of the argument that is a whole number.
    """

    name: str
    signature: str
    doc: str
    kind: Literal["pointwise", "shift", "window"]
    arguments: tuple[Argument, ...]
    arity: tuple[int, int | None]
    whole: tuple[int, int] = (1, MAX_PERIODS)

    def argument(self, index: int) -> Argument:
        """What the argument at `index` (from 0) must be."""
        return self.arguments[min(index, len(self.arguments) - 1)]


_N, _C, _W = Argument.NUMBER, Argument.CONDITION, Argument.WHOLE
_DIGITS: Final = (-MAX_DIGITS, MAX_DIGITS)

_ALL: Final = (
    Function("if", "if(condition, a, b)", "a where the condition holds, else b.", "pointwise", (_C, _N, _N), (3, 3)),
    Function("coalesce", "coalesce(a, b, …)", "The first of them that has a number.", "pointwise", (_N,), (2, None)),
    Function("min", "min(a, b, …)", "The smallest.", "pointwise", (_N,), (2, None)),
    Function("max", "max(a, b, …)", "The largest.", "pointwise", (_N,), (2, None)),
    Function("abs", "abs(x)", "The size of x without its sign.", "pointwise", (_N,), (1, 1)),
    Function(
        "round",
        "round(x, n = 0)",
        "x to n decimals; a half goes away from zero.",
        "pointwise",
        (_N, _W),
        (1, 2),
        _DIGITS,
    ),
    Function("sqrt", "sqrt(x)", "The square root; an error below zero.", "pointwise", (_N,), (1, 1)),
    Function("exp", "exp(x)", "e to the power of x; an error when too large to hold.", "pointwise", (_N,), (1, 1)),
    Function("ln", "ln(x)", "The natural logarithm; an error for zero and below.", "pointwise", (_N,), (1, 1)),
    Function("previous", "previous(x, n = 1)", "x as it was n periods earlier.", "shift", (_N, _W), (1, 2)),
    Function(
        "same_period_last_year",
        "same_period_last_year(x)",
        "x in the same period one year earlier.",
        "shift",
        (_N,),
        (1, 1),
    ),
    Function("to_date", "to_date(x)", "The sum of x since the fiscal year began.", "window", (_N,), (1, 1)),
    Function("rolling_sum", "rolling_sum(x, n)", "The sum of the last n periods.", "window", (_N, _W), (2, 2)),
    Function("rolling_mean", "rolling_mean(x, n)", "The mean of the last n periods.", "window", (_N, _W), (2, 2)),
)

FUNCTIONS: Final[dict[str, Function]] = {f.name: f for f in _ALL}

#: What people who know other languages write, and what it is called here.
ELSEWHERE: Final[dict[str, str]] = {
    "sum": "a + b, rolling_sum(x, n) or to_date(x)",
    "avg": "(a + b) / 2 or rolling_mean(x, n)",
    "average": "(a + b) / 2 or rolling_mean(x, n)",
    "mean": "(a + b) / 2 or rolling_mean(x, n)",
    "iif": "if(condition, a, b)",
    "ifnull": "coalesce(a, b)",
    "iferror": "coalesce(a, b)",
    "nvl": "coalesce(a, b)",
    "log": "ln(x)",
    "pow": "x ^ 2",
    "power": "x ^ 2",
    "lag": "previous(x)",
    "prev": "previous(x)",
    "ytd": "to_date(x)",
}
