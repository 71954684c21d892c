"""Signals: changes in a series that are larger than its usual variation (methodology §5)."""

from __future__ import annotations

from fourfold.engine.signals.charts import Chart, Phase
from fourfold.engine.signals.icons import Assurance, Variation, headline
from fourfold.engine.signals.kpi_charts import chart_of, nature_of
from fourfold.engine.signals.limits import MEAN, MEDIAN, TEXTBOOK, Constants, Limits, xmr_limits
from fourfold.engine.signals.patterns import Signal
from fourfold.engine.signals.read import figures_to_read, read_many, read_signals, wanted
from fourfold.engine.signals.readings import Between, Reading, Readings, Remark
from fourfold.engine.signals.rules import DEFAULT, NELSON, NHS, RULE_SETS, WESTERN_ELECTRIC, Rule, RuleSet, rule_set
from fourfold.engine.signals.scales import Nature, Scale
from fourfold.engine.signals.season import Season
from fourfold.engine.signals.segments import Cause, Refusal, Segment, SegmentError, refusals
from fourfold.engine.signals.steps import Suggestion
from fourfold.engine.signals.times_between import read_between, times_between
from fourfold.engine.signals.wording import BANNED, Words

__all__ = [
    "BANNED", "DEFAULT", "MEAN", "MEDIAN", "NELSON", "NHS", "RULE_SETS", "TEXTBOOK", "WESTERN_ELECTRIC", "Assurance",
    "Between", "Cause", "Chart", "Constants", "Limits", "Nature", "Phase", "Reading", "Readings", "Refusal", "Remark",
    "Rule", "RuleSet", "Scale", "Season", "Segment", "SegmentError", "Signal", "Suggestion", "Variation", "Words",
    "chart_of", "figures_to_read", "headline", "nature_of", "read_between", "read_many", "read_signals", "refusals",
    "rule_set", "times_between", "wanted", "xmr_limits",
]  # fmt: skip
