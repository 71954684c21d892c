"""A field that an organisation adds to its KPIs, objectives or initiatives."""

from __future__ import annotations

from typing import Final, Literal

from fourfold.engine.definitions.base import Code, Definition, Flag, Line, Name

#: The nouns that take fields of an organisation's own, and their keys in the definitions.
NOUNS: Final = {"kpi": "kpis", "objective": "objectives", "initiative": "initiatives"}


class CustomField(Definition):
    """What is written in it stands under `custom` of each thing, by its code; no result depends on it.

    A `number` is written with a decimal point, a `date` as `YYYY-MM-DD`, a `flag` as yes or no, and of a `choice` one
    of its `choices`.
    """

    code: Code  # names the field for ever, under `custom` of each thing
    name: Name  # what people read
    of: Literal["kpi", "objective", "initiative"] = "kpi"  # which things have it
    kind: Literal["text", "number", "date", "flag", "choice"] = "text"  # what is written in it
    choices: tuple[Name, ...] = ()  # of a choice: the words to choose from
    required: Flag = False  # true where a thing without it is told
    hint: Line = ""  # what people should write in it
