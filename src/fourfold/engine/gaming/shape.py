"""G1 to G4: figures that gather at the target, hit it exactly, hardly vary, or end in favourite digits."""

from __future__ import annotations

import numpy as np

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Floats, Numbers
from fourfold.engine.gaming.flag import Flag, binomial_tail, chi_square_tail, too_few

WIDTH, BUNCHED = 0.25, 0.01
HITS, HIT_SHARE = 3, 0.25
RECENT, EARLIER, SMOOTH, HUGGING = 8, 16, 0.15, 15
DIGITS, DIGIT_P = 50, 0.001
_D2 = 1.128


def bunching(values: Floats, targets: Numbers, sigma: float, polarity: Polarity = Polarity.HIGHER_BETTER) -> Flag:
    """G1: just reached far more often than just missed.

    Counts figures within 0.25 natural standard deviations (`sigma`) of their target, on either side; a figure at the
    target has reached it. One-sided binomial test, from ten figures within reach. A KPI without a better side is never
    asked. Arrays are `(period,)`, NaN where there is no figure or target.

    >>> bunching(np.array([90.1] * 10 + [89.9]), 90.0, sigma=1.0).raised
    True
    """
    if polarity not in (Polarity.HIGHER_BETTER, Polarity.LOWER_BETTER) or not sigma > 0:
        return too_few("G1", 0, 10, "figures near a target with a better side")
    sign = 1.0 if polarity is Polarity.HIGHER_BETTER else -1.0
    away = (values - np.asarray(targets)) * sign / (WIDTH * sigma)
    reached, missed = int(((away >= 0) & (away < 1)).sum()), int(((away < 0) & (away >= -1)).sum())
    count = reached + missed
    if count < 10:
        return too_few("G1", count, 10, "figures close to the target")
    p = binomial_tail(reached, count)
    evidence = (
        f"{reached} figures lie just at the right side of the target and {missed} just at the wrong side (p {p:.2g})"
    )
    return Flag("G1", p < BUNCHED, count, evidence, "Do figures stop once the target is reached?",
                "Report the whole distribution, or use a range instead of a threshold.", p)  # fmt: skip


def exact_hits(values: Floats, targets: Numbers, resolution: float | None = None) -> Flag:
    """G2: the target to the last digit, at least three times and in a quarter of at least eight figures.

    `resolution` is the smallest step of the figures; without one a hit is exact to 1e-9 of the target.
    """
    goal = np.broadcast_to(np.asarray(targets, dtype=np.float64), values.shape)
    known = np.isfinite(values) & np.isfinite(goal)
    if (count := int(known.sum())) < 8:
        return too_few("G2", count, 8)
    room = resolution / 2.0 if resolution else 1e-9 * np.abs(goal)
    hits = int((known & ((np.abs(values - goal) < room) | (values == goal))).sum())
    raised = hits >= HITS and hits >= HIT_SHARE * count
    evidence = f"{hits} of {count} figures are exactly the target"
    return Flag("G2", raised, count, evidence, "Why is the target hit exactly?",
                "Publish numerator and denominator, and check a random sample.")  # fmt: skip


def too_smooth(values: Floats) -> Flag:
    """G3: the last eight figures vary less than 0.15 of the sixteen before, or the last fifteen keep within one σ.

    From 24 figures; σ is the natural standard deviation of what came before the fifteen, around its mean.
    """
    known = values[np.isfinite(values)]
    if len(known) < RECENT + EARLIER:
        return too_few("G3", len(known), RECENT + EARLIER)
    recent, earlier = known[-RECENT:], known[-RECENT - EARLIER : -RECENT]
    before = known[:-HUGGING]
    sigma = float(np.abs(np.diff(before)).mean()) / _D2
    hugging = sigma > 0 and bool((np.abs(known[-HUGGING:] - before.mean()) < sigma).all())
    spread = float(earlier.var(ddof=1))
    share = float(recent.var(ddof=1)) / spread if spread > 0 else np.inf
    if share < SMOOTH or not hugging:
        evidence = f"the last {RECENT} figures vary {share:.2f} times as much as the {EARLIER} before (variance)"
    else:
        evidence = f"the last {HUGGING} figures lie within one natural standard deviation of the level before"
    return Flag("G3", share < SMOOTH or hugging, len(known), evidence, "Why has it become so smooth?",
                "Look whether figures are estimated, averaged or capped on the way.")  # fmt: skip


def digit_preference(values: Floats, resolution: float = 1.0) -> Flag:
    """G4: last digits that are not equally frequent; χ² with nine degrees, from fifty figures of two digits or more.

    Ask it only of figures that come by hand. `resolution` is the step of the last digit.
    """
    steps = np.abs(values[np.isfinite(values)]) / resolution
    long = np.rint(steps[steps >= 9.5]).astype(np.int64)
    if len(long) < DIGITS:
        return too_few("G4", len(long), DIGITS, "figures of two digits or more")
    counts = np.bincount(long % 10, minlength=10)
    expected = len(long) / 10.0
    p = chi_square_tail(float(((counts - expected) ** 2 / expected).sum()), 9)
    most = int(counts.argmax())
    evidence = f"{counts[most]} of {len(long)} figures end in {most}, where {expected:.0f} would be usual (p {p:.2g})"
    return Flag("G4", p < DIGIT_P, len(long), evidence, "Are figures rounded or estimated?",
                "Take them from the source, or show how exact they are.", p)  # fmt: skip
