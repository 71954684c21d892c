"""An objective: what should become true."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from fourfold.engine.definitions.base import Code, Definition, Name, Text, Weight


class Objective(Definition):
    """An objective inside a perspective; `slot` is its place from the left on the strategy map."""

    code: Code  # names the objective for ever
    name: Name  # a verb and a result
    perspective: Code  # the perspective it belongs to
    themes: tuple[Code, ...] = ()  # the themes it serves, the main one first
    owner: Code | None = None  # the person who answers for it
    weight: Weight = Decimal(1)  # its weight among the objectives of the perspective
    description: Text = ""  # what is meant
    result: Text = ""  # what people would see if it were reached
    slot: Annotated[int, Field(ge=0, le=50)] | None = None  # place on the map from the left; completed by order
