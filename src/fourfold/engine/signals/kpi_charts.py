"""How the figures of a KPI are charted, from its definition (methodology §5.2, §5.5)."""

from __future__ import annotations

import math
import re
from typing import Final

from fourfold.engine.aggregation import MeasureKind
from fourfold.engine.definitions import Kpi
from fourfold.engine.periods import Frequency
from fourfold.engine.signals.charts import Chart
from fourfold.engine.signals.rules import DEFAULT, RuleSet, rule_set
from fourfold.engine.signals.scales import Nature
from fourfold.engine.signals.season import Season

#: Units of measurement of durations and money, which often have a long tail.
_TIME_OR_MONEY: Final = re.compile(
    r"(s|sec|seconds?|min|minutes?|h|hrs?|hours?|d|days?|wks?|weeks?|months?|years?|[A-Z]{3}|[£€$¥])(\b|$)"
)


def nature_of(kpi: Kpi) -> Nature | None:
    """What the figures of a KPI are; None where they are words or yes and no, which have no limits.

    >>> nature_of(Kpi(code="falls", name="Falls")).name
    'COUNT'
    >>> nature_of(Kpi(code="stay", name="Length of stay", kind=MeasureKind.RATIO, unit="days")).name
    'AMOUNT'
    """
    if kpi.kind in (MeasureKind.BOOLEAN, MeasureKind.ORDINAL):
        return None
    amount = _TIME_OR_MONEY.match(kpi.unit) is not None
    if kpi.kind is MeasureKind.RATIO:
        return Nature.AMOUNT if amount else Nature.RATE
    if amount:
        return Nature.AMOUNT
    return Nature.COUNT if kpi.kind in (MeasureKind.FLOW, MeasureKind.DISTINCT_COUNT) else Nature.NUMBER


def chart_of(kpi: Kpi, rules: RuleSet = DEFAULT) -> Chart | None:
    """The chart of a KPI, None where it has none; KPIs with equal charts are read together.

    `rules` hold where the KPI names none. A season is looked for where periods are days, weeks, months or quarters,
    unless the KPI says that it has one or none, or knows it. Limits stay within the valid range.
    """
    if (nature := nature_of(kpi)) is None:
        return None
    low = -math.inf if kpi.valid_min is None else float(kpi.valid_min)
    high = math.inf if kpi.valid_max is None else float(kpi.valid_max)
    is_long = kpi.frequency.rank > Frequency.QUARTER.rank  # in a half or a year there is no season left to see
    season = Season(mode="none") if is_long else Season(kpi.frequency.season, kpi.season)
    own = rule_set(kpi.signal_rules) if kpi.signal_rules else rules
    return Chart(nature, own, season, valid=(low, high))
