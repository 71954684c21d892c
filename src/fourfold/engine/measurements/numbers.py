"""Which texts are numbers, and what is wrong with those that are not.

A number is written with the digits 0-9, a decimal point and perhaps an exponent. Everything else is refused with
the number it may have been meant to be, because a comma that is dropped or a letter that is skipped changes a figure
by a factor of a thousand without anybody noticing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from fourfold.engine.words import choices, show

#: What a number looks like; the same expression serves Polars.
PATTERN: Final = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$"
#: Significant digits that are kept.
DIGITS: Final = 34
#: Texts that say that the unit does not have the KPI.
NOT_APPLICABLE: Final = ("n/a", "na", "not applicable", "not_applicable")

_NUMBER: Final = re.compile(PATTERN)
_LETTERS: Final = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1"})
_SPACES: Final = "\u0020\u00a0\u2009\u202f'\u2019_"
_MARKS: Final = r"[%‰$£€¥₹]|[A-Z]{3}"
#: What to do about a text that stands where there is no figure.
NO_FIGURE: Final = "Leave the cell empty where there is no figure; write n/a where the unit does not have the KPI."


def explain(text: str) -> tuple[str, str, str]:
    """Why a text is not a number: code, the rest of the sentence after the text, what to do about it.

    >>> explain("1.234,5")
    ('ROW-COMMA', 'is written with a comma; it may be 1234.5.', 'Write 1234.5: a point before decimals, nothing else.')
    """
    for look in (_not_finite, _minus, _letters, _currency, _comma, _spaces, _strange_digits, _formula):
        if (said := look(text)) is not None:
            return said
    return "ROW-NUMBER", "is not a number.", NO_FIGURE


def _not_finite(text: str) -> tuple[str, str, str] | None:
    bare = text.lstrip("+-").casefold()
    if bare == "nan":
        return "ROW-NAN", "means that there is no number.", NO_FIGURE
    if bare in ("inf", "infinity", "∞"):
        return "ROW-INFINITE", "is not a finite number.", "Look for a division by zero where the figure comes from."
    return None


def _minus(text: str) -> tuple[str, str, str] | None:
    """A typographic minus, an accountant's brackets, or a minus behind the number."""
    for pattern in (r"[−–—](.+)", r"\((.+)\)", r"(.+)[-−–]"):
        if (found := re.fullmatch(pattern, text)) and (meant := _plain(found[1].strip())):
            return "ROW-NUMBER", "is not written as a negative number.", f"Write -{meant} with a hyphen in front."
    return None


def _letters(text: str) -> tuple[str, str, str] | None:
    """The letter O for a zero, and l or I for a one, among digits."""
    wrong = [c for c in "OolI|" if c in text]
    if wrong and re.search(r"\d", text) and (meant := _plain(text.translate(_LETTERS))):
        said = f"holds {choices([_called(c) for c in wrong], 'and')} where a digit is expected"
        return "ROW-LETTER", f"{said}; it may be {meant}.", f"Write {meant} if that is the figure."
    return None


def _called(letter: str) -> str:
    return "a vertical bar" if letter == "|" else f"the letter {letter}"


def _currency(text: str) -> tuple[str, str, str] | None:
    """A number with its unit of measurement."""
    bare = re.sub(rf"^(-?)(?:{_MARKS})\s*|\s*(?:{_MARKS})$", r"\1", text)
    if bare != text and (meant := _plain(bare)):
        return "ROW-NUMBER", "holds more than the number.", f"Write {meant}; the unit is said once, with the KPI."
    return None


def _comma(text: str) -> tuple[str, str, str] | None:
    """Commas, or points that separate thousands: the number or numbers that may be meant."""
    if not re.fullmatch(r"[+-]?[\d.,'’_ \u00a0\u2009\u202f]*\d", text) or not ("," in text or text.count(".") > 1):
        return None
    meant = _readings(text)
    if not meant:
        return "ROW-COMMA", "mixes points and commas in a way that no number has.", "Write a number like 1234.5."
    said = "is written with a comma" if "," in text else "is written with separators"
    if len(meant) == 1:
        fix = f"Write {meant[0]}: a point before decimals, nothing else."
        return "ROW-COMMA", f"{said}; it may be {meant[0]}.", fix
    fix = f"Write {meant[0]} where the comma separates thousands, {meant[1]} where it stands before decimals."
    return "ROW-COMMA", f"{said}; it may be {meant[0]} or {meant[1]}.", fix


def _readings(text: str) -> list[str]:
    """What a text with separators can mean: thousands by comma first, then thousands by point."""
    found = []
    for thousands, point in ((",", "."), (".", ",")):
        grouped = rf"[+-]?\d{{1,3}}(?:[{thousands}{_SPACES}]\d{{3}})+(?:[{point}]\d+)?"
        ungrouped = rf"[+-]?\d+[{point}]\d+"
        if re.fullmatch(grouped, text) or re.fullmatch(ungrouped, text):
            found.append(re.sub(rf"[{thousands}{_SPACES}]", "", text).replace(point, "."))
    return found


def _spaces(text: str) -> tuple[str, str, str] | None:
    meant = re.sub(rf"(?<=\d)[{_SPACES}](?=\d)", "", text)
    if meant != text and _NUMBER.fullmatch(meant):
        fix = f"Write {meant}: digits and a point, nothing else."
        return "ROW-NUMBER", f"holds separators; it may be {meant}.", fix
    return None


def _strange_digits(text: str) -> tuple[str, str, str] | None:
    """Digits of another script, which look like numbers to a reader and to some programs."""
    if text.isascii() or not any(c.isdigit() for c in text if not c.isascii()):
        return None
    meant = unicodedata.normalize("NFKC", text)
    meant = "".join(str(unicodedata.digit(c, c)) for c in meant)
    said = f"; it may be {meant}" if _NUMBER.fullmatch(meant) else ""
    return "ROW-NUMBER", f"holds digits that are not 0 to 9{said}.", "Write it with the digits 0 to 9."


def _formula(text: str) -> tuple[str, str, str] | None:
    if text.startswith("=") or re.fullmatch(r"#[A-Z0-9/]+[!?]?", text):
        return "ROW-NUMBER", "is a formula or an error of a spreadsheet.", "Write the number it should have given."
    return None


def _plain(text: str) -> str | None:
    """The text as a number, with one plain reading of its separators, or None."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return text
    readings = _readings(text)
    return readings[0] if readings else None


def sentence(column: str, text: str, said: str) -> str:
    """The sentence for one cell."""
    return f"{column} {show(text)} {said}"
