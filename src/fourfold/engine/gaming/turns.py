"""G8 and G9: definitions that change after a miss, and counterparts that get worse as the figure gets better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Bools, Codes
from fourfold.engine.gaming.flag import Flag, too_few
from fourfold.engine.periods import Period
from fourfold.engine.statuses import Status

if TYPE_CHECKING:
    from fourfold.engine.outlook import Outlook

WITHIN, FIGURES = 2, 12


def changed_after_miss(status: Codes, changes: Mapping[int, str]) -> Flag:
    """G8: a target was eased or a formula changed in the period after one that was off target, or in that period.

    `status` is `(period,)`; `changes` says by the place of a period what changed there: from
    `target_revisions.histories` the easings, from the record of definitions the formulas.
    """
    off = status == Status.OFF
    found = [(at, what) for at, what in sorted(changes.items()) if off[max(at - 1, 0) : at + 1].any()]
    if not found:
        return Flag("G8", False, len(status), "nothing was changed after a miss", "", "")
    what = found[-1][1]
    evidence = f"{what} in or right after a period that was off target" + (f", {len(found)} times" if found[1:] else "")
    return Flag("G8", True, len(status), evidence, "What was learnt, apart from the miss?",
                "Show the original target beside the new one, and let somebody else approve.")  # fmt: skip


def pair_diverges(improves: Bools, pair_worsens: Bools, count: int, pair: str) -> Flag:
    """G9: a signal of improvement here and one of deterioration of the paired KPI within two periods.

    Both are `(period,)`, true where the signal is; `count` is the smaller number of figures of the two, at least 12.
    """
    if count < FIGURES:
        return too_few("G9", count, FIGURES)
    better, worse = np.flatnonzero(improves), np.flatnonzero(pair_worsens)
    near = np.abs(better[:, None] - worse[None, :]) <= WITHIN
    evidence = f"it improved, and {pair} got worse within {WITHIN} periods"
    return Flag("G9", bool(near.any()), count, evidence if near.any() else f"{pair} did not get worse with it",
                "Is the improvement paid for elsewhere?", "Judge the two together, as one goal.")  # fmt: skip


def signs(outlook: Outlook, polarity: Polarity, periods: Sequence[Period], *, better: bool) -> Bools:
    """The consecutive periods in which a KPI of this polarity has a signal for the better, or for the worse.

    `(period,)`; none in periods of another frequency, and none where no side is the better one.
    """
    found = np.zeros(len(periods), dtype=np.bool_)
    sign = {Polarity.HIGHER_BETTER: 1, Polarity.LOWER_BETTER: -1}.get(polarity, 0) * (1 if better else -1)
    if outlook.reading is None or not sign:
        return found
    if outlook.reading.between is not None:  # a long time between events is what few events are
        sign = -sign
    place = {period: at for at, period in enumerate(periods)}
    for signal in outlook.reading.signals:
        if signal.side == sign and (at := place.get(outlook.periods[signal.at])) is not None:
            found[at] = True
    return found
