"""G6 and G7: flows that come at the end of the period, and ratios that improve because less is counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Floats
from fourfold.engine.change import mix_split
from fourfold.engine.gaming.flag import Flag, too_few
from fourfold.engine.periods import Frequency, Period

LAST, TIMES, PERIODS = 0.10, 2.0, 8
#: So many parts a period needs for its last tenth to be one of them.
FINEST = 10
MIX, UNITS = 0.5, 4


def parts_within(figures: Mapping[Period, float], frequency: Frequency) -> Floats | None:
    """Figures of shorter periods, days of months say, as `(period, part)` for `hockey_stick`; None without any.

    Periods are those that have such figures, oldest first; parts end together, so that a short month lacks its first.
    Only the shortest frequency that figures come in is used, and only where ten and more of it make a period.
    """
    finer = [p for p in figures if p.frequency.rank < frequency.rank]
    if not finer:
        return None
    shortest = min((p.frequency for p in finer), key=lambda f: f.rank)
    wholes = sorted({p.within(frequency) for p in finer if p.frequency is shortest})
    rows = [[figures.get(part, np.nan) for part in whole.parts(shortest)] for whole in wholes]
    width = max(map(len, rows))
    if width < FINEST:
        return None
    return np.array([[*[np.nan] * (width - len(row)), *row] for row in rows])


def hockey_stick(parts: Floats) -> Flag:
    """G6: the share of a flow in the last tenth of the newest period is more than twice its usual one.

    `parts` are `(period, part)`, the newest period last: days of a month, say; NaN counts as nothing, and a period
    without any flow is left out. The usual share is the median of the periods before, eight in all at least.
    """
    filled = np.where(np.isfinite(parts), parts, 0.0)
    total = filled.sum(axis=1)
    tail = max(round(parts.shape[1] * LAST), 1)
    share = filled[total > 0, -tail:].sum(axis=1) / total[total > 0]
    if len(share) < PERIODS or not total[-1] > 0:
        return too_few("G6", len(share), PERIODS, "periods")
    usual, newest = float(np.median(share[:-1])), float(share[-1])
    evidence = f"{newest:.0%} of the newest period came in its last tenth, {usual:.0%} usually do"
    return Flag("G6", newest > TIMES * usual, len(share), evidence, "Was something moved to the end of the period?",
                "Look at a longer window, and at what follows in the next period.")  # fmt: skip


def shrinking_denominator(
    n0: Floats, d0: Floats, n1: Floats, d1: Floats, polarity: Polarity = Polarity.HIGHER_BETTER
) -> Flag:
    """G7: a ratio improved, and more than half of that because less, or something else, was counted.

    Numerators and denominators before and after are `(unit,)`, of four units or segments at least; one without both
    is left out. The split is that of `change.mix_split`.
    """
    known = np.isfinite(n0 + d0 + n1 + d1) & (d0 > 0) & (d1 > 0)
    if (count := int(known.sum())) < UNITS:
        return too_few("G7", count, UNITS, "units")
    split = mix_split(n0[known], d0[known], n1[known], d1[known])
    gain = split.total * (1.0 if polarity is Polarity.HIGHER_BETTER else -1.0)
    share = float(split.mix.sum()) / split.total if split.total else 0.0
    change = float(d1[known].sum() / d0[known].sum() - 1.0)
    evidence = (
        f"{share:.0%} of the improvement comes from what is counted; the denominator changed by {change:+.0%}".replace(
            "-", "−"
        )
    )
    return Flag("G7", gain > 0 and share > MIX, count, evidence, "Did the figure improve by leaving something out?",
                "Publish numerator and denominator, and watch what is excluded.")  # fmt: skip
