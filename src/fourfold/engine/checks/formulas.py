"""Reading the formulas of KPIs, for the checks about them."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said
from fourfold.engine.definitions import Definitions, Kpi
from fourfold.engine.formulas import FormulaError, Node, Problem, parse
from fourfold.engine.words import show

KEYS = ("formula", "numerator", "denominator")


def texts(kpi: Kpi) -> Iterator[tuple[str, str]]:
    """(key, formula) of each formula a KPI has."""
    for key in KEYS:
        if (text := getattr(kpi, key)) is not None:
            yield key, text


def readable(d: Definitions) -> Iterator[tuple[Kpi, str, str, Node]]:
    """(KPI, key, text, tree) of each formula that can be read."""
    for kpi in d.kpis:
        for key, text in texts(kpi):
            try:
                yield kpi, key, text, parse(text)
            except FormulaError:
                continue


def said(kpi: Kpi, key: str, text: str, problem: Problem) -> Said:
    """A problem inside a formula, with its column and the words it is about."""
    start, end = problem.span.start, problem.span.end
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    where = f"column {column}" if "\n" not in text else f"its line {line}, column {column}"
    words = text[start : max(end, start + 1)]
    at = f"{where} ({show(words, 30)})" if words.strip() else where
    whose = f"`{key}` of KPI {kpi.code}"
    return Said(f"kpi:{kpi.code}.{key}", f"{whose}, {at}: {problem.message}", problem.hint or "Correct the formula.")
