"""Formulas can be read."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks import formulas
from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.formulas import FormulaError, Problem, parse


@rule("FORMULA-TEXT", "A formula cannot be read")
def formula_text(d: Definitions) -> Iterator[Said]:
    """The grammar, the functions with their arguments, and the limits of the formula language.

    The message gives the column in the formula; the place is where the formula stands in the file.
    """
    for kpi in d.kpis:
        for key, text in formulas.texts(kpi):
            try:
                parse(text)
            except FormulaError as error:
                yield formulas.said(kpi, key, text, Problem(error.message, error.span, error.hint or ""))
