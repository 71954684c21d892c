"""A perspective of the strategy."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from fourfold.engine.definitions.base import Code, Definition, Name, Text, Weight


class Perspective(Definition):
    """A perspective; `rank` 0 is drawn on top, equal ranks side by side (methodology §1.2)."""

    code: Code  # names the perspective for ever
    name: Name  # what people read
    question: Text = ""  # the question it answers
    rank: Annotated[int, Field(ge=0, le=20)] | None = None  # row on the map, 0 on top; completed by order
    weight: Weight = Decimal(1)  # its weight among the perspectives
