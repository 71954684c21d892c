"""Which aggregations make sense for which kind of figure, and why the others do not.

Source: methodology §2.2. Aggregating *values* (this table) is another thing than rolling up *scores* (`rollup`).
Not aggregating at all (`none`) is always allowed: the wider figure then comes from its own source, or is not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple


class MeasureKind(StrEnum):
    """What kind of figure a KPI is; decides how it may be aggregated."""

    FLOW = "flow"
    STOCK = "stock"
    RATIO = "ratio"
    RATE_OF_CHANGE = "rate_of_change"
    DISTINCT_COUNT = "distinct_count"
    PERCENTILE = "percentile"
    INDEX = "index"
    SURVEY = "survey"
    BOOLEAN = "boolean"
    ORDINAL = "ordinal"


class AggTime(StrEnum):
    """How figures of short periods become the figure of a longer one."""

    SUM = "sum"
    LAST = "last"
    FIRST = "first"
    MEAN = "mean"
    WEIGHTED_RATIO = "weighted_ratio"
    WEIGHTED_MEAN = "weighted_mean"
    GEOMETRIC = "geometric"
    RECOMPUTE = "recompute"
    ALL = "all"
    ANY = "any"
    SHARE_TRUE = "share_true"
    MODE = "mode"
    WORST = "worst"
    MAX = "max"
    MIN = "min"
    NONE = "none"


class AggUnits(StrEnum):
    """How figures of units become the figure of the unit above them."""

    SUM = "sum"
    WEIGHTED_RATIO = "weighted_ratio"
    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    MAX = "max"
    MIN = "min"
    SHARE_TRUE = "share_true"
    RECOMPUTE = "recompute"
    NONE = "none"


class Legal(NamedTuple):
    """What table 2.2 allows for one kind, the natural choice first, and why nothing else is."""

    agg_time: tuple[AggTime, ...]
    agg_units: tuple[AggUnits, ...]
    because: str


T, U, K = AggTime, AggUnits, MeasureKind
_RATIO_PARTS: Final = "an average of ratios ignores how much lies behind each"
_NOT_ADDITIVE: Final = "it does not follow from the figures of the parts: compute it from the source for the whole"

LEGAL: Final[Mapping[MeasureKind, Legal]] = MappingProxyType(
    {
        K.FLOW: Legal((T.SUM, T.NONE), (U.SUM, U.NONE), "a flow adds up"),
        K.STOCK: Legal(
            (T.LAST, T.FIRST, T.MEAN, T.NONE),
            (U.SUM, U.NONE),
            "a stock is a level: adding up levels over time counts the same things again",
        ),
        K.RATIO: Legal(
            (T.WEIGHTED_RATIO, T.WEIGHTED_MEAN, T.NONE), (U.WEIGHTED_RATIO, U.WEIGHTED_MEAN, U.NONE), _RATIO_PARTS
        ),
        K.RATE_OF_CHANGE: Legal(
            (T.RECOMPUTE, T.GEOMETRIC, T.NONE),
            (U.RECOMPUTE, U.NONE),
            "growth rates neither add up nor average: recompute them from the levels",
        ),
        K.DISTINCT_COUNT: Legal(
            (T.RECOMPUTE, T.NONE), (U.RECOMPUTE, U.NONE), f"one thing may be counted in several parts; {_NOT_ADDITIVE}"
        ),
        K.PERCENTILE: Legal((T.RECOMPUTE, T.NONE), (U.RECOMPUTE, U.NONE), f"a percentile is no sum; {_NOT_ADDITIVE}"),
        K.INDEX: Legal(
            (T.WEIGHTED_MEAN, T.NONE), (U.WEIGHTED_MEAN, U.NONE), "an index counts as much as the responses behind it"
        ),
        K.SURVEY: Legal(
            (T.WEIGHTED_MEAN, T.NONE),
            (U.WEIGHTED_MEAN, U.NONE),
            "a survey mean counts as much as the responses behind it",
        ),
        K.BOOLEAN: Legal((T.ALL, T.ANY, T.SHARE_TRUE, T.NONE), (U.SHARE_TRUE, U.NONE), "yes and no do not add up"),
        K.ORDINAL: Legal(
            (T.LAST, T.MODE, T.WORST, T.NONE),
            (U.NONE,),
            "steps of a scale have an order but no distance: show how often each occurs",
        ),
    }
)


def legal(kind: MeasureKind) -> Legal:
    """The aggregations allowed for a kind, over time and over units, the natural choice first.

    >>> [str(a) for a in legal(MeasureKind.FLOW).agg_units]
    ['sum', 'none']
    """
    return LEGAL[kind]


def why_illegal(
    kind: MeasureKind, *, agg_time: AggTime | None = None, agg_units: AggUnits | None = None
) -> str | None:
    """One sentence on what is wrong with these aggregations and what to use instead, or None where they are right.

    >>> why_illegal(MeasureKind.RATIO, agg_time=AggTime.WEIGHTED_RATIO) is None
    True
    >>> print(why_illegal(MeasureKind.FLOW, agg_time=AggTime.MEAN))
    A flow cannot be aggregated over time by mean, because a flow adds up. Use sum or none.
    """
    allowed = LEGAL[kind]
    if agg_time is not None and agg_time not in allowed.agg_time:
        return _sentence(kind, "time", agg_time, allowed.agg_time, allowed.because)
    if agg_units is not None and agg_units not in allowed.agg_units:
        return _sentence(kind, "units", agg_units, allowed.agg_units, allowed.because)
    return None


def _sentence(kind: str, over: str, wrong: str, right: tuple[str, ...], because: str) -> str:
    noun = kind.replace("_", " ")
    article = "An" if noun[0] in "aeiou" else "A"
    choices = right[0] if len(right) == 1 else f"{', '.join(right[:-1])} or {right[-1]}"
    return f"{article} {noun} cannot be aggregated over {over} by {wrong}, because {because}. Use {choices}."
