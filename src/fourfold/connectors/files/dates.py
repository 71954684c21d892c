"""Days and months as people and spreadsheets write them → the spellings that periods are read from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple

_MONTHS: Final = (
    ("january", "januar", "janvier", "enero", "ocak"),
    ("february", "februar", "fevrier", "février", "febrero", "şubat"),
    ("march", "märz", "maerz", "mars", "marzo", "mart"), ("april", "avril", "abril", "nisan"),
    ("may", "mai", "mayo", "mayıs"), ("june", "juni", "juin", "junio", "haziran"),
    ("july", "juli", "juillet", "julio", "temmuz"), ("august", "août", "aout", "agosto", "ağustos"),
    ("september", "septembre", "septiembre", "eylül"), ("october", "oktober", "octobre", "octubre", "ekim"),
    ("november", "novembre", "noviembre", "kasım"),
    ("december", "dezember", "décembre", "decembre", "diciembre", "aralık"),
)  # fmt: skip


def _names() -> dict[str, int]:
    found = {"mrz": 3, "mär": 3, "sept": 9}
    for number, names in enumerate(_MONTHS, start=1):
        for name in names:
            found |= {name: number, name[:3]: number}
            if len(name) > 4:
                found[name[:4]] = number
    found["juin"] = 6
    return found


#: The number of a month by its names, whole and short, in the languages of the product.
NAMES: Final = _names()
#: Any of these names, as a regular expression.
MONTH: Final = f"(?:{'|'.join(sorted(map(re.escape, NAMES), key=len, reverse=True))})"
_NUMBERS: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T]00:00(?::00)?)?")
_NAMED_DAY: Final = re.compile(rf"(\d{{1,2}})[. -]+({MONTH})\.?[ ,-]+(\d{{4}}|\d{{2}})")
_NAMED: Final = re.compile(rf"({MONTH})\.?[ ,/-]*'?(\d{{4}}|\d{{2}})|(\d{{4}})[ -]({MONTH})")
_MONTH_YEAR: Final = re.compile(r"(\d{1,2})[./-](\d{4})")
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_MIDDLE: Final = 70  # a year of two digits from here on is of the last century


class DateOrder(NamedTuple):
    """What texts show about the order of day and month: `dmy`, `mdy`, "" where nothing has to be decided.

    `is_open` where it matters and nothing shows it, or different texts show different orders.
    """

    order: str
    is_open: bool
    example: str = ""


def order_of(texts: Iterable[str]) -> DateOrder:
    """Look at all texts of a column.

    >>> order_of(["03/04/2026", "25/04/2026"]), order_of(["03/04/2026"]).is_open
    (DateOrder(order='dmy', is_open=False, example='25/04/2026'), True)
    """
    shown: dict[str, str] = {}
    unsure = ""
    for text in texts:
        if not (found := _NUMBERS.fullmatch(text)):
            continue
        first, second = int(found[1]), int(found[3])
        if found[2] == "." or first > 12 >= second:  # only days are written before months with points
            shown.setdefault("dmy", text)
        elif second > 12 >= first:
            shown.setdefault("mdy", text)
        elif first != second:
            unsure = unsure or text
    if len(shown) == 1:
        order, example = next(iter(shown.items()))
        return DateOrder(order, False, example)
    if shown:
        return DateOrder("", True, " and ".join(shown.values()))
    return DateOrder("", bool(unsure), unsure)


def plain_period(text: str, order: str = "") -> str:
    """The text as periods are read from it; as it is where it is no day or month of these forms.

    >>> plain_period("31.03.2026", "dmy"), plain_period("4-Aug-09"), plain_period("Mai 2026"), plain_period("FY2026-Q1")
    ('2026-03-31', '2009-08-04', '2026-05', 'FY2026-Q1')
    """
    bare = text.strip().casefold()
    if found := _NUMBERS.fullmatch(bare):
        first, second, year = int(found[1]), int(found[3]), _year(found[4])
        if not order and first != second:
            order = "dmy" if first > 12 or found[2] == "." else "mdy" if second > 12 else ""
        day, month = (second, first) if order == "mdy" else (first, second)
        return _day(year, month, day) if order or first == second else text
    if found := _NAMED_DAY.fullmatch(bare):
        return _day(_year(found[3]), NAMES[found[2]], int(found[1])) or text
    if found := _NAMED.fullmatch(bare):
        name, year = (found[1], _year(found[2])) if found[1] else (found[4], int(found[3]))
        return f"{year}-{NAMES[name]:02}"
    if (found := _MONTH_YEAR.fullmatch(bare)) and 1 <= int(found[1]) <= 12:
        return f"{found[2]}-{int(found[1]):02}"
    if (found := _COMPACT.fullmatch(bare)) and 1900 <= int(found[1]) <= 2199 and 1 <= int(found[2]) <= 12:
        return f"{found[1]}-{found[2]}" + (f"-{found[3]}" if found[3] else "")
    return text


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else int(text) + (1900 if int(text) >= _MIDDLE else 2000)


def _day(year: int, month: int, day: int) -> str:
    """As ISO, or in that form where there is no such day, so that it is refused as what it is."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return f"{year}-{month:02}-{day:02}"
