"""What a test of gaming found, and the two tail probabilities the tests need."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from fourfold.engine.findings import Finding, Level, Place


@dataclass(frozen=True, slots=True)
class Flag:
    """One test: `raised`, or None with too few figures to ask; `p` is NaN where a test has no probability."""

    code: str
    raised: bool | None
    count: int
    evidence: str
    question: str
    offers: str
    p: float = math.nan


def findings_of(kpi: str, flags: Iterable[Flag]) -> tuple[Finding, ...]:
    """The flags that are raised, as questions to the owner; shown to owner and approver first."""
    return tuple(
        Finding(f"GAMING-{f.code}", Level.INFO, Place(thing=f"kpi:{kpi}"), f"{f.question} {f.evidence}.", f.offers)
        for f in flags
        if f.raised
    )


def too_few(code: str, count: int, needed: int, what: str = "figures") -> Flag:
    """A test that cannot be made yet."""
    return Flag(code, None, count, f"{count} {what}; the test needs {needed}", "", "")


def binomial_tail(hits: int, count: int) -> float:
    """The probability of at least so many hits of a fair coin.

    >>> binomial_tail(9, 10)
    0.0107421875
    """
    return float(sum(math.comb(count, k) for k in range(hits, count + 1)) / (1 << count))


def chi_square_tail(x: float, degrees: int) -> float:
    """The probability of a χ² of at least `x`, for an odd number of degrees (Abramowitz and Stegun 26.4.4).

    >>> round(chi_square_tail(16.919, 9), 4), round(chi_square_tail(27.877, 9), 5)
    (0.05, 0.001)
    """
    term, total = 1.0, 0.0
    for i in range((degrees - 1) // 2):
        term = 1.0 if i == 0 else term * x / (2 * i + 1)
        total += term
    return math.erfc(math.sqrt(x / 2.0)) + math.sqrt(2.0 * x / math.pi) * math.exp(-x / 2.0) * total
