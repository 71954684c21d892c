"""Values → YAML: block style, two spaces, exact decimals, long texts folded; the same value gives the same text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

#: What a definition is made of once its types are taken away.
Value = str | bool | int | float | Decimal | None | Sequence["Value"] | Mapping[str, "Value"]

WIDTH: Final = 110
#: Text that no YAML reader takes for anything but text when it stands bare: words, or a number before words.
_BARE: Final = re.compile(
    r"(?:[^\W\d_][\w./%+&@?!’'()|£$€–—-]*|[£$€]?\d[\w.%]*(?= [^\W\d_]))(?: [\w./%+&@?!’'()|£$€–—-]+[,;]?)*"
)
#: Dates and months, `2026-04`: text for us and for every reader of YAML 1.2.
_PERIOD: Final = re.compile(r"\d{4}-(?:\d{2}(?:-\d{2})?|[QHW]\d{1,2})|FY\d{4}(?:-[QHPW]\d{1,2})?|[YHQMPWD]:[\w-]+")
#: Words that some reader takes for a boolean or for nothing.
_RESERVED: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def entry(item: Mapping[str, Value], indent: str = "") -> Iterator[str]:
    """Lines of one list entry: the first key behind the dash, the others below it."""
    for i, line in enumerate(lines(item)):
        yield f"{indent}- {line}" if i == 0 else f"{indent}  {line}" if line else ""


def lines(mapping: Mapping[str, Value], indent: str = "") -> Iterator[str]:
    """Lines of a mapping in block style."""
    for key, value in mapping.items():
        yield from pair(key, value, indent)


def scalar(value: Value) -> str:
    """A scalar on one line; text is bare only where no reader could take it for something else.

    >>> scalar("no"), scalar("2026-04"), scalar("95"), scalar("Cost: all"), scalar(Decimal("1E+2"))
    ('"no"', '2026-04', '"95"', '"Cost: all"', '100')
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return repr(value).removesuffix(".0")
    text = str(value)
    bare = (_BARE.fullmatch(text) or _PERIOD.fullmatch(text)) and text.casefold() not in _RESERVED
    return text if bare else _quoted(text)


def inline(value: Value) -> str:
    """A value on one line, as it may stand between brackets.

    >>> inline({"unit": "north", "values": ["a, b", 1]})
    '{unit: north, values: ["a, b", 1]}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_inside(key)}: {inline(each)}" for key, each in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(inline(each) for each in value) + "]"
    return _inside(value)


def requoted(text: str, style: str | None) -> str:
    """The text in the quotes that stood there; empty where there were none, or where they cannot hold it."""
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return _quoted(text) if style == '"' else ""


def is_literal(text: str) -> bool:
    """True where a text may stand below `|` as it is."""
    lines = text.split("\n")
    return bool(lines[0]) and not lines[0].startswith(" ") and all(line.isprintable() for line in lines)


def pair(key: str, value: Value, indent: str = "") -> Iterator[str]:
    """Lines of a key and its value in block style."""
    head = f"{indent}{scalar(key)}:"
    if isinstance(value, Mapping):
        yield head if value else f"{head} {{}}"
        yield from lines(value, indent + "  ")
    elif isinstance(value, str):
        yield from _text(head, value, indent)
    elif isinstance(value, Sequence):
        if all(isinstance(v, Mapping) and v for v in value) and value:
            yield head
            yield from (line for v in value if isinstance(v, Mapping) for line in entry(v, indent + "  "))
            return
        inline = f"{head} [{', '.join(_inside(v) for v in value)}]"
        if len(inline) <= WIDTH + 10:
            yield inline
        else:
            yield head
            yield from (f"{indent}  - {scalar(v)}" for v in value)
    else:
        yield f"{head} {scalar(value)}"


def _inside(value: Value) -> str:
    """A scalar inside square brackets, where a comma would end it."""
    text = scalar(value)
    return _quoted(str(value)) if re.search("[,?]", text) and not text.startswith('"') else text


def _text(head: str, value: str, indent: str) -> Iterator[str]:
    """One line where it fits, else folded (`>-`): a line break of the text is an empty line."""
    line = f"{head} {scalar(value)}"
    if ("\n" not in value and len(line) <= WIDTH + 10) or not _folds(value):
        yield line
        return
    yield f"{head} >-"
    for i, paragraph in enumerate(value.split("\n")):
        if i:
            yield ""
        wrapped = textwrap.wrap(paragraph, WIDTH - len(indent), break_long_words=False, break_on_hyphens=False)
        yield from (f"{indent}  {part}" for part in wrapped)


def _folds(text: str) -> bool:
    """True where folding loses nothing: no empty lines, no spaces but single ones between words."""
    return all(
        line and line.strip() == line and "  " not in line and not any(c.isspace() and c != " " for c in line)
        for line in text.split("\n")
    )


def _quoted(text: str) -> str:
    """In double quotes, everything that is not plainly printable escaped."""
    return '"' + "".join(_escaped(c) for c in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character == "\n":
        return "\\n"
    if character == "\t":
        return "\\t"
    code = ord(character)
    if character.isprintable() or code >= 0x10000:
        return character
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
