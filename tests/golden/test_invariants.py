"""The invariants I1 to I11 of the specification, and its rule that a ratio of sums does not care how it is cut."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fourfold.engine.aggregation import AggTime, AggUnits, fold_time, fold_units
from fourfold.engine.anchors import Polarity
from fourfold.engine.definitions.complete import complete
from fourfold.engine.evaluate import Evaluation, evaluate
from fourfold.engine.explain import explain, replay
from fourfold.engine.rollup import roll_up
from fourfold.engine.scoring import boolean, custom, in_range, linear_anchor, ordinal, progress, spider_0_10
from fourfold.engine.statuses import Status
from fourfold.scorecard import Scorecard
from fourfold.testing.bakery import bakery

EXAMPLES = settings(max_examples=500)
#: One scorecard has some two hundred cells that are looked at, so 30 scorecards are thousands of examples.
FEWER = settings(max_examples=30)

finite = st.floats(allow_nan=False, allow_infinity=False)
any_float = st.floats()
#: Exact in binary, so that scaling and moving them is exact as well.
whole = st.integers(-1000, 1000).map(float)
scales = st.sampled_from([-64.0, -3.0, -1.0, -0.125, 0.125, 0.5, 1.0, 5.0, 64.0])


@st.composite
def anchors(draw: st.DrawFn, number: st.SearchStrategy[float] = whole) -> tuple[float, float, float, float]:
    """Red line, target, floor and stretch in order of goodness, either way round; floor and stretch may be absent."""
    four = sorted(draw(st.lists(number, min_size=4, max_size=4, unique=True)), reverse=draw(st.booleans()))
    floor, red, target, stretch = four
    absent = draw(st.tuples(st.booleans(), st.booleans()))
    return red, target, math.nan if absent[0] else floor, math.nan if absent[1] else stretch


@given(anchors(finite), finite, finite)
@EXAMPLES
def test_i1_a_better_value_never_scores_less(a: tuple[float, ...], one: float, two: float) -> None:
    worse, better = sorted((one, two), reverse=a[0] > a[1])
    assert linear_anchor(worse, *a) <= linear_anchor(better, *a)


@given(anchors(), whole, scales, whole)
@EXAMPLES
def test_i2_a_score_does_not_depend_on_the_unit_of_measurement(
    a: tuple[float, ...], x: float, scale: float, shift: float
) -> None:
    assert linear_anchor(x, *a) == linear_anchor(scale * x + shift, *(scale * v + shift for v in a))


@given(anchors(finite))
@EXAMPLES
def test_i3_the_target_scores_exactly_100_and_the_red_line_exactly_50(a: tuple[float, ...]) -> None:
    assert linear_anchor(a[1], *a) == 100.0
    assert linear_anchor(a[0], *a) == 50.0


@given(anchors(), st.lists(whole, min_size=4, max_size=4, unique=True).map(sorted), any_float)
@EXAMPLES
def test_i4_a_score_lies_between_0_and_125_and_only_a_value_that_is_none_has_none(
    a: tuple[float, ...], band: list[float], x: float
) -> None:
    scores = [
        linear_anchor(x, *a),
        linear_anchor(x, a[1], a[1]),
        in_range(x, *band),
        boolean(x, polarity=Polarity.LOWER_BETTER),
        ordinal(x, {1: 0, 2: 60, 3: 125}),
        spider_0_10(x, *a[:2]),
        custom(x, band, [0, 10, 90, 125]),
        progress(x, *a[:2]),
    ]
    for score in scores:
        assert math.isnan(score) if not math.isfinite(x) else 0.0 <= score <= 125.0


@given(finite, finite, finite, finite)
@EXAMPLES
def test_i4_anchors_of_any_size_give_a_score(x: float, red: float, target: float, floor: float) -> None:
    assert 0.0 <= linear_anchor(x, red, target, floor) <= 125.0


scores_of_children = st.floats(0.0, 125.0)
weights_of_children = st.one_of(st.just(0.0), st.integers(1, 100).map(float), st.floats(0.01, 100.0))
children = st.lists(st.tuples(st.none() | scores_of_children, weights_of_children), min_size=1, max_size=8)
methods = st.sampled_from([
    {"method": "weighted_mean"},
    {"method": "geometric"},
    {"method": "worst_of"},
    {"method": "best_of"},
    {"power": -5.0},
    {"power": -1.0},
    {"power": 2.0},
    {"power": 5.0},
])  # fmt: skip
Rows = list[tuple[float | None, float]]


def columns(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    scores = np.array([math.nan if s is None else s for s, _ in rows])
    return scores, np.array([w for _, w in rows])


@given(children, methods, st.booleans())
@EXAMPLES
def test_i5_a_node_lies_between_its_worst_and_its_best_child(rows: Rows, method: dict, over: bool) -> None:
    rolled = roll_up(*columns(rows), minimum_coverage=0.0, allow_over=over, **method)
    used = [min(s, 125.0 if over else 100.0) for s, w in rows if s is not None and w > 0]
    if not used:
        assert math.isnan(rolled.score)
    else:
        assert min(used) - 5e-7 <= rolled.score <= max(used) + 5e-7


@given(children, methods, st.floats(0.001, 1000.0))
@EXAMPLES
def test_i6_scaling_all_weights_changes_nothing(rows: Rows, method: dict, scale: float) -> None:
    scores, weights = columns(rows)
    one, two = (roll_up(scores, w, minimum_coverage=0.0, **method) for w in (weights, weights * scale))
    assert float(one.score) == pytest.approx(float(two.score), abs=1.01e-6, nan_ok=True)
    assert float(one.coverage) == pytest.approx(float(two.coverage))


@given(
    children, methods, st.sampled_from(["renormalise", "zero", "neutral", "block"]), st.randoms(use_true_random=False)
)
@EXAMPLES
def test_i7_the_order_of_children_changes_nothing(rows: Rows, method: dict, missing: str, random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = (roll_up(*columns(r), missing=missing, **method) for r in (rows, shuffled))
    assert np.array_equal(one.score, two.score, equal_nan=True)
    assert one.coverage == two.coverage


@given(children, weights_of_children, methods)
@EXAMPLES
def test_i8_a_missing_child_changes_only_the_coverage(rows: Rows, weight: float, method: dict) -> None:
    without = roll_up(*columns(rows), minimum_coverage=0.0, **method)
    withal = roll_up(*columns([*rows, (None, weight)]), minimum_coverage=0.0, **method)
    assert float(withal.score) == pytest.approx(float(without.score), abs=1.01e-6, nan_ok=True)
    if weight == 0:
        assert float(withal.coverage) == pytest.approx(float(without.coverage))
    elif without.coverage > 0:
        assert withal.coverage < without.coverage


MONTHS = [f"M:2026-{m:02}" for m in range(3, 8)]
AS_OF = datetime(2026, 7, 10, 12, tzinfo=UTC)
figure = st.one_of(st.none(), st.integers(0, 3000).map(float))


@st.composite
def figures(draw: st.DrawFn) -> pl.DataFrame:
    """Figures of the two shops for five months, some of them missing."""
    rows = []
    for unit in ("north", "south"):
        for month in MONTHS:
            for kpi in ("sales", "costs"):
                if (value := draw(figure)) is not None:
                    rows.append((kpi, unit, month, value, None, None))
            if (top := draw(figure)) is not None:
                rows.append(("on_time", unit, month, None, top, 3000.0))
    columns = {"kpi": pl.String, "unit": pl.String, "period": pl.String}
    numbers = dict.fromkeys(("value", "numerator", "denominator"), pl.Float64)
    return pl.DataFrame(rows, schema={**columns, **numbers}, orient="row")


def evaluated(rows: pl.DataFrame, **strategy: object) -> Evaluation:
    definitions = bakery(strategy={"code": "rise", "name": "Rise", **strategy})
    calendar = definitions.calendar
    periods = calendar.range(calendar.parse(MONTHS[0]), calendar.parse(MONTHS[-1]))
    return evaluate(complete(definitions), rows, as_of=AS_OF, periods=periods)


@given(figures())
@FEWER
def test_i9_a_trace_evaluated_again_gives_the_stored_score(rows: pl.DataFrame) -> None:
    evaluation = evaluated(rows)
    for results in (evaluation.kpis, evaluation.nodes):
        for at in np.ndindex(results.shape):
            n, u, p = at
            again = replay(explain(evaluation, results.nodes[n], results.units[u], results.periods[p]))
            stored = float(results.score[at])
            assert (again is None) == math.isnan(stored)
            assert again is None or again == pytest.approx(stored, abs=1e-9)


known = st.integers(-40, 40).map(lambda hours: (AS_OF + timedelta(hours=hours)).isoformat())


@given(figures(), st.data())
@FEWER
def test_i10_what_was_recorded_later_changes_nothing(rows: pl.DataFrame, data: st.DataObject) -> None:
    moments = data.draw(st.lists(known, min_size=len(rows), max_size=len(rows)))
    rows = rows.with_columns(pl.Series("recorded_at", moments, dtype=pl.String))
    before = rows.filter(pl.Series(moments, dtype=pl.String) <= AS_OF.isoformat())
    then, now = (Scorecard(complete(bakery()), r).evaluate(as_of=AS_OF, first="2026-03") for r in (before, rows))
    assert then.results.equals(now.results)


@given(figures(), st.integers(1, 4))
@FEWER
def test_i10_figures_of_later_periods_change_no_earlier_score(rows: pl.DataFrame, cut: int) -> None:
    assume(set(rows["kpi"]) == set(rows.filter(pl.col("period") < MONTHS[cut])["kpi"]))
    everything = evaluated(rows)
    earlier = evaluated(rows.filter(pl.col("period") < MONTHS[cut]))
    for one, two in ((everything.kpis, earlier.kpis), (everything.nodes, earlier.nodes)):
        assert np.array_equal(one.score[:, :, :cut], two.score[:, :, :cut], equal_nan=True)
        assert np.array_equal(one.status[:, :, :cut], two.status[:, :, :cut])


@given(
    figures(), st.sampled_from(["weighted_mean", "geometric", "worst_of", "best_of"]), st.sampled_from([60, 90, 100])
)
@FEWER
def test_i11_a_node_is_judged_no_better_than_its_best_and_no_worse_than_its_worst_child(
    rows: pl.DataFrame, roll_up: str, green: int
) -> None:
    evaluation = evaluated(rows, roll_up=roll_up, green=green, minimum_coverage=0.0)
    for unit in evaluation.nodes.units:
        for period in evaluation.periods:
            for node in evaluation.nodes.nodes:
                trace = explain(evaluation, node, unit, period)
                judged = [STATUS[c.status] for c in trace.children if c.score is not None]
                if trace.score is not None:
                    assert min(judged) <= STATUS[trace.status] <= max(judged)


STATUS = {status.word: status for status in (Status.OFF, Status.NEAR, Status.ON)}

parts = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 500)), min_size=1, max_size=12)


@given(parts, st.data())
@EXAMPLES
def test_a_ratio_of_sums_over_any_partition_is_that_of_the_whole(rows: list, data: st.DataObject) -> None:
    group = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows))), dtype=np.intp)
    num, den = (np.array(column, dtype=float)[None, None] for column in zip(*rows, strict=True))
    state = np.zeros(num.shape, np.uint8)
    cut = fold_time(num / den, num, den, state, group, 4, AggTime.WEIGHTED_RATIO)
    whole = fold_time(cut.value, cut.num, cut.den, cut.state, np.zeros(4, np.intp), 1, AggTime.WEIGHTED_RATIO)
    assert float(whole.value.item()) == sum(n for n, _ in rows) / sum(d for _, d in rows)
    down = [a.swapaxes(1, 2) for a in (num / den, num, den, state)]
    units = fold_units(*down, [np.arange(len(rows), dtype=np.intp)], AggUnits.WEIGHTED_RATIO)
    assert units.value.item() == whole.value.item()
