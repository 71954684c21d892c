"""The strategy of a unit: why it exists and where it wants to be."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourfold.engine.definitions.base import Code, Definition, Flag, Name, Text
from fourfold.engine.definitions.waiver import Waiver


class SuccessFactor(Definition):
    """What must go right, and the KPIs in which one sees whether it does; without one nobody would notice."""

    name: Name  # what must go right
    kpis: tuple[Code, ...] = ()  # the KPIs that watch it


class Strategy(Definition):
    """Mission, vision, values and horizon, and how scores roll up on its scorecard.

    `roll_up` and `missing` are the defaults of its nodes (methodology §3.6); a node with less than
    `minimum_coverage` of its weight present has no number. `amber` and `green` are the cuts of node statuses (A2).
    """

    code: Code  # names the strategy for ever
    name: Name  # what people read
    unit: Code | None = None  # the unit whose strategy it is; the root without one
    mission: Text = ""  # why the unit exists
    vision: Text = ""  # where it wants to be, with a year and if possible a number
    values: tuple[Text, ...] = ()  # what it holds dear
    success_factors: tuple[SuccessFactor, ...] = ()  # what must go right, and the KPIs that watch it
    horizon: Annotated[int, Field(ge=1900, le=2200)] | None = None  # the year of the vision
    state: Literal["draft", "active", "closed"] = "active"  # a draft may be incomplete
    #: How the scores of children become the score of a node.
    roll_up: Literal[
        "weighted_mean", "worst_of", "geometric", "power_mean", "best_of", "count_green", "veto_red", "veto_amber"
    ] = "weighted_mean"
    power: Annotated[float, Field(ge=-5, le=5)] = 1.0  # of a `power_mean`: the lower, the more a weak child weighs
    #: What a child without a score does to its node.
    missing: Literal["renormalise", "carry_forward", "zero", "neutral", "block"] = "renormalise"
    minimum_coverage: Annotated[float, Field(ge=0, le=1)] = 0.60  # share of weight a node needs to have a score
    allow_over: Flag = False  # lets over-achievement count up to 125 in roll-ups
    amber: Annotated[float, Field(gt=0, lt=100)] = 50.0  # a node is near target from this score on
    green: Annotated[float, Field(gt=0, le=100)] = 90.0  # a node is on target from this score on
    weights_sum_to_100: Flag = False  # true where the weights of siblings must add up to 100
    waivers: tuple[Waiver, ...] = ()  # findings that somebody has decided to live with, and until when
