"""Numbers for people: one place that decides how a value, a change, a score or a missing figure is written.

Rules: decimals belong to the KPI; the minus sign is U+2212; thousands are parted by commas; a difference of
percentages is "pts"; a currency stands before its number and a scale after it ("£2.98 m"); a value is rounded once,
here. Missing is an en dash, overdue "not in", not applicable "n/a"; zero is 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final

from fourfold.engine.scoring import floor_one_decimal
from fourfold.engine.statuses import Status

MINUS: Final = "\u2212"
NBSP: Final = "\u00a0"
DASH: Final = "–"
LARGE: Final = 1e15  # from here on a float does not hold every digit, and a table not their number

#: Symbols of currencies that have one people know; any other is written by its code.
_SYMBOLS: Final = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "TRY": "₺", "INR": "₹", "KRW": "₩", "ILS": "₪"}

#: What stands where a number would, by status.
_INSTEAD: Final = {
    Status.OVERDUE: "not in",
    Status.NOT_DUE: "not due",
    Status.NOT_APPLICABLE: "n/a",
    Status.ERROR: "error",
}


@dataclass(frozen=True)
class NumberFormat:
    """How the values of one KPI are written: its unit, scale and decimals.

    >>> NumberFormat("GBP", "m", 2).short(2.98), NumberFormat("%", "", 1).change(-4.1)
    ('£2.98\\xa0m', '−4.1\\xa0pts')
    """

    unit: str = ""
    scale: str = ""
    decimals: int = 1

    @cached_property
    def symbol(self) -> str:
        """What stands before the number: a currency symbol, a currency code and a space, or nothing."""
        if self.unit in _SYMBOLS:
            return _SYMBOLS[self.unit]
        is_code = len(self.unit) == 3 and self.unit.isascii() and self.unit.isalpha() and self.unit.isupper()
        return self.unit + NBSP if is_code else ""

    @cached_property
    def tail(self) -> str:
        """What stands close behind every number: `%` or the scale."""
        if self.unit == "%":
            return "%"
        return NBSP + self.scale if self.scale else ""

    @cached_property
    def noun(self) -> str:
        """The unit where it is a word that may be left out in a table: "days"."""
        return "" if self.unit == "%" or self.symbol else self.unit

    @cached_property
    def pattern(self) -> str:
        """The format in a spreadsheet that shows a number as `short` does.

        >>> NumberFormat("GBP", "m", 2).pattern, NumberFormat("%", "", 1).pattern, NumberFormat("days", "", 0).pattern
        ('"£"#,##0.00"\\xa0m"', '#,##0.0"%"', '#,##0')
        """
        digits = "#,##0" + ("." + "0" * self.decimals if self.decimals else "")
        before, after = (f'"{text.replace(chr(34), "")}"' if text else "" for text in (self.symbol, self.tail))
        return before + digits + after

    def bare(self, value: float | None) -> str:
        """The digits alone, a dash for no number."""
        if value is None or not math.isfinite(value):
            return DASH
        digits = f"{abs(value):,.{self.decimals}f}" if abs(value) < LARGE else f"{abs(value):.2e}".replace("e+", "e")
        return MINUS + digits if value < 0 and _has_weight(digits) else digits

    def short(self, value: float | None) -> str:
        """As a table shows it: with `%` or currency, without a unit that the column or definition already says."""
        text = self.bare(value)
        if text == DASH:
            return text
        sign = MINUS if text[0] == MINUS else ""
        return f"{sign}{self.symbol}{text[len(sign) :]}{self.tail}"

    def full(self, value: float | None) -> str:
        """As a sentence says it, with its unit."""
        text = self.short(value)
        return f"{text}{NBSP}{self.noun}" if self.noun and text != DASH else text

    def difference(self, value: float | None) -> str:
        """The digits of a change or gap with its sign and no unit: `+0.88`, `−4.1`; no change is `0.0`."""
        text = self.bare(value)
        return "+" + text if value is not None and value > 0 and _has_weight(text) else text

    def change(self, value: float | None) -> str:
        """A change or gap with its sign and unit: `−4.1 pts`, `+£0.88 m`, `−1 days`."""
        text = self.difference(value)
        if text == DASH:
            return text
        sign = text[0] if text[0] in "+" + MINUS else ""
        body = f"{sign}{self.symbol}{text[len(sign) :]}"
        if self.unit == "%":
            return f"{body}{NBSP}pts"
        return body + self.tail + (NBSP + self.noun if self.noun else "")


def _has_weight(digits: str) -> bool:
    """False for 0, 0.0, 0.00: such a number has no sign."""
    return any(d in "123456789" for d in digits)


def in_place(status: Status | None) -> str:
    """The words where a number would stand: "not in", "n/a", "not due", "error", or a dash."""
    return _INSTEAD.get(status, DASH) if status is not None else DASH


@lru_cache(maxsize=4096)
def score_text(score: float | None) -> str:
    """A score to one decimal, never rounded up: 89.96 is 89.9, so that a number and its status agree."""
    if score is None or not math.isfinite(score):
        return DASH
    return floor_one_decimal(score)


def score_change(now: float | None, before: float | None) -> str:
    """The difference of two scores as people see them, with its sign; empty when either is missing."""
    if now is None or before is None:
        return ""
    change = float(floor_one_decimal(now)) - float(floor_one_decimal(before))
    if abs(change) < 0.05:
        return "±0.0"
    return f"{'+' if change > 0 else MINUS}{abs(change):.1f}"


def share_text(share: float | None) -> str:
    """A share 0..1 in whole per cent, never rounded up to 100."""
    if share is None or not math.isfinite(share):
        return DASH
    return f"{math.floor(share * 100 + 1e-9):d}%"


def money(amount: float | None, currency: str) -> str:
    """An amount of money in the largest scale that keeps it readable: £420, £3.2 k, £1.10 m, £6.40 bn."""
    if amount is None:
        return DASH
    for scale, size in (("bn", 1e9), ("m", 1e6), ("k", 1e3)):
        if abs(amount) >= size:
            return NumberFormat(currency, scale, 1 if scale == "k" else 2).short(amount / size)
    return NumberFormat(currency, "", 0).short(amount)


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: `plural(1, "KPI")` is "1 KPI", `plural(0, "KPI")` is "0 KPIs"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


_WORDS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count_word(count: int) -> str:
    """A small count in words, as prose wants it: four, eleven becomes 11."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else f"{count:,}"


def as_given(number: Decimal) -> str:
    """A recorded number with every digit it was given; with an exponent where zeros would fill the line.

    >>> as_given(Decimal("-1234.50")), as_given(Decimal("1e300")), as_given(Decimal("-0"))
    ('−1,234.50', '1e300', '0')
    """
    size = abs(number)
    is_long = bool(number) and not -20 < number.adjusted() < 40
    digits = f"{size:e}".replace("e+", "e") if is_long else f"{size:,f}"
    return MINUS + digits if number < 0 else digits


def plain(value: float) -> str:
    """A number with every digit that matters and no more, for arithmetic that people repeat: `15,534`, `−0.25`.

    >>> plain(15534.0), plain(73.9056)
    ('15,534', '73.9056')
    """
    text = f"{abs(value):,.10g}" if abs(value) < 1e10 else f"{abs(value):,.0f}"
    return MINUS + text if value < 0 else text
