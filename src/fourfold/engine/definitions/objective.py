"""An objective: what should become true."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from fourfold.engine.definitions.base import Code, Definition, Flag, Name, Text, Weight


class Objective(Definition):
    """An objective inside a perspective; `slot` is its place from the left on the strategy map.

    An objective of a lower `unit` says how it carries one of the unit above (methodology §1.4): `identical` with the
    same KPI, `contributory` with another one that moves it, or `new` without a counterpart.
    """

    code: Code  # names the objective for ever
    name: Name  # a verb and a result
    perspective: Code  # the perspective it belongs to
    themes: tuple[Code, ...] = ()  # the themes it serves, the main one first
    owner: Code | None = None  # the person who answers for it
    weight: Weight = Decimal(1)  # its weight among the objectives of the perspective
    description: Text = ""  # what is meant
    result: Text = ""  # what people would see if it were reached
    unit: Code | None = None  # the unit whose own objective it is; without one it is the strategy's, for all units
    cascaded_from: Code | None = None  # the objective of the unit above that it carries
    cascade_type: Literal["identical", "contributory", "new"] | None = None  # how it carries it
    cascade_sign: Literal["+", "-"] | None = None  # contributory: - where more of this means less of the one above
    contribution: Text = ""  # contributory: how it contributes to the objective above
    accepted_by: Code | None = None  # contributory: the owner of the objective above, once the link is accepted
    local: Flag = False  # true where it needs no counterpart above
    slot: Annotated[int, Field(ge=0, le=50)] | None = None  # place on the map from the left; completed by order
    custom: dict[Name, Name] = Field(default_factory=dict)  # what is written in fields of the organisation's own
