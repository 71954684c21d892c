"""What is wrong with a text that is not YAML, in words for people who have never read the YAML standard."""

from __future__ import annotations

import re
from typing import Final

from fourfold.engine.findings import Finding, Level, Place
from fourfold.engine.words import show

_OPEN: Final = "What opens here is never closed."
#: Pattern in the parser's own message (libyaml and the Python parser word some differently) → message, fix.
_WORDING: Final = (
    (
        r"mapping values are not allowed",
        "There is a second colon on this line, or this line is indented deeper than its neighbours.",
        'Put a text that holds ": " in quotes, or line the keys up.',
    ),
    (
        r"could not find expected ':'",
        "This is neither a key with its value nor a list item.",
        "Write `key: value`; a text over several lines must be indented deeper than its key.",
    ),
    (
        r"block sequence entries are not allowed",
        "A list item (`- …`) cannot stand here.",
        "Begin the list on the line below its key, with `- ` before each item.",
    ),
    (
        r"did not find expected ',' or '\]'|expected ',' or '\]'",
        "A list in square brackets is not closed, or a comma is missing in it.",
        "Write `[a, b, c]`.",
    ),
    (
        r"did not find expected ',' or '}'|expected ',' or '}'",
        "A mapping in curly brackets is not closed, or a comma is missing in it.",
        "Write `{key: value, other: value}`; a text that begins with { needs quotes.",
    ),
    (
        r"did not find expected '-' indicator|expected <block end>, but found '(?!<block seq)",
        "This line does not fit the list or the keys above it.",
        "Line it up with its neighbours: items of one list, and keys of one mapping, begin in the same column.",
    ),
    (
        r"did not find expected key|expected <block end>",
        "This line does not fit the keys above it.",
        "Line it up with its neighbours: keys of one mapping begin in the same column.",
    ),
    (
        r"unexpected end of stream|expected the node content|while scanning a quoted scalar",
        _OPEN,
        "Close the quotation mark or the bracket.",
    ),
    (
        r"unknown escape character|escape sequence|escape character",
        "After a backslash in double quotes stands a letter that means nothing there.",
        "Use single quotes, or write the backslash twice.",
    ),
    (
        r"cannot start any token",
        "A value cannot begin with this character.",
        "Put the value in quotes.",
    ),
    (
        r"did not find expected <document start>|expected '<document start>'",
        "The text goes on after its end.",
        "Look at the indentation of this line and of the line above it.",
    ),
    (r"undefined tag handle|expected URI|tag", "A value cannot begin with `!`.", "Put the value in quotes."),
    (
        r"alphabetic or numeric character|anchor|alias",
        "A value cannot begin with `*` or `&`.",
        "Put the value in quotes.",
    ),
    (r"directive|incompatible YAML", "A line that begins with % is a YAML directive.", "Delete the line."),
)


def explain(error: Exception, file: str, text: str) -> Finding:
    """The finding for an error of the YAML parser: at the line it stopped, or where that opens what never closes."""
    stopped, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    said = " ".join(str(getattr(error, part, None) or "") for part in ("context", "problem")).strip() or str(error)
    message, fix = _plain_words(said)
    mark = opened if message == _OPEN and opened is not None else stopped or opened
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        message, fix = "This line is indented with a tab.", "Indent with spaces; two per level are usual."
        column = written.index("\t") + 1
    elif opened is not None and opened.line + 1 < line:
        message += f" What is open here began on line {opened.line + 1}."
    message += f" The line reads {show(written)}." if written.strip() else ""
    return Finding("DEF-YAML", Level.ERROR, Place(file, line, column), message, fix)


def _plain_words(said: str) -> tuple[str, str]:
    for pattern, message, fix in _WORDING:
        if re.search(pattern, said):
            return message, fix
    return f"This is not readable as YAML ({said}).", "Look at the indentation, colons and quotation marks near here."
