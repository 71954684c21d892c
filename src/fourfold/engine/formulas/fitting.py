"""What a formula asks of the KPI it belongs to: spans of its frequency, periods of its calendar, units that exist."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from fourfold.engine.formulas.functions.shifts import steps_in
from fourfold.engine.formulas.problems import Problem, closest
from fourfold.engine.formulas.tree import Call, Node, Text, walk
from fourfold.engine.periods import Calendar, Frequency, PeriodError

_TO_DATE = {"quarter_to_date": Frequency.QUARTER, "month_to_date": Frequency.MONTH}


def misfits(tree: Node, frequency: Frequency, calendar: Calendar, units: Collection[str]) -> list[Problem]:
    """One problem for each place that names a span, period or unit which a KPI of this frequency does not have."""
    return [
        problem
        for node in walk(tree)
        if isinstance(node, Call)
        for problem in _misfits(node, frequency, calendar, units)
    ]


def _misfits(call: Call, frequency: Frequency, calendar: Calendar, units: Collection[str]) -> Iterator[Problem]:
    coarse = _TO_DATE.get(call.function)
    if coarse is not None and coarse.rank < frequency.rank:
        message = f"`{call.function}` is for periods of a {coarse} at most, and the KPI is of a {frequency}."
        yield Problem(message, call.span, "Take the figure itself, or to_date(x).")
    words = next((node for node in call.arguments if isinstance(node, Text)), None)
    if words is None:
        return
    if call.function == "shift" and steps_in(frequency, words.value) is None:
        message = f"A {words.value} is not made of whole periods of a {frequency}, which the KPI has."
        yield Problem(message, words.span, "Shift by periods: previous(x, n).")
    if call.function == "at_unit" and words.value not in units:
        near = closest(words.value, units)
        hint = f"Did you mean “{near}”?" if near else "Write the code of a unit; codes are case-sensitive."
        yield Problem(f"There is no unit “{words.value}”.", words.span, hint)
    if call.function == "index":
        try:
            calendar.parse(words.value, frequency)
        except PeriodError as error:
            yield Problem(error.message, words.span, error.hint or f"Write a period of a {frequency}.")
