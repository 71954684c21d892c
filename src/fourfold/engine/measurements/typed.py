"""What people mean by a number they typed or pasted, in any locale: read where it is plain, asked about where not.

Files and programs write numbers one way (`numbers`). People write them as their country does: 1.234,5 is 1234.5 to
one half of the world and nonsense to the other, and 1.284 is two different numbers. A text with one meaning is read;
one with two is read only where the texts beside it show which convention they follow, and else nobody guesses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from fourfold.engine.measurements.numbers import NOT_APPLICABLE, PATTERN

_PLAIN: Final = re.compile(PATTERN)
_SPACES: Final = "\u0020\u00a0\u2007\u2009\u202f'\u2019_"
#: Thousands and decimal separators of the two conventions.
CONVENTIONS: Final = ((",", "."), (".", ","))
_MINUS: Final = re.compile(r"^[−–—]|^\((?=.*\)$)|[-−–]$")


class Typed(NamedTuple):
    """`number` as it is recorded, None where it is none or not sure; `meanings` are all that it may be."""

    text: str
    number: str | None
    meanings: tuple[str, ...]

    @property
    def is_ambiguous(self) -> bool:
        """True where it has two meanings, and nothing says which."""
        return self.number is None and len(self.meanings) > 1

    @property
    def is_converted(self) -> bool:
        """True where it was read as something that is written differently."""
        return self.number is not None and self.number != self.text


def read_typed(text: str, unit: str = "") -> Typed:
    """One text, as somebody typed it; the point that a plain number has stands before decimals.

    >>> read_typed("12,5").number, read_typed("1.234,5").number, read_typed("1 234").number
    ('12.5', '1234.5', '1234')
    >>> read_typed("1,284").meanings
    ('1284', '1.284')
    """
    if _PLAIN.match(text):
        return Typed(text, text, _meanings(text, unit))
    meanings = _meanings(text, unit)
    return Typed(text, meanings[0] if len(meanings) == 1 else None, meanings)


def read_block(texts: Sequence[str], units: Sequence[str] = ()) -> tuple[Typed, ...]:
    """Texts that were pasted together: those with two meanings follow the convention of the others, where all agree.

    >>> [typed.number for typed in read_block(["1.284", "12,5"])]
    ['1284', '12.5']
    >>> read_block(["1.284", "7"])[0].is_ambiguous
    True
    """
    named = [*units, *[""] * (len(texts) - len(units))]
    both = [_both(text, unit) for text, unit in zip(texts, named, strict=True)]
    shown = {i for pair in both for i in (0, 1) if pair[i] is not None and pair[1 - i] is None}
    found = []
    for text, pair in zip(texts, both, strict=True):
        meanings = tuple(dict.fromkeys(number for number in pair if number is not None))
        number = meanings[0] if len(meanings) == 1 else pair[min(shown)] if len(shown) == 1 and meanings else None
        found.append(Typed(text, number, meanings))
    return tuple(found)


def read_by(text: str, point: str, unit: str = "") -> str | None:
    """The number by one convention, that of `point` before decimals; None where it is none by that convention.

    >>> read_by("1.284", ","), read_by("1.284", "."), read_by("1,284.5", ","), read_by("(3)", ".")
    ('1284', '1.284', None, '-3')
    """
    first, second = _both(text, unit)
    return first if point == "." else second


def looks_grouped(text: str) -> bool:
    """True for 1.284: a plain number that is also how half the world writes 1284."""
    return re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", text) is not None


def _meanings(text: str, unit: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in _both(text, unit) if number is not None))


def _both(text: str, unit: str) -> tuple[str | None, str | None]:
    """The number by each convention; None where it is no number then."""
    bare = _without_marks(text.strip(), unit)
    if bare.casefold() in NOT_APPLICABLE or not bare:
        return None, None
    minus = _MINUS.search(bare)
    if minus is not None and bare[:1] != "-":
        bare = "-" + bare.strip("−–—-()")
    first, second = (_by(bare, *convention) for convention in CONVENTIONS)
    if first is None and _PLAIN.match(bare):
        first = bare  # 12.50, .5 and 1e6
        second = bare if bare.lstrip("+-").isdigit() else None
    return first, second


def _by(text: str, thousands: str, point: str) -> str | None:
    """The number by one convention; groups of three, or no groups at all."""
    whole = rf"[1-9]\d{{0,2}}(?:[{re.escape(thousands)}{_SPACES}]\d{{3}})+|\d+"
    if not re.fullmatch(rf"[+-]?(?:{whole})(?:{re.escape(point)}\d+)?", text):
        return None
    return re.sub(rf"[{re.escape(thousands)}{_SPACES}]", "", text).replace(point, ".")


def _without_marks(text: str, unit: str) -> str:
    """Without the unit that the KPI has anyway: its percent sign, currency or word."""
    marks = {"%": "%", "GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "INR": "₹"}
    for mark in filter(None, (unit, marks.get(unit, ""))):
        text = text.removesuffix(mark).removeprefix(mark).strip(_SPACES)
    return text
