"""Floor, red line, target and stretch stand in the order of the KPI's polarity."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from fourfold.engine.anchors import Polarity
from fourfold.engine.checks.rule import Said, rule, targets
from fourfold.engine.definitions import Definitions, Kpi, Target
from fourfold.engine.findings import Level
from fourfold.engine.words import call, start

#: Anchors from worst to best; red line and target may be one value, which makes the score a step.
_ORDER = ("floor", "red_line", "value", "stretch")
_NAMES = {"floor": "floor", "red_line": "red line", "value": "target", "stretch": "stretch"}


@rule("TARGET-ORDER", "Anchors stand in the wrong order")
def target_order(d: Definitions) -> Iterator[Said]:
    """Floor < red line ≤ target < stretch where higher is better, the other way round where lower is better.

    Where the red line is the target there is no "near target". A baseline that is better than the target is told as
    information: such a target lies below the present level.
    """
    for thing, target in targets(d):
        kpi = d.kpi.get(target.kpi)
        if kpi is None or kpi.polarity not in (Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER):
            continue
        yield from _anchors(thing, target, kpi)
        better = _better(kpi)
        if target.baseline is not None and target.value is not None and (target.baseline - target.value) * better > 0:
            levels = f"{target.baseline:f}, is better than the target, {target.value:f}"
            message = f"The baseline of {call(thing)}, {levels}."
            fix = "Set a target beyond the present level, or correct the polarity of the KPI."
            yield Said(f"{thing}.baseline", message, fix, Level.INFO)


def _better(kpi: Kpi) -> int:
    return 1 if kpi.polarity is Polarity.HIGHER_BETTER else -1


def _anchors(thing: str, target: Target, kpi: Kpi) -> Iterator[Said]:
    given: list[tuple[str, Decimal]] = [(key, v) for key in _ORDER if (v := getattr(target, key)) is not None]
    word = "above" if kpi.polarity is Polarity.HIGHER_BETTER else "below"
    for (low, worse), (high, best) in pairwise(given):
        step = (best - worse) * _better(kpi)
        if step > 0 or (step == 0 and (low, high) == ("red_line", "value")):
            continue
        ways = f"{'higher' if word == 'above' else 'lower'} is better for KPI {kpi.code}"
        message = f"{start(thing)}: {ways}, so the {_NAMES[high]}, {best:f}, must lie {word} "
        swapped = f"Swap them, or correct the polarity of KPI {kpi.code} ({kpi.polarity})."
        yield Said(f"{thing}.{low}", f"{message}the {_NAMES[low]}, {worse:f}.", swapped)
