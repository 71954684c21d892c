"""The organisation everything belongs to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourfold.engine.definitions.base import Code, Definition, Line, Name, Text


class Organisation(Definition):
    """Name, calendar and defaults of an organisation.

    `fiscal_year_start` is a month 1..12; `fiscal_year_label` says whether a fiscal year is called after the
    calendar year in which it ends or starts. `currency` is ISO 4217.
    """

    code: Code  # names the organisation for ever
    name: Name  # what people read
    description: Text = ""  # what it does
    currency: Line = ""  # ISO 4217: GBP, EUR …
    locale: Line = "en-GB"  # how numbers and dates are written: en-GB, de-CH …
    time_zone: Line = "UTC"  # a name of the tz database: Europe/London …
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = 1  # the month in which a fiscal year starts, 1 to 12
    fiscal_year_label: Literal["end_year", "start_year"] = "end_year"  # which calendar year names a fiscal year
