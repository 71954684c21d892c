"""What can be wrong with a formula, and how it is shown: a message, the place under a caret, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from fourfold.engine.formulas.tree import Span
from fourfold.errors import FourfoldError

#: Longest piece of a formula that is shown around a caret.
_EXCERPT: Final = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where in the text it is, and how to mend it."""

    message: str
    span: Span
    hint: str = ""


class FormulaError(FourfoldError):
    """The formula cannot be read.

    `line` and `column` count from 1; `span` holds the offsets in `text`.
    """

    def __init__(self, problem: Problem, text: str) -> None:
        """Place `problem` in the formula `text`."""
        super().__init__(problem.message, hint=problem.hint or None)
        self.text = text
        self.span = problem.span
        before = text[: problem.span.start]
        self.line = before.count("\n") + 1
        self.column = len(before) - (before.rfind("\n") + 1) + 1

    def __str__(self) -> str:
        """Message, the line with a caret under the place, then the hint."""
        if not self.text.strip():
            return f"{self.message}\n{self.hint}"
        place = f"line {self.line}, column {self.column}" if "\n" in self.text.strip() else f"column {self.column}"
        parts = [f"{self.message} ({place})", point_at(self.text, self.span), self.hint or ""]
        return "\n".join(part for part in parts if part)


class InputError(FourfoldError):
    """The inputs do not fit the formula."""


class FormulaCycle(FourfoldError):
    """Formulas use one another in a circle.

    `path` holds the codes in the order "uses", the first one again at the end.
    """

    def __init__(self, path: tuple[str, ...]) -> None:
        """Show the circle as `a → b → a`."""
        super().__init__(
            f"Formulas use one another in a circle: {' → '.join(path)}.",
            hint="Take one of these KPIs out of the formula of the one before it.",
        )
        self.path = path


def point_at(text: str, span: Span) -> str:
    """The line of `text` that holds `span`, and under it a line of carets; long lines are cut around the place.

    >>> print(point_at("a + * b", Span(4, 5)))
      a + * b
          ^
    """
    start = text.rfind("\n", 0, span.start) + 1
    stop = text.find("\n", span.start)
    line = text[start : len(text) if stop < 0 else stop]
    column = span.start - start
    width = max(1, min(span.end - span.start, len(line) - column))
    cut = max(0, column - _EXCERPT // 2)
    shown = "".join(c if c.isprintable() else " " for c in line[cut : cut + _EXCERPT])
    lead, tail = "…" if cut else "", "…" if cut + _EXCERPT < len(line) else ""
    width = min(width, max(1, cut + _EXCERPT - column))
    return f"  {lead}{shown}{tail}\n  {' ' * (len(lead) + column - cut)}{'^' * width}"


def closest(word: str, known: Iterable[str], likeness: float = 0.7) -> str | None:
    """The known word most like `word`, ignoring case, or None when none has at least this `likeness` (0 to 1).

    >>> closest("revenu", ["cost", "revenue"])
    'revenue'
    """
    by_lower = {k.lower(): k for k in sorted(known)}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=likeness)
    return by_lower[found[0]] if found else None
