"""What the parser stumbled over, in words for people."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from fourfold.engine.formulas.problems import Problem
from fourfold.engine.formulas.tree import Span

_PERCENT: Final = "% is the remainder of a division. Write 0.05 for 5 %; a KPI in % is a plain number, 5 for 5 %."
#: Signs the language does not have, and what to write instead.
_INSTEAD: Final = {
    "&": "Write `and`.",
    "|": "Write `or`.",
    "!": "Write `not`, or `!=` for different.",
    "−": "Write the minus sign as -.",
    "–": "Write the minus sign as -.",
    "×": "Write * for times.",
    "·": "Write * for times.",
    "÷": "Write / for divided by.",
    "≤": "Write <=.",
    "≥": "Write >=.",
    "≠": "Write !=.",
    ";": "Separate arguments with a comma.",
    "[": "Use round brackets.",
    "]": "Use round brackets.",
    "{": "Use round brackets.",
    "}": "Use round brackets.",
    ".": "Write a digit before the decimal point: 0.5.",
    '"': "Put a code in backticks: `net-sales`. A text in quotes ends with another quote on the same line.",
    "'": "Put a code in backticks: `net-sales`.",
    "$": "Write the number alone; its unit is that of the KPI.",
    "€": "Write the number alone; its unit is that of the KPI.",
    "£": "Write the number alone; its unit is that of the KPI.",
}
_QUOTES: Final = "A code stands in backticks: `net-sales`. Quotes are for a unit, a period or a span of time."
#: Two signs in a row that another language reads as one: the pair and what it is called here.
_PAIRS: Final = {
    "**": "Write ^ for a power.",
    "==": "Write = once.",
    "<>": "Write !=.",
    "=>": "Write >=.",
    "=<": "Write <=.",
}


def unknown_sign(text: str, at: int) -> Problem:
    """A character that no word of the language begins with."""
    span = Span(at, at + 1)
    if text[at] == "`":
        return Problem("A code in backticks has no end.", span, "Close it with another backtick on the same line.")
    sign = f"`{text[at]}`" if text[at].isprintable() else f"U+{ord(text[at]):04X}"
    return Problem(f"The sign {sign} is not part of the language.", span, _INSTEAD.get(text[at], ""))


def unexpected_end(text: str, opened: int | None, expected: Set[str]) -> Problem:
    """The text ends in the middle; `opened` is the offset of a bracket that is still open."""
    end = len(text.rstrip())
    if not end:
        return Problem("The formula is empty.", Span(0, 0), "Write for example `revenue - cost`.")
    span = Span(end, end + 1)
    if "NAME" not in expected and opened is not None:
        return Problem("A bracket is not closed.", Span(opened, opened + 1), "Add ) where it ends.")
    hint = _PERCENT if text[:end].endswith("%") else ""
    return Problem("The formula ends where a number, a code or a bracket should follow.", span, hint)


def unexpected_word(text: str, sort: str, span: Span, expected: Set[str]) -> Problem:
    """A word of the language in a place where it cannot be; `sort` is its name in the grammar."""
    word = text[span.start : span.end]
    if pair := _pair(text, span):
        return pair
    if sort == "TEXT" and "NAME" not in expected:
        return Problem(f"An operator is missing before `{word}`.", span, _QUOTES)
    if "NUMBER" in expected and "NAME" not in expected:
        return Problem("After ^ a whole number from −4 to 4 must follow.", span)
    if "NAME" in expected:
        hint = "Put it in backticks if it is a code." if sort in {"AND", "OR"} else ""
        hint = _PERCENT if text[: span.start].rstrip().endswith("%") else hint
        hint = _QUOTES if sort == "TEXT" else hint
        return Problem(f"Here should be a number, a code or a bracket, not `{word}`.", span, hint)
    return _after_an_operand(word, sort, span, text)


def _after_an_operand(word: str, sort: str, span: Span, text: str) -> Problem:
    if sort == "COMMA":
        hint = "Write decimals with a point: 1.5. Commas stand only between the arguments of a function."
        return Problem("A comma cannot stand here.", span, hint)
    if sort == "CLOSE":
        return Problem("This bracket closes nothing.", span, "Take it away, or open it before.")
    if sort == "COMPARISON":
        return Problem("Two comparisons in a row.", span, "Join them with and: `0 < x and x < 10`.")
    if sort == "HAT":
        return Problem("Two powers in a row.", span, "Use brackets: `(x^2)^2`.")
    if sort == "OPEN":
        return Problem("A bracket cannot follow here.", span, "Write * for times.")
    before = text[: span.start]
    if before.endswith(tuple("0123456789")):
        hint = f"Write * for times, or put a code that begins with a digit in backticks, like `2024_{word}`."
    elif sort == "NOT":
        hint = "Write `and not` or `or not`."
    else:
        hint = "A code with other signs or spaces stands in backticks: `net-sales`."
    return Problem(f"An operator is missing before `{word}`.", span, hint)


def _pair(text: str, span: Span) -> Problem | None:
    pair = text[span.start - 1 : span.end] if span.start else ""
    hint = _PAIRS.get(pair)
    return Problem(f"`{pair}` is not part of the language.", Span(span.start - 1, span.end), hint) if hint else None
