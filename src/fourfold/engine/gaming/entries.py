"""G5 and G10: corrections that only help, and figures that come at the last minute just good enough."""

from __future__ import annotations

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Bools, Floats
from fourfold.engine.gaming.flag import Flag, binomial_tail, too_few

ONE_SIDED, CORRECTIONS = 0.05, 8
HOURS, LATE_SHARE, ENTRIES = 2.0, 0.5, 6
NARROW = 0.25  # of the natural deviation, as for G1


def one_sided(before: Floats, after: Floats, polarity: Polarity = Polarity.HIGHER_BETTER) -> Flag:
    """G5: corrections made after the deadline that nearly all help; one-sided sign test from eight of them.

    `before` and `after` are `(correction,)`; a correction that changes nothing does not count. In a range nobody can
    tell what helps, and nothing is asked.
    """
    if polarity not in (Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER):
        return too_few("G5", 0, CORRECTIONS, "corrections with a better side")
    gain = (after - before) * (1.0 if polarity is Polarity.HIGHER_BETTER else -1.0)
    helped, count = int((gain > 0).sum()), int((gain > 0).sum() + (gain < 0).sum())
    if count < CORRECTIONS:
        return too_few("G5", count, CORRECTIONS, "corrections")
    p = binomial_tail(helped, count)
    evidence = f"{helped} of {count} corrections after the deadline made the figure better (p {p:.2g})"
    return Flag("G5", p < ONE_SIDED, count, evidence, "Do only bad figures get a second look?",
                "Let somebody other than the owner approve corrections, and check a random sample.", p)  # fmt: skip


def just_on_target(
    values: Floats, targets: Floats, sigma: float, polarity: Polarity = Polarity.HIGHER_BETTER
) -> Bools:
    """Which figures reach their target by less than a quarter of the natural deviation: just good enough.

    Shapes `(entry,)`; where value, target or deviation is not known, or nobody can tell what is better, it is False.
    """
    if polarity not in (Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER) or not sigma > 0:
        return np.zeros(len(values), dtype=bool)
    beyond = (values - targets) * (1.0 if polarity is Polarity.HIGHER_BETTER else -1.0)
    return np.asarray((beyond >= 0) & (beyond < NARROW * sigma))


def entries_of(
    hours: list[float], values: list[float], targets: list[float], sigma: float, polarity: Polarity
) -> tuple[Floats, Bools]:
    """What `last_minute` takes, of the entries one by one."""
    return np.array(hours), just_on_target(np.array(values), np.array(targets), sigma, polarity)


def last_minute(hours_before_lock: Floats, just_on_target: Bools) -> Flag:
    """G10: half or more of the figures by hand come in the last two hours, and all of these are just on target.

    `hours_before_lock` is `(entry,)`, NaN where it is not known; `just_on_target` says whether it is just green.
    """
    known = np.isfinite(hours_before_lock)
    if (count := int(known.sum())) < ENTRIES:
        return too_few("G10", count, ENTRIES, "entries")
    late = known & (hours_before_lock >= 0) & (hours_before_lock <= HOURS)
    number = int(late.sum())
    raised = number >= LATE_SHARE * count and bool(just_on_target[late].all())
    evidence = f"{number} of {count} figures came in the last {HOURS:g} hours before the period was locked"
    evidence += ", all of them just on target" if number and just_on_target[late].all() else ""
    return Flag("G10", raised, count, evidence, "Why do figures come so late and fit so well?",
                "Move the lock, or let somebody else approve the figures.")  # fmt: skip
