"""Reading the signals of series: all of methodology §5, from figures to words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from fourfold.engine.anchors import Polarity
from fourfold.engine.cells import Bools, Codes, Floats, Mark, Numbers, State
from fourfold.engine.signals.charts import Chart, Charted, Phase, chart_rows
from fourfold.engine.signals.dependence import trend
from fourfold.engine.signals.icons import assurances, variations
from fourfold.engine.signals.limits import LOCKED
from fourfold.engine.signals.moments import count
from fourfold.engine.signals.patterns import at_place, find_patterns, last_point
from fourfold.engine.signals.readings import Reading, Readings
from fourfold.engine.signals.rules import Signs
from fourfold.engine.signals.segments import Rows, Segment, segment_rows
from fourfold.engine.signals.steps import suggest_relock, suggest_steps
from fourfold.engine.signals.wording import Words, sentences

#: Marks of figures that are not final, or are not of their own period: no signal comes from them (§5.2, §2.5).
NOT_READ: Final = Mark.PROVISIONAL | Mark.UNAPPROVED | Mark.CARRIED | Mark.STALE
Segments = Sequence[Sequence[Segment]]
_N = TypeVar("_N", np.float64, np.uint8, np.int8)


def figures_to_read(value: Floats, state: Codes, marks: Codes) -> Floats:
    """The figures that signals are read from: numbers that are final and approved; NaN elsewhere.

    >>> codes = np.zeros(3, np.uint8)
    >>> figures_to_read(np.array([1.0, 2.0, 3.0]), codes, np.array([0, 0, Mark.PROVISIONAL], np.uint8)).tolist()
    [1.0, 2.0, nan]
    """
    return np.asarray(np.where((state == State.NUMBER) & ((marks & NOT_READ) == 0), value, np.nan))


def read_signals(
    values: Floats,
    chart: Chart | None = None,
    *,
    numerator: Floats | None = None,
    denominator: Floats | None = None,
    segments: Sequence[Segment] = (),
    polarity: Polarity = Polarity.HIGHER_BETTER,
    target: float | tuple[float, float] | None = None,
    target_ahead: float | tuple[float, float] | None = None,
    words: Words | None = None,
) -> Reading:
    """Read the signals of one series `(period,)` of consecutive periods, as of its last figure.

    NaN is a gap, which breaks moving ranges and runs; nothing in the data is refused. `numerator` and `denominator`
    are those of a rate. `target` is that of the last figure (a pair is a band), `target_ahead` the one six periods
    on where it moves. `words` says how periods and numbers are written. Source: methodology §5.

    >>> figures = np.array([52.0, 48, 55, 50, 47, 53, 51, 49, 54, 50, 46, 52, 57, 58, 56, 59, 57, 60, 58, 61])
    >>> reading = read_signals(figures, target=55.0)
    >>> [(signal.rule.name, signal.at, signal.points[0]) for signal in reading.signals], reading.suggestion.start
    ([('RUN_8', 19, 12)], 12)
    >>> reading.headline
    'Getting better, single periods still depend on luck'
    """
    values, used = np.asarray(values, dtype=np.float64), words or Words()
    top, bottom = (None if a is None else np.asarray(a, dtype=np.float64)[None] for a in (numerator, denominator))
    many = read_many(
        values[None], chart, numerator=top, denominator=bottom, segments=[tuple(segments)], polarity=[polarity],
        target=_band(target, polarity), target_ahead=_band(target_ahead, polarity),
    )  # fmt: skip
    return many.of(0, lambda reading: sentences(reading, used))


def read_many(
    values: Floats,
    chart: Chart | None = None,
    *,
    numerator: Floats | None = None,
    denominator: Floats | None = None,
    segments: Segments | None = None,
    polarity: Polarity | Sequence[Polarity] = Polarity.HIGHER_BETTER,
    target: tuple[Numbers, Numbers] | None = None,
    target_ahead: tuple[Numbers, Numbers] | None = None,
) -> Readings:
    """Read the signals of many series `(series, period)` that are charted alike; see `read_signals`.

    `target` has the lowest and the highest wanted value of each series: infinite on an open side, NaN without a
    target (`wanted` makes them). Raises `SegmentError` for segments that overlap or lie outside.
    """
    chart = chart or Chart()
    values = np.where(np.isfinite(values), values, np.nan)
    rows = segment_rows(values.shape[0], values.shape[1], segments)
    charted = chart_rows(values, rows, chart, numerator, denominator)
    patterns = find_patterns(charted, chart.rules)
    slope = np.where(charted.season.waits, np.nan, trend(charted.y, LOCKED))
    steps = suggest_steps(charted, chart.rules, slope)
    last = rows.is_last
    lower, centre, upper = (_scatter(a, rows, values.shape) for a in (charted.lower, charted.centre, charted.upper))
    label, side = _scatter(patterns.label, rows, values.shape), _scatter(patterns.side, rows, values.shape)
    judged = (charted.phase == Phase.LOCKED)[last] & ~charted.is_chunky[last]
    newest, better = last_point(np.isfinite(values)), _better(polarity, len(values))
    is_trial = (charted.phase == Phase.TRIAL)[last]
    variation = variations(is_trial, judged, at_place(label, newest), at_place(side, newest), better)
    bounds = _last_limits(charted, rows, lower, upper, chart.season.period)
    sigma = (upper - lower) / (2.0 * chart.constants.limit * chart.constants.d2)
    lower, centre, upper = (np.clip(a, *chart.valid) for a in (lower, centre, upper))
    return Readings(
        charted.phase[last], charted.scaled.kind[last], count(rows.cut(values))[last], lower, centre, upper,
        sigma, _scatter(charted.adjusted(), rows, values.shape), label, side,
        variation,
        _assured(bounds, target, judged), _assured(bounds, target_ahead, judged),
        suggest_relock(charted, patterns, chart.season.period)[last], slope[last], (label != 0).any(axis=1),
        rows, charted, patterns, steps,
    )  # fmt: skip


def wanted(target: Numbers, polarity: Polarity) -> tuple[Floats, Floats]:
    """The lowest and highest wanted values of a KPI with a target; without a good direction there is neither.

    >>> [bound.tolist() for bound in wanted(np.array([4.0, np.nan]), Polarity.LOWER_BETTER)]
    [[-inf, nan], [4.0, nan]]
    """
    goal = np.asarray(target, dtype=np.float64)
    known = np.where(np.isnan(goal), np.nan, np.inf)
    if polarity is Polarity.HIGHER_BETTER:
        return goal, known
    return (-known, goal) if polarity is Polarity.LOWER_BETTER else (goal * np.nan, goal * np.nan)


def _band(target: float | tuple[float, float] | None, polarity: Polarity) -> tuple[Floats, Floats] | None:
    """A target or band of one series as bounds."""
    if target is None:
        return None
    low, high = target if isinstance(target, tuple) else wanted(target, polarity)
    return np.array([low], dtype=np.float64), np.array([high], dtype=np.float64)


def _scatter(a: npt.NDArray[_N], rows: Rows, shape: tuple[int, ...]) -> npt.NDArray[_N]:
    """Rows of segments as series again: NaN or 0 where no segment is."""
    whole = np.full(shape, np.nan if a.dtype == np.float64 else 0, dtype=a.dtype)
    row, place = np.nonzero(rows.inside)
    whole[rows.series[row], place] = a[row, place]
    return whole


def _better(polarity: Polarity | Sequence[Polarity], series: int) -> Signs:
    """1 where high is good, −1 where low is, 0 where neither is or a band is wanted."""
    sign = {Polarity.HIGHER_BETTER: 1, Polarity.LOWER_BETTER: -1}
    each = [polarity] * series if isinstance(polarity, Polarity) else polarity
    return np.array([sign.get(p, 0) for p in each], np.int8)


def _last_limits(charted: Charted, rows: Rows, lower: Floats, upper: Floats, period: int) -> tuple[Floats, Floats]:
    """The limits of the last figure; with a season the outermost of a year, as every month is to be relied on."""
    last = rows.is_last
    at = np.maximum(last_point(np.isfinite(charted.y[last])), 0)[:, None]
    seasonal = (charted.season.add != 0).any(axis=1)[last] | (charted.season.times != 1).any(axis=1)[last]
    reach = np.where(seasonal, period, 1)[:, None]
    place = np.arange(lower.shape[1])
    used = (place <= at) & (place > at - reach) & rows.inside[last] & np.isfinite(lower) & np.isfinite(upper)
    low = np.where(used, lower, np.inf).min(axis=1, initial=np.inf)
    high = np.where(used, upper, -np.inf).max(axis=1, initial=-np.inf)
    return np.where(np.isfinite(low), low, np.nan), np.where(np.isfinite(high), high, np.nan)


def _assured(bounds: tuple[Floats, Floats], target: tuple[Numbers, Numbers] | None, judged: Bools) -> Codes:
    """The second icon; none without a target."""
    if target is None:
        return np.zeros(judged.shape, np.uint8)
    low, high = (np.broadcast_to(np.asarray(a, dtype=np.float64), judged.shape) for a in target)
    return assurances(*bounds, low, high, judged)
