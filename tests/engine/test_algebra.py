"""Which aggregations a kind of figure allows: the table of the specification, and nothing else."""

from __future__ import annotations

import pytest

from fourfold.engine.algebra import LEGAL, AggTime, AggUnits, MeasureKind, legal, why_illegal

#: §2.2, row by row; not aggregating at all is always right.
TABLE = {
    "flow": ({"sum"}, {"sum"}),
    "stock": ({"last", "first", "mean"}, {"sum"}),
    "ratio": ({"weighted_ratio", "weighted_mean"}, {"weighted_ratio", "weighted_mean"}),
    "rate_of_change": ({"recompute", "geometric"}, {"recompute"}),
    "distinct_count": ({"recompute"}, {"recompute"}),
    "percentile": ({"recompute"}, {"recompute"}),
    "index": ({"weighted_mean"}, {"weighted_mean"}),
    "survey": ({"weighted_mean"}, {"weighted_mean"}),
    "boolean": ({"all", "any", "share_true"}, {"share_true"}),
    "ordinal": ({"last", "mode", "worst"}, set()),
}


@pytest.mark.parametrize("kind", list(MeasureKind))
def test_the_table_is_the_one_specified(kind: MeasureKind) -> None:
    over_time, over_units = TABLE[kind.value]
    assert set(legal(kind).agg_time) == over_time | {"none"}
    assert set(legal(kind).agg_units) == over_units | {"none"}


@pytest.mark.parametrize("kind", list(MeasureKind))
def test_every_other_combination_is_refused_with_a_reason_and_what_to_use(kind: MeasureKind) -> None:
    for agg in AggTime:
        said = why_illegal(kind, agg_time=agg)
        assert (said is None) == (agg in LEGAL[kind].agg_time)
        assert said is None or all(part in said for part in ("over time by", "because", LEGAL[kind].agg_time[0]))
    for units in AggUnits:
        said = why_illegal(kind, agg_units=units)
        assert (said is None) == (units in LEGAL[kind].agg_units)
        assert said is None or "over units by" in said


def test_an_average_of_ratios_is_refused_because_it_ignores_what_lies_behind() -> None:
    assert why_illegal(MeasureKind.RATIO, agg_time=AggTime.MEAN) == (
        "A ratio cannot be aggregated over time by mean, because an average of ratios ignores how much lies behind "
        "each. Use weighted_ratio, weighted_mean or none."
    )
