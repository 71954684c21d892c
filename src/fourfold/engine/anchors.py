"""The anchors of a KPI: which way is better, and where the red line is when nobody gave one.

Source: methodology §3.2. An anchor is a value in the KPI's own unit with a fixed score: floor 0, red line 50,
target 100, stretch 125.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from fourfold.engine.cells import Bools, Floats, Indexes


class Polarity(StrEnum):
    """Which way is better."""

    HIGHER_BETTER = "higher_better"
    LOWER_BETTER = "lower_better"
    IN_RANGE = "in_range"
    NEUTRAL = "neutral"


class RedLineRule(StrEnum):
    """How a red line came about; written in the trace."""

    GIVEN = "given"
    BASELINE_MIDPOINT = "baseline_midpoint"
    NATURAL_VARIATION = "natural_variation"
    TEN_PERCENT = "ten_percent"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RedLine:
    """A red line, or the reason why there is none (`value` is None exactly where `rule` is `NONE`).

    `floor` is set by the baseline rule only. `baseline_is_better` is the finding "target below present level".
    """

    value: float | None
    rule: RedLineRule
    floor: float | None = None
    baseline_is_better: bool = False
    reason: str = ""


def derive_red_line(
    target: float,
    *,
    polarity: Polarity,
    baseline: float | None = None,
    natural_half_width: float | None = None,
    ratio_scale: bool = False,
) -> RedLine:
    """The red line by the first rule of §3.2 that applies, all values in the KPI's own unit.

    `baseline` is the level today; `natural_half_width` is 2.66 times the mean moving range, given only where there
    are 12 points or more; `ratio_scale` says that zero means "none". A band has two red lines: ask for each side,
    with the band's low edge as a `higher_better` target and its high edge as a `lower_better` one.

    >>> derive_red_line(5.0, polarity=Polarity.LOWER_BETTER, baseline=9.4).value
    7.2
    >>> derive_red_line(-2.0, polarity=Polarity.HIGHER_BETTER, ratio_scale=True).value
    -2.2
    """
    if polarity not in (Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER):
        return _none(f"A KPI that is {polarity.replace('_', ' ')} has no single red line.")
    if not math.isfinite(target):
        return _none("There is no target.")
    better = 1.0 if polarity is Polarity.HIGHER_BETTER else -1.0
    baseline_is_better = False
    if baseline is not None and math.isfinite(baseline):
        if (target - baseline) * better > 0:
            midpoint = 0.5 * baseline + 0.5 * target
            return RedLine(midpoint, RedLineRule.BASELINE_MIDPOINT, floor=baseline)
        baseline_is_better = (baseline - target) * better > 0
    if natural_half_width is not None and math.isfinite(natural_half_width) and natural_half_width > 0:
        value, rule = target - better * natural_half_width, RedLineRule.NATURAL_VARIATION
    elif ratio_scale and target != 0:
        value, rule = target - better * 0.10 * abs(target), RedLineRule.TEN_PERCENT
    else:
        return _none("No rule gives a red line here: give one.", baseline_is_better)
    return RedLine(value, rule, baseline_is_better=baseline_is_better)


def _none(reason: str, baseline_is_better: bool = False) -> RedLine:
    return RedLine(None, RedLineRule.NONE, baseline_is_better=baseline_is_better, reason=reason)


#: The rules by number, for arrays of them.
RULES: Final = tuple(RedLineRule)


class RedLines(NamedTuple):
    """Many red lines: value and floor are NaN where there is none; `rule` is the place in `RULES`."""

    value: Floats
    floor: Floats
    rule: Indexes


@np.errstate(all="ignore")
def derive_red_lines(
    target: Floats, *, better: Floats, baseline: Floats, natural_half_width: Floats, ratio_scale: Bools
) -> RedLines:
    """`derive_red_line` for arrays of one shape; NaN is a number not given, `better` is 1, −1, or 0 for neither.

    >>> derive_red_lines(np.array([5.0]), better=np.array([-1.0]), baseline=np.array([9.4]),
    ...                  natural_half_width=np.array([np.nan]), ratio_scale=np.array([False])).value.tolist()
    [7.2]
    """
    directed = (better != 0) & np.isfinite(target)
    by_rule = {
        RedLineRule.BASELINE_MIDPOINT: (directed & ((target - baseline) * better > 0), 0.5 * baseline + 0.5 * target),
        RedLineRule.NATURAL_VARIATION: (directed & (natural_half_width > 0), target - better * natural_half_width),
        RedLineRule.TEN_PERCENT: (directed & ratio_scale & (target != 0), target - better * 0.10 * np.abs(target)),
    }
    where, values = [w for w, _ in by_rule.values()], [v for _, v in by_rule.values()]
    rule = np.select(where, [RULES.index(r) for r in by_rule], RULES.index(RedLineRule.NONE))
    floor = np.where(where[0], baseline, np.nan)
    return RedLines(np.select(where, values, np.nan), floor, rule)
