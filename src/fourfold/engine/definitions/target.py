"""One version of a target, in force from a period on (methodology §4)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourfold.engine.definitions.base import Code, Definition, Exact, Line, Name, Text


class Target(Definition):
    """What should be reached, from period `since` until a later version begins.

    `value` is the target; for `in_range` KPIs `low` and `high`. `red_line` scores 50, `floor` 0, `stretch` 125
    (§3.2); a red line left out is derived and the rule named in the trace. With a `path` the target of a period
    moves from `baseline` (at `since`) to `value` (at `due`). `unit` is the unit it holds for; without one it
    holds for each unit that has none of its own; where units add up (a flow) it is the target of the whole
    organisation, and units need their own. `shares` are the seasonal shares of a year: they spread the yearly
    target of a flow; the target of any other KPI lies above or below `value` in proportion to them. `denominators` are
    the ones a ratio is expected to have in these periods: its targets, weighted by them, make up `value` exactly.
    `growth` is an index of what grows or shrinks within the year: each share counts as often as its index says.
    """

    kpi: Code  # the KPI
    unit: Code | None = None  # the unit it holds for; see above where there is none
    kind: Literal["commit", "stretch", "benchmark", "limit"] = "commit"  # only `commit` is scored
    since: Line  # the first period it holds for, in the KPI's frequency: `2026-04`, `FY2027-Q1` …
    due: Line | None = None  # the period in which `value` should be reached
    value: Exact | None = None  # the target, in the KPI's own unit
    low: Exact | None = None  # lower edge of the target band of an `in_range` KPI
    high: Exact | None = None  # upper edge of the target band
    red_line: Exact | None = None  # scores 50: worse than this is off target
    red_low: Exact | None = None  # red line below the band
    red_high: Exact | None = None  # red line above the band
    floor: Exact | None = None  # scores 0
    stretch: Exact | None = None  # scores 125
    baseline: Exact | None = None  # the level when it was set
    #: How the target of a period moves from baseline to value.
    path: Literal["constant", "linear", "exponential", "s_curve", "half_life", "step", "seasonal"] = "constant"
    half_life: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None  # in periods of the KPI
    steps: dict[Name, Exact] = Field(default_factory=dict)  # period → value, for the path `step`
    shares: tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...] = ()  # of a year, for the path `seasonal`
    denominators: tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...] = ()  # expected, beside the `shares`
    growth: tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...] = ()  # index by period, weighs the `shares`
    recorded_at: Line | None = None  # when it became known; decides what an "as of" view sees
    author: Code | None = None  # the person who set it
    approver: Code | None = None  # the person who approved it
    #: Why there is a new version.
    reason: Literal["initial", "new_information", "scope_change", "error", "re_baseline"] = "initial"
    source: Text = ""  # of a benchmark
    source_date: Line | None = None  # when its source was published: `2026-03-31`, `2026-03` or `2026`
    note: Text = ""  # anything else worth knowing
