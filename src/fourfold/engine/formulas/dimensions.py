"""Units as dimensions: multiplied, divided and compared.

A unit is a product of symbols with exponents and a multiple: `GBP m` is a million GBP, `%` a hundredth of nothing,
`per 10k bed days` a ten-thousandth per bed day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from fourfold.engine.formulas.unit_words import CURRENCIES, MEASURES

Powers = tuple[tuple[str, int], ...]
#: The things counted where a text such as "per 10k bed days" does not say which.
THINGS: Final = "things"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts or measures.

    `powers`: symbols with exponents, sorted. `multiple`: what one of it is worth, or None when a number written in
    the formula has rescaled it, after which only dimensions are compared. `sort`: `known`; `unknown` for a KPI
    without a unit, which fits anything; `written` for a bare number, which takes the unit of what it meets.
    """

    powers: Powers = ()
    multiple: Fraction | None = Fraction(1)
    sort: str = "known"
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        """As it was written, else spelled from its parts."""
        return self.text or _spell(self)

    @property
    def currencies(self) -> frozenset[str]:
        """The currencies in it."""
        return frozenset(symbol for symbol, _ in self.powers if symbol in CURRENCIES)

    def reduced(self) -> tuple[Powers, Fraction | None]:
        """Powers of what is measured instead of symbols (hours and days are both time), and the worth of one."""
        powers: Counter[str] = Counter()
        worth = self.multiple
        for symbol, exponent in self.powers:
            measured, factor = MEASURES.get(symbol, (symbol, Fraction(1)))
            powers[measured] += exponent
            worth = None if worth is None else worth * factor**exponent
        return sorted_powers(powers), worth


UNKNOWN: Final = Unit(sort="unknown", text="no unit")
WRITTEN: Final = Unit(sort="written", text="a bare number")
_MEASURED: Final = frozenset(measured for measured, _ in MEASURES.values())


def times(left: Unit, right: Unit, sign: int = 1) -> Unit:
    """`left` × `right`, or `left` ÷ `right` with sign −1. A bare number keeps the dimension and frees the multiple."""
    if "unknown" in (left.sort, right.sort):
        return UNKNOWN
    if left.sort == right.sort == "written":
        return WRITTEN
    powers = Counter(dict(left.powers))
    for symbol, exponent in right.powers:
        powers[symbol] += sign * exponent
    if "written" in (left.sort, right.sort) or left.multiple is None or right.multiple is None:
        return Unit(sorted_powers(powers), None)
    return Unit(sorted_powers(powers), left.multiple * right.multiple**sign)


def power(unit: Unit, exponent: Fraction) -> Unit | None:
    """`unit` to a whole power, or its square root with ½; None where a symbol would get a broken exponent."""
    if unit.sort != "known":
        return unit
    powers = {symbol: e * exponent for symbol, e in unit.powers}
    if any(e.denominator != 1 for e in powers.values()):
        return None
    whole = exponent.denominator == 1
    multiple = unit.multiple**exponent.numerator if whole and unit.multiple is not None else None
    return Unit(sorted_powers({symbol: int(e) for symbol, e in powers.items()}), multiple)


def same_dimension(left: Unit, right: Unit) -> bool:
    """True when both measure the same thing, whatever the multiple.

    A count per count (late orders per order) is a share and goes with pure numbers; where a rate does not say what
    it counts ("per 10k bed days"), any noun will do.
    """
    ours, theirs = left.reduced()[0], right.reduced()[0]
    if ours == theirs or (not ours and _is_share(theirs)) or (not theirs and _is_share(ours)):
        return True
    rest = Counter(dict(ours))
    rest.subtract(dict(theirs))
    things = rest.pop(THINGS, 0)
    others = [(symbol, e) for symbol, e in rest.items() if e]
    return things != 0 and (not others or (len(others) == 1 and _is_noun(others[0][0]) and others[0][1] == -things))


def _is_share(powers: Powers) -> bool:
    return all(_is_noun(symbol) for symbol, _ in powers) and sum(e for _, e in powers) == 0


def _is_noun(symbol: str) -> bool:
    return symbol not in CURRENCIES and symbol not in _MEASURED


def mismatch(result: Unit, declared: Unit) -> str | None:
    """What to do when a formula gives `result` and its KPI is declared in `declared`; None when they agree.

    >>> mismatch(Unit(), Unit(multiple=Fraction(1, 100)))
    'The formula gives ratio, the KPI is in %: multiply by 100.'
    """
    if result.sort != "known" or declared.sort != "known":
        return None
    start = f"The formula gives {result}, the KPI is in {declared}"
    if not same_dimension(result, declared):
        return f"{start}: correct the formula or the unit."
    factor = ratio_of(result, declared)
    if factor in (None, 1):
        return None
    return f"{start}: {rescale(factor)}." if factor else None


def ratio_of(left: Unit, right: Unit) -> Fraction | None:
    """What one `left` is worth in `right`; None where a written number has freed the multiple of either."""
    ours, theirs = left.reduced()[1], right.reduced()[1]
    return None if ours is None or theirs is None else ours / theirs


def rescale(factor: Fraction) -> str:
    """`multiply by 24`, or `divide by 100`."""
    return f"multiply by {_plain(factor)}" if factor >= 1 else f"divide by {_plain(1 / factor)}"


def sorted_powers(powers: Counter[str] | dict[str, int]) -> Powers:
    """Symbols in order, without those that cancel out."""
    return tuple(sorted((symbol, exponent) for symbol, exponent in powers.items() if exponent))


def _spell(unit: Unit) -> str:
    above = [_raised(symbol, e) for symbol, e in unit.powers if e > 0]
    below = [_raised(symbol, -e) for symbol, e in unit.powers if e < 0]
    words = "·".join(above) or ("1" if below else "")
    words += "".join(f"/{symbol}" for symbol in below)
    if unit.multiple in (None, 1):
        return words or ("a pure number" if unit.multiple is None else "ratio")
    if not words and unit.multiple == Fraction(1, 100):
        return "%"
    return f"{_plain(unit.multiple or Fraction(1))} {words or 'ratio'}"


def _raised(symbol: str, exponent: int) -> str:
    return symbol if exponent == 1 else f"{symbol}^{exponent}"


def _plain(number: Fraction) -> str:
    if 1 in (number.numerator, number.denominator):
        return f"{number.numerator:,}" if number.denominator == 1 else f"1/{number.denominator:,}"
    return f"{float(number):.6g}"
