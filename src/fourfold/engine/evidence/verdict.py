"""What may be said about a tested link, in fixed words (methodology §7.3).

A correlation shows that two figures moved together, in time order. It never shows why, so no text here says that one
figure proves, causes or drives another.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fourfold.engine.evidence.permutation import Strongest, smallest_visible
from fourfold.engine.periods import Frequency, Period

#: A link is tested from so many common periods on, and called supported from so many.
TESTABLE, FIRM = 24, 36
#: Chance that is still accepted: for one link, for all links together, and for the opposite of what was expected.
CHANCE, RATE, OPPOSITE = 0.10, 0.10, 0.05
#: "No evidence" may be said where a correlation of this size would have shown.
VISIBLE = 0.45
#: Words that generated text never uses; people's own names for things are not generated.
BANNED: Final = ("prove", "proves", "proof", "cause", "causes", "causal", "drive", "drives", "drivers")


class Verdict(StrEnum):
    """Five verdicts, and two reasons why there is none."""

    SUPPORTED = "supported"
    WEAK_SUPPORT = "weak support"
    NO_EVIDENCE = "no evidence"
    INCONCLUSIVE = "inconclusive"
    CONTRADICTED = "contradicted"
    NOT_TESTABLE_YET = "not testable yet"
    EXPLORATION = "exploration"  # nothing was written down before looking, so nothing can be confirmed


@dataclass(frozen=True, slots=True)
class LinkTest:
    """One tested link: what was seen as expected and against it, the adjusted q of both, and the reverse direction."""

    n: int
    units: int
    links: int  # tested in the same run
    sign: int
    lags: tuple[int, int]
    expected: Strongest
    opposite: Strongest
    reverse: Strongest
    q: float
    q_opposite: float

    @property
    def is_reverse_as_strong(self) -> bool:
        """True where the outcome goes before the driver as clearly as the driver before the outcome."""
        return math.isfinite(self.reverse.p) and self.reverse.p <= min(self.expected.p, CHANCE)

    @property
    def visible(self) -> float:
        """The smallest correlation that would probably have shown."""
        if self.units > 1:
            return math.tanh(2.4865 * self.expected.error)
        return smallest_visible(self.n, self.lags[1])


def judge(test: LinkTest) -> Verdict:
    """The verdict of a link with enough figures.

    Where both signs stand out at different lags, the less likely by chance counts.
    """
    seen, against = test.expected, test.opposite
    if against.p <= OPPOSITE and test.q_opposite <= RATE and against.p < seen.p:
        return Verdict.CONTRADICTED
    if seen.p <= CHANCE:
        low, high = seen.interval()
        firm = test.q <= RATE and low * high > 0 and (test.n >= FIRM or test.units > 1)
        return Verdict.SUPPORTED if firm else Verdict.WEAK_SUPPORT
    return Verdict.NO_EVIDENCE if test.visible <= VISIBLE else Verdict.INCONCLUSIVE


def needed(lag: int) -> int:
    """How many periods it takes until "no evidence" may be said of a window that ends at this lag.

    >>> needed(1), needed(3)
    (32, 34)
    """
    return next(n for n in itertools.count(TESTABLE) if smallest_visible(n, lag) <= VISIBLE)


def words(verdict: Verdict, test: LinkTest, x: str, y: str, last: Period) -> str:
    """The fixed text of a verdict. `x` and `y` are the names of driver and outcome, `last` the newest common period."""
    span = _span(test, last.frequency)
    seen = test.opposite if verdict is Verdict.CONTRADICTED else test.expected
    moved = f"{_way(seen.r)} way {_after(seen.lag, last.frequency, x)}"
    match verdict:
        case Verdict.SUPPORTED:
            text = f"In {span}, {y} tended to move the {moved} {_size(seen)}. "
            text += "This fits the hypothesis; other explanations are possible."
        case Verdict.WEAK_SUPPORT:
            luck = f" among {test.links} links tested" if test.links > 1 else ""
            text = f"Slight sign of {y} moving the {moved} {_size(seen)}; could be chance{luck}."
        case Verdict.NO_EVIDENCE:
            least = f"r {'≥' if test.sign > 0 else '≤'} {_number(test.sign * test.visible)}"
            text = f"With {span} a link of {least} would probably have shown. It did not."
        case Verdict.INCONCLUSIVE:
            again = last.shift(max(needed(test.lags[1]) - test.n, 1))
            text = f"Too little data to tell; earliest useful re-test {again.label}."
        case Verdict.CONTRADICTED:
            text = f"{y} tended to move against the hypothesis: the {moved} {_size(seen)}; discuss in test-and-adapt."
        case _:
            raise AssertionError(f"{verdict} is said without a test")
    if test.is_reverse_as_strong and verdict in (Verdict.SUPPORTED, Verdict.WEAK_SUPPORT):
        text += f" The other direction, from {y} to {x}, is as strong."
    return text


def not_yet(n: int, x: str, y: str, last: Period | None, frequency: Frequency) -> str:
    """Why a link cannot be tested yet: too few common periods, with the period in which there will be enough."""
    have = f"{x} and {y} have {count(n, frequency)} in common; a test needs {TESTABLE}."
    return have if last is None else f"{have} The earliest test is {last.shift(TESTABLE - n).label}."


def too_few_units(units: int, needed: int, frequency: Frequency) -> str:
    """Why the same link in several units cannot be tested."""
    have = f"{units} unit{' has' if units == 1 else 's have'}"
    return f"A test over units needs {needed} of them with {count(TESTABLE, frequency)} each; {have} so many."


def unmoved(n: int, x: str, y: str, frequency: Frequency) -> str:
    """Why a link cannot be tested although there are figures enough."""
    return f"In {count(n, frequency)} either {x} or {y} hardly varied, so there is nothing to compare."


def count(n: int, frequency: Frequency) -> str:
    """So many periods.

    >>> count(1, Frequency.MONTH), count(24, Frequency.HALF)
    ('1 month', '24 half-years')
    """
    noun = "half-year" if frequency is Frequency.HALF else frequency.value
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _span(test: LinkTest, frequency: Frequency) -> str:
    units = f" and {test.units} units" if test.units > 1 else ""
    return count(test.n, frequency) + units


def _way(r: float) -> str:
    return "same" if r > 0 else "opposite"


def _after(lag: int, frequency: Frequency, x: str) -> str:
    noun = count(1, frequency).removeprefix("1 ")
    return f"{count(lag, frequency)} after {x}" if lag else f"in the same {noun} as {x}"


def _size(seen: Strongest) -> str:
    low, high = seen.interval()
    return f"(r = {_number(seen.r)}, 95 % interval {_number(low)} to {_number(high)})"


def _number(r: float) -> str:
    return f"{r:.2f}".replace("-", "−")
