"""A KPI that should stay in a range has a band, and no other KPI has one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.anchors import Polarity
from fourfold.engine.checks.rule import Said, rule, targets
from fourfold.engine.definitions import Definitions, Target
from fourfold.engine.words import choices, start

_BAND = ("red_low", "low", "high", "red_high")
_LINE = ("value", "red_line", "floor", "stretch")


@rule("TARGET-BAND", "A target does not fit the polarity of its KPI")
def target_band(d: Definitions) -> Iterator[Said]:
    """An `in_range` KPI has `low` and `high`, and red lines outside them: red_low < low < high < red_high.

    Every other KPI has a `value`, or `steps`.
    """
    for thing, target in targets(d):
        kpi = d.kpi.get(target.kpi)
        if kpi is None or kpi.polarity is Polarity.NEUTRAL:
            continue
        ranged = kpi.polarity is Polarity.IN_RANGE
        called = start(thing)
        for key in _LINE if ranged else _BAND:
            if getattr(target, key) is not None:
                wanted = choices(_BAND if ranged else _LINE[:2], "and")
                message = f"{called} has a `{key}`, and KPI {kpi.code} is {kpi.polarity}."
                yield Said(f"{thing}.{key}", message, f"A KPI that is {kpi.polarity} takes {wanted}.")
        if ranged:
            yield from _band(thing, called, target)
        elif target.value is None and not target.steps and kpi.kind is not MeasureKind.BOOLEAN and not kpi.levels:
            yield Said(thing, f"{called} has no `value`.", "Add `value: …`, in the KPI's own unit.")


def _band(thing: str, called: str, target: Target) -> Iterator[Said]:
    missing = [key for key in ("low", "high") if getattr(target, key) is None]
    if missing:
        yield Said(thing, f"{called} has no `{missing[0]}`.", "Give the band both its edges, `low` and `high`.")
    given = [(key, value) for key in _BAND if (value := getattr(target, key)) is not None]
    for (left, low), (right, high) in pairwise(given):
        if low >= high:
            message = f"{called}: `{left}`, {low:f}, must be less than `{right}`, {high:f}."
            yield Said(f"{thing}.{left}", message, "The order is red_low < low < high < red_high.")
