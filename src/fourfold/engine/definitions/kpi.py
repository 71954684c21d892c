"""The anatomy of a KPI (methodology §2.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from fourfold.engine.aggregation import AggTime, AggUnits, MeasureKind
from fourfold.engine.definitions.base import Code, Definition, Exact, Flag, Line, Name, Text
from fourfold.engine.periods import Frequency
from fourfold.engine.scoring import Polarity


class Kpi(Definition):
    """A key performance indicator.

    A KPI is measured (values or numerator and denominator are fed to it), or computed: by `formula`, or for a
    ratio by the two formulas `numerator` and `denominator`, so that it rolls up as ΣN/ΣD. Its value is
    `factor`·N/D: 100 for a percentage, 1000 for "per thousand". Fields left out are completed from `kind`.
    """

    code: Code  # names the KPI for ever, in formulas and measurements too
    name: Name  # what people read
    definition: Text = ""  # what exactly is counted, in one to three sentences
    purpose: Text = ""  # the decision it serves
    population: Text = ""  # who or what is in and out
    category: Text = ""  # a heading to file it under
    synonyms: tuple[Name, ...] = ()  # other names people search for
    tags: tuple[Name, ...] = ()  # words to filter by
    state: Literal["draft", "pilot", "active", "frozen", "retired"] = "active"  # where it stands in its life
    # maths
    kind: MeasureKind = MeasureKind.FLOW  # what kind of figure it is; decides how it may be aggregated
    unit: Line = ""  # what it is counted in: %, days, GBP, kWh/m² …
    scale: Literal["", "k", "m", "bn"] = ""  # values are given and shown in thousands, millions, billions of the unit
    decimals: Annotated[int, Field(ge=0, le=10)] = 1  # decimals shown; nothing is ever rounded inside
    polarity: Polarity = Polarity.HIGHER_BETTER  # which way is better
    aggregate_time: AggTime | None = None  # how short periods become a longer one; completed from the kind
    aggregate_units: AggUnits | None = None  # how units become the unit above; completed from the kind
    #: At which rate amounts of units in other currencies are converted; follows from the kind; `native` is never.
    convert_at: Literal["average", "closing", "budget", "transaction", "native"] | None = None
    #: What flows are divided by before periods are compared: business days or weeks; nothing without it.
    normalise: Literal["", "business_days", "weeks"] = ""
    weighted_by: Code | None = None  # the KPI whose value weights a weighted mean
    formula: Text | None = None  # computes it from other KPIs
    numerator: Text | None = None  # formula of a ratio's numerator
    denominator: Text | None = None  # formula of a ratio's denominator
    factor: Exact = Decimal(1)  # what N/D is multiplied with; 100 where a ratio is in % and nothing else is said
    valid_min: Exact | None = None  # a figure below is refused
    valid_max: Exact | None = None  # a figure above is refused
    #: Which rules find signals in it; without any those of the organisation.
    signal_rules: Literal["", "default", "nhs", "western_electric", "nelson"] = ""
    #: Whether figures have a season: found by a test, no, yes, or known from the calendar with its `season_factors`.
    season: Literal["auto", "none", "declared", "profile"] = "auto"
    #: What a usual figure is multiplied with in each period of the fiscal year (each day of the week, from Monday).
    season_factors: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...] = ()
    #: How scores follow from figures; the status always follows from target and red line.
    scoring: Literal["linear_anchor", "spider_0_10", "bands_3", "bands_4", "bands_5", "custom"] = "linear_anchor"
    curve_values: tuple[Annotated[float, Field(allow_inf_nan=False)], ...] = ()  # figures of a `custom` curve, rising
    curve_scores: tuple[Annotated[float, Field(ge=0, le=125)], ...] = ()  # the score of each; straight lines between
    levels: dict[Name, Annotated[float, Field(ge=0, le=125)]] = Field(default_factory=dict)  # ordinal: word → score
    #: Which of its figures need an explanation of whoever enters them; without it what the organisation says.
    explain: Literal["", "off_target_or_unusual", "off_target", "unusual", "nothing"] = ""
    # targets
    tolerance: Annotated[Exact, Field(ge=0)] = Decimal(0)  # in the KPI's own unit (A1)
    ratio_scale: Flag = True  # zero means "none"; false for index and interval scales such as NPS
    # time and space
    frequency: Frequency = Frequency.MONTH  # the length of its periods
    lag: Line = "P0D"  # after the period ends, until a figure is due: `P3D`, `P2W`, `P1M`, `P5B` (business days)
    since: Line | None = None  # the first period with a figure, such as 2026-11; before it the KPI does not apply
    not_applicable_in: tuple[Code, ...] = ()  # units that do not have this KPI
    only_in: tuple[Code, ...] = ()  # when given, the only units that have it
    # people and governance
    owner: Code | None = None  # the person who answers for it
    steward: Code | None = None  # the person who keeps its data right
    approver: Code | None = None  # the person who approves its figures
    needs_approval: Flag = False  # true when a figure counts as not approved until an approver says so
    source: Text = ""  # where the figures come from
    automated: Flag = False  # true when no hand touches them on the way
    result_type: Literal["input", "activity", "output", "outcome", "impact"] = "outcome"  # what it is evidence of
    indicator_class: Literal["KRI", "RI", "PI", "KPI", "unclassified"] = "unclassified"  # Parmenter's four classes
    controllability: Literal["none", "partial", "shared", "full"] | None = None  # how far its owner can move it
    paired_with: tuple[Code, ...] = ()  # the KPIs that would show if this one were gamed
    resolution: Annotated[Exact, Field(gt=0)] | None = None  # the smallest step of its figures, in its own unit
    effort_minutes: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None  # work behind one figure
    gaming_risk: Literal["low", "medium", "high"] | None = None  # how easily the figure moves without the result
    #: Whether people need a clearance to see anything of it; said of a KPI that is computed from a confidential one.
    classification: Literal["", "open", "confidential"] = ""
    #: The KPI that counts the people a figure is about, or a ratio's own `denominator`: under five it is hidden.
    headcount: Code | None = None
    used_for_pay: Flag = False  # true when somebody's pay depends on it
    side_effects_reviewed: Line | None = None  # day on which its unwanted effects were last looked at, `YYYY-MM-DD`
    review_by: Line | None = None  # day by which its definition is looked at again, `YYYY-MM-DD`
    custom: dict[Name, Name] = Field(default_factory=dict)  # what is written in fields of the organisation's own

    def __eq__(self, other: object) -> bool:
        """The same, also in whether the factor of a ratio in % was written: 1 and nothing are two things there."""
        if not isinstance(other, Kpi):
            return NotImplemented
        return super().__eq__(other) is True and self.leaves_out_factor == other.leaves_out_factor

    @property
    def leaves_out_factor(self) -> bool:
        """True for a ratio in % whose factor nobody has written: N/D is a share, and its value a hundred times that."""
        return self.kind is MeasureKind.RATIO and self.unit == "%" and "factor" not in self.model_fields_set

    @property
    def is_confidential(self) -> bool:
        """True when it is seen by those with a clearance and by its owner alone."""
        return self.classification == "confidential"

    @property
    def is_computed(self) -> bool:
        """True when no figure is fed to it: a formula, or a formula for numerator and denominator."""
        return self.formula is not None or (self.numerator is not None and self.denominator is not None)
